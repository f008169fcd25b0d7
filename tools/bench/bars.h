/* bars.h - what rill has to reach, against what was measured. */
#ifndef RILL_TOOLS_BENCH_BARS_H
#define RILL_TOOLS_BENCH_BARS_H

#include "figures.h"

/* Prints a line for each bar that was measured, and the counts.  Returns how many were missed; what
 * was not measured counts as neither. */
int bench_check_bars(const bench_figures *f, FILE *out);

#endif
