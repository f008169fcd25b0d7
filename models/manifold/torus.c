/* torus.c - n angles: a flat space that closes on itself after 2 pi. */
#include "manifold.h"

#include "ops/elementwise.h"
#include "ops/shape.h"
#include "smooth.h"

#include <math.h>

/* The same angle in [-pi, pi], by whole turns: what is there already stays as it is. */
static rill_tensor *wrapped(rill_tensor *x)
{
    return rill_sub(x, rill_scale(rill_round(rill_scale(x, 1 / (2 * M_PI))), 2 * M_PI));
}

static rill_tensor *torus_project(rill_tensor *x, const void *self)
{
    (void)self;
    return wrapped(x);
}

static rill_tensor *torus_exp(rill_tensor *x, rill_tensor *v, const void *self)
{
    (void)self;
    return wrapped(rill_add(x, v));
}

static rill_tensor *torus_log(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)self;
    return wrapped(rill_sub(y, x));
}

/* Uniform: the distribution function of a deviate, 1/2 + erf(z/sqrt 2)/2, as a part of the turn. */
static rill_tensor *torus_base(rill_tensor *z, const void *self)
{
    (void)self;
    return rill_scale(rill_erf(rill_scale(z, M_SQRT1_2)), M_PI);
}

static rill_tensor *torus_log_base(rill_tensor *x, const void *self)
{
    (void)self;
    double log_volume = (double)rill_dim(x, -1) * log(2 * M_PI);
    return rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0), 1),
                     -log_volume);
}

static rill_tensor *torus_embed(rill_tensor *x, const void *self)
{
    (void)self;
    return rill_concat(rill_cos(x), rill_sin(x), -1);
}

const rill_manifold rill_torus = {
    .name = "torus",
    .doc = "n angles in [-pi, pi]",
    .exp = torus_exp,
    .log = torus_log,
    .project = torus_project,
    .base = torus_base,
    .log_base = torus_log_base,
    .embed = torus_embed,
};
