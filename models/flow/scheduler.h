/* scheduler.h - the pair alpha(t), sigma(t) of an affine path x_t = alpha(t) x1 + sigma(t) x0. */
#ifndef RILL_MODELS_FLOW_SCHEDULER_H
#define RILL_MODELS_FLOW_SCHEDULER_H

#include "path.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both map t, of any shape, elementwise.  alpha(0) = 0, alpha(1) = 1, sigma(0) = 1, sigma(1) = 0.
 * Derivatives are never written down: rill derives them. */
typedef struct rill_scheduler {
    const char *name, *doc;
    rill_tensor *(*alpha)(rill_tensor *t, const void *self);
    rill_tensor *(*sigma)(rill_tensor *t, const void *self);
    const void *self;
} rill_scheduler;

/* alpha = t, sigma = 1 - t. */
extern const rill_scheduler rill_scheduler_linear;
/* alpha = sin(pi t/2), sigma = sin(pi (1-t)/2): exact at both ends, as cos(pi t/2) is not in
 * floats. */
extern const rill_scheduler rill_scheduler_cosine;

/* The path of a scheduler, which has to outlive it. */
rill_path rill_affine_path(const rill_scheduler *scheduler);
/* Its `at`, for paths that are const data: { .at = rill_affine_at, .self = &scheduler }. */
rill_tensor *rill_affine_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                            const void *scheduler);

#ifdef __cplusplus
}
#endif
#endif
