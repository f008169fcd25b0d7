/* rill sample - noise carried along a learned field. */
#include "commands.h"
#include "sample_options.h"

#include "core/program.h"
#include "tools/cli/choices.h"
#include "tools/cli/outputs.h"
#include "tools/cli/rules.h"
#include "tools/cli/steering.h"
#include "tools/cli/times.h"
#include "tools/cli/tokens.h"

static const cli_option options[SAMPLE_OPTION_COUNT] = {
    [SAMPLE_MODEL] = CLI_MODEL_OPTION,
    [SAMPLE_N] = { .name = "n",
                   .kind = CLI_WHOLE,
                   .metavar = "N",
                   .low = 1,
                   .high = 2147483648.0,
                   .doc = "samples; otherwise as many as --x0 or --cond has" },
    [SAMPLE_OUT] = { .name = "out",
                     .kind = CLI_TEXT,
                     .file = CLI_WRITTEN,
                     .metavar = "S.npy",
                     .required = 1,
                     .doc = "the samples, f4 [N, ...]; of a model over tokens i4; [N,D] also as "
                            "S.csv" },
    [SAMPLE_SOLVER] = { .name = "solver",
                        .kind = CLI_CHOICE,
                        .metavar = "V",
                        .standard = "euler",
                        .choices = cli_solver_choices,
                        .doc = "what integrates dx/dt = v(x, t)" },
    [SAMPLE_STEPS] = { .name = "steps",
                       .kind = CLI_WHOLE,
                       .metavar = "K",
                       .standard = "10",
                       .low = 1,
                       .high = 1000000,
                       .doc = "its steps; with --tol, the times of --trajectory" },
    [SAMPLE_GRID] = CLI_GRID_OPTION,
    [SAMPLE_TOL] = CLI_TOL_OPTION,
    [SAMPLE_BACKWARD] = CLI_BACKWARD_OPTION,
    [SAMPLE_SEED] = CLI_SEED_OPTION,
    [SAMPLE_X0] = { .name = "x0",
                    .kind = CLI_TEXT,
                    .file = CLI_READ,
                    .metavar = "X0.npy",
                    .doc = "where to start, [N, ...]; otherwise from noise; with --backward the "
                           "data" },
    [SAMPLE_COND] = { .name = "cond",
                      .kind = CLI_TEXT,
                      .file = CLI_READ,
                      .metavar = "C",
                      .doc =
                          "a label for all samples, its number or its word, a file with a label or "
                          "vector for each, or column:K of --x0" },
    [SAMPLE_GUIDANCE] = CLI_GUIDANCE_OPTION,
    [SAMPLE_GUIDE] = CLI_GUIDE_OPTION,
    [SAMPLE_SCHEDULER] = CLI_SCHEDULER_OPTION,
    [SAMPLE_NOISE_LEVEL] = CLI_NOISE_LEVEL_OPTION,
    [SAMPLE_TRAJECTORY] = { .name = "trajectory",
                            .kind = CLI_TEXT,
                            .file = CLI_WRITTEN,
                            .metavar = "T.npy",
                            .doc = "where each sample was after each step, f4 [K+1, N, ...]" },
    [SAMPLE_LOGP] = { .name = "logp",
                      .kind = CLI_TEXT,
                      .file = CLI_WRITTEN,
                      .metavar = "LOGP.npy",
                      .doc = "log p of each sample in nats, as of rill loglik, f8 [N]" },
    [SAMPLE_FIXED] = { .name = "fixed",
                       .kind = CLI_TEXT,
                       .file = CLI_READ,
                       .metavar = "F.npy",
                       .doc = "tokens that are known, [N, ...], and -1 where they are not" },
    [SAMPLE_CORRECTORS] = { .name = "correctors",
                            .kind = CLI_WHOLE,
                            .metavar = "C",
                            .standard = "0",
                            .low = 0,
                            .high = 1000,
                            .doc = "tokens: after each step but the last, as many steps back to "
                                   "the source "
                                   "and forth again" },
    [SAMPLE_THREADS] = CLI_THREADS_OPTION,
};

enum {
    FLAT = 1 << CLI_POINTS,
    TOKENS = 1 << CLI_TOKENS,
    POINTS = FLAT | 1 << CLI_ON_MANIFOLD,
};

/* The spaces that an option is for, where it is not for all. */
static const int spaces[SAMPLE_OPTION_COUNT] = {
    [SAMPLE_SOLVER] = POINTS,  [SAMPLE_GRID] = POINTS,       [SAMPLE_BACKWARD] = POINTS,
    [SAMPLE_TOL] = FLAT,       [SAMPLE_GUIDANCE] = FLAT,     [SAMPLE_GUIDE] = FLAT,
    [SAMPLE_SCHEDULER] = FLAT, [SAMPLE_NOISE_LEVEL] = FLAT,  [SAMPLE_LOGP] = POINTS,
    [SAMPLE_FIXED] = TOKENS,   [SAMPLE_CORRECTORS] = TOKENS,
};

/* Samples that keep their density go along the model's own field, and nothing else. */
static const cli_rule rules[] = {
    { SAMPLE_TOL, CLI_EXCLUDES, SAMPLE_NOISE_LEVEL,
      "--noise-level goes by the steps of a grid, not by --tol" },
    { SAMPLE_BACKWARD, CLI_EXCLUDES, SAMPLE_LOGP, NULL },
    { SAMPLE_BACKWARD, CLI_EXCLUDES, SAMPLE_NOISE_LEVEL, NULL },
    { SAMPLE_BACKWARD, CLI_NEEDS, SAMPLE_X0, "--backward needs the data in --x0" },
    { SAMPLE_LOGP, CLI_EXCLUDES, SAMPLE_GUIDANCE, NULL },
    { SAMPLE_LOGP, CLI_EXCLUDES, SAMPLE_GUIDE, NULL },
    { SAMPLE_LOGP, CLI_EXCLUDES, SAMPLE_SCHEDULER, NULL },
    { SAMPLE_LOGP, CLI_EXCLUDES, SAMPLE_NOISE_LEVEL, NULL },
    { SAMPLE_LOGP, CLI_EXCLUDES, SAMPLE_TRAJECTORY, NULL },
    { SAMPLE_GUIDE, CLI_NEEDS, SAMPLE_GUIDANCE, "--guide goes with --guidance W" },
};

const char *sample_foreign(const cli_args *args, cli_space space)
{
    for (int i = 0; i < SAMPLE_OPTION_COUNT; i++)
        if (args->value[i].given && spaces[i] && !(spaces[i] >> space & 1))
            return options[i].name;
    return NULL;
}

/* A model that could not be read is NULL: points are taken for granted, until there is one. */
static int check_flags(const cli_args *args, const cli_model *model)
{
    int tokens = model && cli_model_has_tokens(model);
    cli_space space = tokens ? CLI_TOKENS : CLI_POINTS; /* a manifold comes later */
    cli_space other = tokens ? CLI_POINTS : CLI_TOKENS;
    const char *foreign = sample_foreign(args, space);
    if (foreign)
        return cli_usage(args, "--%s is of models over %s, and this is one over %s", foreign,
                         cli_spaces[other].name, cli_spaces[space].name);
    return cli_check_rules(args, rules, sizeof rules / sizeof *rules);
}

/* The model is read once, since it may come from a pipe; flags are judged before it is told that it
 * could not be. */
static int run_sample(const cli_args *args)
{
    cli_field field = { .sampler = NULL };
    cli_model *model = &field.model;
    rill_message message;
    const char *path = args->value[SAMPLE_MODEL].text;
    int read = cli_model_load_any(path, args->extensions, model, &message) == RILL_OK;
    int status = check_flags(args, read ? model : NULL);
    if (status == CLI_DONE && !read)
        status = cli_fail(args, "%s", message.text);
    if (status == CLI_DONE)
        status = cli_check_model_outputs(args, model);
    if (status == CLI_DONE) {
        rill_set_threads((int)args->value[SAMPLE_THREADS].whole);
        status =
            cli_model_has_tokens(model) ? sample_tokens(args, model) : sample_points(args, &field);
    }
    cli_field_free(&field);
    return status;
}

const cli_command cli_sample_command = {
    .name = "sample",
    .operands = "",
    .doc = "draws samples from a model",
    .options = options,
    .option_count = SAMPLE_OPTION_COUNT,
    .run = run_sample,
};
