/* scheduler.h - the pair alpha(t), sigma(t) of an affine path x_t = alpha(t) x1 + sigma(t) x0. */
#ifndef RILL_MODELS_FLOW_SCHEDULER_H
#define RILL_MODELS_FLOW_SCHEDULER_H

#include "../parameter.h"
#include "path.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both map t, of any shape, elementwise.  alpha(0) = 0, alpha(1) = 1, sigma(0) = 1, sigma(1) = 0.
 * Derivatives are never written down: rill derives them.  Where one is infinite at an end, it is
 * taken a little inside (rill_singular_clip). */
typedef struct rill_scheduler {
    const char *name, *doc;
    rill_tensor *(*alpha)(rill_tensor *t, const void *self);
    rill_tensor *(*sigma)(rill_tensor *t, const void *self);
    const void *self;
    int singular;       /* ends at which a rate is infinite (path.h) */
    int misses_start;   /* alpha(0) is not 0, by definition */
    int starts_at_rest; /* both rates are 0 at t = 0: a velocity tells nothing there */
    rill_parameters parameters;
} rill_scheduler;

/* alpha, sigma and their derivatives at t, of t's shape.  alpha and sigma at t itself, the
 * derivatives off the singular ends. */
typedef struct rill_scheduler_point {
    rill_tensor *alpha, *sigma, *alpha_rate, *sigma_rate;
} rill_scheduler_point;

rill_scheduler_point rill_scheduler_at(const rill_scheduler *scheduler, rill_tensor *t);

/* schedulers.def lists them; each is a file in schedulers/, which says where it comes from. */
#define RILL_SCHEDULER(name) extern const rill_scheduler rill_scheduler_##name;
#include "schedulers.def"
#undef RILL_SCHEDULER

/* In the order that --help lists; NULL when i is out of range. */
const rill_scheduler *rill_scheduler_built_in(int i);
/* NULL when there is none of that name. */
const rill_scheduler *rill_scheduler_find(const char *name);

/* ---- Affine paths. */

/* The path of a scheduler, which has to outlive it. */
rill_path rill_affine_path(const rill_scheduler *scheduler);
/* Its functions, for paths that are const data: { .at = rill_affine_at, .self = &scheduler }. */
rill_tensor *rill_affine_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                            const void *scheduler);
rill_tensor *rill_affine_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                  const void *scheduler);
/* What each file in schedulers/ ends with: the path of its scheduler. */
#define RILL_AFFINE_PATH(its_name, its_doc, scheduler)                                             \
    {                                                                                              \
        .name = its_name, .doc = its_doc, .at = rill_affine_at, .velocity = rill_affine_velocity,  \
        .self = &scheduler                                                                         \
    }
/* The scheduler of a path made so; NULL when it is another path. */
const rill_scheduler *rill_path_scheduler(const rill_path *path);

#ifdef __cplusplus
}
#endif
#endif
