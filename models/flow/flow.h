/* flow.h - conditional flow matching: the loss whose minimum is the velocity field of a path.
 *
 *     loss = mean over the batch and the numbers of a sample of  w(t) (v(x_t, t) - dx_t/dt)^2
 *
 * with t from the time law, (x0, x1) from the coupling and x_t from the path.  Its least value is
 * the variance of dx_t/dt given (x_t, t), which is not zero. Lipman et al., "Flow matching for
 * generative modeling", 2023; Tong et al., "Improving and generalizing flow-based generative models
 * with minibatch optimal transport", 2024. */
#ifndef RILL_MODELS_FLOW_FLOW_H
#define RILL_MODELS_FLOW_FLOW_H

#include "coupling.h"
#include "../nets/net.h"
#include "path.h"
#include "scheduler.h"
#include "time_law.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_flow {
    const rill_path *path; /* NULL: linear */
    rill_net net;
    const rill_time_law *time;     /* NULL: uniform */
    const rill_coupling *coupling; /* NULL: independent */
    /* The weight of a time, elementwise in t; NULL: 1. */
    rill_tensor *(*weight)(rill_tensor *t, const void *self);
    const void *self; /* of weight */
} rill_flow;

/* What is NULL is drawn inside the graph, anew each step; what is given is used as it is. */
typedef struct rill_flow_batch {
    rill_tensor *x0;   /* [B, ...]; NULL: standard normal */
    rill_tensor *x1;   /* [B, ...], f32 or f64: the data; needed */
    rill_tensor *t;    /* [B], or [B,1,..,1] of any rank, of x1's dtype; NULL: from the time law */
    rill_tensor *cond; /* NULL, labels i32 [B], or vectors [B, ...] of x1's dtype */
} rill_flow_batch;

/* Every stage of the loss, for drawing and for measuring; inert tensors after a failure. */
typedef struct rill_flow_parts {
    rill_tensor *x0, *x1;  /* [B, ...], as coupled */
    rill_tensor *t;        /* [B,1,..,1] of x1's rank */
    rill_tensor *x;        /* the point x_t, [B, ...] */
    rill_tensor *target;   /* its velocity dx_t/dt, [B, ...] */
    rill_tensor *velocity; /* what the network says, [B, ...] */
    rill_tensor *loss;     /* [] */
} rill_flow_parts;

rill_flow_parts rill_flow_build(const rill_flow *flow, rill_flow_batch batch);
/* The loss alone. */
rill_tensor *rill_flow_loss(const rill_flow *flow, rill_flow_batch batch);

#ifdef __cplusplus
}
#endif
#endif
