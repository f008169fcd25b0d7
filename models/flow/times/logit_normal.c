/* log(t/(1-t)) ~ N(mean, sd^2): more times in the middle.  Esser et al., "Scaling rectified flow
 * transformers for high-resolution image synthesis", 2024, section 3.1. */
#include "models/flow/normal_quantile.h"
#include "models/flow/time_law.h"
#include "ops/elementwise.h"

#include <math.h>

static rill_tensor *quantile(rill_tensor *u, const void *self)
{
    const double *p = self;
    return rill_sigmoid(rill_shift(rill_scale(rill_normal_quantile(u), p[1]), p[0]));
}

static double density(double t, const void *self)
{
    const double *p = self;
    double z = (log(t / (1.0 - t)) - p[0]) / p[1];
    return exp(-z * z / 2.0) / (p[1] * sqrt(2.0 * M_PI) * t * (1.0 - t));
}

static const double standard[] = { 0.0, 1.0 };
static const rill_parameter parameters[] = {
    { "mean", "of log(t/(1-t))", 0.0, -20.0, 20.0 },
    { "sd", "of log(t/(1-t))", 1.0, 1e-3, 20.0 },
};

const rill_time_law rill_time_logit_normal = {
    .name = "logit-normal",
    .doc = "log(t/(1-t)) ~ N(mean, sd^2): more times in the middle",
    .quantile = quantile,
    .density = density,
    .self = standard,
    .parameters = { parameters, 2 },
};
