/* Gat et al., "Discrete flow matching", 2024: the cubic polynomials from (0, 0) to (1, 1), by their
 * slopes a and b at the two ends.  With slopes of at most 3 they never fall (Fritsch, Carlson:
 * "Monotone piecewise cubic interpolation", 1980). */
#include "models/discrete/kappa.h"
#include "ops/elementwise.h"

enum { START, END };

static double slope(const void *self, int end)
{
    return ((const double *)self)[end];
}

/* y^2 (1 + 2x) + p x y^2 - q x^2 y, where x and y are t and 1 - t or the other way round. */
static rill_tensor *cubic(rill_tensor *x, rill_tensor *y, double p, double q)
{
    rill_tensor *straight = rill_mul(y, rill_shift(rill_scale(x, 2.0 + p), 1.0));
    return rill_mul(y, rill_sub(straight, rill_scale(rill_square(x), q)));
}

static rill_tensor *one_less(rill_tensor *t)
{
    return rill_sub(rill_scalar_like(t, 1.0), t);
}

/* -2t^3 + 3t^2 + a t (1-t)^2 - b t^2 (1-t) */
static rill_tensor *kappa(rill_tensor *t, const void *self)
{
    return cubic(one_less(t), t, -slope(self, END), -slope(self, START));
}

static rill_tensor *rest(rill_tensor *t, const void *self)
{
    return cubic(t, one_less(t), -slope(self, START), -slope(self, END));
}

static const double standard[] = { 0.0, 0.0 };
static const rill_parameter parameters[] = {
    { "a", "the slope at t = 0", 0.0, 0.0, 3.0 },
    { "b", "the slope at t = 1", 0.0, 0.0, 3.0 },
};

const rill_kappa rill_kappa_cubic = {
    .name = "cubic",
    .doc = "kappa = 3t^2 - 2t^3 + a t (1-t)^2 - b t^2 (1-t), slopes a at t = 0 and b at t = 1",
    .kappa = kappa,
    .rest = rest,
    .self = standard,
    .parameters = { parameters, 2 }
};
