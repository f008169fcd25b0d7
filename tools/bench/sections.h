/* sections.h - one const table a section, one file each; bench.c lists them. */
#ifndef RILL_TOOLS_BENCH_SECTIONS_H
#define RILL_TOOLS_BENCH_SECTIONS_H

#include "bench.h"

extern const bench_section bench_compile_section, bench_elementwise_section, bench_limits_section,
    bench_matmul_section, bench_memory_section, bench_objective_section, bench_sample_section,
    bench_scaling_section, bench_start_section, bench_step_section;

#endif
