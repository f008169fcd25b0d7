/* floor.h - the best field that there is, E[dx_t/dt | x_t], and the least loss: what a learned
 * field is held against.
 *
 * For x0 standard normal, paired independently with the data, and x_t = sigma x0 + alpha x1.  There
 * are three ways to it:
 *     mixture    the data are a mixture of Gaussians: exact (models/flow/mixture.h)
 *     rows       the data are the rows of a table alone: exact, by the posterior over them
 *     samples    the data are endless: the posterior over other samples of them, an estimate
 *
 * Given x_t = x, sample y has the probability w ~ exp(-|x - alpha y|^2 / (2 sigma^2)), and then
 * dx_t/dt = alpha' y + sigma' (x - alpha y)/sigma. */
#ifndef RILL_TOOLS_EVAL_FLOOR_H
#define RILL_TOOLS_EVAL_FLOOR_H

#include "models/flow/mixture.h"

typedef enum eval_floor_kind {
    EVAL_FLOOR_UNKNOWN,
    EVAL_FLOOR_MIXTURE,
    EVAL_FLOOR_ROWS,
    EVAL_FLOOR_SAMPLES,
    EVAL_FLOOR_COUNT
} eval_floor_kind;

/* A row's label is compared where the field is conditional: only data of that label count. */
typedef struct eval_floor {
    eval_floor_kind kind;
    int64_t dim;
    rill_mixture mixture; /* component k is label k */
    const double *y;      /* [count,dim], of rows and samples */
    const int32_t *labels;
    int64_t count;
    double *room; /* [count]; written by eval_floor_at */
} eval_floor;

/* At one point.  Sums over the dimensions. */
typedef struct eval_best {
    double variance; /* of dx_t/dt given x_t: the least loss here */
    double doubt;    /* of samples: the expected squared error of the velocity */
    double share;    /* of samples: one over the number of them that count here; otherwise 0 */
} eval_best;

/* "exact, ..." and what it comes from, as a report says it. */
const char *eval_floor_says(eval_floor_kind kind);

/* The mixture that a built-in set is; 0: it is none.  What it points to is constant. */
int eval_mixture_of(const char *set, rill_mixture *mixture);

/* Of one component where label >= 0, which has to be one of them. */
double eval_mixture_density(const rill_mixture *mixture, const double *x, int32_t label);

/* label < 0: any.  velocity [dim].  RILL_UNSUPPORTED where the floor is not known or no sample has
 * that label. */
rill_status eval_floor_at(const eval_floor *floor, rill_mixing mixing, const double *x,
                          int32_t label, double *velocity, eval_best *best, rill_message *message);

#endif
