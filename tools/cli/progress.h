/* progress.h - the line that a person waiting looks at. The first loss is there at once and the
 * last one stays, also where nobody is. */
#ifndef RILL_TOOLS_CLI_PROGRESS_H
#define RILL_TOOLS_CLI_PROGRESS_H

#include <stdint.h>

enum { CLI_PROGRESS_MEAN = 100 }; /* losses at most that the last line is the mean of */

typedef struct cli_progress {
    int quiet;                        /* nothing is shown */
    int terminal;                     /* stderr is one */
    int64_t first;                    /* steps done before */
    int64_t done;                     /* steps done by now */
    double recent[CLI_PROGRESS_MEAN]; /* losses, that of step i at i % CLI_PROGRESS_MEAN */
    double started;                   /* seconds of a clock that only goes forward */
    double printed;                   /* the same; 0 when nothing was yet */
} cli_progress;

cli_progress cli_progress_begin(int quiet, int64_t done);
/* On a terminal, at most five times a second: step, loss, steps a second, time left. */
void cli_progress_show(cli_progress *progress, int64_t done, int64_t steps, double loss);
/* Leaves the line clean, for what else there is to say. */
void cli_progress_clear(const cli_progress *progress);
/* A last line: how far it came, the loss of the last steps, since that of one batch scatters, and
 * what it took. */
void cli_progress_end(const cli_progress *progress, int64_t steps);

#endif
