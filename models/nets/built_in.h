/* built_in.h - the networks that come with rill, by name. */
#ifndef RILL_MODELS_NETS_BUILT_IN_H
#define RILL_MODELS_NETS_BUILT_IN_H

#include "activation.h"
#include "net.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The size of a built-in network; 0 is a standard value.  It is the network's `self`, and has to
 * live while graphs are built. */
typedef struct rill_net_size {
    int64_t hidden; /* width; 0: 64 where a sample has at most 8 numbers, else 256 */
    int64_t
        layers; /* hidden layers, or blocks; 0: 3 where a sample has at most 8 numbers, else 4 */
    int64_t features;                  /* harmonics of t, see rill_time_features; 0: plain t */
    const rill_activation *activation; /* NULL: silu */
    int64_t classes; /* labels are 0..classes-1, and -1 for none; 0: labels are refused */
} rill_net_size;

/* Both take any x [B, ...] and any condition.  A NULL `self` is all standard values.
 *
 * mlp: hidden layers, each bent by the activation, on the concatenation of x, t and the condition.
 */
rill_tensor *rill_mlp(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *size);
/* resmlp: residual blocks h + W2 f(W1 norm(h) + e), f the activation, e linear in time and
 * condition. He et al., "Identity mappings in deep residual networks", 2016 (norm first). */
rill_tensor *rill_resmlp(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *size);

typedef struct rill_net_kind {
    const char *name, *doc;
    rill_tensor *(*velocity)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *size);
} rill_net_kind;

/* In the order that --help lists; NULL when i is out of range. */
const rill_net_kind *rill_net_at(int i);
/* NULL when there is none of that name. */
const rill_net_kind *rill_net_find(const char *name);
/* The network of that kind and size, which may be NULL. */
rill_net rill_net_make(const rill_net_kind *kind, const rill_net_size *size);

#ifdef __cplusplus
}
#endif
#endif
