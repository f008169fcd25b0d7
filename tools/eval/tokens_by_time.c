/* What a model over tokens says of x_1, by time: at x_t of pairs as training makes them. */
#include "core/program.h"
#include "core/rng.h"
#include "models/train/average.h"
#include "ops/cast.h"
#include "space.h"
#include "tools/cli/tokens.h"

#include <math.h>
#include <stdlib.h>

enum { BATCH = 256 };

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the measures");
}

typedef struct pairs {
    cli_model *model;
    const eval_data *data;
    const eval_settings *settings;
    rill_store *store; /* of averaged weights */
    int32_t step;      /* by which the graph draws x_0 and x_t: another one each run */
    rill_program *program;
    rill_tensor *x1, *t, *cond;           /* inputs: f32 [BATCH,N], [BATCH,1]; cond may be NULL */
    rill_tensor *cross_entropy, *bound;   /* outputs [BATCH] */
    float rows_t[BATCH], costs[2][BATCH]; /* of the two */
    float *rows;                          /* [BATCH,N] */
    void *conditions;                     /* labels, or vectors [BATCH,vector] */
    double sum[2], square[2];             /* of a bin */
} pairs;

static rill_status compile(pairs *p, rill_message *message)
{
    const cli_model *m = p->model;
    p->store = rill_averaged_store(m->store, message);
    p->step = (int32_t)(rill_stream_key(p->settings->seed, "eval.tokens") >> 34);
    if (!p->store)
        return RILL_NO_MEMORY;
    rill_status status =
        rill_store_put(p->store, "step", RILL_COUNTER, RILL_I32, RILL_SCALAR, &p->step, message);
    if (status != RILL_OK)
        return status;
    rill_graph *g = rill_graph_new(p->store);
    rill_discrete flow = cli_model_discrete(p->model);
    p->x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, m->width));
    p->t = rill_input(g, "t", RILL_F32, RILL_SHAPE(BATCH, 1));
    if (m->classes)
        p->cond = rill_input(g, "cond", RILL_I32, RILL_SHAPE(BATCH));
    else if (m->vector)
        p->cond = rill_input(g, "cond", RILL_F32, RILL_SHAPE(BATCH, m->vector));
    rill_discrete_parts parts = rill_discrete_build(
        &flow, (rill_discrete_batch){ .x1 = cli_tokens_of(p->x1), .t = p->t, .cond = p->cond });
    p->cross_entropy = rill_loss_cross_entropy.each(&parts);
    p->bound = rill_loss_generalised_kl.each(&parts);
    p->program = rill_compile(g, p->cross_entropy, p->bound);
    if (!p->program)
        status = rill_fail(message, RILL_BAD_GRAPH, "%s",
                           rill_error(g) ? rill_error(g) : "the graph does not compile");
    rill_graph_free(g); /* the program keeps it */
    return status;
}

/* Pairs first, ..., of bin b, at times spread evenly over it; `count` of them count. */
static rill_status run_some(pairs *p, int64_t b, int64_t first, int64_t count,
                            rill_message *message)
{
    const eval_settings *s = p->settings;
    rill_status status = cli_source_draw(&p->data->source, s->seed, b, first, BATCH, p->rows,
                                         p->conditions, message);
    for (int64_t i = 0; i < BATCH; i++)
        p->rows_t[i] =
            (float)(((double)b + ((double)(first + i % count) + .5) / (double)s->points) /
                    (double)s->bins);
    p->step++;
    if (status == RILL_OK)
        status = rill_store_set(p->store, "step", &p->step, 1, message);
    if (status != RILL_OK)
        return status;
    status = rill_feed(p->program, p->x1, p->rows, rill_count(p->x1));
    if (status == RILL_OK)
        status = rill_feed(p->program, p->t, p->rows_t, BATCH);
    if (status == RILL_OK && p->cond)
        status = rill_feed(p->program, p->cond, p->conditions, rill_count(p->cond));
    if (status == RILL_OK)
        status = rill_run(p->program);
    if (status == RILL_OK)
        status = rill_read(p->program, p->cross_entropy, p->costs[0], BATCH);
    if (status == RILL_OK)
        status = rill_read(p->program, p->bound, p->costs[1], BATCH);
    if (status != RILL_OK)
        return rill_fail(message, status, "%s", rill_program_error(p->program));
    for (int k = 0; k < 2; k++)
        for (int64_t i = 0; i < count; i++) {
            p->sum[k] += (double)p->costs[k][i];
            p->square[k] += pow((double)p->costs[k][i], 2);
        }
    return RILL_OK;
}

static eval_value mean_of(const pairs *p, int k)
{
    double n = (double)p->settings->points, mean = p->sum[k] / n;
    double variance = fmax(0.0, p->square[k] / n - mean * mean);
    return (eval_value){ mean, sqrt(variance / (n - 1)), (double)NAN };
}

/* Each bin, and the means over all, which are those over uniform t. */
static rill_status measure_bins(pairs *p, eval_lines *lines, rill_message *message)
{
    static const char *const names[] = { "cross-entropy", "NLL-bound" };
    const eval_settings *s = p->settings;
    eval_value all[2] = { { 0, 0, (double)NAN }, { 0, 0, (double)NAN } };
    double bins = (double)s->bins;
    for (int64_t b = 0; b < s->bins; b++) {
        p->sum[0] = p->sum[1] = p->square[0] = p->square[1] = 0.0;
        for (int64_t first = 0; first < s->points; first += BATCH) {
            int64_t left = s->points - first;
            rill_status status = run_some(p, b, first, left < BATCH ? left : BATCH, message);
            if (status != RILL_OK)
                return status;
        }
        for (int k = 0; k < 2; k++) {
            eval_value got = mean_of(p, k);
            all[k].value += got.value / bins;
            all[k].error = hypot(all[k].error, got.error / bins);
            if (!eval_lines_add(lines, names[k], ((double)b + .5) / bins, got))
                return no_memory(message);
        }
    }
    return eval_lines_add(lines, names[0], (double)NAN, all[0]) &&
                   eval_lines_add(lines, names[1], (double)NAN, all[1])
               ? RILL_OK
               : no_memory(message);
}

rill_status eval_tokens_by_time(cli_model *model, const eval_data *data,
                                const eval_settings *settings, eval_lines *lines,
                                rill_message *message)
{
    pairs *p = calloc(1, sizeof *p);
    if (!p)
        return no_memory(message);
    *p = (pairs){ .model = model, .data = data, .settings = settings };
    p->rows = malloc((size_t)(BATCH * model->width) * sizeof *p->rows);
    p->conditions = malloc((size_t)(BATCH * (model->vector + 1)) * sizeof(float));
    rill_status status = p->rows && p->conditions ? compile(p, message) : no_memory(message);
    if (status == RILL_OK)
        status = measure_bins(p, lines, message);
    rill_program_free(p->program);
    rill_store_free(p->store);
    free(p->rows);
    free(p->conditions);
    free(p);
    return status;
}
