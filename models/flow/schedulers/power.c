/* Lipman et al., "Flow matching guide and code", 2024: polynomial schedulers. */
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

static rill_tensor *alpha(rill_tensor *t, const void *self)
{
    return rill_pow(t, rill_scalar_like(t, *(const double *)self));
}

/* Late, where 1 - t^n loses digits, -expm1(n log t); early that has no derivative at 0. */
static rill_tensor *sigma(rill_tensor *t, const void *self)
{
    rill_tensor *half = rill_scalar_like(t, 0.5), *one = rill_scalar_like(t, 1.0);
    rill_tensor *exponent = rill_scale(rill_log(rill_max(t, half)), *(const double *)self);
    return rill_where(rill_gt(t, half), rill_neg(rill_expm1(exponent)),
                      rill_sub(one, alpha(t, self)));
}

static const double standard = 2.0;
static const rill_parameter parameters[] = { { "n", "the power", standard, 1.0, 100.0 } };

static const char name[] = "power";
static const char doc[] = "alpha = t^n, sigma = 1 - t^n";

const rill_scheduler rill_scheduler_power = { .name = name,
                                              .doc = doc,
                                              .alpha = alpha,
                                              .sigma = sigma,
                                              .self = &standard,
                                              .starts_at_rest = 1,
                                              .parameters = { parameters, 1 } };

const rill_path rill_path_power = RILL_AFFINE_PATH(name, doc, rill_scheduler_power);
