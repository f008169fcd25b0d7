/* Shaul et al., "Flow matching with general discrete paths: a kinetic-optimal perspective", 2025:
 * the path of least kinetic energy from the mask to a token. */
#include "models/discrete/kappa.h"
#include "ops/elementwise.h"

#include <math.h>

static rill_tensor *kappa(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_square(rill_sin(rill_scale(t, M_PI_2)));
}

static rill_tensor *rest(rill_tensor *t, const void *self)
{
    return kappa(rill_sub(rill_scalar_like(t, 1.0), t), self);
}

const rill_kappa rill_kappa_sine_squared = {
    .name = "sine-squared", .doc = "kappa = sin^2(pi t/2)", .kappa = kappa, .rest = rest
};
