/* source.h - what a flow starts from, at t = 0: its density, and rows of it. */
#ifndef RILL_MODELS_FLOW_SOURCE_H
#define RILL_MODELS_FLOW_SOURCE_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* log p_0(x) [B], in nats, of x [B, ...].  It builds nodes and nothing else; rows do not mix.
 * `self` has to live while graphs are built. */
typedef struct rill_source {
    rill_tensor *(*log_density)(rill_tensor *x, const void *self);
    const void *self;
} rill_source;

/* Normal of mean 0, each number apart; `self` is its sd, a `const double *` (NULL: 1):
 *
 *     double sd = 2;
 *     rill_source wide = { rill_normal_log_density, &sd }; */
rill_tensor *rill_normal_log_density(rill_tensor *x, const void *self);

/* Draws on the host: rows first, ..., first + count - 1 of a stream (core/rng.h) at a step, each
 * `width` standard normal deviates, into rows [count, width] of a float type.  Nothing without
 * rows. */
void rill_normal_rows(rill_dtype dtype, uint64_t key, uint32_t step, int64_t first, int64_t count,
                      int64_t width, void *rows);

#ifdef __cplusplus
}
#endif
#endif
