/* euclidean.c - R^n, as a manifold like the others. */
#include "manifold.h"

#include "ops/elementwise.h"
#include "smooth.h"

#include <math.h>

static rill_tensor *euclidean_exp(rill_tensor *x, rill_tensor *v, const void *self)
{
    (void)self;
    return rill_add(x, v);
}

static rill_tensor *euclidean_log(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)self;
    return rill_sub(y, x);
}

static rill_tensor *euclidean_base(rill_tensor *z, const void *self)
{
    (void)self;
    return z;
}

/* -|x|^2/2 - n/2 log 2 pi */
static rill_tensor *euclidean_log_base(rill_tensor *x, const void *self)
{
    (void)self;
    double log_scale = 0.5 * (double)rill_dim(x, -1) * log(2 * M_PI);
    return rill_shift(rill_scale(rill_dot_rows(x, x), -0.5), -log_scale);
}

const rill_manifold rill_euclidean = {
    .name = "euclidean",
    .doc = "any n numbers",
    .exp = euclidean_exp,
    .log = euclidean_log,
    .base = euclidean_base,
    .log_base = euclidean_log_base,
};
