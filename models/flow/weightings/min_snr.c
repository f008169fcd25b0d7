/* The signal-to-noise ratio alpha^2/sigma^2, at most gamma, over gamma: noisy times count less.
 * Written as alpha^2 / max(alpha^2, gamma sigma^2), which is finite everywhere.  Hang et al.,
 * "Efficient diffusion training via min-SNR weighting strategy", 2023, for a network that predicts
 * the data. */
#include "models/flow/weighting.h"
#include "ops/elementwise.h"

static rill_tensor *at(rill_tensor *t, const rill_scheduler *s, const void *self)
{
    rill_tensor *signal = rill_square(s->alpha(t, s->self));
    rill_tensor *noise = rill_scale(rill_square(s->sigma(t, s->self)), *(const double *)self);
    return rill_div(signal, rill_max(signal, noise));
}

static const double standard = 5.0;
static const rill_parameter parameters[] = { { "gamma", "the greatest ratio", 5.0, 1e-3, 1e6 } };

const rill_weighting rill_weighting_min_snr = { .name = "min-snr",
                                                .doc = "alpha^2/sigma^2, at most gamma, over gamma",
                                                .at = at,
                                                .self = &standard,
                                                .parameters = { parameters, 1 } };
