/* The variance-preserving diffusion with beta from .1 (at the data) to 20:
 *
 *     T = (1-t)^2 (20 - .1)/2 + .1 (1-t),  alpha = exp(-T/2),  sigma = sqrt(1 - exp(-T)).
 *
 * It does not start at noise: alpha(0) = .00657.  sigma falls like sqrt(.1 (1-t)) towards t = 1,
 * where its derivative is infinite.  Song et al., "Score-based generative modeling through
 * stochastic differential equations", 2021, appendix B. */
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

static rill_tensor *exponent(rill_tensor *t, const double *beta)
{
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1.0), t);
    rill_tensor *rise = rill_scale(rill_square(rest), (beta[1] - beta[0]) / 2.0);
    return rill_add(rise, rill_scale(rest, beta[0]));
}

static rill_tensor *alpha(rill_tensor *t, const void *beta)
{
    return rill_exp(rill_scale(exponent(t, beta), -0.5));
}

static rill_tensor *sigma(rill_tensor *t, const void *beta)
{
    return rill_sqrt(rill_neg(rill_expm1(rill_neg(exponent(t, beta)))));
}

static const double standard[] = { 0.1, 20.0 };
static const rill_parameter parameters[] = {
    { "low", "beta at the data", 0.1, 1e-6, 1000.0 },
    { "high", "beta at the noise", 20.0, 1e-6, 1000.0 },
};

static const char name[] = "vp";
static const char doc[] =
    "alpha = exp(-T/2), sigma = sqrt(1 - exp(-T)), T = (1-t)^2 (high - low)/2 + low (1-t)";

const rill_scheduler rill_scheduler_vp = { .name = name,
                                           .doc = doc,
                                           .alpha = alpha,
                                           .sigma = sigma,
                                           .self = standard,
                                           .singular = RILL_SINGULAR_END,
                                           .misses_start = 1,
                                           .parameters = { parameters, 2 } };

const rill_path rill_path_vp = RILL_AFFINE_PATH(name, doc, rill_scheduler_vp);
