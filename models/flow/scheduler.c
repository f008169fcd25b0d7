#include "scheduler.h"

#include "core/grad.h"
#include "ops/elementwise.h"

#include <stddef.h>
#include <string.h>

static const rill_scheduler *const schedulers[] = {
#define RILL_SCHEDULER(name) &rill_scheduler_##name,
#include "schedulers.def"
#undef RILL_SCHEDULER
};

const rill_scheduler *rill_scheduler_built_in(int i)
{
    return i >= 0 && i < (int)(sizeof schedulers / sizeof *schedulers) ? schedulers[i] : NULL;
}

const rill_scheduler *rill_scheduler_find(const char *name)
{
    for (int i = 0; name && rill_scheduler_built_in(i); i++)
        if (strcmp(schedulers[i]->name, name) == 0)
            return schedulers[i];
    return NULL;
}

static int is_whole(const rill_scheduler *s)
{
    return s && s->alpha && s->sigma;
}

static rill_tensor *no_scheduler(rill_tensor *t)
{
    return rill_graph_fail(rill_graph_of(t), "scheduler: alpha or sigma is missing");
}

/* d/dt of one of the two: times do not mix, so that one tangent of ones gives all. */
static rill_tensor *rate(rill_tensor *(*function)(rill_tensor *, const void *), rill_tensor *t,
                         const void *self)
{
    rill_tensor *ones = rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), 1.0);
    return rill_jvp(function(t, self), t, ones);
}

rill_scheduler_point rill_scheduler_at(const rill_scheduler *s, rill_tensor *t)
{
    if (!is_whole(s)) {
        rill_tensor *none = no_scheduler(t);
        return (rill_scheduler_point){ none, none, none, none };
    }
    rill_tensor *inside = rill_singular_clip(t, s->singular);
    return (rill_scheduler_point){ .alpha = s->alpha(t, s->self),
                                   .sigma = s->sigma(t, s->self),
                                   .alpha_rate = rate(s->alpha, inside, s->self),
                                   .sigma_rate = rate(s->sigma, inside, s->self) };
}

/* ---- Affine paths. */

rill_tensor *rill_affine_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *scheduler)
{
    const rill_scheduler *s = scheduler;
    if (!is_whole(s))
        return no_scheduler(t);
    return rill_add(rill_mul(s->alpha(t, s->self), x1), rill_mul(s->sigma(t, s->self), x0));
}

rill_tensor *rill_affine_velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t,
                                  const void *scheduler)
{
    rill_scheduler_point at = rill_scheduler_at(scheduler, t);
    return rill_add(rill_mul(at.alpha_rate, x1), rill_mul(at.sigma_rate, x0));
}

rill_path rill_affine_path(const rill_scheduler *scheduler)
{
    return (rill_path){ .name = scheduler ? scheduler->name : NULL,
                        .doc = scheduler ? scheduler->doc : NULL,
                        .at = rill_affine_at,
                        .velocity = rill_affine_velocity,
                        .self = scheduler };
}

const rill_scheduler *rill_path_scheduler(const rill_path *path)
{
    return path && path->at == rill_affine_at ? path->self : NULL;
}
