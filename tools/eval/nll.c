/* How probable the model finds the data. */
#include "measures.h"

#include "tools/cli/scorer.h"

#include <math.h>
#include <stdlib.h>

/* Rows that are scored, and how: the divergence costs a derivative for each number of a sample. */
enum { MOST_ROWS = 1000, STEPS = 50, MOST_EXACT = 8, PROBES = 2 };

static rill_status score(eval_run *run, cli_scorer *scorer, int64_t n, const float *x,
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
    return cli_scorer_run(scorer, &request, &(rill_scores){ .log_p = log_p }, message);
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
    *value = (eval_value){ mean, sqrt(variance / (count - 1.0)), entropy / count };
}

rill_status eval_measure_nll(eval_run *run, eval_value *value, rill_message *message)
{
    int64_t n = run->real.n < MOST_ROWS ? run->real.n : MOST_ROWS, width = run->model->width;
    float *x = malloc((size_t)(n * width) * sizeof *x);
    double *log_p = malloc((size_t)n * sizeof *log_p);
    cli_scorer *scorer = NULL;
    rill_status status =
        x && log_p ? cli_scorer_new(run->model, width > MOST_EXACT ? PROBES : 0, RILL_RADEMACHER,
                                    &scorer, message)
                   : rill_fail(message, RILL_NO_MEMORY, "out of memory for log-likelihoods");
    for (int64_t i = 0; status == RILL_OK && i < n * width; i++)
        x[i] = (float)run->real.x[i];
    if (status == RILL_OK) {
        cli_model_normalize(run->model, n, x);
        status = score(run, scorer, n, x, log_p, message);
    }
    if (status == RILL_OK)
        summarize(run, n, log_p, value);
    cli_scorer_free(scorer);
    free(x);
    free(log_p);
    return status;
}
