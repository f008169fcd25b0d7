/* rill velocity - the learned field at given points. */
#include "commands.h"

#include "core/program.h"
#include "tools/cli/field.h"
#include "tools/cli/npy_stream.h"
#include "tools/cli/place.h"
#include "tools/cli/rows.h"

#include <stdlib.h>

enum { MODEL, X, T, OUT, COND, THREADS, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = CLI_MODEL_OPTION,
    [X] = { .name = "x",
            .kind = CLI_TEXT,
            .file = CLI_READ,
            .metavar = "X.npy",
            .required = 1,
            .doc = "the points, [N, ...], .npy or .csv" },
    [T] = { .name = "t",
            .kind = CLI_TEXT,
            .file = CLI_READ,
            .metavar = "T.npy",
            .required = 1,
            .doc = "their times, [N], or one number for all" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .file = CLI_WRITTEN,
              .metavar = "V.npy",
              .required = 1,
              .doc = "the velocities, f4, of x's shape" },
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .file = CLI_READ,
               .metavar = "C",
               .doc =
                   "a label for all points, a file with a label or vector for each, or column:K of "
                   "--x" },
    [THREADS] = CLI_THREADS_OPTION,
};

typedef struct run {
    const cli_args *args;
    cli_field field;
    cli_array x;     /* [n,width] */
    double *t;       /* [n] */
    float *v;        /* [n,width] */
    int32_t *labels; /* [n] */
    int64_t n;
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

static int open_points(run *r)
{
    const cli_model *model = &r->field.model;
    int status = cli_rows_load(r->args, model, &r->field.condition, r->args->value[X].text,
                               "numbers", &r->x);
    if (status != CLI_DONE)
        return status;
    r->n = cli_array_rows(&r->x);
    status = cli_condition_check(r->args, &r->field.condition, r->n);
    if (status != CLI_DONE)
        return status;
    r->t = malloc((size_t)r->n * sizeof *r->t);
    r->v = malloc((size_t)(r->n * model->width) * sizeof *r->v);
    r->labels = malloc((size_t)r->n * sizeof *r->labels);
    return r->t && r->v && r->labels ? CLI_DONE : cli_fail(r->args, "out of memory");
}

static int is_time(double t)
{
    return t >= 0.0 && t <= 1.0;
}

static int one_time(run *r, double t)
{
    for (int64_t i = 0; i < r->n; i++)
        r->t[i] = t;
    return is_time(t) ? CLI_DONE : cli_usage(r->args, "--t is %g; expected 0 to 1", t);
}

static int take_times(run *r, const char *path, const cli_array *times)
{
    int64_t count = rill_shape_count(&times->shape), width = cli_array_width(times);
    char place[CLI_PLACE_TEXT];
    if (count != r->n)
        return cli_fail(r->args, "'%.200s' has %lld times; there are %lld points", path,
                        (long long)count, (long long)r->n);
    for (int64_t i = 0; i < r->n; i++) {
        r->t[i] = times->values[i];
        if (!is_time(r->t[i]))
            return cli_fail(r->args, "'%.200s': %s is %g; expected times from 0 to 1", path,
                            cli_place(path, i / width, i % width, place), r->t[i]);
    }
    return CLI_DONE;
}

static int open_times(run *r)
{
    const char *text = r->args->value[T].text;
    cli_array times;
    char *end;
    double t = strtod(text, &end);
    if (end != text && !*end)
        return one_time(r, t);
    if (cli_array_load_finite(text, &times, &r->message) != RILL_OK)
        return failed(r);
    int status = take_times(r, text, &times);
    cli_array_free(&times);
    return status;
}

static int open_field(run *r)
{
    const cli_value *value = r->args->value;
    if (cli_npy_path(value[OUT].text, &r->message) != RILL_OK)
        return failed(r);
    return cli_field_open(r->args, value[MODEL].text, value[COND].text, &r->field);
}

static int evaluate(run *r)
{
    rill_status status =
        cli_field_velocity(&r->field, r->n, r->x.values, r->t, r->labels, r->v, &r->message);
    if (status == RILL_OK)
        status = cli_check_finite("velocity", r->v, 0, r->n, r->field.model.width, &r->message);
    if (status == RILL_OK)
        status =
            cli_npy_save(r->args->value[OUT].text, RILL_NPY_F4, &r->x.shape, r->v, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int run_velocity(const cli_args *args)
{
    static int (*const stages[])(run *) = { open_field, open_points, open_times, evaluate };
    run r = { .args = args };
    int status = CLI_DONE;
    rill_set_threads((int)args->value[THREADS].whole);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    cli_field_free(&r.field);
    cli_array_free(&r.x);
    free(r.t);
    free(r.v);
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
