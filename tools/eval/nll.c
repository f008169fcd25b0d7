#include "nll.h"

#include "mean.h"
#include "measures.h"
#include "tools/cli/scorer.h"

#include <math.h>
#include <stdlib.h>

enum { STEPS = 50, MOST_EXACT = 8, PROBES = 2 };

static rill_status score(cli_scorer *scorer, const rill_sampling *rows, double *log_p,
                         rill_message *message)
{
    double times[STEPS + 1];
    rill_sampling request = *rows;
    request.solver = rill_solver_find("rk4");
    request.times = times;
    request.time_count = STEPS + 1;
    rill_status status = rill_time_grid(1.0, 0.0, STEPS, times, message);
    if (status != RILL_OK)
        return status;
    return cli_scorer_run(scorer, &request, &(rill_scores){ .log_p = log_p }, message);
}

rill_status eval_nll_of_rows(cli_model *model, const eval_rows *rows, int64_t n, uint64_t seed,
                             double *nll, rill_message *message)
{
    int64_t width = model->width;
    int probes = !model->manifold && width > MOST_EXACT ? PROBES : 0;
    float *x = malloc((size_t)(n * width) * sizeof *x);
    cli_scorer *scorer = NULL;
    rill_status status = x ? cli_scorer_new(model, probes, RILL_RADEMACHER, &scorer, message)
                           : rill_fail(message, RILL_NO_MEMORY, "out of memory for log p");
    for (int64_t i = 0; status == RILL_OK && i < n * width; i++)
        x[i] = (float)rows->x[i];
    if (status == RILL_OK) {
        cli_model_normalize(model, n, x);
        rill_sampling some = { .seed = seed, .n = n, .x0 = x, .cond = eval_rows_conditions(rows) };
        status = score(scorer, &some, nll, message);
    }
    for (int64_t i = 0; status == RILL_OK && i < n; i++)
        nll[i] = -nll[i];
    cli_scorer_free(scorer);
    free(x);
    return status;
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

rill_status eval_measure_nll(eval_run *run, eval_value *value, rill_message *message)
{
    double nll[EVAL_MOST_SCORED], entropy = 0.0;
    int64_t n = run->real.n < EVAL_MOST_SCORED ? run->real.n : EVAL_MOST_SCORED;
    rill_status status =
        eval_nll_of_rows(run->model, &run->real, n, run->settings.seed, nll, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; i < n; i++)
        entropy += entropy_at(run, i);
    *value = eval_mean(nll, n);
    value->floor = entropy / (double)n;
    return RILL_OK;
}
