/* Points of paths as training draws them, and what the model says there. */
#include "pairs.h"

#include "core/program.h"
#include "models/train/average.h"
#include "tools/cli/trainer.h"

#include <math.h>
#include <stdlib.h>

/* No nearer to the ends than conversions go (models/flow/conversion.h). */
#define NEAREST 1e-3

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the points of the loss");
}

/* ---- Where they are at their times. */

/* Points in turn belong to bins in turn; within a bin times are evenly spread. */
static void spread_times(int64_t bins, int64_t a_bin, float *t)
{
    for (int64_t i = 0; i < bins * a_bin; i++) {
        double within = ((double)(i / bins) + 0.5) / (double)a_bin;
        double time = ((double)(i % bins) + within) / (double)bins;
        t[i] = (float)fmin(fmax(time, NEAREST), 1.0 - NEAREST);
    }
}

/* Graphs of a run: what the program says about n points. */
typedef struct question {
    rill_graph *g;
    rill_program *program;
    rill_tensor *t; /* [n] */
} question;

static void end_question(question *q)
{
    rill_program_free(q->program);
    rill_graph_free(q->g);
}

static rill_status no_answer(const question *q, rill_message *message)
{
    const char *why = q->program ? rill_program_error(q->program) : rill_error(q->g);
    return rill_fail(message, RILL_BAD_GRAPH, "points of the path: %s", why ? why : "no program");
}

/* x_t and dx_t/dt of the path that was trained on, which may have parameters of its own. */
static rill_status follow_paths(eval_run *run, const eval_pairs *p, const float *t,
                                eval_points *out, rill_message *message)
{
    rill_store *store = rill_averaged_store(run->model->store, message);
    if (!store)
        return RILL_NO_MEMORY;
    question q = { .g = rill_graph_new(store) };
    rill_flow flow = cli_model_flow(run->model);
    rill_tensor *x0 = cli_batch_input(q.g, "x0", run->model, out->n);
    rill_tensor *x1 = cli_batch_input(q.g, "x1", run->model, out->n);
    q.t = rill_input(q.g, "t", RILL_F32, RILL_SHAPE(out->n));
    rill_path_point at =
        rill_path_point_at(rill_flow_path(&flow), x0, x1, rill_time_for("eval", q.t, x1));
    q.program = rill_compile(q.g, at.x, at.velocity);
    int64_t count = out->n * out->dim;
    int failed = !q.program || rill_feed(q.program, x0, p->paired0, count) ||
                 rill_feed(q.program, x1, p->paired1, count) ||
                 rill_feed(q.program, q.t, t, out->n) || rill_run(q.program) ||
                 rill_read(q.program, at.x, out->x, count) ||
                 rill_read(q.program, at.velocity, out->target, count);
    rill_status status = failed ? no_answer(&q, message) : RILL_OK;
    end_question(&q);
    rill_store_free(store);
    return status;
}

/* The scheduler and its rates at the times of the points. */
static rill_status find_mixing(const rill_scheduler *scheduler, eval_points *out,
                               rill_message *message)
{
    double *values = malloc(4 * (size_t)out->n * sizeof *values);
    if (!values)
        return no_memory(message);
    question q = { .g = rill_graph_new(NULL) };
    q.t = rill_input(q.g, "t", RILL_F64, RILL_SHAPE(out->n));
    rill_scheduler_point at = rill_scheduler_at(scheduler, q.t);
    rill_tensor *const four[] = { at.alpha, at.sigma, at.alpha_rate, at.sigma_rate };
    q.program = rill_compile_outputs(q.g, four, 4, NULL);
    int failed = !q.program || rill_feed(q.program, q.t, out->t, out->n) || rill_run(q.program);
    for (int k = 0; k < 4 && !failed; k++)
        failed = rill_read(q.program, four[k], values + k * out->n, out->n) != RILL_OK;
    for (int64_t i = 0; i < out->n && !failed; i++)
        out->mixing[i] = (rill_mixing){ values[i], values[out->n + i], values[2 * out->n + i],
                                        values[3 * out->n + i] };
    rill_status status = failed ? no_answer(&q, message) : RILL_OK;
    end_question(&q);
    free(values);
    return status;
}

/* ---- The loss. */

static rill_status make_points(eval_run *run, eval_points *out, float **t, rill_message *message)
{
    int64_t n = run->settings.bins * run->settings.points, dim = run->model->width;
    size_t numbers = (size_t)(n * dim) * sizeof(float);
    *out = (eval_points){ .n = n, .dim = dim };
    *t = malloc((size_t)n * sizeof **t);
    out->t = malloc((size_t)n * sizeof *out->t);
    out->mixing = malloc((size_t)n * sizeof *out->mixing);
    out->x = malloc(numbers);
    out->target = malloc(numbers);
    out->v = malloc(numbers);
    if (!*t || !out->t || !out->mixing || !out->x || !out->target || !out->v)
        return no_memory(message);
    spread_times(run->settings.bins, run->settings.points, *t);
    for (int64_t i = 0; i < n; i++)
        out->t[i] = (double)(*t)[i];
    return RILL_OK;
}

static void free_points(eval_points *points)
{
    free(points->t);
    free(points->mixing);
    free(points->x);
    free(points->target);
    free(points->v);
}

static rill_status fill_points(eval_run *run, eval_pairs *p, const float *t, eval_points *points,
                               rill_message *message)
{
    rill_status status = eval_pairs_draw(run, p, message);
    if (status == RILL_OK)
        status = follow_paths(run, p, t, points, message);
    const void *cond = p->condition ? p->paired_cond : NULL;
    if (status == RILL_OK)
        status = rill_sampler_velocity(run->sampler, points->n, points->x, points->t, cond,
                                       points->v, message);
    if (status == RILL_OK)
        status = eval_run_floor(run, message);
    if (status == RILL_OK && run->floor.kind != EVAL_FLOOR_UNKNOWN)
        status = find_mixing(rill_path_scheduler(run->model->path.path), points, message);
    points->labels = run->model->classes ? (int32_t *)(void *)p->paired_cond : NULL;
    return status;
}

/* 0, with the reason, where data are not what the model's paths lead to. */
static int has_paths(const eval_run *run, rill_message *message)
{
    const cli_value *setting = run->model->setting;
    const rill_objective *objective = rill_objective_find(setting[TRAIN_OBJECTIVE].name);
    if (setting[TRAIN_X0].text)
        rill_fail(message, RILL_UNSUPPORTED,
                  "the model was trained on pairs of its own (--x0), which the data are not");
    else if (objective && objective->needs & RILL_NEEDS_NO_PAIRS)
        rill_fail(message, RILL_UNSUPPORTED, "the objective %s follows no path", objective->name);
    else
        return 1;
    return 0;
}

rill_status eval_run_loss(eval_run *run, rill_message *message)
{
    if (run->bins)
        return RILL_OK;
    if (!has_paths(run, message))
        return RILL_UNSUPPORTED;
    float *t = NULL;
    eval_pairs p = { 0 };
    eval_points points;
    run->bins = calloc((size_t)run->settings.bins, sizeof *run->bins);
    rill_status status = make_points(run, &points, &t, message);
    if (status == RILL_OK && !run->bins)
        status = no_memory(message);
    if (status == RILL_OK)
        status = eval_pairs_make(run, points.n, &p, message);
    if (status == RILL_OK)
        status = fill_points(run, &p, t, &points, message);
    if (status == RILL_OK)
        status = eval_loss_by_time(&points, &run->floor, run->settings.bins, run->bins, message);
    if (status == RILL_OK)
        run->overall = eval_loss_overall(run->bins, run->settings.bins, &run->known);
    eval_pairs_free(&p);
    free_points(&points);
    free(t);
    return status;
}
