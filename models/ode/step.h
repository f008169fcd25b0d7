/* step.h (private) - one Runge-Kutta step of each row. */
#ifndef RILL_MODELS_ODE_STEP_H
#define RILL_MODELS_ODE_STEP_H

#include "integrate.h"

/* Memory and times of a step; step r goes from from[r] to to[r].  k[stages] is the velocity at the
 * ends, where the solver is an adaptive one. */
typedef struct rill_stepper {
    const rill_ode *ode;
    const rill_solver *solver;
    double *from, *to, *when;                     /* [rows]; `when` is of the stage */
    unsigned char *point;                         /* [rows, width], of the stage */
    unsigned char *k[RILL_SOLVER_MAX_STAGES + 1]; /* [rows, width] each */
    int64_t calls;
} rill_stepper;

/* When the stage at c is; exactly at the end where c is 1. */
static inline double rill_stage_time(double c, double from, double to)
{
    return c == 1.0 ? to : from + c * (to - from);
}

/* k[i] = v(x, from + c (to - from)). */
rill_status rill_step_velocity(rill_stepper *s, double c, const void *x, int i);
/* x += h sum_j weight[j] k[j] over the first n, for each row with its h = to - from. */
void rill_step_advance(const rill_stepper *s, int n, const double *weight, void *x);
/* next = x a step later; the first `known` velocities are there already.  next may be x. */
rill_status rill_step_take(rill_stepper *s, int known, const void *x, void *next);

/* With chosen steps (adaptive.c), the grid being checked. */
rill_status rill_ode_adapt(const rill_ode *ode, const rill_ode_options *options,
                           const double *times, int64_t count, void *x, rill_message *message);
/* Fills *s, with arrays in one block that is returned, or NULL.  `extra` more arrays of [rows,
 * width] follow at *rest. */
void *rill_stepper_begin(rill_stepper *s, const rill_ode *ode, const rill_solver *solver, int extra,
                         unsigned char **rest);

#endif
