/* Campbell, Yim, Barzilay, Rainforth, Jaakkola: "Generative flows on discrete state-spaces", 2024.
 */
#include "models/discrete/kappa.h"
#include "ops/elementwise.h"

static rill_tensor *kappa(rill_tensor *t, const void *self)
{
    (void)self;
    return t;
}

static rill_tensor *rest(rill_tensor *t, const void *self)
{
    (void)self;
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

const rill_kappa rill_kappa_linear = {
    .name = "linear", .doc = "kappa = t", .kappa = kappa, .rest = rest
};
