/* gradient.h - a list of gradients taken together. */
#ifndef RILL_MODELS_TRAIN_GRADIENT_H
#define RILL_MODELS_TRAIN_GRADIENT_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* sqrt(sum of the squares of all elements of all n gradients): a scalar of the first one's dtype.
 */
rill_tensor *rill_global_norm(rill_tensor *const *grads, int64_t n);

/* clipped[i] = grads[i] * limit / max(norm, limit), which leaves gradients alone whose global norm
 * is at most `limit` > 0.  clipped may be grads.  Pascanu, Mikolov, Bengio, 2013. */
void rill_clip_by_global_norm(rill_tensor *const *grads, int64_t n, double limit,
                              rill_tensor **clipped);

#ifdef __cplusplus
}
#endif
#endif
