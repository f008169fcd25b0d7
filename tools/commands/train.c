/* rill train - learns a velocity field, and can stop and go on anywhere. */
#include "commands.h"

#include "core/program.h"
#include "formats/file.h"
#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/parameters.h"
#include "tools/cli/progress.h"
#include "tools/cli/start.h"
#include "tools/cli/tokens.h"
#include "tools/cli/train_log.h"
#include "tools/cli/trainer.h"
#include "tools/paths/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run from the command line to its end. */
typedef struct run {
    const cli_args *args;
    const cli_value *flag; /* args->value */
    const char *out;
    cli_model model;
    cli_source data, start;
    int has_start; /* x0 comes from data or a file of pairs */
    cli_trainer trainer;
    FILE *log;
    cli_progress progress;
} run;

static int failed(const run *r, const rill_message *message)
{
    cli_progress_clear(&r->progress);
    return cli_fail(r->args, "%s", message->text);
}

/* ---- The configuration: of a new model, or of the one that goes on. */

enum { CANONICAL = 256 };

/* Values are recorded in one form, however they were written: 1e-3 is 0.001.  `room` is for
 * numbers, and choices with numbers. */
static const char *canonical(const cli_option *option, const cli_value *value, char room[CANONICAL])
{
    if (option->kind == CLI_WHOLE)
        snprintf(room, CANONICAL, "%lld", (long long)value->whole);
    else if (option->kind == CLI_NUMBER)
        cli_print_number(value->number, room);
    else if (value->name)
        cli_print_choice(value->name, &value->parameters, value->parameter, room, CANONICAL);
    else
        return value->text;
    return room;
}

static int record(run *r, int option)
{
    char room[CANONICAL];
    if (!cli_train_options[option].recorded || !r->flag[option].text)
        return CLI_DONE;
    cli_space kind = r->flag[TRAIN_VOCAB].text      ? CLI_TOKENS
                     : r->flag[TRAIN_MANIFOLD].text ? CLI_ON_MANIFOLD
                                                    : CLI_POINTS;
    if (!cli_option_applies(option, kind)) {
        if (!r->flag[option].given)
            return CLI_DONE;
        static const char *const why[CLI_SPACE_COUNT] = {
            [CLI_POINTS] = "--%s is of tokens, and needs --vocab K",
            [CLI_TOKENS] = "--%s is of points, and with --vocab there are tokens",
            [CLI_ON_MANIFOLD] = "--%s is not of points on a --manifold",
        };
        return cli_usage(r->args, why[kind], cli_train_options[option].name);
    }
    const char *text = canonical(&cli_train_options[option], &r->flag[option], room);
    return cli_model_set(&r->model, option, text) ? CLI_DONE : cli_fail(r->args, "out of memory");
}

static int check_manifold(const run *r)
{
    rill_message message;
    if (!r->flag[TRAIN_MANIFOLD].text)
        return CLI_DONE;
    rill_manifold *manifold = rill_manifold_parse(r->flag[TRAIN_MANIFOLD].text, &message);
    rill_manifold_free(manifold);
    return manifold ? CLI_DONE : cli_usage(r->args, "--manifold: %s", message.text);
}

static int begin_new(run *r)
{
    if (!r->flag[TRAIN_DATA].text)
        return cli_usage(r->args, "--data D is needed: a built-in set, a .npy or a .csv file");
    if (!r->flag[TRAIN_OUT].text)
        return cli_usage(r->args, "--out MODEL.safetensors is needed");
    int wrong = check_manifold(r);
    if (wrong != CLI_DONE)
        return wrong;
    r->model.extensions = r->args->extensions;
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++) {
        int status = record(r, i);
        if (status != CLI_DONE)
            return status;
    }
    return CLI_DONE;
}

/* A flag that was given has to be what the model was trained with. */
static int check_agreement(run *r, int option)
{
    const cli_option *o = &cli_train_options[option];
    const char *recorded = r->model.setting[option].text;
    char room[CANONICAL];
    if (!o->recorded || !r->flag[option].given || option == TRAIN_STEPS)
        return CLI_DONE;
    const char *given = canonical(o, &r->flag[option], room);
    if (recorded && strcmp(recorded, given) == 0)
        return CLI_DONE;
    return cli_usage(r->args, "--%s is %.200s, but the model was trained with %.200s", o->name,
                     given, recorded ? recorded : "none");
}

static int begin_resumed(run *r)
{
    rill_message message;
    const char *path = r->flag[TRAIN_RESUME].text;
    if (cli_model_load_any(path, r->args->extensions, &r->model, &message) != RILL_OK)
        return failed(r, &message);
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++) {
        int status = check_agreement(r, i);
        if (status != CLI_DONE)
            return status;
    }
    r->out = r->out ? r->out : path;
    if (r->flag[TRAIN_STEPS].given && r->flag[TRAIN_STEPS].whole < r->model.done)
        return cli_usage(r->args, "--steps is %lld, but the model has done %lld already",
                         (long long)r->flag[TRAIN_STEPS].whole, (long long)r->model.done);
    return r->flag[TRAIN_STEPS].given ? record(r, TRAIN_STEPS) : CLI_DONE;
}

static int begin(run *r)
{
    return r->flag[TRAIN_RESUME].text ? begin_resumed(r) : begin_new(r);
}

/* Tokens start from a source of tokens. */
static int check_token_source(run *r)
{
    const cli_value *source = &r->model.setting[TRAIN_SOURCE];
    const char *standard = rill_token_source_at(0)->name;
    if (rill_token_source_find(source->text))
        return CLI_DONE;
    if (r->flag[TRAIN_SOURCE].given)
        return cli_usage(r->args, "--source of tokens is mask or uniform, not '%.200s'",
                         source->text);
    return cli_model_set(&r->model, TRAIN_SOURCE, standard) ? CLI_DONE
                                                            : cli_fail(r->args, "out of memory");
}

static int check_manifold_source(run *r)
{
    if (r->flag[TRAIN_SOURCE].given && strcmp(r->flag[TRAIN_SOURCE].text, "gaussian") == 0)
        return cli_usage(r->args, "--source gaussian is off the %s; its noise is base",
                         r->model.manifold->name);
    if (r->flag[TRAIN_SOURCE].given || r->model.store)
        return CLI_DONE;
    return cli_model_set(&r->model, TRAIN_SOURCE, "base") ? CLI_DONE
                                                          : cli_fail(r->args, "out of memory");
}

/* What can be told of the choices before there is data. */
static int check_choices(run *r)
{
    const cli_value *s = r->model.setting;
    if (cli_model_has_tokens(&r->model))
        return check_token_source(r);
    if (r->model.manifold)
        return check_manifold_source(r);
    const rill_objective *objective = rill_objective_find(s[TRAIN_OBJECTIVE].name);
    if (s[TRAIN_DROPOUT].number > 0 && !s[TRAIN_COND].text)
        return cli_usage(r->args, "--dropout leaves out conditions, and there is no --cond");
    if (rill_coupling_find(s[TRAIN_COUPLING].name)->by_condition && !s[TRAIN_COND].text)
        return cli_usage(r->args, "--coupling %s pairs by conditions, and there is no --cond",
                         s[TRAIN_COUPLING].name);
    const char *why =
        rill_flow_complaint(&(rill_flow){ .path = r->model.path.path, .objective = objective });
    if (why)
        return cli_usage(r->args, "--objective %s, --path %s: %s", objective->name,
                         s[TRAIN_PATH].text, why);
    int pairs = s[TRAIN_X0].text || strcmp(s[TRAIN_COUPLING].name, "independent") != 0 ||
                cli_start_has_units(&r->model);
    if (objective->needs & RILL_NEEDS_NO_PAIRS && pairs)
        return cli_usage(r->args,
                         "--objective %s learns without pairs, from Gaussian noise: it "
                         "takes no --coupling, --source or --x0",
                         objective->name);
    if (s[TRAIN_X0].text && strcmp(s[TRAIN_COUPLING].name, "independent") != 0)
        return cli_usage(r->args, "--x0 says what makes pairs, and so does --coupling %s",
                         s[TRAIN_COUPLING].name);
    return CLI_DONE;
}

/* A formula has to begin at x0 and end at x1.  (Paths with a name are held to that by tests.) */
static int check_formula(run *r)
{
    rill_message message;
    const cli_path *path = &r->model.path;
    rill_status status =
        path->formula ? path_check_ends(path->path, &r->model.sample, &message) : RILL_OK;
    if (status == RILL_OK)
        return CLI_DONE;
    return status == RILL_NO_MEMORY ? failed(r, &message)
                                    : cli_usage(r->args, "--path: %s", message.text);
}

/* ---- The data. */

/* `name` was given for --data or --source and could not be opened.  A word that names no file was
 * meant as a built-in set. */
static int wrong_data(run *r, const char *name, rill_status status, const rill_message *message)
{
    if (status == RILL_NOT_FOUND && !strpbrk(name, "./"))
        return cli_unknown(r->args, "data set or file", name, cli_data_choices);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(r->args, "%s", message->text);
    return failed(r, message);
}

/* Facts of the data become the model's; those of a resumed model have to be the same. */
static int adopt_data(run *r)
{
    cli_model *m = &r->model;
    const cli_source *d = &r->data;
    if (m->store) {
        if (m->rows == d->rows && m->checksum == d->checksum && m->width == d->width &&
            m->classes == d->classes && m->vector == d->vector)
            return CLI_DONE;
        return cli_fail(r->args, "%s is not what the model was trained on: it has changed",
                        m->setting[TRAIN_DATA].text);
    }
    m->sample = d->sample;
    m->width = d->width;
    m->classes = d->classes;
    m->vector = d->vector;
    m->rows = d->rows;
    m->checksum = d->checksum;
    m->store = rill_store_new((uint64_t)m->setting[TRAIN_SEED].whole);
    return m->store ? CLI_DONE : cli_fail(r->args, "out of memory");
}

/* Width and depth that were not given depend on the data; from here on they are recorded. */
static int settle_size(run *r)
{
    int small = r->model.width <= 8;
    int ok = 1;
    if (!r->model.setting[TRAIN_HIDDEN].text)
        ok = cli_model_set(&r->model, TRAIN_HIDDEN, small ? "64" : "256");
    if (ok && !r->model.setting[TRAIN_LAYERS].text)
        ok = cli_model_set(&r->model, TRAIN_LAYERS, small ? "3" : "4");
    return ok ? CLI_DONE : cli_fail(r->args, "out of memory");
}

static double *copied(const double *values, int64_t count)
{
    double *copy = malloc((size_t)count * sizeof *copy);
    if (copy)
        memcpy(copy, values, (size_t)count * sizeof *copy);
    return copy;
}

/* Data, and the data that samples start from, are brought to the network's units by one transform;
 * noise is in those units. */
static int settle_transform(run *r)
{
    rill_message message;
    cli_model *m = &r->model;
    int start_too = r->has_start && cli_start_has_units(m);
    if (!m->setting[TRAIN_NORMALIZE].whole)
        return CLI_DONE;
    if (!m->mean && (cli_source_moments(&r->data, (uint64_t)m->setting[TRAIN_SEED].whole, &m->mean,
                                        &m->scale, &message) != RILL_OK ||
                     cli_model_keep_transform(m, &message) != RILL_OK))
        return failed(r, &message);
    cli_source_normalize(&r->data, copied(m->mean, m->width), copied(m->scale, m->width));
    if (start_too)
        cli_source_normalize(&r->start, copied(m->mean, m->width), copied(m->scale, m->width));
    int complete =
        r->data.mean && r->data.scale && (!start_too || (r->start.mean && r->start.scale));
    return complete ? CLI_DONE : cli_fail(r->args, "out of memory");
}

/* What was opened as the start has to go with the data. */
static int check_start(run *r, const char *option)
{
    if (r->start.width != r->data.width)
        return cli_fail(r->args, "--%s has %lld numbers a sample, the data %lld", option,
                        (long long)r->start.width, (long long)r->data.width);
    if (!r->model.setting[TRAIN_X0].text || (r->data.rows && r->start.rows == r->data.rows))
        return CLI_DONE;
    if (!r->data.rows)
        return cli_usage(r->args, "--x0 makes pairs with the rows of a data file; %s is endless",
                         r->model.setting[TRAIN_DATA].text);
    return cli_fail(r->args, "--x0 has %lld rows, the data %lld", (long long)r->start.rows,
                    (long long)r->data.rows);
}

static int open_start(run *r)
{
    rill_message message;
    const cli_value *s = r->model.setting;
    int option = s[TRAIN_X0].text ? TRAIN_X0 : TRAIN_SOURCE;
    if (option == TRAIN_SOURCE && !cli_start_has_units(&r->model))
        return CLI_DONE;
    rill_status status = cli_source_open(s[option].text, NULL, &r->start, &message);
    if (status != RILL_OK)
        return wrong_data(r, s[option].text, status, &message);
    r->has_start = 1;
    return check_start(r, cli_train_options[option].name);
}

static int check_tokens(run *r)
{
    rill_message message;
    const cli_source *d = &r->data;
    const cli_value *s = r->model.setting;
    if (!d->table || rill_data_find(s[TRAIN_DATA].text))
        return cli_usage(r->args, "--vocab takes a file of tokens; %s has points",
                         s[TRAIN_DATA].text);
    rill_status status = cli_check_tokens(s[TRAIN_DATA].text, d->table, d->rows, d->width, 0,
                                          s[TRAIN_VOCAB].whole - 1, &message);
    return status == RILL_OK ? CLI_DONE : failed(r, &message);
}

static int check_points(run *r, int option, const cli_source *d)
{
    rill_message message;
    const char *path = r->model.setting[option].text;
    if (!d->table || rill_data_find(path))
        return cli_usage(r->args, "--manifold takes files of points on it; %s is a built-in set",
                         path);
    if (r->model.sample.rank != 1)
        return cli_fail(r->args, "--manifold takes rows of numbers; '%.200s' has %d dimensions",
                        path, r->model.sample.rank + 1);
    rill_status status =
        cli_check_on_manifold(path, r->model.manifold, d->table, d->rows, d->width, &message);
    return status == RILL_OK ? CLI_DONE : failed(r, &message);
}

static int check_on_manifold(run *r)
{
    int status = check_points(r, TRAIN_DATA, &r->data);
    return status == CLI_DONE && r->has_start ? check_points(r, TRAIN_SOURCE, &r->start) : status;
}

static int open_data(run *r)
{
    rill_message message;
    const cli_value *s = r->model.setting;
    rill_status opened =
        cli_source_open(s[TRAIN_DATA].text, s[TRAIN_COND].text, &r->data, &message);
    if (opened != RILL_OK)
        return wrong_data(r, s[TRAIN_DATA].text, opened, &message);
    int status = adopt_data(r);
    if (status == CLI_DONE)
        status = settle_size(r);
    if (cli_model_has_tokens(&r->model))
        return status == CLI_DONE ? check_tokens(r) : status;
    if (status == CLI_DONE)
        status = open_start(r);
    if (r->model.manifold)
        return status == CLI_DONE ? check_on_manifold(r) : status;
    return status == CLI_DONE ? settle_transform(r) : status;
}

/* ---- Training. */

/* What --profile PREFIX writes. */
typedef struct profile_files {
    char trace[4096], drawing[4096];
} profile_files;

static profile_files profile_files_of(const run *r)
{
    profile_files files;
    const char *prefix = r->flag[TRAIN_PROFILE].text;
    snprintf(files.trace, sizeof files.trace, "%s.json", prefix ? prefix : "");
    snprintf(files.drawing, sizeof files.drawing, "%s.dot", prefix ? prefix : "");
    return files;
}

static int check_writable(const run *r, const char *path)
{
    rill_message message;
    rill_file_writer *writer = rill_file_create(path, &message);
    if (!writer)
        return failed(r, &message);
    rill_file_abandon(writer);
    return CLI_DONE;
}

/* 1 when the option's file is one of those that the profile is. */
static int is_of_profile(const profile_files *files, const char *path)
{
    return path && (strcmp(path, files->trace) == 0 || strcmp(path, files->drawing) == 0);
}

static int check_profile(run *r)
{
    const char *prefix = r->flag[TRAIN_PROFILE].text;
    profile_files files = profile_files_of(r);
    if (!prefix)
        return CLI_DONE;
    if (strlen(prefix) + sizeof ".json" > sizeof files.trace)
        return cli_usage(r->args, "--profile is too long");
    if (is_of_profile(&files, r->out))
        return cli_usage(r->args, "--profile and --out are the same file");
    if (is_of_profile(&files, r->flag[TRAIN_LOG].text))
        return cli_usage(r->args, "--profile and --log are the same file");
    int status = check_writable(r, files.trace);
    return status == CLI_DONE ? check_writable(r, files.drawing) : status;
}

/* What is read has to stay, so that training can go on from it. */
static int check_inputs(const run *r)
{
    static const int inputs[] = { TRAIN_DATA, TRAIN_COND, TRAIN_SOURCE, TRAIN_X0 };
    const char *const outputs[] = { r->out, r->flag[TRAIN_LOG].text };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (int k = 0; k < 2; k++) {
            const char *input = r->model.setting[inputs[i]].text;
            if (input && !rill_data_find(input) && outputs[k] && strcmp(input, outputs[k]) == 0)
                return cli_usage(r->args, "--%s and --%s are the same file", k ? "log" : "out",
                                 cli_train_options[inputs[i]].name);
        }
    return CLI_DONE;
}

/* What cannot be written is known before hours are spent. */
static int check_output(run *r)
{
    rill_message message;
    const char *log = r->flag[TRAIN_LOG].text;
    if (log && strcmp(log, r->out) == 0)
        return cli_usage(r->args, "--log and --out are the same file");
    int status = check_inputs(r);
    if (status == CLI_DONE)
        status = check_writable(r, r->out);
    if (status == CLI_DONE)
        status = check_profile(r);
    if (status != CLI_DONE || !log)
        return status;
    r->log = cli_log_open(log, r->model.done, &message);
    return r->log ? CLI_DONE : failed(r, &message);
}

/* The log first: a checkpoint never knows more than it. */
static int save(run *r)
{
    rill_message message;
    rill_status status = RILL_OK;
    if (r->log)
        status = cli_log_flush(r->log, r->flag[TRAIN_LOG].text, &message);
    if (status == RILL_OK)
        status = cli_model_save(&r->model, r->out, &message);
    return status == RILL_OK ? CLI_DONE : failed(r, &message);
}

static void log_step(run *r, double loss)
{
    cli_model *m = &r->model;
    int64_t in_interval = (m->done - 1) % CLI_LOG_INTERVAL + 1;
    m->loss_sum += loss;
    if (in_interval < CLI_LOG_INTERVAL && m->done < m->setting[TRAIN_STEPS].whole)
        return;
    if (r->log)
        cli_log_line(r->log, m->done, m->loss_sum / (double)in_interval);
    if (in_interval == CLI_LOG_INTERVAL)
        m->loss_sum = 0.0;
}

static int take_steps(run *r)
{
    rill_message message;
    int64_t steps = r->model.setting[TRAIN_STEPS].whole, every = r->flag[TRAIN_SAVE_EVERY].whole;
    while (r->model.done < steps && !cli_interrupted()) {
        double loss;
        if (cli_trainer_step(&r->trainer, &loss, &message) != RILL_OK)
            return failed(r, &message);
        log_step(r, loss);
        cli_progress_show(&r->progress, r->model.done, steps, loss);
        if (!every || r->model.done % every != 0 || r->model.done == steps)
            continue;
        int status = save(r);
        if (status != CLI_DONE)
            return status;
    }
    cli_progress_end(&r->progress, steps);
    return save(r);
}

static int tell_profile(run *r)
{
    rill_message message;
    const profile *f = r->trainer.profile;
    profile_files files = profile_files_of(r);
    if (!f)
        return CLI_DONE;
    if (profile_write_trace(f, files.trace, &message) != RILL_OK ||
        profile_write_drawing(f, "a step of training", files.drawing, &message) != RILL_OK ||
        profile_print(f, stdout, &message) != RILL_OK)
        return failed(r, &message);
    return cli_finish_output(r->args);
}

static int train(run *r)
{
    rill_message message;
    int threads = rill_set_threads((int)r->flag[TRAIN_THREADS].whole);
    if (cli_trainer_make(&r->trainer, &r->model, &r->data, r->has_start ? &r->start : NULL,
                         threads - 1, &message) != RILL_OK)
        return failed(r, &message);
    if (r->model.done >= r->model.setting[TRAIN_STEPS].whole)
        cli_note(r->args, "nothing left to do: %lld of %lld steps are done",
                 (long long)r->model.done, (long long)r->model.setting[TRAIN_STEPS].whole);
    if (r->flag[TRAIN_PROFILE].text &&
        !(r->trainer.profile = profile_new(r->trainer.program, threads)))
        return cli_fail(r->args, "no memory for the profile");
    r->progress = cli_progress_begin(r->flag[TRAIN_QUIET].given, r->model.done);
    cli_interrupt_watch();
    int status = take_steps(r);
    int interrupted = cli_interrupted();
    cli_interrupt_release();
    if (status == CLI_DONE)
        status = tell_profile(r);
    if (status != CLI_DONE || !interrupted)
        return status;
    cli_note(r->args, "stopped after step %lld; --resume %s goes on", (long long)r->model.done,
             r->out);
    return CLI_INTERRUPTED;
}

static void end(run *r)
{
    cli_trainer_free(&r->trainer);
    cli_source_free(&r->data);
    cli_source_free(&r->start);
    cli_model_free(&r->model);
    if (r->log)
        fclose(r->log);
}

static int run_train(const cli_args *args)
{
    run r = { .args = args, .flag = args->value, .out = args->value[TRAIN_OUT].text };
    static int (*const stages[])(run *) = { begin,         check_choices, open_data,
                                            check_formula, check_output,  train };
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](&r);
    end(&r);
    return status;
}

const cli_command cli_train_command = {
    .name = "train",
    .operands = "",
    .doc = "learns the velocity that carries noise to the data, and writes it as a model",
    .options = cli_train_options,
    .option_count = TRAIN_OPTION_COUNT,
    .run = run_train,
};
