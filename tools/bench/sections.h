/* sections.h - every section, and what only sections need. */
#ifndef RILL_TOOLS_BENCH_SECTIONS_H
#define RILL_TOOLS_BENCH_SECTIONS_H

#include "bench.h"

extern const bench_section bench_limits_section, bench_step_section;

/* 1, then the most threads there are; 0 at the end. */
int bench_next_threads(const bench *b, int threads);
/* The figure BENCH_SPEEDUP of `key`, whose BENCH_TIME and that of one thread are known. */
void bench_add_speedup(bench *b, const bench_key *key);

#endif
