/* softmax.h - probabilities from logits, f32 or f64, along one axis (negative: from the end).
 *
 * Both shift by the greatest logit, so that no finite logit overflows.  A logit of -inf has
 * probability 0; where all are -inf, or one is NaN or +inf, the whole row is NaN. */
#ifndef RILL_OPS_SOFTMAX_H
#define RILL_OPS_SOFTMAX_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y = exp(x) / sum exp(x), of x's shape; sums to 1 along the axis. */
rill_tensor *rill_softmax(rill_tensor *x, int axis);
/* y = x - log sum exp(x): the logarithm of softmax, exact where softmax would round to 0. */
rill_tensor *rill_log_softmax(rill_tensor *x, int axis);

extern const rill_op rill_softmax_op, rill_log_softmax_op;

#ifdef __cplusplus
}
#endif
#endif
