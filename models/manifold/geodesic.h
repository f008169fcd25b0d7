/* geodesic.h - flow matching on a manifold: the path, and a network that stays tangent.
 *
 * All else is as in flat space:
 *
 *     rill_path path = rill_geodesic_path(&rill_sphere);
 *     rill_tangent_net tangent = { &rill_sphere, { .velocity = rill_mlp } };
 *     rill_flow flow = { .path = &path, .net = rill_tangent_net_of(&tangent) };
 *     rill_tensor *loss = rill_flow_loss(
 *         &flow, (rill_flow_batch){ .x0 = rill_manifold_draw(&rill_sphere, x1), .x1 = x1 });
 *
 * Chen, Lipman: "Flow matching on general geometries", 2024. */
#ifndef RILL_MODELS_MANIFOLD_GEODESIC_H
#define RILL_MODELS_MANIFOLD_GEODESIC_H

#include "../flow/path.h"
#include "../nets/net.h"
#include "manifold.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x_t = exp_{x0}(t log_{x0}(x1)): from x0 to x1 the shortest way at even speed, |dx_t/dt| being the
 * distance.  x0 and x1 [B,n] are points of the manifold, which has to outlive the path. */
rill_path rill_geodesic_path(const rill_manifold *manifold);
/* Its `at`, for paths that are const data: { .at = rill_geodesic_at, .self = &rill_sphere }. */
rill_tensor *rill_geodesic_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                              const void *manifold);

/* A network on a manifold. */
typedef struct rill_tangent_net {
    const rill_manifold *manifold;
    rill_net net; /* any: it is given the embedded point, and answers with a vector there */
} rill_tangent_net;

/* The network whose velocity is tangent: `net` at the embedded point, its answer brought back by
 * the transpose of the embedding's derivative (for an embedding that keeps distances this is the
 * part that is tangent), and that onto the tangent space.  So on a torus any network is periodic.
 * Parameters are named as those of `net` alone.  *tangent has to live while graphs are built. */
rill_net rill_tangent_net_of(const rill_tangent_net *tangent);

#ifdef __cplusplus
}
#endif
#endif
