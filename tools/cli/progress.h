/* progress.h - the line that a person waiting looks at; the first loss is there at once, also where
 * nobody is. */
#ifndef RILL_TOOLS_CLI_PROGRESS_H
#define RILL_TOOLS_CLI_PROGRESS_H

#include <stdint.h>

typedef struct cli_progress {
    int quiet;      /* nothing is shown */
    int terminal;   /* stderr is one */
    int64_t first;  /* steps done before */
    double started; /* seconds of a clock that only goes forward */
    double printed; /* the same; 0 when nothing was yet */
} cli_progress;

cli_progress cli_progress_begin(int quiet, int64_t done);
/* On a terminal, at most five times a second: step, loss, steps a second, time left. */
void cli_progress_show(cli_progress *progress, int64_t done, int64_t steps, double loss);
/* Leaves the line clean. */
void cli_progress_end(const cli_progress *progress);

#endif
