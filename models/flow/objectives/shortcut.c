/* The network says the mean velocity u(x, t, s) from t to a later time s, and learns long steps
 * from its own steps of half the length: Frans et al., "One step diffusion via shortcut models",
 * 2024.
 *
 *     u(x, t, t) = dx_t/dt                                                      in some of the rows
 *     u(x, t, t + h) = (u(x, t, t + h/2) + u(y, t + h/2, t + h)) / 2            in the others
 *
 * where y = x + h/2 u(x, t, t + h/2); the right sides are held fixed.  h is 1, 1/2, 1/4, ... with
 * equal probability, and t a multiple of h.  The two halves of the least h are steps along the
 * velocity, as in the paper. */
#include "models/flow/flow.h"
#include "ops/cast.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"
#include "ops/shape.h"

#include <math.h>

enum { SHARE, SIZES, NUMBERS };
enum { MOST_SIZES = 16 };

static const double standard[NUMBERS] = { 0.25, 7 };
static const rill_parameter numbers[NUMBERS] = {
    [SHARE] = { "share", "of the rows that learn steps from half steps", 0.25, 0.0, 1.0 },
    [SIZES] = { "sizes", "how many lengths of step there are: 1, 1/2, 1/4, ...", 7, 1, MOST_SIZES }
};

static double number(const rill_flow *flow, int i)
{
    return ((const double *)rill_flow_objective(flow)->self)[i];
}

/* The least h. */
static double least(const rill_flow *flow)
{
    return ldexp(1.0, 1 - (int)number(flow, SIZES));
}

/* 2^-k for k uniform in 0, ..., sizes - 1, of t's shape. */
static rill_tensor *drawn_length(const rill_flow *flow, rill_tensor *t)
{
    double lengths[MOST_SIZES];
    int sizes = (int)number(flow, SIZES);
    rill_graph *g = rill_graph_of(t);
    for (int k = 0; k < sizes; k++)
        lengths[k] = ldexp(1.0, -k);
    rill_tensor *k = rill_integers(g, RILL_SHAPE(rill_dim(t, 0)), 0, sizes);
    rill_tensor *all = rill_constant(g, RILL_F64, RILL_SHAPE(sizes), lengths, sizes);
    return rill_reshape(rill_gather(rill_cast(all, rill_dtype_of(t)), k), rill_shape_of(t));
}

/* Rows that learn steps: t down to a multiple of h, and until t + h.  The others keep t. */
static void settle_times(const rill_flow *flow, rill_flow_parts *p)
{
    rill_graph *g = rill_graph_of(p->x1);
    rill_scope_begin(g, "until");
    rill_tensor *h = drawn_length(flow, p->t);
    rill_tensor *u = rill_uniform(g, rill_dtype_of(p->t), rill_shape_of(p->t));
    rill_tensor *steps = rill_lt(u, rill_scalar_like(u, number(flow, SHARE)));
    rill_tensor *start = rill_mul(rill_floor(rill_div(p->t, h)), h);
    start = rill_min(start, rill_sub(rill_scalar_like(h, 1.0), h)); /* where t is 1 */
    p->t = rill_where(steps, start, p->t);
    p->until = rill_where(steps, rill_add(start, h), p->t);
    rill_scope_end(g);
}

static rill_tensor *average(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                            rill_tensor *until, rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, rill_flow_interval(t, until), cond);
}

/* The mean velocity over two steps of half the length. */
static rill_tensor *by_halves(const rill_flow *flow, const rill_flow_parts *p, rill_tensor *h)
{
    rill_tensor *half = rill_scale(h, 0.5), *middle = rill_add(p->t, half);
    rill_tensor *longer = rill_gt(h, rill_scalar_like(h, 1.5 * least(flow)));
    rill_tensor *told = rill_mul(longer, half); /* 0: the velocity */
    rill_tensor *first = average(flow, p->x, p->t, rill_add(p->t, told), p->cond);
    rill_tensor *y = rill_add(p->x, rill_mul(half, first));
    rill_tensor *second = average(flow, y, middle, rill_add(middle, told), p->cond);
    return rill_scale(rill_add(first, second), 0.5);
}

static void teach(const rill_flow *flow, rill_flow_parts *p)
{
    rill_tensor *h = rill_sub(p->until, p->t);
    rill_tensor *steps = rill_gt(h, rill_scalar_like(h, 0.0));
    p->target = rill_stop(rill_where(steps, by_halves(flow, p, h), p->velocity));
    p->prediction = average(flow, p->x, p->t, p->until, p->cond);
    p->loss = rill_flow_squared_error(flow, p->t, p->prediction, p->target);
}

const rill_objective rill_objective_shortcut = {
    .name = "shortcut",
    .doc = "the network says the mean velocity from t to a later time, from steps of half the "
           "length: one step can do",
    .times = settle_times,
    .teach = teach,
    .average = average,
    .self = standard,
    .parameters = { numbers, NUMBERS }
};
