/* Gat et al., "Discrete flow matching", 2024: polynomial schedulers. */
#include "models/discrete/kappa.h"
#include "ops/elementwise.h"

static rill_tensor *power_of(const void *self, rill_tensor *t)
{
    return rill_scalar_like(t, *(const double *)self);
}

static rill_tensor *kappa(rill_tensor *t, const void *self)
{
    return rill_pow(t, power_of(self, t));
}

/* 1 - e^(n log t): all digits near t = 1. */
static rill_tensor *rest(rill_tensor *t, const void *self)
{
    return rill_neg(rill_expm1(rill_mul(power_of(self, t), rill_log(t))));
}

static const double standard = 2.0;
static const rill_parameter parameters[] = { { "n", "the power", standard, 1.0, 100.0 } };

const rill_kappa rill_kappa_power = { .name = "power",
                                      .doc = "kappa = t^n",
                                      .kappa = kappa,
                                      .rest = rest,
                                      .self = &standard,
                                      .parameters = { parameters, 1 } };
