/* rill compare - how far apart two samples are. */
#include "commands.h"

#include "tools/cli/array.h"
#include "tools/cli/train_options.h"
#include "tools/metrics/metrics.h"

#include <stdio.h>
#include <string.h>

enum { METRIC, SEED, OPTION_COUNT };

static cli_choice metric_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    if (i == 0)
        return (cli_choice){ "all", "those below; W1 on the line only" };
    const rill_metric *metric = rill_metric_at(i - 1);
    return metric ? (cli_choice){ metric->name, metric->doc } : (cli_choice){ 0 };
}

static const cli_option options[OPTION_COUNT] = {
    [METRIC] = { .name = "metric",
                 .kind = CLI_CHOICE,
                 .metavar = "M",
                 .standard = "all",
                 .choices = metric_choices,
                 .doc = "what to print, one `name value` a line" },
    [SEED] = CLI_SEED_OPTION,
};

static rill_points points_of(const cli_array *array)
{
    return (rill_points){ array->values, cli_array_rows(array), cli_array_width(array) };
}

static int print_metric(const cli_args *args, const rill_metric *metric, const rill_points *a,
                        const rill_points *b)
{
    rill_distance distance;
    rill_message message;
    rill_status status =
        metric->distance(a, b, (uint64_t)args->value[SEED].whole, &distance, &message);
    if (status != RILL_OK)
        return cli_fail(args, "%s: %s", metric->name, message.text);
    printf("%s %.9g\n", metric->name, distance.value);
    if (distance.count_a < a->count || distance.count_b < b->count)
        cli_note(args, "%s is of sub-samples: %lld of %lld and %lld of %lld points", metric->name,
                 (long long)distance.count_a, (long long)a->count, (long long)distance.count_b,
                 (long long)b->count);
    return CLI_DONE;
}

static int is_asked_for(const cli_args *args, const rill_metric *metric, const rill_points *a)
{
    const char *asked = args->value[METRIC].text;
    if (strcmp(asked, "all") == 0)
        return a->dim == 1 || strcmp(metric->name, "W1") != 0;
    return strcmp(asked, metric->name) == 0;
}

static int compare(const cli_args *args, const rill_points *a, const rill_points *b)
{
    if (a->dim != b->dim)
        return cli_fail(args, "'%.150s' has %lld numbers a row, '%.150s' has %lld",
                        args->operand[0], (long long)a->dim, args->operand[1], (long long)b->dim);
    int status = CLI_DONE;
    for (int i = 0; i < rill_metric_count() && status == CLI_DONE; i++)
        if (is_asked_for(args, rill_metric_at(i), a))
            status = print_metric(args, rill_metric_at(i), a, b);
    return status;
}

static int run_compare(const cli_args *args)
{
    rill_message message;
    cli_array a = { 0 }, b = { 0 };
    int status = CLI_DONE;
    if (cli_array_load_finite(args->operand[0], &a, &message) != RILL_OK ||
        cli_array_load_finite(args->operand[1], &b, &message) != RILL_OK)
        status = cli_fail(args, "%s", message.text);
    if (status == CLI_DONE) {
        rill_points pa = points_of(&a), pb = points_of(&b);
        status = compare(args, &pa, &pb);
    }
    cli_array_free(&a);
    cli_array_free(&b);
    return status;
}

const cli_command cli_compare_command = {
    .name = "compare",
    .operands = "A.npy B.npy",
    .doc = "distances between two samples (.npy or .csv, rows are points)",
    .least_operands = 2,
    .most_operands = 2,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_compare,
};
