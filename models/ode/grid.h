/* grid.h - the times at which a solver stops. */
#ifndef RILL_MODELS_ODE_GRID_H
#define RILL_MODELS_ODE_GRID_H

#include "../../base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* times[0..steps] = from ... to in equal steps, both ends exact.  RILL_BAD_ARGUMENT when times is
 * NULL, steps is not positive or an end is not finite. */
rill_status rill_time_grid(double from, double to, int64_t steps, double *times,
                           rill_message *message);

/* Moves the times of a grid within [0, 1] towards 0, the more the larger the shift is above 1:
 *
 *     t' = t / (shift - (shift - 1) t)
 *
 * 0 and 1 stay where they are.  Esser et al.: "Scaling rectified flow transformers", 2024, equation
 * 23, whose time runs the other way.  RILL_BAD_ARGUMENT when times is NULL or has one outside of
 * [0, 1], or the shift is not positive and finite. */
rill_status rill_time_grid_shift(double shift, double *times, int64_t count, rill_message *message);

/* RILL_BAD_ARGUMENT, naming the first place where it fails, unless there is a time and they are
 * finite and ascend throughout or descend throughout. */
rill_status rill_time_grid_check(const double *times, int64_t count, rill_message *message);
/* 1 when such a grid leads forwards, 0 when it descends or has one time alone. */
int rill_time_grid_ascends(const double *times, int64_t count);

#ifdef __cplusplus
}
#endif
#endif
