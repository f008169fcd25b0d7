/* grad.h - derivatives as nodes of the same graph, differentiable again, to any order.
 *
 * Reverse mode from one rule per op (its vjp); forward mode from the op's jvp, or, when it has
 * none, from the vjp of its vjp: the vjp of a linear map transposed twice is the map. */
#ifndef RILL_CORE_GRAD_H
#define RILL_CORE_GRAD_H

#include "graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* gxs[i] = (dy/dxs[i])^T gy, of xs[i]'s shape; zeros where y does not depend on xs[i].  gy has y's
 * shape.  On failure every gxs[i] is inert and rill_error() says why. */
void rill_vjp(rill_tensor *y, rill_tensor *gy, rill_tensor *const *xs, int64_t n,
              rill_tensor **gxs);

/* The same for a y of one element, with gy = 1. */
void rill_grad(rill_tensor *y, rill_tensor *const *xs, int64_t n, rill_tensor **gxs);

/* (dy/dx) dx, of y's shape: the tangent of y when x moves by dx (of x's shape). */
rill_tensor *rill_jvp(rill_tensor *y, rill_tensor *x, rill_tensor *dx);
/* The same for several x moving at once. */
rill_tensor *rill_jvps(rill_tensor *y, rill_tensor *const *xs, rill_tensor *const *dxs, int64_t n);

#ifdef __cplusplus
}
#endif
#endif
