/* How good a model on a manifold is. */
#include "core/program.h"
#include "mean.h"
#include "nll.h"
#include "space.h"

#include <math.h>
#include <stdlib.h>

/* Rows of the data, others of the same number, and what the model makes for the conditions of the
 * others, [n,width] each. */
typedef struct three {
    eval_rows real, other;
    double *made;
    int64_t n;
} three;

typedef struct judge {
    cli_model *model;
    const eval_settings *settings;
    three three;
    float *rows; /* [n,width] */
    int64_t embedded;
    double *real, *other, *made; /* [n,embedded] */
    eval_lines *lines;
} judge;

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the measures");
}

/* ---- Samples. */

static rill_status three_open(const eval_data *data, const eval_settings *settings, three *t,
                              rill_message *message)
{
    int64_t rows = data->source.rows;
    *t = (three){ .n = settings->samples < rows / 2 ? settings->samples : rows / 2 };
    if (t->n < 2)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "the data have %lld rows, too few for two samples of them",
                         (long long)rows);
    rill_status status = eval_data_draw(data, settings->seed, 0, t->n, &t->real, message);
    if (status == RILL_OK)
        status = eval_data_draw(data, settings->seed, t->n, t->n, &t->other, message);
    t->made = malloc((size_t)(t->n * data->source.width) * sizeof *t->made);
    if (status == RILL_OK && !t->made)
        status = rill_fail(message, RILL_NO_MEMORY, "out of memory for samples");
    return status;
}

static void three_free(three *t)
{
    eval_rows_free(&t->real);
    eval_rows_free(&t->other);
    free(t->made);
    *t = (three){ .n = 0 };
}

static rill_status sample(judge *j, rill_message *message)
{
    const eval_integration *how = &j->settings->how;
    int64_t n = j->three.n, width = j->model->width;
    cli_start start;
    rill_status status = cli_start_open(&start, j->model, message);
    rill_manifold_sampler *sampler =
        status == RILL_OK ? cli_model_manifold_sampler(j->model, message) : NULL;
    double *times = malloc((size_t)(how->steps + 1) * sizeof *times);
    float *starts = malloc((size_t)(n * width) * sizeof *starts);
    if (status == RILL_OK && !sampler)
        status = RILL_BAD_GRAPH;
    if (status == RILL_OK && !(times && starts))
        status = no_memory(message);
    if (status == RILL_OK) {
        rill_time_grid(0, 1, how->steps, times, NULL);
        rill_sampling request = { .solver = how->solver,
                                  .times = times,
                                  .time_count = how->steps + 1,
                                  .seed = j->settings->seed,
                                  .n = n,
                                  .x0 = cli_start_rows(&start, j->settings->seed, 0, n, starts),
                                  .cond = eval_rows_conditions(&j->three.other),
                                  .samples = j->rows };
        status = rill_manifold_sampler_run(sampler, &request, message);
    }
    for (int64_t i = 0; i < n * width && status == RILL_OK; i++)
        j->three.made[i] = (double)j->rows[i];
    rill_manifold_sampler_free(sampler);
    cli_start_free(&start);
    free(times);
    free(starts);
    return status;
}

/* ---- Distances. */

/* Points of R^m, where distances are metrics of distributions; geodesic ones are not: of two points
 * opposite to each other on a sphere, every point is half a turn away in all. */
static rill_status embed(judge *j, const double *x, double **y, rill_message *message)
{
    int64_t n = j->three.n;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *in = rill_input(g, "x", RILL_F64, RILL_SHAPE(n, j->model->width));
    rill_tensor *out = rill_manifold_embed(j->model->manifold, in);
    rill_program *p = g ? rill_compile(g, out) : NULL;
    rill_status status = p ? RILL_OK : no_memory(message);
    j->embedded = rill_dim(out, -1);
    *y = p ? malloc((size_t)rill_count(out) * sizeof **y) : NULL;
    if (p && !*y)
        status = no_memory(message);
    if (status == RILL_OK)
        status = rill_feed(p, in, x, rill_count(in));
    if (status == RILL_OK)
        status = rill_run(p);
    if (status == RILL_OK)
        status = rill_read(p, out, *y, rill_count(out));
    rill_program_free(p);
    rill_graph_free(g);
    return status;
}

static rill_status measure_distances(judge *j, rill_message *message)
{
    rill_points real = { j->real, j->three.n, j->embedded }, made = real, other = real;
    rill_status status = RILL_OK;
    made.x = j->made;
    other.x = j->other;
    for (int i = 0; i < rill_metric_count() && status == RILL_OK; i++) {
        const rill_metric *m = rill_metric_at(i);
        rill_distance found, floor;
        status = m->distance(&made, &real, j->settings->seed, &found, message);
        if (status == RILL_OK)
            status = m->distance(&other, &real, j->settings->seed, &floor, message);
        eval_value got = { found.value, (double)NAN, floor.value };
        if (status == RILL_OK && !eval_lines_add(j->lines, m->name, (double)NAN, got))
            status = no_memory(message);
    }
    return status;
}

/* Left out of the list where the model has none. */
static rill_status measure_nll(judge *j, rill_message *message)
{
    double nll[EVAL_MOST_SCORED];
    int64_t n = j->three.n < EVAL_MOST_SCORED ? j->three.n : EVAL_MOST_SCORED;
    rill_status status =
        eval_nll_of_rows(j->model, &j->three.real, n, j->settings->seed, nll, message);
    if (status == RILL_UNSUPPORTED) {
        j->lines->missing = *message;
        return RILL_OK;
    }
    if (status == RILL_OK && !eval_lines_add(j->lines, "NLL", (double)NAN, eval_mean(nll, n)))
        status = no_memory(message);
    return status;
}

rill_status eval_manifold(cli_model *model, const eval_data *data, const eval_settings *settings,
                          eval_lines *lines, rill_message *message)
{
    judge j = { .model = model, .settings = settings, .lines = lines };
    rill_status status = three_open(data, settings, &j.three, message);
    j.rows = malloc((size_t)(j.three.n * model->width) * sizeof *j.rows);
    if (status == RILL_OK && !j.rows)
        status = no_memory(message);
    if (status == RILL_OK)
        status = sample(&j, message);
    if (status == RILL_OK)
        status = measure_nll(&j, message);
    if (status == RILL_OK)
        status = embed(&j, j.three.real.x, &j.real, message);
    if (status == RILL_OK)
        status = embed(&j, j.three.other.x, &j.other, message);
    if (status == RILL_OK)
        status = embed(&j, j.three.made, &j.made, message);
    if (status == RILL_OK)
        status = measure_distances(&j, message);
    three_free(&j.three);
    free(j.rows);
    free(j.real);
    free(j.other);
    free(j.made);
    return status;
}
