/* 2 / (pi (1 - 2t + 2t^2)): the density of times that makes a linear path meet the log-SNRs of the
 * cosine schedule.  Esser et al., "Scaling rectified flow transformers for high-resolution image
 * synthesis", 2024, section 3.1. */
#include "models/flow/weighting.h"
#include "ops/elementwise.h"

#include <math.h>

static rill_tensor *at(rill_tensor *t, const rill_scheduler *scheduler, const void *self)
{
    (void)scheduler, (void)self;
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1.0), t);
    rill_tensor *spread = rill_add(rill_square(t), rill_square(rest));
    return rill_div(rill_scalar_like(t, 2.0 / M_PI), spread);
}

const rill_weighting rill_weighting_cosmap = { .name = "cosmap",
                                               .doc = "2/(pi (t^2 + (1-t)^2)): middle times count "
                                                      "more",
                                               .at = at };
