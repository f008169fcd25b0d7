/* alpha^2 + sigma^2 = 1 with alpha = t.  sigma falls like sqrt(2 (1-t)) towards t = 1, where its
 * derivative is infinite. */
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

static rill_tensor *alpha(rill_tensor *t, const void *self)
{
    (void)self;
    return t;
}

/* (1-t) (1+t) keeps the digits that 1 - t^2 would lose. */
static rill_tensor *sigma(rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *one = rill_scalar_like(t, 1.0);
    return rill_sqrt(rill_mul(rill_sub(one, t), rill_add(one, t)));
}

static const char name[] = "linear-vp";
static const char doc[] = "alpha = t, sigma = sqrt(1 - t^2)";

const rill_scheduler rill_scheduler_linear_vp = {
    .name = name, .doc = doc, .alpha = alpha, .sigma = sigma, .singular = RILL_SINGULAR_END
};

const rill_path rill_path_linear_vp = RILL_AFFINE_PATH(name, doc, rill_scheduler_linear_vp);
