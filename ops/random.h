/* random.h - random tensors: a function of (seed, scope, order, step, row), never of threads or
 * time.
 *
 * Each call draws from a stream of its own, named by the open scope and the call's order in it.
 * What element (r, c) is depends on nothing else but the step (the entry "step" of the graph's
 * store, which optimisers count up; 0 without a store) and on the row: r runs along axis 0 (r = 0
 * in a scalar) and c over the rest.  So row r is the same in a batch of 10 and of 1000, and
 * rill_random_at() lets a program with a batch of 10 make rows 990..999.
 *
 * Words come from Philox4x32-10 (core/rng.h): element c of a row is word c mod 4 of the block with
 * counter (c / 4, row low, row high, step); rill_stream_uniform() and rill_stream_normal() give the
 * same f64 numbers on the host, rill_uniform_f32() and rill_normals_f32() those of f32.  None of
 * these ops is differentiable. */
#ifndef RILL_OPS_RANDOM_H
#define RILL_OPS_RANDOM_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Uniform on (0, 1), f32 or f64, never 0 nor 1: the middle of one of 2^32 cells (2^23 in f32). */
rill_tensor *rill_uniform(rill_graph *g, rill_dtype dtype, rill_shape shape);
/* Standard normal deviates by the method of Box and Muller, in the arithmetic of their type: f32 is
 * within 8 ulp of what rill_stream_normal() gives. */
rill_tensor *rill_normal(rill_graph *g, rill_dtype dtype, rill_shape shape);
/* The f32 deviates of words on the host, as many of each (an even number). */
void rill_normals_f32(const uint32_t *words, int64_t count, float *out);
/* i32, each of low, ..., high - 1 with equal probability to within 2^-32: high word of a product.
 */
rill_tensor *rill_integers(rill_graph *g, rill_shape shape, int64_t low, int64_t high);
/* i32 [n]: 0..n-1 in random order (Fisher and Yates); n is at most 2^31 - 1. */
rill_tensor *rill_permutation(rill_graph *g, int64_t n);
/* i32 [...] from logits [..., K]: k with probability softmax(logits)[k], by inversion.  -1 where a
 * row of logits has no distribution (a NaN or +inf, or nothing but -inf). */
rill_tensor *rill_categorical(rill_tensor *logits);
/* Beta(a, b) on [0, 1], a, b > 0, f32 or f64: density proportional to x^(a-1) (1-x)^(b-1).  Where a
 * or b is 1 by inversion, else from two gamma deviates (Marsaglia and Tsang, "A simple method for
 * generating gamma variables", 2000). */
rill_tensor *rill_beta(rill_graph *g, rill_dtype dtype, rill_shape shape, double a, double b);

/* The random tensor x (made by one of the above) with its rows counted from `row`, an i32 scalar,
 * instead of 0: the same stream, further down. */
rill_tensor *rill_random_at(rill_tensor *x, rill_tensor *row);

extern const rill_op rill_uniform_op, rill_normal_op, rill_integers_op, rill_permutation_op,
    rill_categorical_op, rill_beta_op;

#ifdef __cplusplus
}
#endif
#endif
