/* gaussian.h - from one Gaussian to another on an affine path: closed forms of its moments, its
 * velocity and its flow, for the tests of objectives. */
#ifndef RILL_TESTS_MODELS_GAUSSIAN_H
#define RILL_TESTS_MODELS_GAUSSIAN_H

#include "evaluate.h"
#include "models/flow/path.h"
#include "models/flow/scheduler.h"
#include "ops/elementwise.h"

#include <math.h>

/* x0 ~ N(m0, s0^2), x1 ~ N(m1, s1^2), of correlation rho, in one dimension. */
typedef struct gaussian {
    const rill_path *path;
    double m0, s0, m1, s1, rho;
} gaussian;

static const gaussian gaussians[] = {
    { &rill_path_linear, 0, 1, 2, 1, 0 },       { &rill_path_linear, -1, .5, 3, 2, 0 },
    { &rill_path_linear, .5, 2, -1, .3, .4 },   { &rill_path_cosine, 0, 1, 1, .5, 0 },
    { &rill_path_cosine, 1, 1.5, -2, .7, -.6 }, { &rill_path_cosine, -.5, .8, .5, 1.2, 1 },
};
enum { GAUSSIANS = sizeof gaussians / sizeof *gaussians };

/* alpha and sigma of the two schedulers, and their rates. */
typedef struct mixing {
    double a, s, da, ds;
} mixing;

static inline mixing mixing_at(const gaussian *k, double t)
{
    if (k->path == &rill_path_linear)
        return (mixing){ t, 1 - t, 1, -1 };
    return (mixing){ sin(M_PI_2 * t), sin(M_PI_2 * (1 - t)), M_PI_2 * cos(M_PI_2 * t),
                     -M_PI_2 * cos(M_PI_2 * (1 - t)) };
}

static inline double mean_at(const gaussian *k, double t)
{
    mixing m = mixing_at(k, t);
    return m.s * k->m0 + m.a * k->m1;
}

static inline double variance_at(const gaussian *k, double t)
{
    mixing m = mixing_at(k, t);
    return m.s * m.s * k->s0 * k->s0 + m.a * m.a * k->s1 * k->s1 +
           2 * m.a * m.s * k->rho * k->s0 * k->s1;
}

static inline double velocity_at(const gaussian *k, double t, double x)
{
    mixing m = mixing_at(k, t);
    double c = m.s * m.ds * k->s0 * k->s0 + m.a * m.da * k->s1 * k->s1 +
               (m.a * m.ds + m.s * m.da) * k->rho * k->s0 * k->s1;
    return m.ds * k->m0 + m.da * k->m1 + c / variance_at(k, t) * (x - mean_at(k, t));
}

/* Where the flow takes x from t to u. */
static inline double flow_of(const gaussian *k, double t, double u, double x)
{
    return mean_at(k, u) + sqrt(variance_at(k, u) / variance_at(k, t)) * (x - mean_at(k, t));
}

/* Two pairs (x0, x1) that go through x at t, equally likely given x: `off` away from the mean pair,
 * to either side.  What is linear in dx_t/dt has over them the mean that it has given x. */
static inline void pairs_through(const gaussian *k, double t, double x, double off, double x0[2],
                                 double x1[2])
{
    mixing m = mixing_at(k, t);
    double z = (x - mean_at(k, t)) / variance_at(k, t), both = k->rho * k->s0 * k->s1;
    for (int i = 0; i < 2; i++, off = -off) {
        x0[i] = k->m0 + (m.s * k->s0 * k->s0 + m.a * both) * z + off * m.a;
        x1[i] = k->m1 + (m.a * k->s1 * k->s1 + m.s * both) * z - off * m.s;
    }
}

/* Mean (second: variance) at t, as nodes. */
static inline rill_tensor *moment_at(const gaussian *k, rill_tensor *t, int second)
{
    const rill_scheduler *s = rill_path_scheduler(k->path);
    rill_tensor *a = s->alpha(t, s->self), *b = s->sigma(t, s->self);
    if (!second)
        return rill_add(rill_scale(b, k->m0), rill_scale(a, k->m1));
    rill_tensor *own = rill_add(rill_scale(rill_square(b), k->s0 * k->s0),
                                rill_scale(rill_square(a), k->s1 * k->s1));
    return rill_add(own, rill_scale(rill_mul(a, b), 2 * k->rho * k->s0 * k->s1));
}

/* Where the flow takes x, as nodes. */
static inline rill_tensor *flow_nodes(const gaussian *k, rill_tensor *t, rill_tensor *until,
                                      rill_tensor *x)
{
    rill_tensor *spread = rill_sqrt(rill_div(moment_at(k, until, 1), moment_at(k, t, 1)));
    return rill_add(moment_at(k, until, 0), rill_mul(spread, rill_sub(x, moment_at(k, t, 0))));
}

#endif
