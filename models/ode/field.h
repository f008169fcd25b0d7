/* field.h - a velocity field as a graph function: what solvers unroll, samplers run, guidance
 * combines. */
#ifndef RILL_MODELS_ODE_FIELD_H
#define RILL_MODELS_ODE_FIELD_H

#include "../../core/graph.h"

/* v(x, t) given cond, of x's shape:
 *     x    [B, ...]
 *     t    [B,1]
 *     cond NULL, labels i32 [B], or vectors [B,C] of x's dtype
 * It builds nodes and nothing else; rows do not mix.  `self` has to live while graphs are built.
 *
 * Where the mean of the velocity over a time is known, `average` gives it, so that one step can go
 * any distance: x(until) = x + (until - t) average(x, t, until), both times [B,1]; at until = t it
 * is the velocity.  Solvers of one stage that go forwards step by it.  NULL: it is not known. */
typedef struct rill_field {
    rill_tensor *(*at)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self);
    const void *self;
    rill_tensor *(*average)(rill_tensor *x, rill_tensor *t, rill_tensor *until, rill_tensor *cond,
                            const void *self);
} rill_field;

/* The field's mean velocity until a later time, which it has to know, or where `until` is NULL its
 * velocity at t. */
static inline rill_tensor *rill_field_ask(rill_field field, rill_tensor *x, rill_tensor *t,
                                          rill_tensor *until, rill_tensor *cond)
{
    return until ? field.average(x, t, until, cond, field.self) : field.at(x, t, cond, field.self);
}

#endif
