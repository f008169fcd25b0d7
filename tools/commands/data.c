/* rill data - built-in sets as files. */
#include "commands.h"

#include "models/data/data.h"
#include "tools/cli/choices.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/rows_file.h"
#include "tools/cli/train_options.h"

enum { N, OUT, LABELS, HELD_OUT, SEED, OPTION_COUNT };

enum { CHUNK = 4096 };

static const cli_option options[OPTION_COUNT] = {
    [N] = { .name = "n",
            .kind = CLI_WHOLE,
            .metavar = "N",
            .low = 1,
            .high = 2147483648.0,
            .doc = "samples; otherwise all that a finite set has" },
    [OUT] = { .name = "out",
              .kind = CLI_TEXT,
              .file = CLI_WRITTEN,
              .metavar = "X.npy",
              .required = 1,
              .doc = "the samples, f4 [N,D]; also X.csv" },
    [LABELS] = { .name = "labels",
                 .kind = CLI_TEXT,
                 .file = CLI_WRITTEN,
                 .metavar = "L.npy",
                 .doc = "their labels, i4 [N]; also L.csv" },
    [HELD_OUT] = { .name = "held-out",
                   .kind = CLI_FLAG,
                   .doc = "samples that training never sees" },
    [SEED] = CLI_SEED_OPTION,
};

/* How many samples: what was asked for, or all there are; -1 after a complaint. */
static int64_t sample_count(const cli_args *args, const rill_data_set *set)
{
    int held_out = args->value[HELD_OUT].given;
    int64_t there = held_out ? set->held_out_count : set->train_count;
    const cli_value *n = &args->value[N];
    if (!n->given && there == 0)
        cli_usage(args, "--n N is needed: %s is endless", set->name);
    else if (n->given && there > 0 && n->whole > there)
        cli_usage(args, "--n is %lld, but %s has %lld samples %s", (long long)n->whole, set->name,
                  (long long)there, held_out ? "held out" : "to train on");
    else
        return n->given ? n->whole : there;
    return -1;
}

static rill_status write_samples(const cli_args *args, const rill_data_set *set, int64_t n,
                                 cli_rows_file *samples, cli_rows_file *labels,
                                 rill_message *message)
{
    static float x[CHUNK * RILL_DATA_MAX_DIM];
    static int32_t label[CHUNK];
    rill_status status = RILL_OK;
    for (int64_t first = 0; first < n && status == RILL_OK; first += CHUNK) {
        if (cli_interrupted())
            return rill_fail(message, RILL_INTERRUPTED, "stopped; nothing was written");
        int64_t count = n - first < CHUNK ? n - first : CHUNK;
        status = rill_data_draw_f32(set, (uint64_t)args->value[SEED].whole,
                                    args->value[HELD_OUT].given, first, count, x, label, message);
        if (status == RILL_OK)
            cli_rows_file_write(samples, x, count);
        if (status == RILL_OK && labels->file)
            cli_rows_file_write(labels, label, count);
    }
    return status;
}

static int write_files(const cli_args *args, const rill_data_set *set, int64_t n)
{
    rill_message message = { "" };
    const char *path = args->value[LABELS].text;
    rill_shape shape = RILL_SHAPE(n, set->dim), rows = RILL_SHAPE(n);
    cli_rows_file samples, labels = { NULL };
    rill_status status =
        cli_rows_file_begin(&samples, args->value[OUT].text, RILL_NPY_F4, &shape, &message);
    if (status == RILL_OK && path)
        status = cli_rows_file_begin(&labels, path, RILL_NPY_I4, &rows, &message);
    if (status == RILL_OK)
        status = write_samples(args, set, n, &samples, &labels, &message);
    if (status == RILL_OK)
        status = cli_rows_file_commit(&samples, &message);
    if (status == RILL_OK && path)
        status = cli_rows_file_commit(&labels, &message);
    cli_rows_file_abandon(&samples);
    cli_rows_file_abandon(&labels);
    return status == RILL_OK ? CLI_DONE : cli_fail(args, "%s", message.text);
}

static int run_data(const cli_args *args)
{
    const rill_data_set *set = rill_data_find(args->operand[0]);
    if (!set)
        return cli_unknown(args, "data set", args->operand[0], cli_data_choices);
    if (args->value[LABELS].text && set->classes == 0)
        return cli_usage(args, "--labels: the set %s has no labels", set->name);
    int64_t n = sample_count(args, set);
    if (n < 0)
        return CLI_USAGE;
    cli_interrupt_watch(); /* no temporary file is left behind */
    int status = write_files(args, set, n);
    int interrupted = cli_interrupted();
    cli_interrupt_finish(status == CLI_DONE);
    return interrupted && status != CLI_DONE ? CLI_INTERRUPTED : status;
}

const cli_command cli_data_command = {
    .name = "data",
    .operands = "D",
    .doc = "writes samples of a built-in data set to a file",
    .least_operands = 1,
    .most_operands = 1,
    .operand_choices = cli_data_choices,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_data,
};
