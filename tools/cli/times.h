/* times.h - the times of a solver as the command line gives them: by --solver, --steps, --grid,
 * --tol and --backward. */
#ifndef RILL_TOOLS_CLI_TIMES_H
#define RILL_TOOLS_CLI_TIMES_H

#include "cli.h"

/* The options of that name; those that are not given have their default or nothing. */
typedef struct cli_times_flags {
    const cli_value *solver, *steps, *grid, *tol, *backward;
    int keeps_times; /* what is at each time is asked for, not the end alone */
} cli_times_flags;

/* Below it f32, in which models run, has no digits. */
#define CLI_LEAST_TOLERANCE 1e-7

/* What `rill sample` puts into its table. */
#define CLI_GRID_OPTION                                                                            \
    {                                                                                              \
        .name = "grid", .kind = CLI_TEXT, .file = CLI_READ, .metavar = "G", .standard = "uniform", \
        .choices = cli_grid_choices,                                                               \
        .doc = "the times at which steps end, from 0 to 1; or a file of them or a list of at "     \
               "least two with commas, which go one way"                                           \
    }
#define CLI_TOL_OPTION                                                                             \
    {                                                                                              \
        .name = "tol", .kind = CLI_NUMBER, .metavar = "E", .low = CLI_LEAST_TOLERANCE, .high = 1,  \
        .doc = "for dopri5 and tsit5: each sample has steps of its own, chosen by their error "    \
               "relative to 1 + |x|, instead of those of the grid"                                 \
    }
#define CLI_BACKWARD_OPTION                                                                        \
    {                                                                                              \
        .name = "backward", .kind = CLI_FLAG,                                                      \
        .doc = "from the data in --x0, at t = 1, to where they come from, at t = 0"                \
    }

cli_choice cli_grid_choices(const rill_extensions *extensions, int i);

typedef struct cli_times {
    double *at;       /* [count]; free() it */
    int64_t count;    /* at least 2 */
    double tolerance; /* 0: one step for each interval */
} cli_times;

/* Complains and returns the exit status. */
int cli_times_open(const cli_args *args, const cli_times_flags *flags, cli_times *times);

#endif
