/* integrate.h - dx/dt = v(x, t) by a fixed-step solver, on plain arrays and a callback. */
#ifndef RILL_MODELS_ODE_INTEGRATE_H
#define RILL_MODELS_ODE_INTEGRATE_H

#include "../../core/dtype.h"
#include "solver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is integrated: `count` numbers of `dtype`, f32 or f64.  A callback that returns anything but
 * RILL_OK stops the integration, which returns that. */
typedef struct rill_ode {
    rill_dtype dtype;
    int64_t count;
    /* dxdt = v(x, t); x and dxdt are arrays of `count` that do not overlap. */
    rill_status (*velocity)(void *self, double t, const void *x, void *dxdt);
    /* Optional: told x at each time of the grid, the first and the last included. */
    rill_status (*observe)(void *self, int64_t index, double t, const void *x);
    void *self;
    /* Optional: mean = the mean velocity from t to a later time (see field.h), by which solvers of
     * one stage then step. */
    rill_status (*average)(void *self, double t, double until, const void *x, void *mean);
} rill_ode;

/* Takes x from times[0] to times[count-1] by one step of the solver for each interval; x is
 * replaced.  Times ascend or descend, not necessarily evenly; integrating down the same grid runs
 * the flow backwards.  The arithmetic is that of rill_ode_unroll, operation by operation.
 * RILL_BAD_ARGUMENT: a NULL, a time that is not finite, fewer than one time.  After a failure of a
 * callback x is somewhere on the way. */
rill_status rill_ode_integrate(const rill_ode *ode, const rill_solver *solver, const double *times,
                               int64_t count, void *x, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
