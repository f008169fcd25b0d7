/* What is asked of rill loglik. */
#include "loglik_run.h"

#include "tools/cli/npy_stream.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/rows.h"

#include <stdlib.h>

enum { MANIFOLD_STEPS = 50 };

static int check_options(loglik_run *r)
{
    const cli_value *value = r->args->value;
    if (value[LOGLIK_PROBES].given && !r->divergence->by_probes)
        return cli_usage(r->args, "--probes goes with --divergence hutchinson or gaussian");
    if (value[LOGLIK_ERRORS].text && !r->divergence->by_probes)
        return cli_usage(r->args, "--errors goes with --divergence hutchinson or gaussian");
    if (value[LOGLIK_ERRORS].text && value[LOGLIK_PROBES].whole < 2)
        return cli_usage(r->args, "--errors needs two --probes at least");
    if (cli_npy_path(value[LOGLIK_OUT].text, &r->message) != RILL_OK ||
        cli_npy_path(value[LOGLIK_ERRORS].text, &r->message) != RILL_OK)
        return loglik_failed(r);
    return CLI_DONE;
}

/* On a manifold steps are equal and the divergence is exact. */
static int settle_manifold(loglik_run *r)
{
    static const int others[] = { LOGLIK_TOL, LOGLIK_LEVELS };
    const cli_value *value = r->args->value;
    if (r->divergence->by_probes)
        return cli_usage(r->args, "--divergence %s is of models over points; on a %s it is exact",
                         r->divergence->name, r->model.manifold->name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (value[others[i]].given)
            return cli_usage(r->args, "--%s is of models over points, and this is one on a %s",
                             cli_option_at(r->args->command, others[i])->name,
                             r->model.manifold->name);
    r->steps = value[LOGLIK_STEPS].given ? value[LOGLIK_STEPS].whole : MANIFOLD_STEPS;
    return CLI_DONE;
}

/* Steps that are chosen, or a number of equal ones. */
static int settle_steps(loglik_run *r)
{
    const cli_value *value = r->args->value;
    if (r->model.manifold)
        return settle_manifold(r);
    if (value[LOGLIK_STEPS].given) {
        r->steps = value[LOGLIK_STEPS].whole;
        return CLI_DONE;
    }
    r->steps = 1;
    r->tolerance = value[LOGLIK_TOL].number;
    if (rill_solver_is_adaptive(rill_solver_find(value[LOGLIK_SOLVER].text)))
        return CLI_DONE;
    return cli_usage(r->args, "--solver %s chooses no steps: expected --steps",
                     value[LOGLIK_SOLVER].text);
}

static int open_model(loglik_run *r)
{
    const cli_value *value = r->args->value;
    rill_status status =
        cli_model_load_of(value[LOGLIK_MODEL].text, r->args->extensions,
                          1 << CLI_POINTS | 1 << CLI_ON_MANIFOLD, &r->model, &r->message);
    if (status != RILL_OK)
        return loglik_failed(r);
    return cli_condition_open(r->args, &r->model, value[LOGLIK_COND].text, &r->condition);
}

static int open_scorer(loglik_run *r)
{
    int64_t probes = r->divergence->by_probes ? r->args->value[LOGLIK_PROBES].whole : 0;
    rill_status status =
        cli_scorer_new(&r->model, probes, r->divergence->law, &r->scorer, &r->message);
    return status == RILL_OK ? CLI_DONE : loglik_failed(r);
}

static int open_data(loglik_run *r)
{
    const char *path = r->args->value[LOGLIK_DATA].text;
    int64_t width = r->model.width;
    int status = cli_rows_load(r->args, &r->model, &r->condition, path, "numbers", &r->data);
    if (status != CLI_DONE)
        return status;
    r->n = cli_array_rows(&r->data);
    if (r->model.manifold && cli_check_on_manifold(path, r->model.manifold, r->data.values, r->n,
                                                   width, &r->message) != RILL_OK)
        return loglik_failed(r);
    status = cli_condition_check(r->args, &r->condition, r->n);
    if (status != CLI_DONE)
        return status;
    r->x = malloc((size_t)(r->n * width) * sizeof *r->x);
    r->labels = malloc((size_t)r->n * sizeof *r->labels);
    r->times = malloc((size_t)(r->steps + 1) * sizeof *r->times);
    r->log_p = malloc((size_t)r->n * sizeof *r->log_p);
    r->errors = malloc((size_t)r->n * sizeof *r->errors);
    return r->x && r->labels && r->times && r->log_p && r->errors
               ? CLI_DONE
               : cli_fail(r->args, "out of memory");
}

int loglik_open(loglik_run *r)
{
    static int (*const stages[])(loglik_run *) = { check_options, open_model, settle_steps,
                                                   open_scorer, open_data };
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    return status;
}
