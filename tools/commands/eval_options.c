#include "eval_options.h"

#include "core/program.h"
#include "tools/cli/choices.h"
#include "tools/cli/times.h"
#include "tools/eval/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SAMPLES = 10000000, MOST_POINTS = 2000000, MOST_STEPS = 100000 };

static cli_choice measure_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    eval_measure measure;
    if (i == 0)
        return (cli_choice){ "all", "those below, as far as they make sense for the model" };
    return eval_measure_at(i - 1, &measure) ? (cli_choice){ measure.name, measure.doc }
                                            : (cli_choice){ 0 };
}

const cli_option eval_options[EVAL_OPTION_COUNT] = {
    [EVAL_MODEL] = CLI_MODEL_OPTION,
    [EVAL_DATA] = { .name = "data",
                    .kind = CLI_TEXT,
                    .file = CLI_READ,
                    .metavar = "D",
                    .choices = cli_data_choices,
                    .doc = "a built-in set, or a .npy or .csv file; otherwise what the model was "
                           "trained "
                           "on" },
    [EVAL_COND] = { .name = "cond",
                    .kind = CLI_TEXT,
                    .file = CLI_READ,
                    .metavar = "LABELS",
                    .doc = "of a conditional model: a label or vector for each row of the data, or "
                           "column:K of the data; of a built-in set its labels" },
    [EVAL_TRAINED_ON] = { .name = "trained-on",
                          .kind = CLI_FLAG,
                          .doc = "of a built-in set, the samples to train on; otherwise those held "
                                 "out" },
    [EVAL_OUT] = { .name = "out",
                   .kind = CLI_TEXT,
                   .file = CLI_WRITTEN,
                   .metavar = "REPORT.html",
                   .doc = "a page with tables and pictures, which needs no other file" },
    [EVAL_PICTURES] = { .name = "pictures",
                        .kind = CLI_TEXT,
                        .metavar = "PREFIX",
                        .doc = "each picture as a file, PREFIX-loss.svg and so on" },
    [EVAL_CSV] = { .name = "csv",
                   .kind = CLI_TEXT,
                   .file = CLI_WRITTEN,
                   .metavar = "FILE.csv",
                   .doc = "every number found" },
    [EVAL_METRIC] = { .name = "metric",
                      .kind = CLI_CHOICE,
                      .metavar = "M",
                      .standard = "all",
                      .choices = measure_choices,
                      .doc = "what to measure" },
    [EVAL_SOLVER] = { .name = "solver",
                      .kind = CLI_CHOICE,
                      .metavar = "V",
                      .standard = "euler",
                      .choices = cli_solver_choices,
                      .doc = "what makes the samples that the model is judged by" },
    [EVAL_STEPS] = { .name = "steps",
                     .kind = CLI_WHOLE,
                     .metavar = "K",
                     .standard = "100",
                     .low = 1,
                     .high = 100000,
                     .doc = "its steps" },
    [EVAL_TOL] = { .name = "tol",
                   .kind = CLI_NUMBER,
                   .metavar = "E",
                   .low = CLI_LEAST_TOLERANCE,
                   .high = 1,
                   .doc = "the error of a step, for solvers that choose theirs by it" },
    [EVAL_TOLERANCES] = { .name = "tolerances",
                          .kind = CLI_TEXT,
                          .metavar = "E,E,...",
                          .standard = "0.1,0.01,0.001,1e-4,1e-5",
                          .doc = "the same in a report, for solvers that choose their steps" },
    [EVAL_STEP_COUNTS] = { .name = "step-counts",
                           .kind = CLI_TEXT,
                           .metavar = "K,K,...",
                           .standard = "1,2,5,10,20,50",
                           .doc = "the steps of each solver whose samples a report compares" },
    [EVAL_N] = { .name = "n",
                 .kind = CLI_WHOLE,
                 .metavar = "N",
                 .standard = "1000",
                 .low = 2,
                 .high = 1000000,
                 .doc = "samples on each side of a distance" },
    [EVAL_DRAWS] = { .name = "draws",
                     .kind = CLI_WHOLE,
                     .metavar = "R",
                     .standard = "3",
                     .low = 1,
                     .high = 1000,
                     .doc = "times that is done, each with other samples" },
    [EVAL_BINS] = { .name = "bins",
                    .kind = CLI_WHOLE,
                    .metavar = "B",
                    .standard = "20",
                    .low = 1,
                    .high = 1000,
                    .doc = "parts of [0,1] for the loss by time" },
    [EVAL_POINTS] = { .name = "points",
                      .kind = CLI_WHOLE,
                      .metavar = "P",
                      .standard = "512",
                      .low = 2,
                      .high = 100000,
                      .doc = "points of paths in each of them" },
    [EVAL_REFERENCES] = { .name = "references",
                          .kind = CLI_WHOLE,
                          .metavar = "R",
                          .standard = "8192",
                          .low = 2,
                          .high = 1000000,
                          .doc = "samples of an endless set that the floor of the loss is "
                                 "estimated by" },
    [EVAL_SEED] = CLI_SEED_OPTION,
    [EVAL_THREADS] = CLI_THREADS_OPTION,
};

/* Up to EVAL_MOST_COUNTS numbers from `low` to `high`, separated by commas; how many, 0 when the
 * text is none. */
static int parse_list(const char *text, double low, double high, double *values)
{
    int count = 0;
    do {
        char *end;
        double value = strtod(text, &end);
        int starts = (*text >= '0' && *text <= '9') || *text == '.';
        if (!starts || !(value >= low && value <= high) || count == EVAL_MOST_COUNTS)
            return 0;
        values[count++] = value;
        text = end;
    } while (*text++ == ',');
    return text[-1] == '\0' ? count : 0;
}

static int settle_curves(const cli_args *args, eval_settings *s)
{
    const cli_value *value = args->value;
    double counts[EVAL_MOST_COUNTS];
    s->count_count = parse_list(value[EVAL_STEP_COUNTS].text, 1, MOST_STEPS, counts);
    for (int i = 0; i < s->count_count; i++) {
        s->counts[i] = (int64_t)counts[i];
        if (counts[i] != floor(counts[i]))
            s->count_count = 0;
    }
    if (s->count_count == 0)
        return cli_usage(args,
                         "--step-counts takes up to %d whole numbers from 1 to %d, separated by "
                         "commas, not '%.100s'",
                         EVAL_MOST_COUNTS, MOST_STEPS, value[EVAL_STEP_COUNTS].text);
    s->tolerance_count =
        parse_list(value[EVAL_TOLERANCES].text, CLI_LEAST_TOLERANCE, 1, s->tolerances);
    if (s->tolerance_count == 0)
        return cli_usage(args,
                         "--tolerances takes up to %d numbers from %g to 1, separated by commas, "
                         "not '%.100s'",
                         EVAL_MOST_COUNTS, CLI_LEAST_TOLERANCE, value[EVAL_TOLERANCES].text);
    return CLI_DONE;
}

int eval_settle(const cli_args *args, eval_settings *s)
{
    const cli_value *value = args->value;
    const char *metric = value[EVAL_METRIC].text;
    *s = (eval_settings){ .samples = value[EVAL_N].whole,
                          .draws = value[EVAL_DRAWS].whole,
                          .bins = value[EVAL_BINS].whole,
                          .points = value[EVAL_POINTS].whole,
                          .references = value[EVAL_REFERENCES].whole,
                          .seed = (uint64_t)value[EVAL_SEED].whole,
                          .how = { rill_solver_find(value[EVAL_SOLVER].text),
                                   value[EVAL_STEPS].whole, value[EVAL_TOL].number },
                          .threads = rill_set_threads((int)value[EVAL_THREADS].whole),
                          .only = strcmp(metric, "all") == 0 ? NULL : metric };
    if (value[EVAL_N].whole * value[EVAL_DRAWS].whole > MOST_SAMPLES)
        return cli_usage(args, "--n times --draws is %lld, at most %d",
                         (long long)(value[EVAL_N].whole * value[EVAL_DRAWS].whole), MOST_SAMPLES);
    if (value[EVAL_BINS].whole * value[EVAL_POINTS].whole > MOST_POINTS)
        return cli_usage(args, "--bins times --points is %lld, at most %d",
                         (long long)(value[EVAL_BINS].whole * value[EVAL_POINTS].whole),
                         MOST_POINTS);
    if (s->how.tolerance > 0.0 && !rill_solver_is_adaptive(s->how.solver))
        return cli_usage(args, "--tol: %s does not estimate its error", s->how.solver->name);
    return settle_curves(args, s);
}

enum {
    POINTS = 1 << CLI_POINTS,
    TOKENS = 1 << CLI_TOKENS,
    MANIFOLD = 1 << CLI_ON_MANIFOLD,
    ALL = POINTS | TOKENS | MANIFOLD
};

/* What options are for; those that are not here are of points alone. */
static const int spaces[EVAL_OPTION_COUNT] = {
    [EVAL_MODEL] = ALL,
    [EVAL_DATA] = ALL,
    [EVAL_COND] = ALL,
    [EVAL_CSV] = ALL,
    [EVAL_STEPS] = ALL,
    [EVAL_N] = ALL,
    [EVAL_SEED] = ALL,
    [EVAL_THREADS] = ALL,
    [EVAL_BINS] = POINTS | TOKENS,
    [EVAL_POINTS] = POINTS | TOKENS,
    [EVAL_SOLVER] = POINTS | MANIFOLD,
};

int eval_check_space(const cli_args *args, cli_space space)
{
    for (int i = 0; i < EVAL_OPTION_COUNT; i++)
        if (args->value[i].given && !((spaces[i] | POINTS) >> space & 1))
            return cli_usage(args, "--%s is not of models over %s, and this is one",
                             eval_options[i].name, cli_spaces[space].name);
    return CLI_DONE;
}
