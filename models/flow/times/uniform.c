#include "models/flow/time_law.h"

static rill_tensor *quantile(rill_tensor *u, const void *self)
{
    (void)self;
    return u;
}

static double density(double t, const void *self)
{
    (void)t, (void)self;
    return 1.0;
}

const rill_time_law rill_time_uniform = {
    .name = "uniform", .doc = "t ~ U(0,1)", .quantile = quantile, .density = density
};
