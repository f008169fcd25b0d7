/* self.h - rill bench in another process: with another instruction set, or to see its memory. */
#ifndef RILL_TOOLS_BENCH_SELF_H
#define RILL_TOOLS_BENCH_SELF_H

#include "bench.h"

/* `rill bench SECTION --only ONLY` on one thread, with a variable of the environment ("NAME=VALUE";
 * NULL: none).  What it tells is added to *report, with the figure "process peak". */
rill_status bench_run_self(bench *b, const char *variable, const char *section, const char *only,
                           double seconds, bench_report *report);

#endif
