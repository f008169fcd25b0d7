/* What is asked of rill sample for a model over points. */
#include "sample_points.h"

#include "tools/cli/npy_stream.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/rows.h"

static int open_field(point_run *r)
{
    int status = cli_field_begin(r->args, r->args->value[SAMPLE_COND].text, r->field);
    const char *foreign =
        r->field->model.manifold ? sample_foreign(r->args, CLI_ON_MANIFOLD) : NULL;
    if (status != CLI_DONE || !foreign)
        return status;
    return cli_usage(r->args, "--%s is of models over points, and this is one on a %s", foreign,
                     r->field->model.manifold->name);
}

static int steer(point_run *r)
{
    if (r->field->on_manifold)
        return CLI_DONE;
    const cli_value *value = r->args->value;
    cli_steering_flags flags = { .guidance = &value[SAMPLE_GUIDANCE],
                                 .guide = &value[SAMPLE_GUIDE],
                                 .scheduler = &value[SAMPLE_SCHEDULER],
                                 .noise_level = &value[SAMPLE_NOISE_LEVEL] };
    return cli_steering_open(r->args, &flags, r->field, &r->steering);
}

static int check_x0(point_run *r)
{
    rill_status status = cli_check_on_manifold(
        r->args->value[SAMPLE_X0].text, r->field->model.manifold, r->x0.values,
        cli_array_rows(&r->x0), r->field->model.width, &r->message);
    return status == RILL_OK ? CLI_DONE : sample_failed(r);
}

/* Noise is where t = 0, and a density is of t = 1. */
static int check_ends(const point_run *r)
{
    const cli_value *value = r->args->value;
    double from = r->times.at[0], to = r->times.at[r->times.count - 1];
    if (from != 0 && !value[SAMPLE_X0].given)
        return cli_usage(
            r->args, "--grid starts at t = %g, where samples are no noise: --x0 is needed", from);
    if (value[SAMPLE_LOGP].given && (from != 0 || to != 1))
        return cli_usage(r->args, "--logp goes from t = 0 to 1, but --grid from %g to %g", from,
                         to);
    return CLI_DONE;
}

static int open_times(point_run *r)
{
    const cli_value *value = r->args->value;
    cli_times_flags flags = { .solver = &value[SAMPLE_SOLVER],
                              .steps = &value[SAMPLE_STEPS],
                              .grid = &value[SAMPLE_GRID],
                              .tol = &value[SAMPLE_TOL],
                              .backward = &value[SAMPLE_BACKWARD],
                              .keeps_times = value[SAMPLE_TRAJECTORY].given };
    int status = cli_times_open(r->args, &flags, &r->times);
    return status == CLI_DONE ? check_ends(r) : status;
}

static int open_x0(point_run *r)
{
    const char *path = r->args->value[SAMPLE_X0].text;
    if (!path)
        return CLI_DONE;
    int status =
        cli_rows_load(r->args, &r->field->model, &r->field->condition, path, "numbers", &r->x0);
    return status == CLI_DONE && r->field->model.manifold ? check_x0(r) : status;
}

static int open_start(point_run *r)
{
    if (r->x0.values)
        return CLI_DONE;
    return cli_start_open(&r->start, &r->field->model, &r->message) == RILL_OK ? CLI_DONE
                                                                               : sample_failed(r);
}

/* Unlike samples, trajectories stay in memory until they are complete. */
static int check_trajectory(const point_run *r)
{
    const cli_value *value = r->args->value;
    const cli_model *m = &r->field->model;
    int64_t times = r->times.count;
    if (!value[SAMPLE_TRAJECTORY].text)
        return CLI_DONE;
    int status = sample_output_check(r->args, m);
    if (status != CLI_DONE)
        return status;
    if (r->n > SAMPLE_MOST_KEPT / times / m->width)
        return cli_usage(
            r->args, "--trajectory would have %lld x %lld x %lld numbers, at most %lld are kept",
            (long long)times, (long long)r->n, (long long)m->width, (long long)SAMPLE_MOST_KEPT);
    return CLI_DONE;
}

static int open_scorer(point_run *r)
{
    const cli_value *value = r->args->value;
    if (!value[SAMPLE_LOGP].text)
        return CLI_DONE;
    if (cli_npy_path(value[SAMPLE_LOGP].text, &r->message) != RILL_OK)
        return sample_failed(r);
    rill_status status =
        cli_scorer_new(&r->field->model, 0, RILL_RADEMACHER, &r->scorer, &r->message);
    return status == RILL_OK ? CLI_DONE : sample_failed(r);
}

static int settle_count(point_run *r)
{
    const cli_value *n = &r->args->value[SAMPLE_N];
    int64_t there = r->x0.values ? cli_array_rows(&r->x0) : r->field->condition.rows;
    r->n = n->given ? n->whole : there;
    if (r->n == 0)
        return cli_usage(r->args, "--n N is needed");
    if (r->x0.values && cli_array_rows(&r->x0) != r->n)
        return cli_usage(r->args, "--n is %lld, but --x0 has %lld rows", (long long)r->n,
                         (long long)cli_array_rows(&r->x0));
    int status = cli_condition_check(r->args, &r->field->condition, r->n);
    return status == CLI_DONE ? check_trajectory(r) : status;
}

int sample_open_points(point_run *r)
{
    static int (*const stages[])(point_run *) = { open_times, open_field, open_scorer, steer,
                                                  open_x0,    open_start, settle_count };
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    return status;
}
