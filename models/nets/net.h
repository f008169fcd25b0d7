/* net.h - what a velocity network is. */
#ifndef RILL_MODELS_NETS_NET_H
#define RILL_MODELS_NETS_NET_H

#include "../../core/graph.h"
#include "../ode/field.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function of a batch that treats rows independently, and what it needs to know:
 *     x    [B, ...]  points, of rank 2 or more; its dtype is the network's
 *
 *     t    [B,1]     times, of x's dtype; [B,C] where an objective tells of more than one, a time
 *                    and how far to go (see flow/objective.h)
 *
 *     cond NULL      nothing to condition on
 *          [B] i32   a label for each row, from 0; -1 where there is none: what guidance asks
 *                    without a condition, and training with dropout.  (An embedding of labels
 *                    takes cond + 1, and has a row more than there are labels)
 *          [B,C]     a vector for each row, of x's dtype; zeros where there is none
 *
 * It returns the velocity, of x's shape.  rill_net_context() (size.h) makes one vector [B,C] of t
 * and any cond.  It builds nodes and nothing else; parameters come from layers, by name, so that
 * calling it twice is the same network.  `self` has to live while graphs are built. */
typedef struct rill_net {
    rill_tensor *(*velocity)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self);
    const void *self;
    const char *name; /* for messages and drawings; NULL: "net" */
} rill_net;

/* The velocity of the network at (x, t), built in the scope "net": its parameters are
 * "net.hidden0.weight" and so on wherever it is called from.  t may be any tensor of B elements,
 * which the network gets as [B,1], or [B,C], which it gets as it is.
 * Checks what goes in and what comes out, so that a network need not. */
rill_tensor *rill_net_velocity(const rill_net *net, rill_tensor *x, rill_tensor *t,
                               rill_tensor *cond);

/* The same as a field, for samplers; the network has to live while graphs are built. */
rill_field rill_net_field(const rill_net *net);

/* x [B, ...] as rows [B,D], for networks that do not care how a sample is laid out. */
rill_tensor *rill_net_rows(rill_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
