#include "scheduler.h"

#include "ops/elementwise.h"

#include <math.h>
#include <stddef.h>

static rill_tensor *linear_alpha(rill_tensor *t, const void *self)
{
    (void)self;
    return t;
}

static rill_tensor *linear_sigma(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

static rill_tensor *cosine_alpha(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sin(rill_scale(t, M_PI_2));
}

static rill_tensor *cosine_sigma(rill_tensor *t, const void *self)
{
    return cosine_alpha(linear_sigma(t, self), self);
}

const rill_scheduler rill_scheduler_linear = { .name = "linear",
                                               .doc = "alpha = t, sigma = 1 - t",
                                               .alpha = linear_alpha,
                                               .sigma = linear_sigma };

const rill_scheduler rill_scheduler_cosine = { .name = "cosine",
                                               .doc =
                                                   "alpha = sin(pi t/2), sigma = sin(pi (1-t)/2)",
                                               .alpha = cosine_alpha,
                                               .sigma = cosine_sigma };

rill_tensor *rill_affine_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *scheduler)
{
    const rill_scheduler *s = scheduler;
    if (!s || !s->alpha || !s->sigma)
        return rill_graph_fail(rill_graph_of(t), "scheduler: alpha or sigma is missing");
    return rill_add(rill_mul(s->alpha(t, s->self), x1), rill_mul(s->sigma(t, s->self), x0));
}

rill_path rill_affine_path(const rill_scheduler *scheduler)
{
    return (rill_path){ .name = scheduler ? scheduler->name : NULL,
                        .doc = scheduler ? scheduler->doc : NULL,
                        .at = rill_affine_at,
                        .self = scheduler };
}
