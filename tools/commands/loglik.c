/* rill loglik - log p of data under a model. */
#include "commands.h"

#include "core/program.h"
#include "core/rng.h"
#include "formats/npy_file.h"
#include "tools/cli/array.h"
#include "tools/cli/choices.h"
#include "tools/cli/condition.h"
#include "tools/cli/npy_stream.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/scorer.h"
#include "tools/cli/times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL,
    DATA,
    OUT,
    ERRORS,
    DIVERGENCE,
    PROBES,
    SOLVER,
    TOL,
    STEPS,
    LEVELS,
    RANGE,
    COND,
    SEED,
    THREADS,
    OPTION_COUNT
};

enum { MANIFOLD_STEPS = 50 };

/* How the divergence is found. */
static const struct divergence {
    const char *name, *doc;
    int by_probes;
    rill_probe_law law;
} divergences[] = {
    { "exact", "as many tangents of the network as a sample has numbers", 0, RILL_RADEMACHER },
    { "hutchinson", "an estimate, a tangent for each probe of numbers -1 and 1", 1,
      RILL_RADEMACHER },
    { "gaussian", "the same by normal probes, which vary more", 1, RILL_GAUSSIAN },
};
enum { DIVERGENCE_COUNT = sizeof divergences / sizeof *divergences };

static cli_choice divergence_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    return i < DIVERGENCE_COUNT ? (cli_choice){ divergences[i].name, divergences[i].doc }
                                : (cli_choice){ 0 };
}

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = CLI_MODEL_OPTION,
    [DATA] = { .name = "data",
               .kind = CLI_TEXT,
               .file = CLI_READ,
               .metavar = "X.npy",
               .required = 1,
               .doc = "the samples, [N, ...], .npy or .csv" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .file = CLI_WRITTEN,
              .metavar = "LOGP.npy",
              .required = 1,
              .doc = "log p of each in nats, f8 [N]" },
    [ERRORS] = { .name = "errors",
                 .kind = CLI_TEXT,
                 .file = CLI_WRITTEN,
                 .metavar = "E.npy",
                 .doc = "the standard error of each by its probes, f8 [N]" },
    [DIVERGENCE] = { .name = "divergence",
                     .kind = CLI_CHOICE,
                     .metavar = "V",
                     .standard = "exact",
                     .choices = divergence_choices,
                     .doc = "how fast the field spreads samples" },
    [PROBES] = { .name = "probes",
                 .kind = CLI_WHOLE,
                 .metavar = "K",
                 .standard = "4",
                 .low = 1,
                 .high = 1024,
                 .doc = "of each sample, unless the divergence is exact" },
    [SOLVER] = { .name = "solver",
                 .kind = CLI_CHOICE,
                 .metavar = "V",
                 .standard = "dopri5",
                 .choices = cli_solver_choices,
                 .doc = "what integrates from the data back to noise" },
    [TOL] = { .name = "tol",
              .kind = CLI_NUMBER,
              .metavar = "E",
              .standard = "1e-5",
              .low = CLI_LEAST_TOLERANCE,
              .high = 1,
              .doc = "the error of a step by which the solver chooses it, relative to 1 + |x|" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .low = 1,
                .high = 1000000,
                .doc = "as many equal steps from t = 1 to 0 instead; solvers that choose none need "
                       "it, and on a manifold they are always equal: 50 unless given" },
    [LEVELS] = { .name = "levels",
                 .kind = CLI_WHOLE,
                 .metavar = "K",
                 .low = 2,
                 .high = 16777216,
                 .doc = "the data are K even levels: uniform noise fills the steps between them, "
                        "and what is scored are probabilities" },
    [RANGE] = { .name = "range",
                .kind = CLI_RANGE,
                .metavar = "LOW,HIGH",
                .doc = "the first level and the last; otherwise 0 and K-1" },
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .file = CLI_READ,
               .metavar = "C",
               .doc = "a label for all samples, or a file with a label or vector for each" },
    [SEED] = CLI_SEED_OPTION,
    [THREADS] = CLI_THREADS_OPTION,
};

typedef struct run {
    const cli_args *args;
    const struct divergence *divergence;
    cli_model model;
    cli_condition condition;
    cli_array data;
    cli_scorer *scorer;
    int64_t n;
    float *x;         /* [n,width], in the network's units */
    int32_t *labels;  /* [n] */
    int64_t steps;    /* intervals of the grid */
    double *times;    /* [steps+1] */
    double tolerance; /* 0: one step for each interval */
    rill_ode_counts counts;
    double *log_p, *errors; /* [n] */
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

/* ---- What was asked for. */

static int check_options(run *r)
{
    const cli_value *value = r->args->value;
    for (int i = 0; i < DIVERGENCE_COUNT; i++)
        if (strcmp(value[DIVERGENCE].text, divergences[i].name) == 0)
            r->divergence = &divergences[i];
    if (value[PROBES].given && !r->divergence->by_probes)
        return cli_usage(r->args, "--probes goes with --divergence hutchinson or gaussian");
    if (value[ERRORS].text && !r->divergence->by_probes)
        return cli_usage(r->args, "--errors goes with --divergence hutchinson or gaussian");
    if (value[ERRORS].text && value[PROBES].whole < 2)
        return cli_usage(r->args, "--errors needs two --probes at least");
    if (value[RANGE].given && !value[LEVELS].given)
        return cli_usage(r->args, "--range goes with --levels, and none are given");
    if (cli_npy_path(value[OUT].text, &r->message) != RILL_OK ||
        cli_npy_path(value[ERRORS].text, &r->message) != RILL_OK)
        return failed(r);
    return CLI_DONE;
}

/* On a manifold steps are equal and the divergence is exact. */
static int settle_manifold(run *r)
{
    static const int others[] = { TOL, LEVELS };
    const cli_value *value = r->args->value;
    if (r->divergence->by_probes)
        return cli_usage(r->args, "--divergence %s is of models over points; on a %s it is exact",
                         r->divergence->name, r->model.manifold->name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (value[others[i]].given)
            return cli_usage(r->args, "--%s is of models over points, and this is one on a %s",
                             options[others[i]].name, r->model.manifold->name);
    r->steps = value[STEPS].given ? value[STEPS].whole : MANIFOLD_STEPS;
    return CLI_DONE;
}

/* Steps that are chosen, or a number of equal ones. */
static int settle_steps(run *r)
{
    const cli_value *value = r->args->value;
    if (value[STEPS].given && value[TOL].given)
        return cli_usage(r->args, "--steps takes equal steps, and --tol chooses them: expected one "
                                  "of the two");
    if (r->model.manifold)
        return settle_manifold(r);
    if (value[STEPS].given) {
        r->steps = value[STEPS].whole;
        return CLI_DONE;
    }
    r->steps = 1;
    r->tolerance = value[TOL].number;
    if (rill_solver_is_adaptive(rill_solver_find(value[SOLVER].text)))
        return CLI_DONE;
    return cli_usage(r->args, "--solver %s chooses no steps: expected --steps", value[SOLVER].text);
}

static int open_model(run *r)
{
    const cli_value *value = r->args->value;
    rill_status status =
        cli_model_load_of(value[MODEL].text, r->args->extensions,
                          1 << CLI_POINTS | 1 << CLI_ON_MANIFOLD, &r->model, &r->message);
    if (status != RILL_OK)
        return failed(r);
    return cli_condition_open(r->args, &r->model, value[COND].text, &r->condition);
}

static int open_scorer(run *r)
{
    int64_t probes = r->divergence->by_probes ? r->args->value[PROBES].whole : 0;
    rill_status status =
        cli_scorer_new(&r->model, probes, r->divergence->law, &r->scorer, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int open_data(run *r)
{
    const char *path = r->args->value[DATA].text;
    if (cli_array_load_finite(path, &r->data, &r->message) != RILL_OK)
        return failed(r);
    int64_t width = r->model.width;
    if (cli_array_width(&r->data) != width)
        return cli_fail(r->args, "'%.200s' has %lld numbers a row; a sample of the model has %lld",
                        path, (long long)cli_array_width(&r->data), (long long)width);
    r->n = cli_array_rows(&r->data);
    if (r->model.manifold && cli_check_on_manifold(path, r->model.manifold, r->data.values, r->n,
                                                   width, &r->message) != RILL_OK)
        return failed(r);
    int status = cli_condition_check(r->args, &r->condition, r->n);
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

/* ---- Levels. */

/* The step between levels; 0 where the data have none. */
static double level_step(const run *r)
{
    const cli_value *value = r->args->value;
    if (!value[LEVELS].given)
        return 0.0;
    return value[RANGE].given
               ? (value[RANGE].high - value[RANGE].number) / (double)(value[LEVELS].whole - 1)
               : 1.0;
}

/* Files of f4 hold levels as near as f4 does. */
static int is_level(const run *r, double x)
{
    const cli_value *value = r->args->value;
    double low = value[RANGE].given ? value[RANGE].number : 0.0;
    double level = (x - low) / level_step(r);
    return level > -.5 && level < (double)value[LEVELS].whole - .5 &&
           fabs(level - round(level)) < 1e-3;
}

static int check_levels(run *r)
{
    int64_t width = r->model.width;
    for (int64_t i = 0; r->args->value[LEVELS].given && i < r->n * width; i++)
        if (!is_level(r, r->data.values[i]))
            return cli_fail(r->args,
                            "'%.200s': row %lld, number %lld (counted from 0) is %g, which is not "
                            "one of the %lld levels",
                            r->args->value[DATA].text, (long long)(i / width),
                            (long long)(i % width), r->data.values[i],
                            (long long)r->args->value[LEVELS].whole);
    return CLI_DONE;
}

/* The data as the network sees them.  A level stands for the step above it: noise of that width
 * makes it a density (Theis et al., "A note on the evaluation of generative models", 2016). */
static void take_data(run *r)
{
    int64_t width = r->model.width;
    uint64_t key = rill_stream_key((uint64_t)r->args->value[SEED].whole, "dequantize");
    double step = level_step(r);
    for (int64_t i = 0; i < r->n * width; i++) {
        double u = 0.0;
        if (step > 0.0)
            rill_stream_uniform(key, 0, i / width, i % width, 1, &u);
        r->x[i] = (float)(r->data.values[i] + u * step);
    }
    cli_model_normalize(&r->model, r->n, r->x);
}

/* ---- Scoring. */

static int score(run *r)
{
    const cli_value *value = r->args->value;
    take_data(r);
    double step = level_step(r), volume = step > 0.0 ? (double)r->model.width * log(step) : 0.0;
    rill_time_grid(1.0, 0.0, r->steps, r->times, NULL);
    rill_sampling request = { .solver = rill_solver_find(value[SOLVER].text),
                              .times = r->times,
                              .time_count = r->steps + 1,
                              .tolerance = r->tolerance,
                              .counts = &r->counts,
                              .seed = (uint64_t)value[SEED].whole,
                              .n = r->n,
                              .x0 = r->x,
                              .cond = cli_condition_rows(&r->condition, 0, r->n, r->labels) };
    rill_scores scores = { r->log_p, r->errors };
    if (cli_scorer_run(r->scorer, &request, &scores, &r->message) != RILL_OK)
        return failed(r);
    for (int64_t i = 0; i < r->n; i++) {
        r->log_p[i] += volume;
        if (!isfinite(r->log_p[i]))
            return cli_fail(r->args, "log p of row %lld (counted from 0) came out as %g",
                            (long long)i, r->log_p[i]);
    }
    return CLI_DONE;
}

static int write_scores(run *r)
{
    const cli_value *value = r->args->value;
    rill_shape shape = RILL_SHAPE(r->n);
    rill_status status = rill_npy_save(value[OUT].text, RILL_NPY_F8, &shape, r->log_p, &r->message);
    if (status == RILL_OK && value[ERRORS].text)
        status = rill_npy_save(value[ERRORS].text, RILL_NPY_F8, &shape, r->errors, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
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
static int print_scores(run *r)
{
    double mean = mean_of(r->log_p, r->n), square = 0.0, probes = 0.0;
    for (int64_t i = 0; i < r->n; i++) {
        square += pow(r->log_p[i] - mean, 2);
        probes += pow(r->errors[i], 2);
    }
    printf("nats %.9g\n", mean);
    if (r->n > 1)
        printf("standard_error %.3g\n", sqrt(square / (double)(r->n - 1) / (double)r->n));
    if (r->divergence->by_probes && r->args->value[PROBES].whole > 1)
        printf("probe_error %.3g\n", sqrt(probes) / (double)r->n);
    printf("evaluations %.4g\n", (double)r->counts.evaluations / (double)r->n);
    if (!r->model.manifold) /* of fewer dimensions than numbers, and in no units */
        printf("bits_per_dimension %.9g\n", -mean / M_LN2 / (double)r->model.width);
    return CLI_DONE;
}

static int run_loglik(const cli_args *args)
{
    static int (*const stages[])(run *) = { check_options, open_model,   settle_steps,
                                            open_scorer,   open_data,    check_levels,
                                            score,         write_scores, print_scores };
    run r = { .args = args };
    int status = CLI_DONE;
    rill_set_threads((int)args->value[THREADS].whole);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    cli_scorer_free(r.scorer);
    cli_model_free(&r.model);
    cli_condition_free(&r.condition);
    cli_array_free(&r.data);
    free(r.x);
    free(r.labels);
    free(r.times);
    free(r.log_p);
    free(r.errors);
    return status;
}

const cli_command cli_loglik_command = {
    .name = "loglik",
    .operands = "",
    .doc = "tells log p of data under a model, in nats and bits per dimension",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_loglik,
};
