/* sphere.c - unit vectors of R^n: the sphere S^(n-1) of curvature 1.
 *
 * An angle is never taken from its cosine, which loses its digits near 0 and near pi, but from two
 * lengths that are as exact as x and y: of y - x and y + x, or of what is left of them at right
 * angles to x.  (Kahan: "How futile are mindless assessments of roundoff in floating-point
 * computation?", 2006.) */
#include "manifold.h"

#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/reduce.h"
#include "smooth.h"

#include <float.h>
#include <math.h>

/* The unit vector of axis `axis` [] or [B,1], as [1,n] or [B,n]. */
static rill_tensor *unit_vector(rill_tensor *x, rill_tensor *axis)
{
    rill_shape row = RILL_SHAPE(1, rill_dim(x, -1));
    return rill_eq(rill_iota(rill_graph_of(x), rill_dtype_of(x), row, 1), axis);
}

/* P_x v = v - (x.v) x */
static rill_tensor *sphere_tangent(rill_tensor *x, rill_tensor *v, const void *self)
{
    (void)self;
    return rill_sub(v, rill_mul(rill_dot_rows(x, v), x));
}

/* x/|x|, of which a common factor may be taken out first, so that no square overflows; the first
 * unit vector for x = 0. */
static rill_tensor *sphere_project(rill_tensor *x, const void *self)
{
    (void)self;
    rill_tensor *zero = rill_scalar_like(x, 0);
    rill_tensor *most = rill_stop(rill_reduce_max(rill_abs(x), RILL_AXES(-1), 1)); /* [B,1] */
    rill_tensor *is_zero = rill_eq(most, zero);
    rill_tensor *scaled = rill_div(x, rill_where(is_zero, rill_scalar_like(x, 1), most));
    rill_tensor *safe = rill_where(is_zero, unit_vector(x, zero), scaled);
    return rill_mul(safe, rill_rsqrt(rill_dot_rows(safe, safe)));
}

/* x cos|v| + v sin|v|/|v| */
static rill_tensor *sphere_exp(rill_tensor *x, rill_tensor *v, const void *self)
{
    (void)self;
    rill_tensor *square = rill_dot_rows(v, v);
    return rill_add(rill_mul(x, rill_smooth_cos(square)), rill_mul(v, rill_smooth_sinc(square)));
}

/* A unit vector tangent at x: the part of the first axis, or of the second where x is near the
 * first. */
static rill_tensor *some_direction(rill_tensor *x)
{
    rill_tensor *first = rill_dot_rows(x, unit_vector(x, rill_scalar_like(x, 0)));
    rill_tensor *axis = rill_gt(rill_square(first), rill_scalar_like(x, 0.5)); /* 0 or 1 */
    rill_tensor *v = sphere_tangent(x, unit_vector(x, axis), NULL);
    return rill_mul(v, rill_rsqrt(rill_dot_rows(v, v)));
}

/* angle/sin(angle) P_x(y - x).  P_x(y + x) is the same, and the one to take where y is nearer to
 * -x. With w that vector, |w| = sin(angle), and h = tan^2(angle/2) is
 *
 *     |w|^2 / (1 + x.y)^2 = 4 |w|^2 / |y + x|^4       up to a right angle
 *     (1 - x.y)^2 / |w|^2 = |y - x|^4 / (4 |w|^2)     beyond
 *
 * and the factor (1 + h) atan(sqrt h)/sqrt h.  At -x, which is as far from x in every direction,
 * some direction is taken; and so near it that nobody can say what the direction is, as well. */
static rill_tensor *sphere_log(rill_tensor *x, rill_tensor *y, const void *self)
{
    double least = 16 * (rill_dtype_of(x) == RILL_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
    rill_tensor *chord = rill_sub(y, x), *other = rill_add(y, x);
    rill_tensor *q = rill_dot_rows(chord, chord), *p = rill_dot_rows(other, other);
    rill_tensor *beyond = rill_lt(p, q);
    rill_tensor *w = sphere_tangent(x, rill_where(beyond, other, chord), self);
    rill_tensor *sine = rill_scale(rill_dot_rows(w, w), 4);
    rill_tensor *above = rill_where(beyond, rill_square(q), sine);
    rill_tensor *below = rill_where(beyond, sine, rill_square(p));
    rill_tensor *opposite = rill_lt(below, rill_scalar_like(x, 4 * least * least));
    rill_tensor *h = rill_div(above, rill_where(opposite, rill_scalar_like(x, 1), below));
    rill_tensor *factor = rill_mul(rill_shift(h, 1), rill_smooth_atan(h));
    return rill_where(opposite, rill_scale(some_direction(x), M_PI), rill_mul(factor, w));
}

/* 2 atan(|y - x| / |y + x|) */
static rill_tensor *sphere_distance(rill_tensor *x, rill_tensor *y, const void *self)
{
    (void)self;
    rill_tensor *chord = rill_sub(y, x), *other = rill_add(y, x);
    return rill_scale(rill_atan2(rill_smooth_root(rill_dot_rows(chord, chord)),
                                 rill_smooth_root(rill_dot_rows(other, other))),
                      2);
}

/* Minus the log of the area, 2 pi^(n/2) / Gamma(n/2). */
static rill_tensor *sphere_log_base(rill_tensor *x, const void *self)
{
    (void)self;
    int sign;
    double half = 0.5 * (double)rill_dim(x, -1);
    double area = log(2) + half * log(M_PI) - lgamma_r(half, &sign);
    return rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0), 1), -area);
}

const rill_manifold rill_sphere = {
    .name = "sphere",
    .doc = "unit vectors of n numbers, n >= 2",
    .exp = sphere_exp,
    .log = sphere_log,
    .project = sphere_project,
    .tangent = sphere_tangent,
    .base = sphere_project, /* normal deviates have no direction that they prefer */
    .log_base = sphere_log_base,
    .distance = sphere_distance,
    .least = 2,
};
