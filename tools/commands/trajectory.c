/* rill trajectory - how far samples travel, and how straight. */
#include "commands.h"

#include "tools/cli/array.h"
#include "tools/metrics/metrics.h"
#include "tools/metrics/trajectory.h"

#include <stdio.h>

enum { DATA, OPTION_COUNT };

static const cli_option options[OPTION_COUNT] = {
    [DATA] = { .name = "data",
               .kind = CLI_TEXT,
               .metavar = "X.npy",
               .doc = "where samples are to go: prints W2 from the start to there, and the "
                      "normalised path energy |squared-speed - W2^2| / W2^2" },
};

static int describe(const cli_args *args, const cli_array *array, rill_trajectory *trajectory)
{
    const rill_shape *shape = &array->shape;
    char text[RILL_SHAPE_TEXT];
    rill_shape_print(shape, text, sizeof text);
    if (shape->rank < 3)
        return cli_fail(args,
                        "'%.200s' has shape %s; expected [steps+1, N, ...] of three axes or more, "
                        "as rill sample --trajectory writes",
                        args->operand[0], text);
    *trajectory = (rill_trajectory){ .x = array->values,
                                     .time_count = shape->dim[0],
                                     .count = shape->dim[1],
                                     .dim = cli_array_width(array) / shape->dim[1] };
    return CLI_DONE;
}

/* W2 from where the samples start to the data. */
static int find_w2(const cli_args *args, const rill_trajectory *t, rill_distance *w2)
{
    const char *path = args->value[DATA].text;
    cli_array data = { 0 };
    rill_message message;
    if (!path)
        return CLI_DONE;
    if (cli_array_load_finite(path, &data, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    rill_points from = { t->x, t->count, t->dim };
    rill_points to = { data.values, cli_array_rows(&data), cli_array_width(&data) };
    rill_status status = rill_w2(&from, &to, 0, w2, &message);
    cli_array_free(&data);
    return status == RILL_OK ? CLI_DONE : cli_fail(args, "'%.200s': %s", path, message.text);
}

static int measure(const cli_args *args, const cli_array *array)
{
    rill_trajectory trajectory;
    rill_travel travel;
    rill_distance w2;
    rill_message message;
    int status = describe(args, array, &trajectory);
    if (status != CLI_DONE)
        return status;
    if (rill_trajectory_measure(&trajectory, &travel, &message) != RILL_OK)
        return cli_fail(args, "'%.200s': %s", args->operand[0], message.text);
    status = find_w2(args, &trajectory, &w2);
    if (status != CLI_DONE)
        return status;
    printf("squared-speed %.9g\nstraightness %.9g\n", travel.squared_speed, travel.straightness);
    if (args->value[DATA].text)
        printf("W2 %.9g\npath-energy %.9g\n", w2.value,
               rill_normalized_path_energy(travel.squared_speed, w2.value));
    return CLI_DONE;
}

static int run_trajectory(const cli_args *args)
{
    rill_message message;
    cli_array array = { 0 };
    if (cli_array_load_finite(args->operand[0], &array, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    int status = measure(args, &array);
    cli_array_free(&array);
    return status;
}

const cli_command cli_trajectory_command = {
    .name = "trajectory",
    .operands = "T.npy",
    .doc = "how far samples travel, and how straight: of what rill sample --trajectory wrote",
    .least_operands = 1,
    .most_operands = 1,
    .options = options,
    .option_count = OPTION_COUNT,
    .run = run_trajectory,
};
