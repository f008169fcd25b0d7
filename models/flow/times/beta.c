/* t = .999 (1 - b), b ~ Beta(1.5, 1): noisy times more often, and none beyond .999.  P(b <= y) =
 * y^1.5.  Black et al., "pi0: a vision-language-action flow model for general robot control", 2024.
 */
#include "models/flow/time_law.h"
#include "ops/elementwise.h"

#include <math.h>

#define LAST 0.999

static rill_tensor *quantile(rill_tensor *u, const void *self)
{
    (void)self;
    rill_tensor *b = rill_pow(u, rill_scalar_like(u, 2.0 / 3.0));
    return rill_scale(rill_sub(rill_scalar_like(b, 1.0), b), LAST);
}

static double density(double t, const void *self)
{
    (void)self;
    return t < LAST ? 1.5 * sqrt(1.0 - t / LAST) / LAST : 0.0;
}

const rill_time_law rill_time_beta = { .name = "beta",
                                       .doc =
                                           "t = .999 (1 - b), b ~ Beta(1.5, 1): more noisy times",
                                       .quantile = quantile,
                                       .density = density };
