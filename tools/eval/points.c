/* Points of paths as training draws them, and what the model says there. */
#include "run.h"

#include "core/program.h"
#include "core/rng.h"
#include "models/train/average.h"
#include "tools/cli/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* No nearer to the ends than conversions go (models/flow/conversion.h). */
#define NEAREST 1e-3

/* Pairs of source and data in the network's units, drawn and paired; conditions are x1's. */
typedef struct pairs {
    int64_t n, batch;      /* a multiple of `batch`, the rows that are paired with each other */
    size_t row, condition; /* bytes; condition 0: there is none */
    float *x0, *x1, *paired0, *paired1; /* [n,width] */
    unsigned char *cond, *paired_cond;
} pairs;

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the points of the loss");
}

/* ---- Pairs. */

static rill_status make_pairs(const eval_run *run, int64_t wanted, pairs *p, rill_message *message)
{
    const cli_source *s = &run->data->source;
    int64_t batch = run->model->setting[TRAIN_BATCH].whole;
    *p = (pairs){ .n = (wanted + batch - 1) / batch * batch, .batch = batch };
    p->row = (size_t)run->model->width * sizeof(float);
    p->condition = s->classes ? sizeof(int32_t) : (size_t)s->vector * sizeof(float);
    float **const rows[] = { &p->x0, &p->x1, &p->paired0, &p->paired1 };
    int whole = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        whole = (*rows[i] = malloc((size_t)p->n * p->row)) && whole;
    p->cond = malloc((size_t)p->n * p->condition + 1);
    p->paired_cond = malloc((size_t)p->n * p->condition + 1);
    return whole && p->cond && p->paired_cond ? RILL_OK : no_memory(message);
}

static void free_pairs(pairs *p)
{
    free(p->x0);
    free(p->x1);
    free(p->paired0);
    free(p->paired1);
    free(p->cond);
    free(p->paired_cond);
}

static rill_status draw_noise(uint64_t seed, int64_t n, int64_t width, float *x0,
                              rill_message *message)
{
    uint64_t key = rill_stream_key(seed, "noise");
    double *normal = malloc((size_t)width * sizeof *normal);
    for (int64_t i = 0; normal && i < n; i++) {
        rill_stream_normal(key, 0, i, 0, width, normal);
        for (int64_t k = 0; k < width; k++)
            x0[i * width + k] = (float)normal[k];
    }
    free(normal);
    return normal ? RILL_OK : no_memory(message);
}

/* Rows of a table with replacement: the data are then those rows and nothing else. */
static rill_status draw_pairs(eval_run *run, pairs *p, rill_message *message)
{
    const cli_source *s = &run->data->source;
    const cli_model *m = run->model;
    uint64_t seed = rill_stream_key(run->settings.seed, "eval.points");
    void *cond = p->condition ? p->cond : NULL;
    rill_status status = s->endless ? rill_data_draw_f32(s->endless, seed, run->data->held_out, 0,
                                                         p->n, p->x1, cond, message)
                                    : cli_source_draw(s, seed, 0, 0, p->n, p->x1, cond, message);
    cli_model_normalize(m, p->n, p->x1);
    if (status != RILL_OK || cli_start_rows(&run->start, seed, 0, p->n, p->x0))
        return status;
    return draw_noise(seed, p->n, m->width, p->x0, message);
}

/* Rows first..first+batch-1 among themselves. */
static rill_status pair_batch(const eval_run *run, pairs *p, rill_pairing *pairing, int64_t first,
                              int64_t *from, rill_message *message)
{
    const cli_source *s = &run->data->source;
    int64_t width = run->model->width;
    const void *cond = p->cond + (size_t)first * p->condition;
    rill_coupling_batch batch = { .rows = p->batch,
                                  .width = width,
                                  .x0 = p->x0 + first * width,
                                  .x1 = p->x1 + first * width,
                                  .labels = s->classes ? cond : NULL,
                                  .vectors = s->vector ? cond : NULL,
                                  .vector = s->vector,
                                  .seed = run->settings.seed,
                                  .step = first / p->batch };
    int64_t *from0 = from, *from1 = from + p->batch;
    rill_status status = rill_pairing_find(pairing, &batch, from0, from1, message);
    if (status != RILL_OK)
        return status;
    rill_take_rows(p->paired0 + first * width, batch.x0, from0, p->batch, p->row);
    rill_take_rows(p->paired1 + first * width, batch.x1, from1, p->batch, p->row);
    rill_take_rows(p->paired_cond + (size_t)first * p->condition, cond, from1, p->batch,
                   p->condition);
    return RILL_OK;
}

static rill_status pair_all(const eval_run *run, pairs *p, rill_message *message)
{
    rill_coupling coupling = cli_model_coupling(run->model);
    rill_pairing *pairing = rill_pairing_new(&coupling, p->batch, message);
    int64_t *from = malloc(2 * (size_t)p->batch * sizeof *from);
    rill_status status = pairing && from ? RILL_OK : no_memory(message);
    for (int64_t i = 0; i < p->n && status == RILL_OK; i += p->batch)
        status = pair_batch(run, p, pairing, i, from, message);
    rill_pairing_free(pairing);
    free(from);
    return status;
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
static rill_status follow_paths(eval_run *run, const pairs *p, const float *t, eval_points *out,
                                rill_message *message)
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

/* ---- The best field. */

static rill_status take_references(eval_run *run, int64_t n, rill_message *message)
{
    int64_t width = run->model->width;
    const cli_source *s = &run->data->source;
    uint64_t seed = rill_stream_key(run->settings.seed, "eval.references");
    eval_rows rows;
    rill_status status = eval_data_draw(run->data, seed, 0, n, &rows, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; run->model->mean && i < n * width; i++)
        rows.x[i] = (rows.x[i] - run->model->mean[i % width]) / run->model->scale[i % width];
    run->references = rows.x;
    run->reference_labels = rows.labels;
    free(rows.vectors);
    run->floor.room = malloc((size_t)n * sizeof *run->floor.room);
    run->floor.kind = s->endless ? EVAL_FLOOR_SAMPLES : EVAL_FLOOR_ROWS;
    run->floor.count = n;
    run->floor.y = run->references;
    run->floor.labels = run->reference_labels;
    return run->floor.room ? RILL_OK : no_memory(message);
}

/* Known for noise paired independently with data on an affine path, under a label or nothing. */
static rill_status choose_floor(eval_run *run, rill_message *message)
{
    const cli_model *m = run->model;
    const cli_source *s = &run->data->source;
    run->floor = (eval_floor){ .dim = m->width };
    int affine = m->path.path && rill_path_scheduler(m->path.path) && !m->path.path->spread;
    if (run->start.has_source || cli_model_coupling(m).pair || !affine || m->vector)
        return RILL_OK;
    if (s->endless && !m->mean && eval_mixture_of(s->endless->name, &run->floor.mixture)) {
        run->floor.kind = EVAL_FLOOR_MIXTURE;
        return RILL_OK;
    }
    return take_references(run, s->endless ? run->settings.references : s->rows, message);
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

static rill_status fill_points(eval_run *run, pairs *p, const float *t, eval_points *points,
                               rill_message *message)
{
    rill_status status = draw_pairs(run, p, message);
    if (status == RILL_OK)
        status = pair_all(run, p, message);
    if (status == RILL_OK)
        status = follow_paths(run, p, t, points, message);
    const void *cond = p->condition ? p->paired_cond : NULL;
    if (status == RILL_OK)
        status = rill_sampler_velocity(run->sampler, points->n, points->x, points->t, cond,
                                       points->v, message);
    if (status == RILL_OK)
        status = choose_floor(run, message);
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
    pairs p = { 0 };
    eval_points points;
    run->bins = calloc((size_t)run->settings.bins, sizeof *run->bins);
    rill_status status = make_points(run, &points, &t, message);
    if (status == RILL_OK && !run->bins)
        status = no_memory(message);
    if (status == RILL_OK)
        status = make_pairs(run, points.n, &p, message);
    if (status == RILL_OK)
        status = fill_points(run, &p, t, &points, message);
    if (status == RILL_OK)
        status = eval_loss_by_time(&points, &run->floor, run->settings.bins, run->bins, message);
    if (status == RILL_OK)
        run->overall = eval_loss_overall(run->bins, run->settings.bins, &run->known);
    free_pairs(&p);
    free_points(&points);
    free(t);
    return status;
}
