/* philox.h - Philox4x32-10, the counter-based generator behind every random number in rill, and
 * what its words are made into.
 *
 * A block of four random words is a pure function of a 128-bit counter and a 64-bit key, so that
 * any thread can make any part of a stream and nothing depends on the order in which it is made.
 * Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#ifndef RILL_BASE_PHILOX_H
#define RILL_BASE_PHILOX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* out = the ten-round Philox4x32 block of `counter` under `key`. */
void rill_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Uniform on (0,1), never 0 nor 1: the middle of one of 2^32 equal cells.  2^23 cells in f32, so
 * that the middles are exact. */
double rill_uniform_f64(uint32_t word);
float rill_uniform_f32(uint32_t word);

/* Standard normal deviates out of words, as many of each (an even number): each pair of words makes
 * a pair of deviates (Box and Muller, 1958).  In plain arithmetic, so that every machine, compiler
 * and C library gives the same bits, right to a few parts in 10^16. */
void rill_normals(const uint32_t *words, int64_t count, double *out);

#ifdef __cplusplus
}
#endif
#endif
