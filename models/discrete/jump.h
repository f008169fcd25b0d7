/* jump.h - one step of the jump process as nodes of a graph: where each token goes.
 *
 * Along a mixture path tokens jump to the data at the rate
 *     u(y, x) = kappa'/(1 - kappa) (p_{1|t}(y|x) - [y = x]),
 * and back to the source, in a process that undoes it, at
 *     kappa'/kappa (p_{0|t}(y|x) - [y = x]).
 * Going forward for a time h + c and back for c moves the distribution on by h, whatever c is: with
 * h = 0 that is a corrector step, which mends what earlier steps got wrong.
 * Campbell et al., 2024; Gat et al., 2024 (corrector sampling). */
#ifndef RILL_MODELS_DISCRETE_JUMP_H
#define RILL_MODELS_DISCRETE_JUMP_H

#include "discrete.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long a step is, each >= 0, of the flow's dtype, and [] or [B,1].  backward NULL: 0, an Euler
 * step. */
typedef struct rill_jump {
    rill_tensor *forward, *backward;
} rill_jump;

/* The distribution of each token after the step from x i32 [B,N] at t (B elements), [B,N,V] with V
 * the tokens of data and source: with the rates at t, a token jumps with probability
 * 1 - exp(-(rates times lengths)), and all at once, independently. */
rill_tensor *rill_jump_distribution(const rill_discrete *discrete, rill_tensor *x, rill_tensor *t,
                                    rill_tensor *cond, rill_jump jump);

/* i32 [B,N] from probabilities p [B,N,V], which need not sum to 1, by inversion of u [B,N] in
 * (0, 1]: the first token up to which they sum to u of them all, never one of probability 0.  u
 * NULL: drawn anew each step. */
rill_tensor *rill_draw_tokens(rill_tensor *p, rill_tensor *u);

/* Euler steps from x0 i32 [B,N] at times[0] to times[count-1], one after the other, each drawn anew
 * at each run: what the sampler (sampler.h) does, as one graph.  A step that ends at t = 1 draws
 * every token from p_{1|t}. */
rill_tensor *rill_jump_unroll(const rill_discrete *discrete, const double *times, int64_t count,
                              rill_tensor *x0, rill_tensor *cond);

#ifdef __cplusplus
}
#endif
#endif
