/* fma_chains.h - the kernel of bench_fma_peak, one table for each instruction set. */
#ifndef RILL_TOOLS_BENCH_FMA_CHAINS_H
#define RILL_TOOLS_BENCH_FMA_CHAINS_H

#include "core/dtype.h"

#include <stdint.h>

typedef struct bench_chains {
    /* From chains that begin at `begin` + 0, 1, ...; returns what needs all of them. */
    double (*run[RILL_DTYPE_COUNT])(int64_t rounds, double begin);
    double flops[RILL_DTYPE_COUNT]; /* of a round */
} bench_chains;

#endif
