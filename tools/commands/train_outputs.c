/* The files that rill train writes: what cannot be written is known before hours are spent. */
#include "train_run.h"

#include "formats/file.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/train_log.h"
#include "tools/cli/writable.h"

#include <stdio.h>
#include <string.h>

/* What --profile PREFIX writes. */
typedef struct profile_files {
    char trace[4096], drawing[4096];
} profile_files;

static profile_files profile_files_of(const train_run *r)
{
    profile_files files;
    const char *prefix = r->flag[TRAIN_PROFILE].text;
    snprintf(files.trace, sizeof files.trace, "%s.json", prefix ? prefix : "");
    snprintf(files.drawing, sizeof files.drawing, "%s.dot", prefix ? prefix : "");
    return files;
}

/* What is written, by the option that says so; path NULL: nothing. */
typedef struct output {
    int option;
    const char *path;
} output;

static int same(const train_run *r, const char *written, const char *other)
{
    return cli_usage(r->args, "--%s and --%s are the same file", written, other);
}

/* What is read has to stay, so that training can go on from it. */
static int check_inputs(const train_run *r, const output *o)
{
    static const int inputs[] = { TRAIN_DATA, TRAIN_COND, TRAIN_SOURCE, TRAIN_X0 };
    const char *name = cli_train_options[o->option].name;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        const char *input = r->model.setting[inputs[i]].text;
        if (input && !rill_data_find(input) && rill_file_same(input, o->path))
            return same(r, name, cli_train_options[inputs[i]].name);
    }
    if (o->option != TRAIN_OUT && rill_file_same(r->flag[TRAIN_RESUME].text, o->path))
        return same(r, name, "resume");
    return rill_file_same(r->teacher, o->path) ? same(r, name, "model") : CLI_DONE;
}

/* The last of so many outputs is none of the others, and nothing that is read. */
static int check_last(const train_run *r, const output *outputs, int count)
{
    const output *last = &outputs[count - 1];
    for (int i = 0; i < count - 1; i++)
        if (rill_file_same(outputs[i].path, last->path))
            return same(r, cli_train_options[last->option].name,
                        cli_train_options[outputs[i].option].name);
    return check_inputs(r, last);
}

int train_check_outputs(train_run *r)
{
    rill_message message;
    const char *prefix = r->flag[TRAIN_PROFILE].text;
    profile_files files = profile_files_of(r);
    if (prefix && strlen(prefix) + sizeof ".json" > sizeof files.trace)
        return cli_usage(r->args, "--profile is too long");
    const output outputs[] = { { TRAIN_OUT, r->out },
                               { TRAIN_LOG, r->flag[TRAIN_LOG].text },
                               { TRAIN_PROFILE, prefix ? files.trace : NULL },
                               { TRAIN_PROFILE, prefix ? files.drawing : NULL } };
    int count = sizeof outputs / sizeof *outputs;
    for (int i = 0; i < count; i++) {
        int status = check_last(r, outputs, i + 1);
        if (status != CLI_DONE)
            return status;
    }
    for (int i = 0; i < count; i++)
        if (outputs[i].path && cli_check_writable(outputs[i].path, &message) != RILL_OK)
            return train_failed(r, &message);
    return CLI_DONE;
}

int train_open_log(train_run *r)
{
    rill_message message;
    const char *log = r->flag[TRAIN_LOG].text;
    if (!log)
        return CLI_DONE;
    cli_interrupt_watch();
    r->log = cli_log_open(log, r->model.done, &message);
    cli_interrupt_pass_on();
    return r->log ? CLI_DONE : train_failed(r, &message);
}

int train_tell_profile(train_run *r)
{
    rill_message message;
    const profile *f = r->trainer.profile;
    profile_files files = profile_files_of(r);
    if (!f)
        return CLI_DONE;
    if (profile_write_trace(f, files.trace, &message) != RILL_OK ||
        profile_write_drawing(f, "a step of training", files.drawing, &message) != RILL_OK ||
        profile_print(f, stdout, &message) != RILL_OK)
        return train_failed(r, &message);
    return cli_finish_output(r->args);
}
