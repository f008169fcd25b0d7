/* rill eval - how good a model is: its loss by time, and how near its samples come to data. */
#include "commands.h"
#include "eval_space.h"

#include "core/program.h"
#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/same_file.h"
#include "tools/cli/text_file.h"
#include "tools/cli/times.h"
#include "tools/cli/train_options.h"
#include "tools/eval/figures.h"
#include "tools/eval/measures.h"
#include "tools/eval/report.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MODEL,
    DATA,
    COND,
    TRAINED_ON,
    OUT,
    CSV,
    PICTURES,
    METRIC,
    SOLVER,
    STEPS,
    TOL,
    STEP_COUNTS,
    TOLERANCES,
    N,
    DRAWS,
    BINS,
    POINTS,
    REFERENCES,
    SEED,
    THREADS,
    OPTION_COUNT
};

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

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = CLI_MODEL_OPTION,
    [DATA] = { .name = "data",
               .kind = CLI_TEXT,
               .metavar = "D",
               .choices = cli_data_choices,
               .doc =
                   "a built-in set, or a .npy or .csv file; otherwise what the model was trained "
                   "on" },
    [COND] = { .name = "cond",
               .kind = CLI_TEXT,
               .metavar = "LABELS",
               .doc = "of a conditional model: a label or vector for each row of the data; of a "
                      "built-in set its labels" },
    [TRAINED_ON] = { .name = "trained-on",
                     .kind = CLI_FLAG,
                     .doc =
                         "of a built-in set, the samples to train on; otherwise those held out" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .metavar = "REPORT.html",
              .doc = "a page with tables and pictures, which needs no other file" },
    [PICTURES] = { .name = "pictures",
                   .kind = CLI_TEXT,
                   .metavar = "PREFIX",
                   .doc = "each picture as a file, PREFIX-loss.svg and so on" },
    [CSV] = { .name = "csv", .kind = CLI_TEXT, .metavar = "FILE.csv", .doc = "every number found" },
    [METRIC] = { .name = "metric",
                 .kind = CLI_CHOICE,
                 .metavar = "M",
                 .standard = "all",
                 .choices = measure_choices,
                 .doc = "what to measure" },
    [SOLVER] = { .name = "solver",
                 .kind = CLI_CHOICE,
                 .metavar = "V",
                 .standard = "euler",
                 .choices = cli_solver_choices,
                 .doc = "what makes the samples that the model is judged by" },
    [STEPS] = { .name = "steps",
                .kind = CLI_WHOLE,
                .metavar = "K",
                .standard = "100",
                .low = 1,
                .high = 100000,
                .doc = "its steps" },
    [TOL] = { .name = "tol",
              .kind = CLI_NUMBER,
              .metavar = "E",
              .low = CLI_LEAST_TOLERANCE,
              .high = 1,
              .doc = "the error of a step, for solvers that choose theirs by it" },
    [TOLERANCES] = { .name = "tolerances",
                     .kind = CLI_TEXT,
                     .metavar = "E,E,...",
                     .standard = "0.1,0.01,0.001,1e-4,1e-5",
                     .doc = "the same in a report, for solvers that choose their steps" },
    [STEP_COUNTS] = { .name = "step-counts",
                      .kind = CLI_TEXT,
                      .metavar = "K,K,...",
                      .standard = "1,2,5,10,20,50",
                      .doc = "the steps of each solver whose samples a report compares" },
    [N] = { .name = "n",
            .kind = CLI_WHOLE,
            .metavar = "N",
            .standard = "1000",
            .low = 2,
            .high = 1000000,
            .doc = "samples on each side of a distance" },
    [DRAWS] = { .name = "draws",
                .kind = CLI_WHOLE,
                .metavar = "R",
                .standard = "3",
                .low = 1,
                .high = 1000,
                .doc = "times that is done, each with other samples" },
    [BINS] = { .name = "bins",
               .kind = CLI_WHOLE,
               .metavar = "B",
               .standard = "20",
               .low = 1,
               .high = 1000,
               .doc = "parts of [0,1] for the loss by time" },
    [POINTS] = { .name = "points",
                 .kind = CLI_WHOLE,
                 .metavar = "P",
                 .standard = "512",
                 .low = 2,
                 .high = 100000,
                 .doc = "points of paths in each of them" },
    [REFERENCES] = { .name = "references",
                     .kind = CLI_WHOLE,
                     .metavar = "R",
                     .standard = "8192",
                     .low = 2,
                     .high = 1000000,
                     .doc =
                         "samples of an endless set that the floor of the loss is estimated by" },
    [SEED] = CLI_SEED_OPTION,
    [THREADS] = CLI_THREADS_OPTION,
};

typedef struct job {
    const cli_args *args;
    cli_model model;
    cli_space space;
    rill_sampler *sampler; /* of points */
    eval_data data;
    eval_settings settings;
    eval_run run;
    rill_message message;
} job;

static int failed(const job *j)
{
    return cli_fail(j->args, "%s", j->message.text);
}

/* ---- What was asked for. */

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

static int settle_curves(job *j)
{
    const cli_value *value = j->args->value;
    eval_settings *s = &j->settings;
    double counts[EVAL_MOST_COUNTS];
    s->count_count = parse_list(value[STEP_COUNTS].text, 1, MOST_STEPS, counts);
    for (int i = 0; i < s->count_count; i++) {
        s->counts[i] = (int64_t)counts[i];
        if (counts[i] != floor(counts[i]))
            s->count_count = 0;
    }
    if (s->count_count == 0)
        return cli_usage(j->args,
                         "--step-counts takes up to %d whole numbers from 1 to %d, separated by "
                         "commas, not '%.100s'",
                         EVAL_MOST_COUNTS, MOST_STEPS, value[STEP_COUNTS].text);
    s->tolerance_count = parse_list(value[TOLERANCES].text, CLI_LEAST_TOLERANCE, 1, s->tolerances);
    if (s->tolerance_count == 0)
        return cli_usage(j->args,
                         "--tolerances takes up to %d numbers from %g to 1, separated by commas, "
                         "not '%.100s'",
                         EVAL_MOST_COUNTS, CLI_LEAST_TOLERANCE, value[TOLERANCES].text);
    return CLI_DONE;
}

static int settle(job *j)
{
    const cli_value *value = j->args->value;
    const char *metric = value[METRIC].text;
    j->settings = (eval_settings){ .samples = value[N].whole,
                                   .draws = value[DRAWS].whole,
                                   .bins = value[BINS].whole,
                                   .points = value[POINTS].whole,
                                   .references = value[REFERENCES].whole,
                                   .seed = (uint64_t)value[SEED].whole,
                                   .how = { rill_solver_find(value[SOLVER].text),
                                            value[STEPS].whole, value[TOL].number },
                                   .threads = rill_set_threads((int)value[THREADS].whole),
                                   .only = strcmp(metric, "all") == 0 ? NULL : metric };
    if (cli_same_file(value[OUT].text, value[CSV].text))
        return cli_usage(j->args, "--csv and --out are the same file");
    if (value[N].whole * value[DRAWS].whole > MOST_SAMPLES)
        return cli_usage(j->args, "--n times --draws is %lld, at most %d",
                         (long long)(value[N].whole * value[DRAWS].whole), MOST_SAMPLES);
    if (value[BINS].whole * value[POINTS].whole > MOST_POINTS)
        return cli_usage(j->args, "--bins times --points is %lld, at most %d",
                         (long long)(value[BINS].whole * value[POINTS].whole), MOST_POINTS);
    if (j->settings.how.tolerance > 0.0 && !rill_solver_is_adaptive(j->settings.how.solver))
        return cli_usage(j->args, "--tol: %s does not estimate its error",
                         j->settings.how.solver->name);
    return settle_curves(j);
}

/* Of other spaces there are fewer measures, and of tokens no solvers. */
static int check_space(const job *j)
{
    static const int all[] = { MODEL, DATA, COND, CSV, STEPS, N, SEED, THREADS },
                     of_tokens[] = { BINS, POINTS }, of_manifold[] = { SOLVER };
    unsigned fits = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fits |= 1u << all[i];
    for (size_t i = 0; j->space == CLI_TOKENS && i < sizeof of_tokens / sizeof *of_tokens; i++)
        fits |= 1u << of_tokens[i];
    if (j->space == CLI_ON_MANIFOLD)
        fits |= 1u << of_manifold[0];
    for (int i = 0; i < OPTION_COUNT; i++)
        if (j->args->value[i].given && !(fits >> i & 1))
            return cli_usage(j->args, "--%s is not of models over %s, and this is one",
                             options[i].name, cli_spaces[j->space].name);
    return CLI_DONE;
}

static int open_model(job *j)
{
    const char *path = j->args->value[MODEL].text;
    if (cli_model_load_any(path, j->args->extensions, &j->model, &j->message) != RILL_OK)
        return failed(j);
    j->space = cli_space_of(j->model.setting);
    if (j->space != CLI_POINTS)
        return check_space(j);
    j->sampler = cli_model_sampler(&j->model, &j->message);
    return j->sampler ? CLI_DONE : failed(j);
}

/* NULL where the model takes none. */
static const char *condition_of(const job *j, const char *data)
{
    const char *given = j->args->value[COND].text;
    if (given || (!j->model.classes && !j->model.vector))
        return given;
    if (rill_data_find(data))
        return "labels";
    return j->args->value[DATA].given ? NULL : j->model.setting[TRAIN_COND].text;
}

static int check_data(job *j, const char *name)
{
    const cli_source *s = &j->data.source;
    const cli_model *m = &j->model;
    if (s->width != m->width)
        return cli_fail(j->args, "'%.200s' has %lld numbers a row; a sample of the model has %lld",
                        name, (long long)s->width, (long long)m->width);
    if (m->classes && s->classes > m->classes)
        return cli_fail(j->args,
                        "the data have the label %lld; the model was trained with 0 to %lld",
                        (long long)s->classes - 1, (long long)m->classes - 1);
    if ((m->classes && !s->classes) || m->vector != s->vector)
        return cli_usage(j->args, "--cond is needed: %s for each row of the data",
                         m->classes ? "a label" : "a vector, as the model was trained with,");
    return CLI_DONE;
}

static int open_data(job *j)
{
    const cli_value *value = j->args->value;
    const char *name = value[DATA].given ? value[DATA].text : j->model.setting[TRAIN_DATA].text;
    const char *cond = condition_of(j, name);
    if (value[COND].given && !j->model.classes && !j->model.vector)
        return cli_usage(j->args, "--cond: the model was trained without conditions");
    rill_status status =
        eval_data_open(name, cond, !value[TRAINED_ON].given, &j->data, &j->message);
    if (status == RILL_NOT_FOUND && !strpbrk(name, "./"))
        return cli_unknown(j->args, "data set or file", name, cli_data_choices);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(j->args, "%s", j->message.text);
    return status == RILL_OK ? check_data(j, name) : failed(j);
}

/* ---- Judging. */

static int draw(job *j)
{
    rill_status status =
        eval_run_open(&j->run, &j->model, j->sampler, &j->data, &j->settings, &j->message);
    if (status == RILL_OK && j->run.settings.samples < j->settings.samples)
        cli_note(j->args, "the data have %lld rows: distances are of %lld samples, not %lld",
                 (long long)j->data.source.rows, (long long)j->run.settings.samples,
                 (long long)j->settings.samples);
    return status == RILL_OK ? CLI_DONE : failed(j);
}

static int measure(job *j)
{
    eval_measure m;
    if (eval_run_measure(&j->run, &j->message) != RILL_OK)
        return failed(j);
    for (int i = 0; eval_measure_at(i, &m); i++)
        if (j->run.missing[i][0])
            cli_note(j->args, "no %s: %s", m.name, j->run.missing[i]);
    if (j->run.known > 0.0 && j->run.known < 1.0)
        cli_note(j->args,
                 "excess is over %.0f%% of the times: at the others too few of the "
                 "--references lie near a point",
                 100.0 * j->run.known);
    const cli_value *value = j->args->value;
    int curves = value[OUT].given || value[CSV].given || value[PICTURES].given;
    if (curves && eval_run_curves(&j->run, &j->message) != RILL_OK)
        return failed(j);
    return CLI_DONE;
}

typedef rill_status print_function(eval_run *run, FILE *out, rill_message *message);

/* The file appears whole or not at all. */
static int write_file(job *j, const char *path, print_function *print)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    rill_status status = out ? print(&j->run, out, &j->message) : RILL_NO_MEMORY;
    if (!out || fclose(out)) {
        free(text);
        return cli_fail(j->args, "out of memory for '%.200s'", path);
    }
    int result = status == RILL_OK ? cli_text_write(j->args, path, text, size) : failed(j);
    free(text);
    return result;
}

static int write_pictures(job *j, const char *prefix)
{
    eval_figure figure;
    char path[PATH_MAX];
    for (int i = 0; eval_figure_at(&j->run, i, &figure); i++) {
        int length = snprintf(path, sizeof path, "%s-%s.svg", prefix, figure.name);
        if (length < 0 || (size_t)length >= sizeof path)
            return cli_fail(j->args, "--pictures: the name is too long");
        if (eval_figure_draw(&j->run, &figure, path, NULL, &j->message) != RILL_OK)
            return failed(j);
    }
    return CLI_DONE;
}

static int report(job *j)
{
    const cli_value *value = j->args->value;
    int status = CLI_DONE;
    cli_interrupt_watch(); /* no temporary file is left behind */
    if (value[OUT].given)
        status = write_file(j, value[OUT].text, eval_print_html);
    if (status == CLI_DONE && value[CSV].given)
        status = write_file(j, value[CSV].text, eval_print_csv);
    if (status == CLI_DONE && value[PICTURES].given)
        status = write_pictures(j, value[PICTURES].text);
    cli_interrupt_release();
    if (status == CLI_DONE && !value[OUT].given)
        eval_print_lines(&j->run, stdout);
    return status;
}

static int judge(job *j)
{
    static int (*const stages[])(job *) = { draw, measure, report };
    int status = CLI_DONE;
    if (j->space != CLI_POINTS)
        return eval_space(j->args, &j->model, &j->data, &j->settings, j->args->value[CSV].text);
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](j);
    return status;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void end(job *j)
{
    eval_run_free(&j->run);
    eval_data_free(&j->data);
    rill_sampler_free(j->sampler);
    cli_model_free(&j->model);
    free(j);
}

static int run_eval(const cli_args *args)
{
    static int (*const stages[])(job *) = { settle, open_model, open_data, judge };
    double start = seconds();
    job *j = calloc(1, sizeof *j);
    if (!j)
        return cli_fail(args, "out of memory");
    j->args = args;
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](j);
    end(j);
    if (status == CLI_DONE)
        cli_note(args, "took %.1f seconds", seconds() - start);
    return status;
}

const cli_command cli_eval_command = {
    .name = "eval",
    .operands = "",
    .doc = "judges a model: loss by time, distances to data, steps against quality",
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_eval,
};
