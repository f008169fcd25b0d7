/* Chang, Zhang, Jiang, Liu, Freeman: "MaskGIT: masked generative image transformer", 2022: a cosine
 * of tokens is still masked.  As a sine of 1 - t, which is exact at both ends. */
#include "models/discrete/kappa.h"
#include "ops/elementwise.h"

#include <math.h>

static rill_tensor *rest(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sin(rill_scale(rill_sub(rill_scalar_like(t, 1.0), t), M_PI_2));
}

static rill_tensor *kappa(rill_tensor *t, const void *self)
{
    return rill_sub(rill_scalar_like(t, 1.0), rest(t, self));
}

const rill_kappa rill_kappa_cosine = {
    .name = "cosine", .doc = "kappa = 1 - cos(pi t/2)", .kappa = kappa, .rest = rest
};
