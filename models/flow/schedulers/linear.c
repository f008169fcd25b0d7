/* The straight path, also that of conditional optimal transport: Lipman et al., "Flow matching for
 * generative modeling", 2023. */
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

static rill_tensor *alpha(rill_tensor *t, const void *self)
{
    (void)self;
    return t;
}

static rill_tensor *sigma(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

static const char name[] = "linear";
static const char doc[] = "alpha = t, sigma = 1 - t";

const rill_scheduler rill_scheduler_linear = {
    .name = name, .doc = doc, .alpha = alpha, .sigma = sigma
};

static rill_tensor *velocity(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)t, (void)self;
    return rill_sub(x1, x0);
}

const rill_path rill_path_linear = { .name = name,
                                     .doc = "(1-t) x0 + t x1",
                                     .at = rill_affine_at,
                                     .velocity = velocity,
                                     .self = &rill_scheduler_linear };
