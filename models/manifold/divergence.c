#include "divergence.h"

#include "core/grad.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/shape.h"
#include "smooth.h"

/* Axis i as a vector at each point. */
static rill_tensor *axis_at(rill_tensor *x, int64_t i)
{
    rill_tensor *place =
        rill_iota(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(1, rill_dim(x, 1)), 1);
    return rill_broadcast(rill_eq(place, rill_scalar_like(x, (double)i)), rill_shape_of(x));
}

rill_tensor *rill_manifold_divergence(const rill_manifold *m, rill_tensor *u, rill_tensor *x)
{
    rill_tensor *sum = NULL;
    for (int64_t i = 0; i < rill_dim(x, 1) && !(sum && rill_is_inert(sum)); i++) {
        rill_tensor *d = rill_manifold_tangent(m, x, axis_at(x, i));
        rill_tensor *along = rill_dot_rows(d, rill_jvp(u, x, d));
        sum = sum ? rill_add(sum, along) : along;
    }
    return sum ? sum : rill_graph_fail(rill_graph_of(x), "divergence: points have no numbers");
}
