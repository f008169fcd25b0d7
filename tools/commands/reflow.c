/* rill reflow - a straighter flow, learned from where a model takes its samples.  Liu, Gong, Liu:
 * "Flow straight and fast", 2022. */
#include "commands.h"
#include "train_run.h"

#include "core/program.h"
#include "core/rng.h"
#include "formats/file.h"
#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODEL, PAIRS, SOLVER, PAIR_STEPS, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [MODEL] = CLI_MODEL_OPTION,
    [PAIRS] = { .name = "pairs",
                .kind = CLI_WHOLE,
                .metavar = "N",
                .standard = "100000",
                .low = 1,
                .high = 2147483648.0,
                .doc =
                    "samples of the model to learn from, with where each started; they stay "
                    "beside --out: M2-x0.npy, M2-x1.npy, and M2-cond.npy with labels or vectors" },
    [SOLVER] = { .name = "solver",
                 .kind = CLI_CHOICE,
                 .metavar = "V",
                 .standard = "rk4",
                 .choices = cli_solver_choices,
                 .doc = "what takes them from noise to data" },
    [PAIR_STEPS] = { .name = "pair-steps",
                     .kind = CLI_WHOLE,
                     .metavar = "K",
                     .standard = "25",
                     .low = 1,
                     .high = 1000000,
                     .doc = "its steps, equal ones from t = 0 to 1" },
};

/* Of the options of rill train, those about how to learn. */
enum { SHARED_COUNT = TRAIN_OPTION_COUNT - TRAIN_OUT };

/* What the new model has from the old one, unless it is given: the network and the units.  The rest
 * is as rill train has it. */
static const int inherited[] = { TRAIN_NET, TRAIN_HIDDEN, TRAIN_LAYERS, TRAIN_ACTIVATION,
                                 TRAIN_NORMALIZE };
enum { INHERITED_COUNT = sizeof inherited / sizeof *inherited };

/* The pairs' files are named like the model. */
enum { PATH_SIZE = 4096 };

typedef struct run {
    const cli_args *args;
    cli_model model;
    char x0[PATH_SIZE], x1[PATH_SIZE], cond[PATH_SIZE];
    /* Of the call of rill train: two words an option, and what they say. */
    const char *words[2 * (SHARED_COUNT + INHERITED_COUNT + 4)];
    char flags[TRAIN_OPTION_COUNT][64];
    int count;
    cli_args training;
} run;

static const cli_value *shared(const run *r, int option)
{
    return &r->args->value[OPTION_COUNT + option - TRAIN_OUT];
}

/* ---- Pairs. */

static int name_files(run *r)
{
    const char *out = shared(r, TRAIN_OUT)->text;
    if (!out)
        return cli_usage(r->args, "--out MODEL.safetensors is needed");
    const char *slash = strrchr(out, '/'), *dot = strrchr(slash ? slash : out, '.');
    size_t length = dot && dot != out ? (size_t)(dot - out) : strlen(out);
    if (length + sizeof "-cond.npy" > PATH_SIZE)
        return cli_usage(r->args, "--out is too long");
    snprintf(r->x0, PATH_SIZE, "%.*s-x0.npy", (int)length, out);
    snprintf(r->x1, PATH_SIZE, "%.*s-x1.npy", (int)length, out);
    snprintf(r->cond, PATH_SIZE, "%.*s-cond.npy", (int)length, out);
    const char *const written[] = { r->x0, r->x1, r->cond };
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        if (rill_file_same(r->args->value[MODEL].text, written[i]))
            return cli_usage(r->args, "--out: '%.200s' would be written over --model", written[i]);
    return CLI_DONE;
}

static int make_pairs(run *r)
{
    const cli_value *value = r->args->value;
    rill_message message;
    cli_pairs pairs = { .n = value[PAIRS].whole,
                        .solver = rill_solver_find(value[SOLVER].text),
                        .steps = value[PAIR_STEPS].whole,
                        .seed = rill_stream_key((uint64_t)shared(r, TRAIN_SEED)->whole, "pairs"),
                        .x0 = r->x0,
                        .x1 = r->x1,
                        .cond = r->cond };
    rill_set_threads((int)shared(r, TRAIN_THREADS)->whole);
    rill_status status = cli_pairs_write(&r->model, &pairs, &message);
    cli_interrupt_finish(status == RILL_OK);
    if (status == RILL_OK)
        return CLI_DONE;
    if (status != RILL_INTERRUPTED)
        return cli_fail(r->args, "%s", message.text);
    cli_note(r->args, "stopped; nothing was written");
    return CLI_INTERRUPTED;
}

static int check_objective(run *r)
{
    const char *name = shared(r, TRAIN_OBJECTIVE)->name;
    if (!(rill_objective_find(name)->needs & RILL_NEEDS_NO_PAIRS))
        return CLI_DONE;
    return cli_usage(r->args, "--objective %s learns without pairs", name);
}

static int load_model(run *r)
{
    rill_message message;
    const char *path = r->args->value[MODEL].text;
    rill_status status = cli_model_load(path, r->args->extensions, &r->model, &message);
    return status == RILL_OK ? CLI_DONE : cli_fail(r->args, "%s", message.text);
}

/* ---- Training, by rill train. */

static void say(run *r, int option, const char *text)
{
    snprintf(r->flags[option], sizeof r->flags[option], "--%s", cli_train_options[option].name);
    r->words[r->count++] = r->flags[option];
    if (cli_train_options[option].kind != CLI_FLAG)
        r->words[r->count++] = text;
}

static void say_inherited(run *r)
{
    for (int i = 0; i < INHERITED_COUNT; i++) {
        const cli_value *setting = &r->model.setting[inherited[i]];
        int unset = !setting->text || strcmp(setting->text, "no") == 0;
        if (!unset && !shared(r, inherited[i])->given)
            say(r, inherited[i], setting->text);
    }
}

static int say_training(run *r)
{
    say(r, TRAIN_DATA, r->x1);
    say(r, TRAIN_X0, r->x0);
    say(r, TRAIN_SOURCE, r->model.setting[TRAIN_SOURCE].text);
    if (r->model.classes || r->model.vector)
        say(r, TRAIN_COND, r->cond);
    say_inherited(r);
    for (int i = TRAIN_OUT; i < TRAIN_OPTION_COUNT; i++)
        if (shared(r, i)->given)
            say(r, i, shared(r, i)->text);
    return CLI_DONE;
}

/* What rill train would refuse is known before there are pairs. */
static int check_training(run *r)
{
    cli_interrupt_watch(); /* from here on no temporary file is left behind */
    int status =
        cli_parse(&cli_train_command, r->args->extensions, r->count, r->words, &r->training);
    return status == CLI_DONE
               ? train_check_alone(&r->training, r->args->value[MODEL].text, &r->model.sample)
               : status;
}

static int train(run *r)
{
    return r->training.command->run(&r->training);
}

static int run_reflow(const cli_args *args)
{
    static int (*const stages[])(run *) = { name_files,   check_objective, load_model,
                                            say_training, check_training,  make_pairs,
                                            train };
    run *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail(args, "out of memory");
    r->args = args;
    int status = CLI_DONE;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    cli_interrupt_release();
    cli_model_free(&r->model);
    free(r);
    return status;
}

const cli_command cli_reflow_command = {
    .name = "reflow",
    .operands = "",
    .doc = "learns a straighter flow from where a model takes its samples",
    .options = options,
    .option_count = OPTION_COUNT,
    .shared = cli_train_options + TRAIN_OUT,
    .shared_count = SHARED_COUNT,
    .run = run_reflow,
};
