/* The configuration of a run of rill train: of a new model, or of the one that goes on. */
#include "train_run.h"

#include "tools/cli/parameters.h"

#include <stdio.h>
#include <string.h>

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

int train_set(train_run *r, int option, const char *text)
{
    return cli_model_set(&r->model, option, text) ? CLI_DONE : cli_fail(r->args, "out of memory");
}

/* The option is not one of the space that the flags ask for. */
static int foreign(const train_run *r, int option)
{
    static const char *const why[CLI_SPACE_COUNT] = {
        [CLI_POINTS] = "--%s is of tokens, and needs --vocab K",
        [CLI_TOKENS] = "--%s is of points, and with --vocab there are tokens",
        [CLI_ON_MANIFOLD] = "--%s is not of points on a --manifold",
    };
    return cli_usage(r->args, why[cli_space_of(r->flag)], cli_train_options[option].name);
}

static int record(train_run *r, int option)
{
    char room[CANONICAL];
    if (!cli_train_options[option].recorded || !r->flag[option].text)
        return CLI_DONE;
    if (!cli_option_applies(option, cli_space_of(r->flag)))
        return r->flag[option].given ? foreign(r, option) : CLI_DONE;
    return train_set(r, option, canonical(&cli_train_options[option], &r->flag[option], room));
}

static int check_manifold(const train_run *r)
{
    rill_message message;
    if (!r->flag[TRAIN_MANIFOLD].text)
        return CLI_DONE;
    rill_manifold *manifold = rill_manifold_parse(r->flag[TRAIN_MANIFOLD].text, &message);
    rill_manifold_free(manifold);
    return manifold ? CLI_DONE : cli_usage(r->args, "--manifold: %s", message.text);
}

static int begin_new(train_run *r)
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
static int check_agreement(train_run *r, int option)
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

static int begin_resumed(train_run *r)
{
    rill_message message;
    const char *path = r->flag[TRAIN_RESUME].text;
    if (cli_model_load_any(path, r->args->extensions, &r->model, &message) != RILL_OK)
        return train_failed(r, &message);
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

int train_settle(train_run *r)
{
    return r->flag[TRAIN_RESUME].text ? begin_resumed(r) : begin_new(r);
}
