#include "divergence.h"

#include "models/flow/divergence.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

rill_tensor *rill_manifold_divergence(const rill_manifold *m, rill_tensor *u, rill_tensor *x)
{
    rill_tensor *sum = NULL;
    for (int64_t i = 0; i < rill_dim(x, 1) && !(sum && rill_is_inert(sum)); i++) {
        rill_tensor *d = rill_manifold_tangent(m, x, rill_axis_like(x, i));
        rill_tensor *along = rill_divergence_along(u, x, d);
        sum = sum ? rill_add(sum, along) : along;
    }
    return sum ? rill_expand_dims(sum, 1)
               : rill_graph_fail(rill_graph_of(x), "divergence: points have no numbers");
}
