/* objective.h - what the network's answer means: the loss that teaches it, and the velocity that it
 * gives when sampling. */
#ifndef RILL_MODELS_FLOW_OBJECTIVE_H
#define RILL_MODELS_FLOW_OBJECTIVE_H

#include "conversion.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_flow rill_flow;
typedef struct rill_flow_parts rill_flow_parts;

typedef struct rill_objective {
    const char *name, *doc;
    /* Given x0, x1, t, cond, x, dx_t/dt and the noise of the path (see flow.h), fills in target,
     * prediction and loss. */
    void (*teach)(const rill_flow *flow, rill_flow_parts *parts);
    /* The velocity at (x, t), of x's shape. */
    rill_tensor *(*velocity)(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                             rill_tensor *cond);
    int affine; /* needs an affine path */
    const void *self;
    rill_parameters parameters;
} rill_objective;

/* The factor of the squared error that the flow's weighting gives, or NULL: 1. */
rill_tensor *rill_flow_weight(const rill_flow *flow, rill_tensor *t);
/* mean of w(t) (prediction - target)^2, w the flow's weighting. */
rill_tensor *rill_flow_squared_error(const rill_flow *flow, rill_tensor *t, rill_tensor *prediction,
                                     rill_tensor *target);

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
