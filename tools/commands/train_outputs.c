/* The files that rill train writes: what cannot be written is known before hours are spent. */
#include "train_run.h"

#include "formats/file.h"
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

static int check_writable(const train_run *r, const char *path)
{
    rill_message message;
    return cli_check_writable(path, &message) == RILL_OK ? CLI_DONE : train_failed(r, &message);
}

/* 1 when the option's file is one of those that the profile is. */
static int is_of_profile(const profile_files *files, const char *path)
{
    return rill_file_same(path, files->trace) || rill_file_same(path, files->drawing);
}

static int check_profile(train_run *r)
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
static int check_inputs(const train_run *r)
{
    static const int inputs[] = { TRAIN_DATA, TRAIN_COND, TRAIN_SOURCE, TRAIN_X0 };
    const char *const outputs[] = { r->out, r->flag[TRAIN_LOG].text };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (int k = 0; k < 2; k++) {
            const char *input = r->model.setting[inputs[i]].text;
            if (input && !rill_data_find(input) && rill_file_same(input, outputs[k]))
                return cli_usage(r->args, "--%s and --%s are the same file", k ? "log" : "out",
                                 cli_train_options[inputs[i]].name);
        }
    return CLI_DONE;
}

int train_check_outputs(train_run *r)
{
    const char *log = r->flag[TRAIN_LOG].text;
    if (rill_file_same(log, r->out))
        return cli_usage(r->args, "--log and --out are the same file");
    int status = check_inputs(r);
    if (status == CLI_DONE)
        status = check_writable(r, r->out);
    if (status == CLI_DONE)
        status = check_profile(r);
    return status == CLI_DONE && log ? check_writable(r, log) : status;
}

int train_open_log(train_run *r)
{
    rill_message message;
    const char *log = r->flag[TRAIN_LOG].text;
    if (!log)
        return CLI_DONE;
    r->log = cli_log_open(log, r->model.done, &message);
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
