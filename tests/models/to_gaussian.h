/* to_gaussian.h - the exact field of a flow between two Gaussians, on any scheduler. */
#ifndef RILL_TESTS_MODELS_TO_GAUSSIAN_H
#define RILL_TESTS_MODELS_TO_GAUSSIAN_H

#include "models/flow/conversion.h"
#include "ops/elementwise.h"

/* The exact field from N(0,1) to N(MEAN, SPREAD^2) on the path of the scheduler `self`. */
#define MEAN   1.5
#define SPREAD 0.4

static rill_tensor *exact(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond;
    rill_scheduler_point at = rill_scheduler_at(self, rill_time_for("exact", t, x));
    rill_tensor *s1 = rill_scalar_like(x, SPREAD * SPREAD);
    rill_tensor *v = rill_add(rill_square(at.sigma), rill_mul(s1, rill_square(at.alpha)));
    rill_tensor *c = rill_add(rill_mul(at.sigma, at.sigma_rate),
                              rill_mul(s1, rill_mul(at.alpha, at.alpha_rate)));
    rill_tensor *off = rill_sub(x, rill_scale(at.alpha, MEAN));
    return rill_add(rill_scale(at.alpha_rate, MEAN), rill_mul(rill_div(c, v), off));
}

#endif
