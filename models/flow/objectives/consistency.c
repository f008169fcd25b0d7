/* The network says a velocity that stays the same along the flow, so that one step can do: Yang et
 * al., "Consistency flow matching: defining straight flows with velocity consistency", 2024.
 *
 * Where the velocity is followed to the end, f(x, t) = x + (1-t) v(x, t), has to be the same from
 * two points of a path, at t and a little later at r, and so has the velocity: loss = |f(x_t, t) -
 * f(x_r, r)|^2 + weight |v(x_t, t) - v(x_r, r)|^2 with what is said at r held fixed.  f(x, 1) = x
 * holds by itself and is what all learn from: without the second term this is consistency training
 * (Song et al., "Consistency models", 2023).  The teacher is the network itself, not an average of
 * it, after Song, Dhariwal: "Improved techniques for training consistency models", 2024. */
#include "models/flow/flow.h"
#include "ops/effect.h"
#include "ops/elementwise.h"

enum { STEP, WEIGHT, NUMBERS };

static const double standard[NUMBERS] = { 0.01, 1e-5 };
static const rill_parameter numbers[NUMBERS] = {
    [STEP] = { "step", "from t to the later time that teaches", 0.01, 1e-4, 1.0 },
    [WEIGHT] = { "weight", "of the velocity's error beside the end's", 1e-5, 0.0, 1e6 }
};

static rill_tensor *velocity(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                             rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, t, cond);
}

/* x + (1-t) v */
static rill_tensor *end_of(rill_tensor *x, rill_tensor *t, rill_tensor *v)
{
    return rill_add(x, rill_mul(rill_sub(rill_scalar_like(t, 1.0), t), v));
}

static void teach(const rill_flow *flow, rill_flow_parts *p)
{
    const double *number = rill_flow_objective(flow)->self;
    rill_tensor *later = rill_clip(rill_shift(p->t, number[STEP]), 0.0, 1.0);
    rill_tensor *x = rill_path_at(rill_flow_path(flow), p->x0, p->x1, later);
    rill_tensor *v = velocity(flow, p->x, p->t, p->cond);
    rill_tensor *taught = rill_stop(velocity(flow, x, later, p->cond));
    p->prediction = end_of(p->x, p->t, v);
    p->target = rill_stop(end_of(x, later, taught));
    p->loss = rill_flow_squared_error(flow, p->t, p->prediction, p->target);
    if (number[WEIGHT] > 0.0)
        p->loss = rill_add(
            p->loss, rill_scale(rill_flow_squared_error(flow, p->t, v, taught), number[WEIGHT]));
}

const rill_objective rill_objective_consistency = {
    .name = "consistency",
    .doc =
        "the network says a velocity that leads to the same end from all of a path: one step can "
        "do; paths without noise",
    .teach = teach,
    .velocity = velocity,
    .needs = RILL_NEEDS_NO_NOISE,
    .self = standard,
    .parameters = { numbers, NUMBERS }
};
