/* linear.h - the affine layer y = x W + b. */
#ifndef RILL_MODELS_LAYERS_LINEAR_H
#define RILL_MODELS_LAYERS_LINEAR_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x [..., in] -> [..., out], of x's dtype.  The name is a format and its arguments:
 *     h = rill_linear(h, 64, "hidden%d", i);
 * makes (or, called again with that name, shares) the parameters "hidden3.weight" [in,out], which
 * start normal with variance 1/in so that the scale of the input is kept (LeCun et al., "Efficient
 * backprop", 1998), and "hidden3.bias" [out], which start at 0.  x has rank 2 or more. */
rill_tensor *rill_linear(rill_tensor *x, int64_t out, const char *name, ...) RILL_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
