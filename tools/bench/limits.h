/* limits.h - what this machine can do at most: what is measured is read as a share of it. */
#ifndef RILL_TOOLS_BENCH_LIMITS_H
#define RILL_TOOLS_BENCH_LIMITS_H

#include "core/dtype.h"

/* Seconds of a clock that only goes forward. */
double bench_now(void);
/* Seconds that this thread had a processor. */
double bench_processor_now(void);

/* Flops a second of fused multiply-adds (two flops each) that wait neither for memory nor for each
 * other, on `threads` cores at once with the vectors of rill_instruction_set(); f32 or f64.  Where
 * that set has no FMA, of a multiplication and an addition.  Takes about `seconds`. */
double bench_fma_peak(rill_dtype dtype, int threads, double seconds);

/* Bytes a second, read and written, that memcpy moves between arrays of 64 MiB, one piece a thread.
 * Takes about `seconds`, and the time of one copy at least.  For one caller at a time.
 * 0 without memory for them. */
double bench_copy_bandwidth(int threads, double seconds);

#endif
