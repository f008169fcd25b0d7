/* smooth.h (private) - functions of a length r, written in s = r^2, in which they are smooth:
 * finite at r = 0 with finite derivatives of every order, where a formula in r would divide by 0.
 *
 * Each is a short series below a limit and the formula above it.  Both are given an argument that
 * is safe where they are not taken, so that no NaN gets through a gradient.  All are elementwise,
 * for s >= 0. */
#ifndef RILL_MODELS_MANIFOLD_SMOOTH_H
#define RILL_MODELS_MANIFOLD_SMOOTH_H

#include "../../core/graph.h"

/* cos r, sin r / r, atan r / r. */
rill_tensor *rill_smooth_cos(rill_tensor *s);
rill_tensor *rill_smooth_sinc(rill_tensor *s);
rill_tensor *rill_smooth_atan(rill_tensor *s);

/* r itself, which has no derivative at 0: there value and derivative are 0.  What is so small that
 * derivatives would overflow counts as 0: r below 1e-12 in f32, 1e-100 in f64. */
rill_tensor *rill_smooth_root(rill_tensor *s);

/* Inner products of rows: a, b [B,n] to [B,1]. */
rill_tensor *rill_dot_rows(rill_tensor *a, rill_tensor *b);

#endif
