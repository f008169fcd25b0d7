/* rill velocity - the learned field at given points. */
#include "commands.h"

#include "core/program.h"
#include "formats/npy_file.h"
#include "tools/cli/array.h"
#include "tools/cli/condition.h"

#include <stdlib.h>

enum { MODEL, X, T, OUT, COND, THREADS, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = { .name = "model",
                .kind = CLI_TEXT,
                .metavar = "M",
                .required = 1,
                .doc = "a model that rill train wrote" },
    [X] = { .name = "x",
            .kind = CLI_TEXT,
            .metavar = "X.npy",
            .required = 1,
            .doc = "the points, [N, ...], .npy or .csv" },
    [T] = { .name = "t",
            .kind = CLI_TEXT,
            .metavar = "T.npy",
            .required = 1,
            .doc = "their times, [N], or one number for all" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .metavar = "V.npy",
              .required = 1,
              .doc = "the velocities, f4, of x's shape" },
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .metavar = "C",
               .doc = "a label for all points, or a file with a label or vector for each" },
    [THREADS] = CLI_THREADS_OPTION,
};

typedef struct run {
    const cli_args *args;
    cli_model model;
    cli_condition condition;
    cli_array x;
    double *t;       /* [n] */
    float *rows;     /* [n,width]: points, then velocities */
    int32_t *labels; /* [n] */
    int64_t n;
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

static int open_model(run *r)
{
    const cli_value *value = r->args->value;
    if (cli_model_load(value[MODEL].text, r->args->extensions, &r->model, &r->message) != RILL_OK)
        return failed(r);
    rill_status status =
        cli_condition_read(&r->model, value[COND].text, &r->condition, &r->message);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(r->args, "%s", r->message.text);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int open_points(run *r)
{
    const char *path = r->args->value[X].text;
    if (cli_array_load_finite(path, &r->x, &r->message) != RILL_OK)
        return failed(r);
    if (cli_array_width(&r->x) != r->model.width)
        return cli_fail(r->args, "'%.200s' has %lld numbers a row; a sample of the model has %lld",
                        path, (long long)cli_array_width(&r->x), (long long)r->model.width);
    r->n = cli_array_rows(&r->x);
    if (cli_condition_check(&r->condition, r->n, &r->message) != RILL_OK)
        return failed(r);
    r->t = malloc((size_t)r->n * sizeof *r->t);
    r->rows = malloc((size_t)(r->n * r->model.width) * sizeof *r->rows);
    r->labels = malloc((size_t)r->n * sizeof *r->labels);
    return r->t && r->rows && r->labels ? CLI_DONE : cli_fail(r->args, "out of memory");
}

static int check_times(run *r)
{
    for (int64_t i = 0; i < r->n; i++)
        if (!(r->t[i] >= 0.0 && r->t[i] <= 1.0))
            return cli_usage(r->args, "--t: time %lld (counted from 0) is %g; expected 0 to 1",
                             (long long)i, r->t[i]);
    return CLI_DONE;
}

static int open_times(run *r)
{
    const char *text = r->args->value[T].text;
    char *end;
    double t = strtod(text, &end);
    int number = end != text && !*end;
    cli_array times = { 0 };
    if (!number && cli_array_load_finite(text, &times, &r->message) != RILL_OK)
        return failed(r);
    int64_t count = number ? r->n : rill_shape_count(&times.shape);
    for (int64_t i = 0; i < r->n && count == r->n; i++)
        r->t[i] = number ? t : times.values[i];
    cli_array_free(&times);
    if (count != r->n)
        return cli_fail(r->args, "'%.200s' has %lld times; there are %lld points", text,
                        (long long)count, (long long)r->n);
    return check_times(r);
}

/* dx/dt has the data's units too: the network's, times the scale. */
static int evaluate(run *r)
{
    const cli_model *m = &r->model;
    int64_t count = r->n * m->width;
    for (int64_t i = 0; i < count; i++)
        r->rows[i] = (float)r->x.values[i];
    cli_model_normalize(m, r->n, r->rows);
    rill_sampler *sampler = cli_model_sampler(&r->model, &r->message);
    if (!sampler)
        return failed(r);
    const void *cond = cli_condition_rows(&r->condition, 0, r->n, r->labels);
    rill_status status =
        rill_sampler_velocity(sampler, r->n, r->rows, r->t, cond, r->rows, &r->message);
    rill_sampler_free(sampler);
    for (int64_t i = 0; m->scale && i < count; i++)
        r->rows[i] = (float)((double)r->rows[i] * m->scale[i % m->width]);
    if (status == RILL_OK)
        status =
            rill_npy_save(r->args->value[OUT].text, RILL_NPY_F4, &r->x.shape, r->rows, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int run_velocity(const cli_args *args)
{
    static int (*const stages[])(run *) = { open_model, open_points, open_times, evaluate };
    run r = { .args = args };
    int status = CLI_DONE;
    rill_set_threads((int)args->value[THREADS].whole);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    cli_model_free(&r.model);
    cli_condition_free(&r.condition);
    cli_array_free(&r.x);
    free(r.t);
    free(r.rows);
    free(r.labels);
    return status;
}

const cli_command cli_velocity_command = {
    .name = "velocity",
    .operands = "",
    .doc = "evaluates the learned field at given points and times",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_velocity,
};
