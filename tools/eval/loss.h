/* loss.h - how far a field is from what it is taught, and from the best there is, by time. */
#ifndef RILL_TOOLS_EVAL_LOSS_H
#define RILL_TOOLS_EVAL_LOSS_H

#include "floor.h"

/* Points of paths, in the network's units, and what a field says there. */
typedef struct eval_points {
    int64_t n, dim;
    double *t;             /* [n] */
    rill_mixing *mixing;   /* [n]; needed where the floor is known */
    float *x, *target, *v; /* [n,dim]: x_t, dx_t/dt, v(x_t, t) */
    int32_t *labels;       /* [n]; NULL: none */
} eval_points;

/* Means over the points with low <= t < high, and over the numbers of a sample:
 *     loss     |v - dx_t/dt|^2
 *     floor    the variance of dx_t/dt given x_t, the least loss
 *     excess   |v - u|^2 with u the best field, less the doubt about u: what could be learned yet.
 * loss = floor + excess but for chance; excess varies far less, as it has no x0 and x1 in it.
 * Floor and excess are NaN where they are not known: without a floor, and where so few samples
 * count at these times that on average one in ten or more is needed for the mean. */
typedef struct eval_bin {
    double low, high;
    double loss, floor, excess;
    double loss_error, excess_error; /* standard errors of the means */
    int64_t count;
} eval_bin;

/* bins [count], of equal width over [0,1].  A bin without points has NaN for all. */
rill_status eval_loss_by_time(const eval_points *points, const eval_floor *floor, int64_t count,
                              eval_bin *bins, rill_message *message);

/* Means over the bins, which weigh times alike; floor and excess over those where they are known,
 * whose share of all is *known. */
eval_bin eval_loss_overall(const eval_bin *bins, int64_t count, double *known);

#endif
