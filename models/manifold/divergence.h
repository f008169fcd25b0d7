/* divergence.h - how fast a tangent field spreads what it carries. */
#ifndef RILL_MODELS_MANIFOLD_DIVERGENCE_H
#define RILL_MODELS_MANIFOLD_DIVERGENCE_H

#include "manifold.h"

#ifdef __cplusplus
extern "C" {
#endif

/* div u [B,1] at x, of the field u [B,n] that was built from x [B,n], rows apart:
 *
 *     sum_i  d_i . (du/dx) d_i        d_i = P_x e_i, the tangent part of axis i
 *
 * which is the trace of the Jacobian within the tangent space, P_x being sum_i d_i d_i^T.  u is
 * differentiated along the manifold alone, so that it does not matter how its formula goes on off
 * it.  Takes n tangents of u. */
rill_tensor *rill_manifold_divergence(const rill_manifold *m, rill_tensor *u, rill_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
