#include "times.h"

#include "array.h"
#include "models/ode/grid.h"
#include "models/ode/solver.h"
#include "parameters.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const rill_parameter shifts[] = { { "S",
                                           "t' = t/(S - (S-1) t), above 1 steps are shorter "
                                           "towards noise",
                                           3, 1e-3, 1e3 } };

/* How steps are spread; NULL: evenly. */
static const struct grid {
    const char *name, *doc;
    rill_parameters parameters;
    rill_status (*spread)(double parameter, double *times, int64_t count, rill_message *message);
} grids[] = {
    { "uniform", "equal steps, as many as --steps", { NULL, 0 }, NULL },
    { "shifted", "as many, shorter ones first", { shifts, 1 }, rill_time_grid_shift },
};
enum { GRIDS = sizeof grids / sizeof *grids };

cli_choice cli_grid_choices(const rill_extensions *extensions, int i)
{
    (void)extensions;
    return i >= 0 && i < GRIDS ? (cli_choice){ grids[i].name, grids[i].doc, grids[i].parameters }
                               : (cli_choice){ 0 };
}

static const struct grid *grid_of(const char *text)
{
    size_t length = cli_name_length(text);
    for (int i = 0; i < GRIDS; i++)
        if (strlen(grids[i].name) == length && strncmp(grids[i].name, text, length) == 0)
            return &grids[i];
    return NULL;
}

static int no_memory(const cli_args *args)
{
    return cli_fail(args, "out of memory");
}

/* Times of a named grid. */
static int open_named(const cli_args *args, const cli_times_flags *flags, const struct grid *grid,
                      cli_times *times)
{
    rill_message message;
    double value[RILL_MAX_PARAMETERS];
    int64_t steps = flags->steps->whole;
    if (!cli_parse_parameters(flags->grid->text, &grid->parameters, value, &message))
        return cli_usage(args, "--grid %s: %s", flags->grid->text, message.text);
    times->count = steps + 1;
    times->at = malloc((size_t)times->count * sizeof *times->at);
    if (!times->at)
        return no_memory(args);
    rill_status status = rill_time_grid(0, 1, steps, times->at, &message);
    if (!status && grid->spread)
        status = grid->spread(value[0], times->at, times->count, &message);
    for (int64_t i = 0; i < times->count / 2 && flags->backward->given; i++) {
        double early = times->at[i];
        times->at[i] = times->at[steps - i];
        times->at[steps - i] = early;
    }
    return status ? cli_fail(args, "%s", message.text) : CLI_DONE;
}

/* `0,.3,1` as numbers; CLI_DONE with none where the text is no such list. */
static int open_list(const cli_args *args, const char *text, cli_times *times)
{
    times->at = malloc((strlen(text) + 1) * sizeof *times->at);
    if (!times->at)
        return no_memory(args);
    for (const char *at = text;; at++) {
        char *end;
        times->at[times->count++] = strtod(at, &end);
        if (end == at || (*end && *end != ',')) {
            times->count = 0;
            return CLI_DONE;
        }
        if (!*end)
            return CLI_DONE;
        at = end;
    }
}

static int open_file(const cli_args *args, const char *path, cli_times *times)
{
    cli_array array;
    rill_message message;
    if (access(path, F_OK) != 0)
        return cli_unknown(args, "grid or file", path, cli_grid_choices);
    if (cli_array_load_finite(path, &array, &message) != RILL_OK)
        return cli_fail(args, "%s", message.text);
    int64_t rows = cli_array_rows(&array), width = cli_array_width(&array);
    times->at = array.values; /* taken over */
    times->count = rows * width;
    if (rows == 1 || width == 1)
        return CLI_DONE;
    return cli_fail(args, "'%.200s' has rows of %lld numbers; times are one row or column", path,
                    (long long)width);
}

/* A user's own times: they are taken as they are, or refused. */
static int open_own(const cli_args *args, const cli_times_flags *flags, cli_times *times)
{
    rill_message message;
    const char *text = flags->grid->text;
    if (flags->steps->given)
        return cli_usage(args, "--grid %.200s has steps of its own, --steps is not for it", text);
    int status = strchr(text, ',') ? open_list(args, text, times) : CLI_DONE;
    if (status == CLI_DONE && times->count == 0) {
        free(times->at);
        times->at = NULL;
        status = open_file(args, text, times);
    }
    if (status != CLI_DONE)
        return status;
    if (times->count < 2)
        return cli_usage(args, "--grid %.200s has one time; expected at least two", text);
    if (rill_time_grid_check(times->at, times->count, &message) != RILL_OK)
        return cli_usage(args, "--grid %.200s: %s", text, message.text);
    for (int64_t i = 0; i < times->count; i++)
        if (!(times->at[i] >= 0 && times->at[i] <= 1))
            return cli_usage(args, "--grid %.200s: time %lld is %g, expected 0 to 1", text,
                             (long long)i, times->at[i]);
    int descends = times->at[1] < times->at[0];
    if (descends == flags->backward->given)
        return CLI_DONE;
    return cli_usage(args,
                     descends ? "--grid %.200s descends, from data to noise: add --backward"
                              : "--grid %.200s ascends, but --backward goes from t = 1 to 0",
                     text);
}

/* Chosen steps end where they like; other times than the last are for what is kept. */
static int open_tolerance(const cli_args *args, const cli_times_flags *flags, cli_times *times)
{
    if (!flags->tol->given)
        return CLI_DONE;
    times->tolerance = flags->tol->number;
    if (!rill_solver_is_adaptive(rill_solver_find(flags->solver->text)))
        return cli_usage(args, "--solver %s chooses no steps, --tol is not for it",
                         flags->solver->text);
    int spread = flags->grid->given && grid_of(flags->grid->text);
    if ((flags->steps->given || spread) && !flags->keeps_times)
        return cli_usage(args, "--tol chooses the steps, --%s is for the times of --trajectory",
                         spread ? "grid" : "steps");
    return CLI_DONE;
}

int cli_times_open(const cli_args *args, const cli_times_flags *flags, cli_times *times)
{
    int status = open_tolerance(args, flags, times);
    if (status != CLI_DONE)
        return status;
    const struct grid *grid = grid_of(flags->grid->text);
    return grid ? open_named(args, flags, grid, times) : open_own(args, flags, times);
}
