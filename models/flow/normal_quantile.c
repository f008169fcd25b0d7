#include "normal_quantile.h"

#include "ops/elementwise.h"

enum { TERMS = 8 };

/* Coefficients of the powers of r, from the constant on. */
static const double middle_over[TERMS] = {
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
    1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3,
};
static const double middle_under[TERMS] = {
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
};
static const double tail_over[TERMS] = {
    1.42343711074968357734e0,  4.63033784615654529590e0,  5.76949722146069140550e0,
    3.64784832476320460504e0,  1.27045825245236838258e0,  2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4,
};
static const double tail_under[TERMS] = {
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
};

static rill_tensor *polynomial(rill_tensor *r, const double *c)
{
    rill_tensor *sum = rill_scalar_like(r, c[TERMS - 1]);
    for (int i = TERMS - 2; i >= 0; i--)
        sum = rill_shift(rill_mul(sum, r), c[i]);
    return sum;
}

static rill_tensor *ratio(rill_tensor *r, const double *over, const double *under)
{
    return rill_div(polynomial(r, over), polynomial(r, under));
}

rill_tensor *rill_normal_quantile(rill_tensor *u)
{
    rill_tensor *q = rill_shift(u, -0.5);
    rill_tensor *r = rill_sub(rill_scalar_like(q, 0.180625), rill_square(q));
    rill_tensor *middle = rill_mul(q, ratio(r, middle_over, middle_under));
    rill_tensor *rest = rill_min(u, rill_sub(rill_scalar_like(u, 1.0), u));
    rill_tensor *depth = rill_shift(rill_sqrt(rill_neg(rill_log(rest))), -1.6);
    rill_tensor *tail = rill_mul(rill_sign(q), ratio(depth, tail_over, tail_under));
    return rill_where(rill_le(rill_abs(q), rill_scalar_like(q, 0.425)), middle, tail);
}
