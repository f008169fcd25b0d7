/* rng.h - streams of random numbers: named, counted by rows, made by philox.h. */
#ifndef RILL_CORE_RNG_H
#define RILL_CORE_RNG_H

#include "../base/philox.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The key of a named stream: a hash of (seed, name), so that streams are independent of each other.
 */
uint64_t rill_stream_key(uint64_t seed, const char *name);

/* Elements first..first+count-1 of row `row` of a stream, on the host: uniforms on (0,1) or
 * standard normal deviates.  `step` is 0 outside training.  The block of elements 4b..4b+3 has the
 * counter (b, row low, row high, step). */
void rill_stream_uniform(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                         double *out);
void rill_stream_normal(uint64_t key, uint32_t step, int64_t row, int64_t first, int64_t count,
                        double *out);

#ifdef __cplusplus
}
#endif
#endif
