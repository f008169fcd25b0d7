/* rill loglik - log p of data under a model. */
#include "commands.h"
#include "loglik_run.h"

#include "core/program.h"
#include "tools/cli/choices.h"
#include "tools/cli/rules.h"
#include "tools/cli/times.h"

#include <stdlib.h>

static const loglik_divergence divergences[] = {
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

static const cli_option options[LOGLIK_OPTION_COUNT] = {
    [LOGLIK_MODEL] = CLI_MODEL_OPTION,
    [LOGLIK_DATA] = { .name = "data",
                      .kind = CLI_TEXT,
                      .file = CLI_READ,
                      .metavar = "X.npy",
                      .required = 1,
                      .doc = "the samples, [N, ...], .npy or .csv" },
    [LOGLIK_OUT] = { .name = "out",
                     .kind = CLI_TEXT,
                     .file = CLI_WRITTEN,
                     .metavar = "LOGP.npy",
                     .required = 1,
                     .doc = "log p of each in nats, f8 [N]" },
    [LOGLIK_ERRORS] = { .name = "errors",
                        .kind = CLI_TEXT,
                        .file = CLI_WRITTEN,
                        .metavar = "E.npy",
                        .doc = "the standard error of each by its probes, f8 [N]" },
    [LOGLIK_DIVERGENCE] = { .name = "divergence",
                            .kind = CLI_CHOICE,
                            .metavar = "V",
                            .standard = "exact",
                            .choices = divergence_choices,
                            .doc = "how fast the field spreads samples" },
    [LOGLIK_PROBES] = { .name = "probes",
                        .kind = CLI_WHOLE,
                        .metavar = "K",
                        .standard = "4",
                        .low = 1,
                        .high = 1024,
                        .doc = "of each sample, unless the divergence is exact" },
    [LOGLIK_SOLVER] = { .name = "solver",
                        .kind = CLI_CHOICE,
                        .metavar = "V",
                        .standard = "dopri5",
                        .choices = cli_solver_choices,
                        .doc = "what integrates from the data back to noise" },
    [LOGLIK_TOL] = { .name = "tol",
                     .kind = CLI_NUMBER,
                     .metavar = "E",
                     .standard = "1e-5",
                     .low = CLI_LEAST_TOLERANCE,
                     .high = 1,
                     .doc = "the error of a step by which the solver chooses it, relative to 1 + "
                            "|x|" },
    [LOGLIK_STEPS] = { .name = "steps",
                       .kind = CLI_WHOLE,
                       .metavar = "K",
                       .low = 1,
                       .high = 1000000,
                       .doc = "as many equal steps from t = 1 to 0 instead; solvers that choose "
                              "none need it, and on a manifold they are always equal: 50 unless "
                              "given" },
    [LOGLIK_LEVELS] = { .name = "levels",
                        .kind = CLI_WHOLE,
                        .metavar = "K",
                        .low = 2,
                        .high = 16777216,
                        .doc = "the data are K even levels: uniform noise fills the steps between "
                               "them, and what is scored are probabilities" },
    [LOGLIK_RANGE] = { .name = "range",
                       .kind = CLI_RANGE,
                       .metavar = "LOW,HIGH",
                       .doc = "the first level and the last; otherwise 0 and K-1" },
    [LOGLIK_COND] = { .name = "cond",
                      .kind = CLI_TEXT,
                      .file = CLI_READ,
                      .metavar = "C",
                      .doc =
                          "a label for all samples, its number or its word, a file with a label or "
                          "vector for each, or column:K of the data" },
    [LOGLIK_SEED] = CLI_SEED_OPTION,
    [LOGLIK_THREADS] = CLI_THREADS_OPTION,
};

static const cli_rule rules[] = {
    { LOGLIK_RANGE, CLI_NEEDS, LOGLIK_LEVELS, "--range goes with --levels, and none are given" },
    { LOGLIK_STEPS, CLI_EXCLUDES, LOGLIK_TOL,
      "--steps takes equal steps, and --tol chooses them: expected one of the two" },
};

int loglik_failed(const loglik_run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

static void end(loglik_run *r)
{
    cli_scorer_free(r->scorer);
    cli_model_free(&r->model);
    cli_condition_free(&r->condition);
    cli_array_free(&r->data);
    free(r->x);
    free(r->labels);
    free(r->times);
    free(r->log_p);
    free(r->errors);
}

static int run_loglik(const cli_args *args)
{
    static int (*const stages[])(loglik_run *) = { loglik_open, loglik_check_levels, loglik_score,
                                                   loglik_write, loglik_print };
    loglik_run r = { .args = args,
                     .divergence = &divergences[args->value[LOGLIK_DIVERGENCE].whole] };
    rill_set_threads((int)args->value[LOGLIK_THREADS].whole);
    int status = cli_check_rules(args, rules, sizeof rules / sizeof *rules);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    end(&r);
    return status;
}

const cli_command cli_loglik_command = {
    .name = "loglik",
    .operands = "",
    .doc = "tells log p of data under a model, in nats and bits per dimension",
    .options = options,
    .option_count = LOGLIK_OPTION_COUNT,
    .run = run_loglik,
};
