/* Density proportional to e^(4t) + e^(4(1-t)): more times at both ends.  Its distribution function
 * is (1 + sinh(4t - 2)/sinh 2)/2.  Lee, Lin, Fanti: "Improving the training of rectified flows",
 * 2024. */
#include "models/flow/time_law.h"
#include "ops/elementwise.h"

#include <math.h>

/* asinh of |x| as log1p(x + x^2/(1 + sqrt(1 + x^2))), which keeps the digits of small x. */
static rill_tensor *asinh_of(rill_tensor *x)
{
    rill_tensor *size = rill_abs(x), *square = rill_square(x);
    rill_tensor *root = rill_shift(rill_sqrt(rill_shift(square, 1.0)), 1.0);
    return rill_mul(rill_sign(x), rill_log1p(rill_add(size, rill_div(square, root))));
}

static rill_tensor *quantile(rill_tensor *u, const void *self)
{
    (void)self;
    rill_tensor *height = rill_scale(rill_shift(rill_scale(u, 2.0), -1.0), sinh(2.0));
    return rill_shift(rill_scale(asinh_of(height), 0.25), 0.5);
}

static double density(double t, const void *self)
{
    (void)self;
    return 2.0 * cosh(4.0 * t - 2.0) / sinh(2.0);
}

const rill_time_law rill_time_u_shaped = {
    .name = "u-shaped",
    .doc = "density as e^(4t) + e^(4(1-t)): more times at both ends",
    .quantile = quantile,
    .density = density
};
