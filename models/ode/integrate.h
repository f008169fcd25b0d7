/* integrate.h - dx/dt = v(x, t) on plain arrays and a callback, by fixed steps or chosen ones.
 *
 * Rows are apart: each has a time and steps of its own, so that where a row ends does not depend on
 * which others there are. */
#ifndef RILL_MODELS_ODE_INTEGRATE_H
#define RILL_MODELS_ODE_INTEGRATE_H

#include "../../base/status.h"
#include "../../core/dtype.h"
#include "grid.h"
#include "solver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is integrated: x [rows, width] of `dtype`, f32 or f64.  A state that is to be judged as one,
 * by one norm, is one row.  A callback that returns anything but RILL_OK stops the integration,
 * which returns that, with the message that the callback wrote where it has one. */
typedef struct rill_ode {
    rill_dtype dtype;
    int64_t rows, width;
    /* dxdt[i] = v(x[i], t[i]) for each row i; arrays do not overlap.  Rows that have arrived are
     * asked for again, at times where they have been, and what they get is not used. */
    rill_status (*velocity)(void *self, const double *t, const void *x, void *dxdt);
    /* Optional: told x [width] of each row at each time of the grid, the first and the last
     * included; of each row in the order of the grid. */
    rill_status (*observe)(void *self, int64_t row, int64_t index, const void *x);
    void *self;
    /* Optional: the mean velocity of each row from t[i] to a later time (see field.h), by which
     * solvers of one stage then step. */
    rill_status (*average)(void *self, const double *t, const double *until, const void *x,
                           void *mean);
} rill_ode;

/* What an integration took. */
typedef struct rill_ode_counts {
    int64_t calls;              /* of `velocity`, for all rows at once */
    int64_t evaluations;        /* for rows that had not arrived: what each took, added up */
    int64_t accepted, rejected; /* steps of rows; evaluations of rejected ones are counted */
} rill_ode_counts;

typedef struct rill_ode_options {
    const rill_solver *solver; /* NULL: euler */
    /* 0: one step for each interval of the grid.  Otherwise steps are chosen for each row such that
     * the estimated error of each is at most this, by the root of the mean over the row of
     *
     *     (error / (1 + max(|x|, |x'|)))^2,
     *
     * an estimate that is too small beside how the velocity bends being replaced by that, and x at
     * times of the grid that are within a step is interpolated.  The solver has to estimate its
     * error. */
    double tolerance;
    double first_step;       /* its size; 0: chosen, which takes one evaluation */
    int64_t max_steps;       /* of a row, rejected ones included; 0: 100,000 */
    rill_ode_counts *counts; /* added to; NULL: not wanted */
} rill_ode_options;

/* Takes x from times[0] to times[count-1]; x is replaced.  Times ascend, or descend, which runs the
 * flow backwards; not necessarily evenly.  With fixed steps the arithmetic is that of
 * rill_ode_unroll, operation by operation.
 *
 * Chosen steps: Hairer, Norsett, Wanner: "Solving ordinary differential equations I", II.4, where
 * the first step comes from as well.
 *
 * RILL_BAD_ARGUMENT: a NULL, a grid that rill_time_grid_check refuses, an option out of its range;
 * RILL_NOT_FINITE: steps became too small or too many, as at a velocity that is not finite.  After
 * a failure x is somewhere on the way.  NULL options are all zeros. */
rill_status rill_ode_integrate(const rill_ode *ode, const rill_ode_options *options,
                               const double *times, int64_t count, void *x, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
