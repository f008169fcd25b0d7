/* Ma et al., "SiT: exploring flow and diffusion-based generative models with scalable interpolant
 * transformers", 2024, have levels of this kind. */
#include "models/flow/noise_level.h"
#include "ops/elementwise.h"

static rill_tensor *at(rill_tensor *t, const void *self)
{
    return rill_scale(rill_sub(rill_scalar_like(t, 1.0), t), *(const double *)self);
}

static const double standard = 1.0;
static const rill_parameter parameters[] = { { "c", "at t = 0", standard, 0.0, 100.0 } };

const rill_noise_level rill_noise_linear = {
    .name = "linear",
    .doc = "e = c (1-t): most of it early",
    .at = at,
    .self = &standard,
    .parameters = { parameters, 1 },
};
