/* How probable the model finds the data. */
#include "measures.h"

#include "models/flow/scorer.h"
#include "models/train/average.h"

#include <math.h>
#include <stdlib.h>

/* Rows that are scored, and how: the divergence costs a derivative for each number of a sample. */
enum { MOST_ROWS = 1000, STEPS = 50, MOST_EXACT = 8, PROBES = 2 };

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for log-likelihoods");
}

/* Of a trained field; noise is standard normal. */
static rill_scorer *make_scorer(eval_run *run, rill_message *message)
{
    rill_store *store = rill_averaged_store(run->model->store, message);
    if (!store)
        return NULL;
    rill_flow flow = cli_model_flow(run->model);
    rill_scorer_options options = { .sampler = cli_model_sampler_options(run->model),
                                    .probes = run->model->width > MOST_EXACT ? PROBES : 0 };
    rill_scorer *scorer = rill_scorer_new(store, rill_flow_field(&flow), &options, message);
    rill_store_free(store); /* the scorer keeps it */
    return scorer;
}

static rill_status score(eval_run *run, rill_scorer *scorer, int64_t n, const float *x,
                         double *log_p, rill_message *message)
{
    double times[STEPS + 1];
    rill_status status = rill_time_grid(1.0, 0.0, STEPS, times, message);
    const rill_sampling request = { .solver = rill_solver_find("rk4"),
                                    .times = times,
                                    .time_count = STEPS + 1,
                                    .seed = run->settings.seed,
                                    .n = n,
                                    .x0 = x,
                                    .cond = eval_rows_conditions(&run->real) };
    if (status != RILL_OK)
        return status;
    return rill_scorer_run(scorer, &request, &(rill_scores){ .log_p = log_p }, message);
}

/* -log p of row i of the data themselves, where they are a mixture; NaN otherwise. */
static double entropy_at(const eval_run *run, int64_t i)
{
    const rill_data_set *set = run->data->source.endless;
    eval_floor floor = { .kind = EVAL_FLOOR_MIXTURE };
    double density;
    if (!set || !eval_mixture_of(set->name, &floor.mixture))
        return (double)NAN;
    const double *x = run->real.x + i * run->model->width;
    density = eval_mixture_density(&floor.mixture, x, run->real.labels ? run->real.labels[i] : -1);
    return -log(density);
}

static void summarize(const eval_run *run, int64_t n, const double *log_p, eval_value *value)
{
    double sum = 0.0, squares = 0.0, entropy = 0.0, count = (double)n;
    for (int64_t i = 0; i < n; i++) {
        sum -= log_p[i];
        squares += log_p[i] * log_p[i];
        entropy += entropy_at(run, i);
    }
    double mean = sum / count, variance = fmax(0.0, squares / count - mean * mean);
    *value = (eval_value){ mean + cli_model_log_volume(run->model), sqrt(variance / (count - 1.0)),
                           entropy / count };
}

rill_status eval_measure_nll(eval_run *run, eval_value *value, rill_message *message)
{
    int64_t n = run->real.n < MOST_ROWS ? run->real.n : MOST_ROWS, width = run->model->width;
    if (run->start.has_source)
        return rill_fail(message, RILL_UNSUPPORTED,
                         "the density of %.100s, where the model starts, is not known",
                         run->model->setting[TRAIN_SOURCE].text);
    float *x = malloc((size_t)(n * width) * sizeof *x);
    double *log_p = malloc((size_t)n * sizeof *log_p);
    rill_scorer *scorer = x && log_p ? make_scorer(run, message) : NULL;
    rill_status status = scorer ? RILL_OK : x && log_p ? RILL_BAD_GRAPH : no_memory(message);
    for (int64_t i = 0; status == RILL_OK && i < n * width; i++)
        x[i] = (float)run->real.x[i];
    if (status == RILL_OK) {
        cli_model_normalize(run->model, n, x);
        status = score(run, scorer, n, x, log_p, message);
    }
    if (status == RILL_OK)
        summarize(run, n, log_p, value);
    rill_scorer_free(scorer);
    free(x);
    free(log_p);
    return status;
}
