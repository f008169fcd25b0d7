/* source.h - the density that a flow starts from, at t = 0. */
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

#ifdef __cplusplus
}
#endif
#endif
