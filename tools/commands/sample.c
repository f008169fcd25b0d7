/* rill sample - noise carried along a learned field. */
#include "commands.h"
#include "sample_tokens.h"

#include "core/program.h"
#include "formats/npy_file.h"
#include "tools/cli/array.h"
#include "tools/cli/choices.h"
#include "tools/cli/field.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/npy_stream.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/scorer.h"
#include "tools/cli/start.h"
#include "tools/cli/steering.h"
#include "tools/cli/times.h"
#include "tools/cli/trainer.h"

#include <stdlib.h>
#include <string.h>

enum {
    MODEL,
    N,
    OUT,
    SOLVER,
    STEPS,
    GRID,
    TOL,
    BACKWARD,
    SEED,
    X0,
    COND,
    GUIDANCE,
    GUIDE,
    SCHEDULER,
    NOISE_LEVEL,
    TRAJECTORY,
    LOGP,
    FIXED,
    CORRECTORS,
    THREADS,
    OPTION_COUNT
};

enum { CHUNK = 8192 };
#define MOST_TRAJECTORY (INT64_C(1) << 30) /* numbers */

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = CLI_MODEL_OPTION,
    [N] = { .name = "n",
            .kind = CLI_WHOLE,
            .metavar = "N",
            .low = 1,
            .high = 2147483648.0,
            .doc = "samples; otherwise as many as --x0 or --cond has" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .metavar = "S.npy",
              .required = 1,
              .doc = "the samples, f4 [N, ...]; of a model over tokens i4" },
    [SOLVER] = { .name = "solver",
                 .kind = CLI_CHOICE,
                 .metavar = "V",
                 .standard = "euler",
                 .choices = cli_solver_choices,
                 .doc = "what integrates dx/dt = v(x, t)" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .standard = "10",
                .low = 1,
                .high = 1000000,
                .doc = "its steps; with --tol, the times of --trajectory" },
    [GRID] = CLI_GRID_OPTION,
    [TOL] = CLI_TOL_OPTION,
    [BACKWARD] = CLI_BACKWARD_OPTION,
    [SEED] = CLI_SEED_OPTION,
    [X0] = { .name = "x0",
             .kind = CLI_TEXT,
             .metavar = "X0.npy",
             .doc = "where to start, [N, ...]; otherwise from noise; with --backward the data" },
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .metavar = "C",
               .doc = "a label for all samples, or a file with a label or vector for each" },
    [GUIDANCE] = CLI_GUIDANCE_OPTION,
    [GUIDE] = CLI_GUIDE_OPTION,
    [SCHEDULER] = CLI_SCHEDULER_OPTION,
    [NOISE_LEVEL] = CLI_NOISE_LEVEL_OPTION,
    [TRAJECTORY] = { .name = "trajectory",
                     .kind = CLI_TEXT,
                     .metavar = "T.npy",
                     .doc = "where each sample was after each step, f4 [K+1, N, ...]" },
    [LOGP] = { .name = "logp",
               .kind = CLI_TEXT,
               .metavar = "LOGP.npy",
               .doc = "log p of each sample in nats, as of rill loglik, f8 [N]" },
    [FIXED] = { .name = "fixed",
                .kind = CLI_TEXT,
                .metavar = "F.npy",
                .doc = "tokens that are known, [N, ...], and -1 where they are not" },
    [CORRECTORS] = { .name = "correctors",
                     .kind = CLI_WHOLE,
                     .metavar = "C",
                     .standard = "0",
                     .low = 0,
                     .high = 1000,
                     .doc =
                         "tokens: after each step but the last, as many steps back to the source "
                         "and forth again" },
    [THREADS] = CLI_THREADS_OPTION,
};

typedef struct run {
    const cli_args *args;
    cli_field field;
    cli_array x0; /* empty: from noise or the model's source */
    cli_start start;
    cli_steering steering;
    int64_t n;
    cli_times times;
    rill_ode_counts counts;
    rill_file_writer *samples;
    float *starts, *rows;     /* [CHUNK,width] */
    float *part, *trajectory; /* [times, CHUNK, width] and [times, n, width], or NULL */
    cli_scorer *scorer;       /* samples with their log p; NULL: without */
    double *log_p;            /* [n] */
    int32_t labels[CHUNK];
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

/* ---- What was asked for. */

/* On a manifold there is the field, and no more. */
static int check_manifold_options(const run *r)
{
    static const int others[] = { TOL, GUIDANCE, GUIDE, SCHEDULER, NOISE_LEVEL };
    const cli_value *value = r->args->value;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (value[others[i]].given)
            return cli_usage(r->args, "--%s is of models over points, and this is one on a %s",
                             options[others[i]].name, r->field.model.manifold->name);
    return CLI_DONE;
}

static int open_field(run *r)
{
    const cli_value *value = r->args->value;
    int status = cli_field_open_any(r->args, value[MODEL].text, value[COND].text, &r->field);
    return status == CLI_DONE && r->field.model.manifold ? check_manifold_options(r) : status;
}

static int steer(run *r)
{
    if (r->field.on_manifold)
        return CLI_DONE;
    const cli_value *value = r->args->value;
    cli_steering_flags flags = { .guidance = &value[GUIDANCE],
                                 .guide = &value[GUIDE],
                                 .scheduler = &value[SCHEDULER],
                                 .noise_level = &value[NOISE_LEVEL] };
    return cli_steering_open(r->args, &flags, &r->field, &r->steering);
}

static int check_x0(run *r)
{
    rill_status status =
        cli_check_on_manifold(r->args->value[X0].text, r->field.model.manifold, r->x0.values,
                              cli_array_rows(&r->x0), r->field.model.width, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

/* Noise is where t = 0, and a density is of t = 1. */
static int check_ends(const run *r)
{
    const cli_value *value = r->args->value;
    double from = r->times.at[0], to = r->times.at[r->times.count - 1];
    if (from != 0 && !value[X0].given)
        return cli_usage(
            r->args, "--grid starts at t = %g, where samples are no noise: --x0 is needed", from);
    if (value[LOGP].given && (from != 0 || to != 1))
        return cli_usage(r->args, "--logp goes from t = 0 to 1, but --grid from %g to %g", from,
                         to);
    return CLI_DONE;
}

/* The times at which samples are, and what does not go with them. */
static int open_times(run *r)
{
    static const int others[] = { LOGP, NOISE_LEVEL };
    const cli_value *value = r->args->value;
    cli_times_flags flags = { .solver = &value[SOLVER],
                              .steps = &value[STEPS],
                              .grid = &value[GRID],
                              .tol = &value[TOL],
                              .backward = &value[BACKWARD],
                              .keeps_times = value[TRAJECTORY].given };
    if (value[TOL].given && value[NOISE_LEVEL].given)
        return cli_usage(r->args, "--noise-level goes by the steps of a grid, not by --tol");
    for (size_t i = 0; i < sizeof others / sizeof *others && value[BACKWARD].given; i++)
        if (value[others[i]].given)
            return cli_usage(r->args, "--backward does not go with --%s", options[others[i]].name);
    if (value[BACKWARD].given && !value[X0].given)
        return cli_usage(r->args, "--backward needs the data in --x0");
    int status = cli_times_open(r->args, &flags, &r->times);
    return status == CLI_DONE ? check_ends(r) : status;
}

static int open_x0(run *r)
{
    const char *path = r->args->value[X0].text;
    if (!path)
        return CLI_DONE;
    if (cli_array_load_finite(path, &r->x0, &r->message) != RILL_OK)
        return failed(r);
    if (cli_array_width(&r->x0) == r->field.model.width)
        return r->field.model.manifold ? check_x0(r) : CLI_DONE;
    return cli_fail(r->args, "'%.200s' has %lld numbers a row; a sample of the model has %lld",
                    path, (long long)cli_array_width(&r->x0), (long long)r->field.model.width);
}

static int open_start(run *r)
{
    if (r->x0.values)
        return CLI_DONE;
    return cli_start_open(&r->start, &r->field.model, &r->message) == RILL_OK ? CLI_DONE
                                                                              : failed(r);
}

/* Unlike samples, trajectories stay in memory until they are complete. */
static int check_trajectory(const run *r)
{
    const cli_value *value = r->args->value;
    const cli_model *m = &r->field.model;
    int64_t times = r->times.count;
    if (!value[TRAJECTORY].text)
        return CLI_DONE;
    if (strcmp(value[TRAJECTORY].text, value[OUT].text) == 0)
        return cli_usage(r->args, "--trajectory and --out are the same file");
    if (m->sample.rank + 2 > RILL_MAX_RANK)
        return cli_usage(r->args, "--trajectory would have %d dimensions, at most %d are kept",
                         m->sample.rank + 2, RILL_MAX_RANK);
    if (r->n > MOST_TRAJECTORY / times / m->width)
        return cli_usage(
            r->args, "--trajectory would have %lld x %lld x %lld numbers, at most %lld are kept",
            (long long)times, (long long)r->n, (long long)m->width, (long long)MOST_TRAJECTORY);
    return CLI_DONE;
}

/* Samples that keep their density go along the model's own field, and nothing else. */
static int check_logp(run *r)
{
    static const int others[] = { GUIDANCE, GUIDE, SCHEDULER, NOISE_LEVEL, TRAJECTORY };
    const cli_value *value = r->args->value;
    if (!value[LOGP].text)
        return CLI_DONE;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (value[others[i]].given)
            return cli_usage(r->args, "--logp does not go with --%s", options[others[i]].name);
    if (strcmp(value[LOGP].text, value[OUT].text) == 0)
        return cli_usage(r->args, "--logp and --out are the same file");
    if (cli_npy_path(value[LOGP].text, &r->message) != RILL_OK)
        return failed(r);
    rill_status status =
        cli_scorer_new(&r->field.model, 0, RILL_RADEMACHER, &r->scorer, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int settle_count(run *r)
{
    const cli_value *n = &r->args->value[N];
    int64_t there = r->x0.values ? cli_array_rows(&r->x0) : r->field.condition.rows;
    r->n = n->given ? n->whole : there;
    if (r->n == 0)
        return cli_usage(r->args, "--n N is needed");
    if (r->x0.values && cli_array_rows(&r->x0) != r->n)
        return cli_usage(r->args, "--n is %lld, but --x0 has %lld rows", (long long)r->n,
                         (long long)cli_array_rows(&r->x0));
    if (cli_condition_check(&r->field.condition, r->n, &r->message) != RILL_OK)
        return cli_usage(r->args, "%s", r->message.text);
    return check_trajectory(r);
}

/* ---- Sampling, a chunk at a time. */

/* [count, sample...], or with `times` > 0 [times, count, sample...]. */
static rill_shape shape_of(const run *r, int64_t times)
{
    rill_shape shape = { 0 };
    if (times > 0)
        shape.dim[shape.rank++] = times;
    shape.dim[shape.rank++] = r->n;
    for (int i = 0; i < r->field.model.sample.rank; i++)
        shape.dim[shape.rank++] = r->field.model.sample.dim[i];
    return shape;
}

static int prepare(run *r)
{
    int64_t times = r->times.count, width = r->field.model.width;
    size_t chunk = (size_t)((r->n < CHUNK ? r->n : CHUNK) * width) * sizeof(float);
    int keeps = r->args->value[TRAJECTORY].text != NULL;
    r->starts = malloc(chunk);
    r->rows = malloc(chunk);
    if (keeps) {
        r->part = malloc((size_t)times * chunk);
        r->trajectory = malloc((size_t)(times * r->n * width) * sizeof(float));
    }
    r->log_p = malloc((size_t)(r->scorer ? r->n : 1) * sizeof *r->log_p);
    if (!r->starts || !r->rows || !r->log_p || (keeps && (!r->part || !r->trajectory)))
        return cli_fail(r->args, "out of memory");
    rill_shape shape = shape_of(r, 0);
    if (cli_npy_path(r->args->value[TRAJECTORY].text, &r->message) != RILL_OK)
        return failed(r);
    r->samples = cli_npy_begin(r->args->value[OUT].text, RILL_NPY_F4, &shape, &r->message);
    return r->samples ? CLI_DONE : failed(r);
}

/* Where rows first..first+n-1 start, in the network's units; NULL for noise. */
static const float *start_of(run *r, int64_t first, int64_t n)
{
    const cli_model *model = &r->field.model;
    if (!r->x0.values)
        return cli_start_rows(&r->start, (uint64_t)r->args->value[SEED].whole, first, n, r->starts);
    for (int64_t i = 0; i < n * model->width; i++)
        r->starts[i] = (float)r->x0.values[first * model->width + i];
    if (cli_start_has_units(model) || r->args->value[BACKWARD].given)
        cli_model_normalize(model, n, r->starts);
    return r->starts;
}

static void keep_part(run *r, int64_t first, int64_t n)
{
    int64_t width = r->field.model.width;
    for (int64_t k = 0; k < r->times.count; k++)
        memcpy(r->trajectory + (k * r->n + first) * width, r->part + k * n * width,
               (size_t)(n * width) * sizeof(float));
}

static rill_status carry(run *r, const rill_sampling *sampling)
{
    rill_scores scores = { r->log_p + sampling->first, NULL };
    if (r->scorer)
        return cli_scorer_run(r->scorer, sampling, &scores, &r->message);
    if (r->field.on_manifold)
        return rill_manifold_sampler_run(r->field.on_manifold, sampling, &r->message);
    return cli_steering_run(&r->steering, &r->field, sampling, &r->message);
}

static rill_status sample_chunk(run *r, int64_t first, int64_t n)
{
    const cli_value *value = r->args->value;
    rill_sampling sampling = {
        .solver = rill_solver_find(value[SOLVER].text),
        .times = r->times.at,
        .time_count = r->times.count,
        .tolerance = r->times.tolerance,
        .counts = &r->counts,
        .seed = (uint64_t)value[SEED].whole,
        .first = first,
        .n = n,
        .x0 = start_of(r, first, n),
        .cond = cli_condition_rows(&r->field.condition, first, n, r->labels),
        .samples = r->rows,
        .trajectory = r->part,
    };
    rill_status status = carry(r, &sampling);
    if (status != RILL_OK)
        return status;
    if (r->part)
        keep_part(r, first, n);
    int64_t width = r->field.model.width;
    if (!value[BACKWARD].given || cli_start_has_units(&r->field.model))
        cli_model_restore(&r->field.model, n, r->rows);
    status = cli_check_finite("sample", r->rows, first, n, width, &r->message);
    if (status != RILL_OK)
        return status;
    return rill_file_write(r->samples, r->rows, (size_t)(n * width) * sizeof(float));
}

static rill_status save_log_p(run *r)
{
    rill_shape shape = RILL_SHAPE(r->n);
    return rill_npy_save(r->args->value[LOGP].text, RILL_NPY_F8, &shape, r->log_p, &r->message);
}

/* What the samples took, on stderr. */
static void say_counts(const run *r)
{
    double n = (double)r->n;
    if (r->times.tolerance > 0)
        cli_note(r->args, "a sample took %.4g evaluations, %.3g steps and %.2g rejected ones",
                 (double)r->counts.evaluations / n, (double)r->counts.accepted / n,
                 (double)r->counts.rejected / n);
    else
        cli_note(r->args, "a sample took %.4g evaluations", (double)r->counts.evaluations / n);
}

/* On a failure nothing is written; a failed write shows in the commit, with its reason. */
static int sample_all(run *r)
{
    rill_status status = RILL_OK;
    for (int64_t first = 0; first < r->n && status == RILL_OK && !cli_interrupted(); first += CHUNK)
        status = sample_chunk(r, first, r->n - first < CHUNK ? r->n - first : CHUNK);
    if (cli_interrupted()) {
        cli_note(r->args, "stopped; nothing was written");
        return CLI_INTERRUPTED;
    }
    if (status == RILL_OK || status == RILL_IO) {
        status = rill_file_commit(r->samples, &r->message);
        r->samples = NULL;
    }
    if (status == RILL_OK)
        say_counts(r);
    if (status == RILL_OK && r->scorer)
        status = save_log_p(r);
    if (status != RILL_OK || !r->trajectory)
        return status == RILL_OK ? CLI_DONE : failed(r);
    int64_t times = r->times.count;
    cli_model_restore(&r->field.model, times * r->n, r->trajectory);
    rill_shape shape = shape_of(r, times);
    status = rill_npy_save(r->args->value[TRAJECTORY].text, RILL_NPY_F4, &shape, r->trajectory,
                           &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static void end(run *r)
{
    rill_file_abandon(r->samples);
    cli_steering_free(&r->steering);
    cli_field_free(&r->field);
    cli_array_free(&r->x0);
    cli_start_free(&r->start);
    free(r->times.at);
    free(r->starts);
    free(r->rows);
    free(r->part);
    free(r->trajectory);
    cli_scorer_free(r->scorer);
    free(r->log_p);
    free(r);
}

static int run_points(const cli_args *args)
{
    static int (*const stages[])(run *) = { open_times,   open_field, check_logp,
                                            steer,        open_x0,    open_start,
                                            settle_count, prepare,    sample_all };
    run *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail(args, "out of memory");
    r->args = args;
    int status = CLI_DONE;
    cli_interrupt_watch(); /* no temporary file is left behind */
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    end(r);
    cli_interrupt_release();
    return status;
}

/* ---- Tokens. */

/* A flag that was given though it is not of this kind of model; OPTION_COUNT: there is none. */
static int foreign_option(const cli_args *args, int has_tokens)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        int of_tokens = i == FIXED || i == CORRECTORS;
        int of_both = i == MODEL || i == N || i == OUT || i == STEPS || i == SEED || i == X0 ||
                      i == COND || i == TRAJECTORY || i == THREADS;
        if (args->value[i].given && !of_both && of_tokens != has_tokens)
            return i;
    }
    return OPTION_COUNT;
}

static int run_tokens(const cli_args *args)
{
    const cli_value *value = args->value;
    token_request request = { .model = value[MODEL].text,
                              .out = value[OUT].text,
                              .x0 = value[X0].text,
                              .fixed = value[FIXED].text,
                              .cond = value[COND].text,
                              .trajectory = value[TRAJECTORY].text,
                              .n = value[N].whole,
                              .steps = value[STEPS].whole,
                              .correctors = value[CORRECTORS].whole,
                              .seed = (uint64_t)value[SEED].whole };
    return sample_tokens(args, &request);
}

static int run_sample(const cli_args *args)
{
    int has_tokens = sample_has_tokens(args->value[MODEL].text);
    int foreign = foreign_option(args, has_tokens);
    if (foreign < OPTION_COUNT)
        return cli_usage(args, "--%s is of models over %s, and this is one over %s",
                         options[foreign].name, has_tokens ? "points" : "tokens",
                         has_tokens ? "tokens" : "points");
    rill_set_threads((int)args->value[THREADS].whole);
    return has_tokens ? run_tokens(args) : run_points(args);
}

const cli_command cli_sample_command = {
    .name = "sample",
    .operands = "",
    .doc = "draws samples from a model",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_sample,
};
