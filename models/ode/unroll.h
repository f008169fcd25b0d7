/* unroll.h - the same solvers as nodes of a graph, so that a sampler can be drawn, compiled,
 * differentiated. */
#ifndef RILL_MODELS_ODE_UNROLL_H
#define RILL_MODELS_ODE_UNROLL_H

#include "../../core/graph.h"
#include "solver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* v(x, t) for x [B, ...] and t [B,1]. */
typedef struct rill_field {
    rill_tensor *(*at)(rill_tensor *x, rill_tensor *t, const void *self);
    const void *self;
} rill_field;

/* x at times[count-1] where x [B, ...], f32 or f64, is at times[0]: one step of the solver for each
 * interval. */
rill_tensor *rill_ode_unroll(rill_field field, const rill_solver *solver, const double *times,
                             int64_t count, rill_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
