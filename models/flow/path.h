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
#include "../parameter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ends of [0,1] at which a rate is infinite.  Rates are taken no nearer to them than
 * rill_singular_margin(): 1e-4 in f32, 1e-10 in f64. */
enum { RILL_SINGULAR_START = 1, RILL_SINGULAR_END = 2 };

double rill_singular_margin(rill_dtype dtype);
/* t kept off the ends that `singular` has, bits of the above. */
rill_tensor *rill_singular_clip(rill_tensor *t, int singular);

/* x0 and x1 are [B, ...], t is [B,1,..,1] of the same rank and dtype; so is what `at` and
 * `velocity` return, of x0's shape.  A row of the result depends on the same row of the three
 * alone.  A path may have parameters (rill_param, layers): they are named within the scope "path"
 * and train with the network. */
typedef struct rill_path {
    const char *name, *doc;
    rill_tensor *(*at)(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self);
    /* Optional closed form of d/dt at(x0, x1, t); NULL: derived by rill_jvp. */
    rill_tensor *(*velocity)(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self);
    /* Optional: the path is random, at(x0, x1, t) + spread(t) e with e standard normal, drawn anew
     * in each row and step.  Elementwise in t.  NULL: it is not. */
    rill_tensor *(*spread)(rill_tensor *t, const void *self);
    const void *self;
    int singular;               /* ends at which the rate of `spread` is infinite */
    rill_parameters parameters; /* of `self` (see parameter.h) */
} rill_path;

/* A point of a path and how fast it moves there. */
typedef struct rill_path_point {
    rill_tensor *x, *velocity; /* [B, ...] */
    rill_tensor *noise,
        *spread; /* e [B, ...] and its factor [B,1,..,1] of a random path, or NULL */
} rill_path_point;

/* All are built in the scope "path".  Shapes are checked: rill_error() of the graph names the path.
 */
rill_path_point rill_path_point_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                   rill_tensor *t);
/* The point alone; of a random path, another one at each call. */
rill_tensor *rill_path_at(const rill_path *path, rill_tensor *x0, rill_tensor *x1, rill_tensor *t);
/* The closed form of d/dt `at` where there is one, or else the derived one; without the noise. */
rill_tensor *rill_path_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                rill_tensor *t);
/* Derived from `at`, whether or not there is a closed form: what a test holds a closed form
 * against. */
rill_tensor *rill_path_derived_velocity(const rill_path *path, rill_tensor *x0, rill_tensor *x1,
                                        rill_tensor *t);

/* ---- The paths that come with rill. */

/* The affine ones: alpha(t) x1 + sigma(t) x0 of each scheduler (scheduler.h), of its name. */
#define RILL_SCHEDULER(name) extern const rill_path rill_path_##name;
#include "schedulers.def"
#undef RILL_SCHEDULER

/* (1-t) x0 + t x1 + 2 t(1-t) tanh(x0 x1): not affine in x0 and x1, and bent. */
extern const rill_path rill_path_curved;
/* (1-t) x0 + t x1 + t(1-t) tanh N(x0, x1, t), N a network of two hidden layers that trains with the
 * velocity: it bends where that makes the velocity easier to tell. */
extern const rill_path rill_path_learned;
/* (1-t) x0 + t x1 + s e: a tube of noise around the straight path, which blurs both ends by s.
 * Tong et al., "Improving and generalizing flow-based generative models with minibatch optimal
 * transport", 2024, equation 14. */
extern const rill_path rill_path_tube;
/* (1-t) x0 + t x1 + s sqrt(t(1-t)) e: a Brownian bridge, and with entropic couplings the
 * Schroedinger bridge (Tong et al., 2024, section 3.3).  Both ends are singular: the rate of the
 * spread is infinite there. */
extern const rill_path rill_path_bridge;

/* In the order that --help lists; NULL when i is out of range. */
const rill_path *rill_path_built_in(int i);
/* NULL when there is none of that name. */
const rill_path *rill_path_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
