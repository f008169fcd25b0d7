/* path.h - where a sample is at time t, between noise x0 at t = 0 and data x1 at t = 1.
 *
 * A new path is one function, `at`.  rill derives the velocity:
 *
 *     static rill_tensor *arc_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
 *                                const void *self)
 *     {
 *         rill_tensor *angle = rill_scale(t, M_PI_2);
 *         return rill_add(rill_mul(rill_cos(angle), x0), rill_mul(rill_sin(angle), x1));
 *     }
 *     const rill_path arc = { .name = "arc", .at = arc_at };
 *
 * Lipman et al., "Flow matching for generative modeling", 2023. */
#ifndef RILL_MODELS_FLOW_PATH_H
#define RILL_MODELS_FLOW_PATH_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x0 and x1 are [B, ...], t is [B,1,..,1] of the same rank and dtype; so is what both functions
 * return, of x0's shape.  A row of the result depends on the same row of the three alone.  A path
 * may have parameters (rill_param, layers): they are named within the scope "path" and train with
 * the network. */
typedef struct rill_path {
    const char *name, *doc;
    rill_tensor *(*at)(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self);
    /* Optional closed form of d/dt at(x0, x1, t); NULL: derived by rill_jvp. */
    rill_tensor *(*velocity)(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self);
    const void *self;
} rill_path;

/* A point of a path and how fast it moves there. */
typedef struct rill_path_point {
    rill_tensor *x, *velocity; /* [B, ...] */
} rill_path_point;

/* All are built in the scope "path".  Shapes are checked: rill_error() of the graph names the path.
 */
rill_path_point rill_path_point_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                   rill_tensor *t);
rill_tensor *rill_path_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1, rill_tensor *t);
/* The closed form where there is one, or else the derived velocity. */
rill_tensor *rill_path_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                rill_tensor *t);
/* Derived from `at`, whether or not there is a closed form: what a test holds a closed form
 * against. */
rill_tensor *rill_path_derived_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                        rill_tensor *t);

/* ---- The paths that come with rill. */

/* (1-t) x0 + t x1.  Also conditional optimal transport. */
extern const rill_path rill_path_linear;
/* cos(pi t/2) x0 + sin(pi t/2) x1. */
extern const rill_path rill_path_cosine;
/* (1-t) x0 + t x1 + 2 t(1-t) tanh(x0 x1): not affine in x0 and x1, and bent. */
extern const rill_path rill_path_curved;

/* In the order that --help lists; NULL when i is out of range. */
const rill_path *rill_path_built_in(int i);
/* NULL when there is none of that name. */
const rill_path *rill_path_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
