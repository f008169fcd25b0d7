/* sampler.h - a trained network over tokens put to use: samples that jump from the source to the
 * data.
 *
 * As models/flow/sampler.h, with which it shares options: threads take chunks of a fixed batch, and
 * row i depends on (seed, i) alone.  Tokens are i32 arrays [n,N], row-major, in the caller's
 * memory. */
#ifndef RILL_MODELS_DISCRETE_SAMPLER_H
#define RILL_MODELS_DISCRETE_SAMPLER_H

#include "../sampling/request.h"
#include "jump.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_jump_sampler rill_jump_sampler;

/* The flow that was trained, with the parameters in `store`, which all have to be there, and which
 * the sampler keeps alive.  options->sample is RILL_SHAPE(N), and options->dtype that of the flow.
 * NULL on failure, with the reason. */
rill_jump_sampler *rill_jump_sampler_new(rill_store *store, const rill_discrete *discrete,
                                         const rill_sampler_options *options,
                                         rill_message *message);
void rill_jump_sampler_free(rill_jump_sampler *sampler);

typedef struct rill_jumping {
    const double *times; /* [time_count], ascending in [0,1], see rill_time_grid(0, 1, steps) */
    int64_t time_count;  /* steps + 1 */
    int64_t correctors;  /* corrector steps after each step but the last, each as long as it */
    uint64_t seed;
    int64_t n;                /* samples */
    int64_t first;            /* sample i is number first + i of the streams; >= 0 */
    const int32_t *x0;        /* [n,N] where to start; NULL: drawn from the source by (seed, i) */
    const int32_t *fixed;     /* [n,N] tokens that are known and stay, -1 elsewhere; NULL: none */
    const void *cond;         /* [n] labels or [n,C] vectors; NULL where the network takes none */
    rill_interrupt interrupt; /* asked before each evaluation of the network */

    int32_t *samples;    /* [n,N] out */
    int32_t *start;      /* [n,N] out: where each sample started; NULL: not wanted */
    int32_t *trajectory; /* [time_count,n,N] out; NULL: not wanted */
} rill_jumping;

/* Jumps by Euler steps (jump.h) with the rates at the start of each.  A step that ends at t = 1
 * sets every token to a draw from p_{1|t}: none is left of the source. */
rill_status rill_jump_sampler_run(rill_jump_sampler *sampler, const rill_jumping *jumping,
                                  rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
