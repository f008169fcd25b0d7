/* rill eval - how good a model is: its loss by time, and how near its samples come to data. */
#include "commands.h"
#include "eval_options.h"
#include "eval_space.h"

#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/outputs.h"
#include "tools/cli/text_file.h"
#include "tools/eval/figures.h"
#include "tools/eval/measures.h"
#include "tools/eval/report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static int settle(job *j)
{
    return eval_settle(j->args, &j->settings);
}

static int open_model(job *j)
{
    const char *path = j->args->value[EVAL_MODEL].text;
    if (cli_model_load_any(path, j->args->extensions, &j->model, &j->message) != RILL_OK)
        return failed(j);
    int status = cli_check_model_outputs(j->args, &j->model);
    if (status != CLI_DONE)
        return status;
    j->space = cli_space_of(j->model.setting);
    if (j->space != CLI_POINTS)
        return eval_check_space(j->args, j->space);
    j->sampler = cli_model_sampler(&j->model, &j->message);
    return j->sampler ? CLI_DONE : failed(j);
}

/* NULL where the model takes none. */
static const char *condition_of(const job *j, const char *data)
{
    const char *given = j->args->value[EVAL_COND].text;
    if (given || (!j->model.classes && !j->model.vector))
        return given;
    if (rill_data_find(data))
        return "labels";
    return j->args->value[EVAL_DATA].given ? NULL : j->model.setting[TRAIN_COND].text;
}

static int check_data(job *j, const char *name)
{
    const cli_source *s = &j->data.source;
    const cli_model *m = &j->model;
    if (s->width != m->width)
        return cli_fail(j->args, "'%.200s' has %lld numbers a row; a sample of the model has %lld",
                        name, (long long)s->width, (long long)m->width);
    if (m->classes && s->words.count)
        return cli_words_translate(name, &s->words, &m->words, s->labels, s->rows, &j->message)
                   ? failed(j)
                   : CLI_DONE;
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
    const char *name =
        value[EVAL_DATA].given ? value[EVAL_DATA].text : j->model.setting[TRAIN_DATA].text;
    const char *cond = condition_of(j, name);
    if (value[EVAL_COND].given && !j->model.classes && !j->model.vector)
        return cli_usage(j->args, "--cond: the model was trained without conditions");
    rill_status status =
        eval_data_open(name, cond, !value[EVAL_TRAINED_ON].given, &j->data, &j->message);
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
    int curves = value[EVAL_OUT].given || value[EVAL_CSV].given || value[EVAL_PICTURES].given;
    if (curves && eval_run_curves(&j->run, &j->message) != RILL_OK)
        return failed(j);
    return CLI_DONE;
}

static int print_html(void *self, FILE *out)
{
    job *j = self;
    return eval_print_html(&j->run, out, &j->message) == RILL_OK ? CLI_DONE : failed(j);
}

static int print_csv(void *self, FILE *out)
{
    const job *j = self;
    eval_print_csv(&j->run, out);
    return CLI_DONE;
}

static int write_pictures(job *j, const char *prefix)
{
    eval_figure figure;
    char path[PATH_MAX];
    for (int i = 0; eval_figure_at(&j->run, i, &figure); i++) {
        int length = snprintf(path, sizeof path, "%s-%s.svg", prefix, figure.name);
        if (length < 0 || (size_t)length >= sizeof path)
            return cli_fail(j->args, "--pictures: the name is too long");
        int status = cli_check_output(j->args, EVAL_PICTURES, path);
        if (status != CLI_DONE)
            return status;
        cli_interrupt_watch();
        rill_status drawn = eval_figure_draw(&j->run, &figure, path, NULL, &j->message);
        cli_interrupt_pass_on();
        if (drawn != RILL_OK)
            return failed(j);
    }
    return CLI_DONE;
}

static int report(job *j)
{
    const cli_value *value = j->args->value;
    int status = CLI_DONE;
    if (value[EVAL_OUT].given)
        status = cli_text_print(j->args, value[EVAL_OUT].text, print_html, j);
    if (status == CLI_DONE && value[EVAL_CSV].given)
        status = cli_text_print(j->args, value[EVAL_CSV].text, print_csv, j);
    if (status == CLI_DONE && value[EVAL_PICTURES].given)
        status = write_pictures(j, value[EVAL_PICTURES].text);
    if (status == CLI_DONE && !value[EVAL_OUT].given)
        eval_print_lines(&j->run, stdout);
    return status;
}

static int judge(job *j)
{
    static int (*const stages[])(job *) = { draw, measure, report };
    int status = CLI_DONE;
    if (j->space != CLI_POINTS)
        return eval_space(j->args, &j->model, &j->data, &j->settings,
                          j->args->value[EVAL_CSV].text);
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
    .options = eval_options,
    .option_count = EVAL_OPTION_COUNT,
    .run = run_eval,
};
