/* e^2 falls as fast as the score of data on a surface rises, so that the drift stays finite. */
#include "models/flow/noise_level.h"
#include "ops/elementwise.h"

static rill_tensor *at(rill_tensor *t, const void *self)
{
    rill_tensor *left = rill_max(rill_sub(rill_scalar_like(t, 1.0), t), rill_scalar_like(t, 0.0));
    return rill_scale(rill_sqrt(left), *(const double *)self);
}

static const double standard = 1.0;
static const rill_parameter parameters[] = { { "c", "at t = 0", standard, 0.0, 100.0 } };

const rill_noise_level rill_noise_root = {
    .name = "root",
    .doc = "e = c sqrt(1-t): as much as fits to the end, where the score is infinite",
    .at = at,
    .self = &standard,
    .parameters = { parameters, 1 },
};
