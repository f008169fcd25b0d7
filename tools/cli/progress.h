/* progress.h - the line that a person waiting looks at. */
#ifndef RILL_TOOLS_CLI_PROGRESS_H
#define RILL_TOOLS_CLI_PROGRESS_H

#include <stdint.h>

typedef struct cli_progress {
    int shown;               /* stderr is a terminal, and nobody asked for quiet */
    int64_t first;           /* steps done before */
    double started, printed; /* seconds of a clock that only goes forward */
} cli_progress;

cli_progress cli_progress_begin(int quiet, int64_t done);
/* At most five times a second: step, loss, steps a second, time left. */
void cli_progress_show(cli_progress *progress, int64_t done, int64_t steps, double loss);
/* Leaves the line clean. */
void cli_progress_end(const cli_progress *progress);

#endif
