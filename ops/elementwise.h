/* elementwise.h - ops that compute element i of the result from element i of each input.
 *
 * Inputs have one dtype (rill_cast changes it) and are broadcast together by numpy's rule: aligned
 * at the last axis, extents of 1 stretch.  [4,1] and [1,3] give [4,3]; a scalar [] goes with
 * anything.
 *
 * elementwise.def has the list of ops with their formulas, and from it come, for example,
 *     rill_tensor *rill_sin(rill_tensor *a);
 *     rill_tensor *rill_atan2(rill_tensor *a, rill_tensor *b);                      a is y, b is x
 *     rill_tensor *rill_where(rill_tensor *a, rill_tensor *b, rill_tensor *c);      a != 0 ? b : c
 * and the descriptors rill_sin_op, ...  Comparisons (eq ne lt le gt ge) give 0 or 1 in the
 * operands' dtype.
 *
 * Gradients where there is none: abs and relu have 0 at 0, selu its left slope; max and min give
 * half to each of two equal operands; pow's in the exponent is 0 where the base is not positive,
 * and in the base it is finite at 0 for exponents 0 and >= 1; sqrt's at 0 is infinite.  A branch
 * that where does not take is differentiated too: a NaN in its gradient gets through.
 *
 * The sign of a zero is not promised: simplification may take x + 0 for x. */
#ifndef RILL_OPS_ELEMENTWISE_H
#define RILL_OPS_ELEMENTWISE_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MAP1(name, types, ...)                                                                     \
    extern const rill_op rill_##name##_op;                                                         \
    rill_tensor *rill_##name(rill_tensor *a);
#define MAP2(name, types, ...)                                                                     \
    extern const rill_op rill_##name##_op;                                                         \
    rill_tensor *rill_##name(rill_tensor *a, rill_tensor *b);
#define MAP3(name, types, ...)                                                                     \
    extern const rill_op rill_##name##_op;                                                         \
    rill_tensor *rill_##name(rill_tensor *a, rill_tensor *b, rill_tensor *c);
#include "elementwise.def"

/* x times a number, and x plus a number. */
rill_tensor *rill_scale(rill_tensor *x, double factor);
rill_tensor *rill_shift(rill_tensor *x, double offset);
/* x kept within [low, high]; the gradient is 0 outside. */
rill_tensor *rill_clip(rill_tensor *x, double low, double high);

#ifdef __cplusplus
}
#endif
#endif
