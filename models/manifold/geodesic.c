#include "geodesic.h"

#include "core/grad.h"
#include "ops/elementwise.h"

rill_tensor *rill_geodesic_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    return rill_manifold_exp(self, x0, rill_mul(t, rill_manifold_log(self, x0, x1)));
}

rill_path rill_geodesic_path(const rill_manifold *manifold)
{
    return (rill_path){
        .name = "geodesic", .doc = "exp_x0(t log_x0(x1))", .at = rill_geodesic_at, .self = manifold
    };
}

static rill_tensor *tangent_velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                     const void *self)
{
    const rill_tangent_net *tangent = self;
    rill_tensor *seen = rill_manifold_embed(tangent->manifold, x), *v;
    if (rill_is_inert(seen))
        return seen;
    rill_tensor *said = tangent->net.velocity(seen, t, cond, tangent->net.self);
    if (!said)
        return rill_graph_fail(rill_graph_of(x), "the velocity is NULL");
    rill_vjp(seen, said, &x, 1, &v);
    return rill_manifold_tangent(tangent->manifold, x, v);
}

rill_net rill_tangent_net_of(const rill_tangent_net *tangent)
{
    int usable = tangent && tangent->net.velocity;
    return (rill_net){ usable ? tangent_velocity : NULL, tangent,
                       tangent ? tangent->net.name : NULL };
}
