/* field.h - a velocity field as a graph function: what solvers unroll, samplers run, guidance
 * combines. */
#ifndef RILL_MODELS_ODE_FIELD_H
#define RILL_MODELS_ODE_FIELD_H

#include "../../core/graph.h"

/* v(x, t) given cond, of x's shape:
 *     x    [B, ...]
 *     t    [B,1]
 *     cond NULL, labels i32 [B], or vectors [B,C] of x's dtype
 * It builds nodes and nothing else; rows do not mix.  `self` has to live while graphs are built. */
typedef struct rill_field {
    rill_tensor *(*at)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self);
    const void *self;
} rill_field;

#endif
