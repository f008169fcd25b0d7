/* A quarter turn from x0 to x1: alpha^2 + sigma^2 = 1.  cos(pi t/2) as sin(pi (1-t)/2), which is
 * exact at both ends; cos(pi/2) is not 0 in floats.  Albergo, Vanden-Eijnden: "Building normalizing
 * flows with stochastic interpolants", 2023. */
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

#include <math.h>

static rill_tensor *alpha(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sin(rill_scale(t, M_PI_2));
}

static rill_tensor *sigma(rill_tensor *t, const void *self)
{
    return alpha(rill_sub(rill_scalar_like(t, 1.0), t), self);
}

static const char name[] = "cosine";
static const char doc[] = "alpha = sin(pi t/2), sigma = sin(pi (1-t)/2)";

const rill_scheduler rill_scheduler_cosine = {
    .name = name, .doc = doc, .alpha = alpha, .sigma = sigma
};

const rill_path rill_path_cosine = RILL_AFFINE_PATH(name, doc, rill_scheduler_cosine);
