/* objective.h - what the network's answer means: the loss that teaches it, and what it gives when
 * sampling - the velocity at a time, the mean velocity over a time, or the score.
 *
 * An objective of mean velocities tells the network two times, [B,2]: t, and how far to go,
 * until - t.  So the network is asked for u(x, t, until), and for the velocity at until = t. */
#ifndef RILL_MODELS_FLOW_OBJECTIVE_H
#define RILL_MODELS_FLOW_OBJECTIVE_H

#include "conversion.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_flow rill_flow;
typedef struct rill_flow_parts rill_flow_parts;

/* What an objective asks of the path and of the pairs, bits of these. */
enum {
    RILL_NEEDS_AFFINE = 1, /* alpha(t) x1 + sigma(t) x0 */
    RILL_NEEDS_NOISE = 2,  /* a random path */
    RILL_NEEDS_NO_NOISE = 4,
    RILL_NEEDS_NO_PAIRS = 8 /* learns from x1 alone: samples start from Gaussian noise, and x0, t
                             * and the path are not looked at */
};

typedef struct rill_objective {
    const char *name, *doc;
    /* Optional, for objectives of two times: given x0, x1, and t [B,1,..,1] from the time law,
     * settles t and `until` >= t of each row.  Not called where they are given. */
    void (*times)(const rill_flow *flow, rill_flow_parts *parts);
    /* Given x0, x1, t, cond, x, dx_t/dt and the noise of the path (see flow.h), fills in target,
     * prediction and loss. */
    void (*teach)(const rill_flow *flow, rill_flow_parts *parts);
    /* The velocity at (x, t), of x's shape.  NULL: `average` at until = t. */
    rill_tensor *(*velocity)(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                             rill_tensor *cond);
    /* Optional: the mean velocity from (x, t) until a later time. */
    rill_tensor *(*average)(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                            rill_tensor *until, rill_tensor *cond);
    /* Optional: the score of x_t, the gradient of its log-density. */
    rill_tensor *(*score)(const rill_flow *flow, rill_tensor *x, rill_tensor *t, rill_tensor *cond);
    int needs; /* of the path and the pairs */
    const void *self;
    rill_parameters parameters;
} rill_objective;

/* The factor of the squared error that the flow's weighting gives, or NULL: 1.  (Here and below, a
 * flow that is NULL has no weighting.) */
rill_tensor *rill_flow_weight(const rill_flow *flow, rill_tensor *t);
/* mean of w(t) (prediction - target)^2, w the flow's weighting. */
rill_tensor *rill_flow_squared_error(const rill_flow *flow, rill_tensor *t, rill_tensor *prediction,
                                     rill_tensor *target);

/* The same, each row's error divided by (its square + 1e-3)^power, a factor that is not
 * differentiated: power 0 is the squared error, 1/2 nearly the distance. */
rill_tensor *rill_flow_adaptive_error(const rill_flow *flow, rill_tensor *t,
                                      rill_tensor *prediction, rill_tensor *target, double power);

/* t and how far until, [B,2], as the network is told; both of B elements. */
rill_tensor *rill_flow_interval(rill_tensor *t, rill_tensor *until);

/* objectives.def lists them; each is a file in objectives/, which says where it comes from. */
#define RILL_OBJECTIVE(name) extern const rill_objective rill_objective_##name;
#include "objectives.def"
#undef RILL_OBJECTIVE

/* In the order that --help lists; NULL when i is out of range. */
const rill_objective *rill_objective_at(int i);
/* NULL when there is none of that name. */
const rill_objective *rill_objective_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
