/* solver.h - the fixed-step solvers, as data. */
#ifndef RILL_MODELS_ODE_SOLVER_H
#define RILL_MODELS_ODE_SOLVER_H

#include "../../base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_SOLVER_MAX_STAGES 4

/* An explicit Runge-Kutta method.  solvers.def is the list of them and explains the tableau. */
typedef struct rill_solver {
    const char *name, *doc;
    int order;  /* the error after integrating over a given time falls as step^order */
    int stages; /* evaluations of the velocity a step */
    double c[RILL_SOLVER_MAX_STAGES];
    double a[RILL_SOLVER_MAX_STAGES * (RILL_SOLVER_MAX_STAGES - 1) / 2]; /* a_ij at i(i-1)/2 + j */
    double b[RILL_SOLVER_MAX_STAGES];
} rill_solver;

/* In the order that --help lists; NULL when i is out of range. */
const rill_solver *rill_solver_at(int i);
/* NULL when there is none of that name. */
const rill_solver *rill_solver_find(const char *name);

/* times[0..steps] = from ... to in equal steps, both ends exact.  RILL_BAD_ARGUMENT when times is
 * NULL, steps is not positive or an end is not finite. */
rill_status rill_time_grid(double from, double to, int64_t steps, double *times,
                           rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
