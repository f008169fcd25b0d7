/* unroll.h - the same solvers as nodes of a graph, so that a sampler can be drawn, compiled,
 * differentiated. */
#ifndef RILL_MODELS_ODE_UNROLL_H
#define RILL_MODELS_ODE_UNROLL_H

#include "field.h"
#include "grid.h"
#include "solver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x at times[count-1] where x [B, ...], f32 or f64, is at times[0]: one step of the solver for each
 * interval of the grid, which rill_time_grid_check has to accept. */
rill_tensor *rill_ode_unroll(rill_field field, const rill_solver *solver, const double *times,
                             int64_t count, rill_tensor *x, rill_tensor *cond);

#ifdef __cplusplus
}
#endif
#endif
