/* Scoring, and what is told of it. */
#include "loglik_run.h"

#include "tools/cli/npy_stream.h"

#include <math.h>
#include <stdio.h>

int loglik_score(loglik_run *r)
{
    const cli_value *value = r->args->value;
    loglik_take_data(r);
    double step = loglik_level_step(r),
           volume = step > 0.0 ? (double)r->model.width * log(step) : 0.0;
    rill_time_grid(1.0, 0.0, r->steps, r->times, NULL);
    rill_sampling request = { .solver = rill_solver_find(value[LOGLIK_SOLVER].text),
                              .times = r->times,
                              .time_count = r->steps + 1,
                              .tolerance = r->tolerance,
                              .counts = &r->counts,
                              .seed = (uint64_t)value[LOGLIK_SEED].whole,
                              .n = r->n,
                              .x0 = r->x,
                              .cond = cli_condition_rows(&r->condition, 0, r->n, r->labels) };
    rill_scores scores = { r->log_p, r->errors };
    if (cli_scorer_run(r->scorer, &request, &scores, &r->message) != RILL_OK)
        return loglik_failed(r);
    for (int64_t i = 0; i < r->n; i++) {
        r->log_p[i] += volume;
        if (!isfinite(r->log_p[i]))
            return cli_fail(r->args, "log p of row %lld (counted from 0) came out as %g",
                            (long long)i, r->log_p[i]);
    }
    return CLI_DONE;
}

int loglik_write(loglik_run *r)
{
    const cli_value *value = r->args->value;
    rill_shape shape = RILL_SHAPE(r->n);
    rill_status status =
        cli_npy_save(value[LOGLIK_OUT].text, RILL_NPY_F8, &shape, r->log_p, &r->message);
    if (status == RILL_OK && value[LOGLIK_ERRORS].text)
        status =
            cli_npy_save(value[LOGLIK_ERRORS].text, RILL_NPY_F8, &shape, r->errors, &r->message);
    return status == RILL_OK ? CLI_DONE : loglik_failed(r);
}

static double mean_of(const double *x, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += x[i] / (double)n;
    return sum;
}

/* The standard error tells how much another sample of data would change the mean; what probes add
 * to it is part of it, and said apart. */
int loglik_print(loglik_run *r)
{
    double mean = mean_of(r->log_p, r->n), square = 0.0, probes = 0.0;
    for (int64_t i = 0; i < r->n; i++) {
        square += pow(r->log_p[i] - mean, 2);
        probes += pow(r->errors[i], 2);
    }
    printf("nats %.9g\n", mean);
    if (r->n > 1)
        printf("standard_error %.3g\n", sqrt(square / (double)(r->n - 1) / (double)r->n));
    if (r->divergence->by_probes && r->args->value[LOGLIK_PROBES].whole > 1)
        printf("probe_error %.3g\n", sqrt(probes) / (double)r->n);
    printf("evaluations %.4g\n", (double)r->counts.evaluations / (double)r->n);
    if (!r->model.manifold) /* of fewer dimensions than numbers, and in no units */
        printf("bits_per_dimension %.9g\n", -mean / M_LN2 / (double)r->model.width);
    return CLI_DONE;
}
