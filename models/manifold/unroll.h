/* unroll.h - solvers on a manifold, as nodes of a graph.
 *
 * A step from x at time t to t + h is taken in normal coordinates around x: the vectors w tangent
 * at x, each of which stands for the point y = exp_x(w).  There the field u reads
 *
 *     dw/dt = (d log_x(y) / dy) u(y, t)          w = 0 at the beginning
 *
 * a differential equation in a flat space, which an ordinary solver takes one step further; then x
 * is exp_x(w).  So every solver of models/ode stays on the manifold and keeps its order; euler is
 * x <- exp_x(h u), and on flat manifolds all are what they always were.  rill derives the
 * derivative of log.  Munthe-Kaas: "High order Runge-Kutta methods on manifolds", 1999, has this
 * idea for Lie groups; Hairer, Lubich, Wanner: "Geometric numerical integration", IV.5, as local
 * coordinates. */
#ifndef RILL_MODELS_MANIFOLD_UNROLL_H
#define RILL_MODELS_MANIFOLD_UNROLL_H

#include "../ode/unroll.h"
#include "manifold.h"

#ifdef __cplusplus
extern "C" {
#endif

/* dw/dt [B,n] in normal coordinates around x, of a field that is u at the point y. */
rill_tensor *rill_normal_velocity(const rill_manifold *m, rill_tensor *x, rill_tensor *y,
                                  rill_tensor *u);

/* x at times[count-1] where x [B,n] is at times[0], carried by a tangent field: one step of the
 * solver for each interval of the grid, which rill_time_grid_check has to accept. */
rill_tensor *rill_manifold_unroll(const rill_manifold *m, rill_field field,
                                  const rill_solver *solver, const double *times, int64_t count,
                                  rill_tensor *x, rill_tensor *cond);

#ifdef __cplusplus
}
#endif
#endif
