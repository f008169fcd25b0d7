/* flow.h - conditional flow matching: the loss whose minimum is the velocity field of a path.
 *
 *     loss = mean over the batch and the numbers of a sample of  w(t) (v(x_t, t) - dx_t/dt)^2
 *
 * with t from the time law, (x0, x1) paired by whoever feeds them, and x_t from the path.  Its
 * least value is the variance of dx_t/dt given (x_t, t), which is not zero.  Other objectives have
 * the network say something else, from which the velocity follows.  Lipman et al., "Flow matching
 * for generative modeling", 2023. */
#ifndef RILL_MODELS_FLOW_FLOW_H
#define RILL_MODELS_FLOW_FLOW_H

#include "../nets/net.h"
#include "../ode/field.h"
#include "objective.h"
#include "path.h"
#include "scheduler.h"
#include "time_law.h"
#include "weighting.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rill_flow {
    const rill_path *path; /* NULL: linear */
    rill_net net;
    const rill_time_law *time;       /* NULL: uniform */
    const rill_objective *objective; /* NULL: velocity */
    const rill_weighting *weighting; /* NULL: none */
    int stratified;                  /* times drawn from B equal parts of the law */
    /* The probability that a row's condition is left out of training (label -1, or zeros for a
     * vector), so that the network learns both fields that guidance combines.  Ho, Salimans:
     * "Classifier-free diffusion guidance", 2022. */
    double dropout;
    double source_sd; /* of a Gaussian x0, for scores; 0: 1 */
};

/* What is NULL is drawn inside the graph, anew each step; what is given is used as it is. */
typedef struct rill_flow_batch {
    rill_tensor *x0;   /* [B, ...]; NULL: normal of source_sd */
    rill_tensor *x1;   /* [B, ...], f32 or f64: the data; needed */
    rill_tensor *t;    /* [B], or [B,1,..,1] of any rank, of x1's dtype; NULL: from the time law */
    rill_tensor *cond; /* NULL, labels i32 [B], or vectors [B, ...] of x1's dtype */
    /* As t, which it needs and is not before, for objectives of two times; NULL: drawn with t, or
     * equal to the t that is given. */
    rill_tensor *until;
} rill_flow_batch;

/* Every stage of the loss, for drawing and for measuring; inert tensors after a failure. */
struct rill_flow_parts {
    rill_tensor *x0, *x1;    /* [B, ...] */
    rill_tensor *t;          /* [B,1,..,1] of x1's rank */
    rill_tensor *until;      /* of an objective of two times, [B,1,..,1], or NULL */
    rill_tensor *cond;       /* as the network is told, after dropout; NULL: none */
    rill_tensor *x;          /* the point x_t, [B, ...] */
    rill_tensor *velocity;   /* dx_t/dt, [B, ...] */
    rill_tensor *noise;      /* of a random path, [B, ...], or NULL: see rill_path_point */
    rill_tensor *spread;     /* its factor, [B,1,..,1], or NULL */
    rill_tensor *target;     /* what the network is to say, [B, ...] */
    rill_tensor *prediction; /* what it says */
    rill_tensor *loss;       /* [] */
};

rill_flow_parts rill_flow_build(const rill_flow *flow, rill_flow_batch batch);
/* The loss alone. */
rill_tensor *rill_flow_loss(const rill_flow *flow, rill_flow_batch batch);

/* The velocity field that the network of a flow stands for: dx/dt = v(x, t), with `average` where
 * the objective teaches it.  The flow has to live while graphs are built. */
rill_field rill_flow_field(const rill_flow *flow);
/* The same at one place: x [B, ...], t of B elements. */
rill_tensor *rill_flow_velocity(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                rill_tensor *cond);

/* The mean velocity from (x, t) until a later time, of objectives that teach it. */
rill_tensor *rill_flow_average(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                               rill_tensor *until, rill_tensor *cond);
/* The score of x_t, from what the network says: of objectives that teach it, and of affine paths
 * from Gaussian noise by conversion (conversion.h). */
rill_field rill_flow_score_field(const rill_flow *flow);

/* NULL, or why nothing can be built of the flow. */
const char *rill_flow_complaint(const rill_flow *flow);
/* What stands for NULL, that of the flow's own or the flow itself. */
const rill_path *rill_flow_path(const rill_flow *flow);
const rill_objective *rill_flow_objective(const rill_flow *flow);

#ifdef __cplusplus
}
#endif
#endif
