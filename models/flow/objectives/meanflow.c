/* The network says the mean velocity u(x, t, s) from t to a later time s, so that one step can go
 * any way: Geng et al., "Mean flows for one-step generative modeling", 2025.
 *
 * (s - t) u is the integral of v from t to s along the flow.  Its derivative in t is
 *     u = v + (s - t) du/dt,      du/dt = v . grad_x u + du/dt at fixed x and s,
 * which the loss asks for, the right side being held fixed and v being dx_t/dt of the path.  With s
 * = t it is flow matching.  The paper's time runs from data (0) to noise (1): its t is 1 - t here,
 * its r is 1 - s and its v is -v, which turns its u = v - (t - r) du/dt into the above.
 *
 * As there, two times are drawn from the law and put in order, and a share of the rows has s = t.
 *
 * For v the network's own u(x, t, t) can stand, held fixed and learned beside it: Geng et al.,
 * "Improved mean flows", 2025; Boffi et al., "How to build a consistency model: learning flow maps
 * via self-distillation", 2025.  Then the target no longer scatters with the pair, so that more
 * work goes on helping: a power, which turns a mean of what scatters towards its median, no longer
 * spoils the mean. */
#include "models/flow/flow.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"
#include "ops/shape.h"

#include "core/grad.h"

enum { SHARE, POWER, OWN, ENDS, NUMBERS };

static const double standard[NUMBERS] = { 0.4, 0.2, 1.0, 0.8 };
static const rill_parameter numbers[NUMBERS] = {
    [SHARE] = { "share", "of the rows taught the velocity itself", 0.4, 0.0, 1.0 },
    [POWER] = { "power", "of a row's squared error that its loss is divided by", 0.2, 0.0, 1.0 },
    [OWN] = { "own", "of the velocity in the target that is the network's, learned beside it", 1.0,
              0.0, 1.0 },
    [ENDS] = { "ends", "of the other rows taught the mean velocity to t = 1", 0.8, 0.0, 1.0 }
};

static double number(const rill_flow *flow, int i)
{
    return ((const double *)rill_flow_objective(flow)->self)[i];
}

/* Draws the second time: none in `share` of the rows, 1 in `ends` of the others, and in what is
 * left another of the law, put in order. */
static void settle_times(const rill_flow *flow, rill_flow_parts *p)
{
    rill_graph *g = rill_graph_of(p->x1);
    rill_shape shape = rill_shape_of(p->t);
    rill_dtype dtype = rill_dtype_of(p->t);
    double share = number(flow, SHARE), ends = (1 - share) * number(flow, ENDS);
    rill_scope_begin(g, "until");
    rill_tensor *other = rill_time_draw(flow->time ? flow->time : &rill_time_uniform, g, dtype,
                                        shape, flow->stratified);
    rill_tensor *u = rill_uniform(g, dtype, shape), *one = rill_scalar_like(u, 1.0);
    rill_tensor *still = rill_lt(u, rill_scalar_like(u, share));
    rill_tensor *to_end = rill_lt(u, rill_scalar_like(u, share + ends));
    rill_tensor *first = rill_min(p->t, other), *last = rill_max(p->t, other);
    p->until = rill_where(still, first, rill_where(to_end, one, last));
    p->t = rill_where(still, first, rill_where(to_end, p->t, first));
    rill_scope_end(g);
}

/* How (t, s - t) moves with t: rows of (1, -1). */
static rill_tensor *passing(rill_tensor *interval)
{
    rill_tensor *place =
        rill_iota(rill_graph_of(interval), rill_dtype_of(interval), rill_shape_of(interval), 1);
    return rill_shift(rill_scale(place, -2.0), 1.0);
}

/* dx_t/dt = (1 - own) that of the pair + own u(x, t, t), and the loss of the latter where it takes
 * part. */
static rill_tensor *followed(const rill_flow *flow, const rill_flow_parts *p, rill_tensor **loss)
{
    double own = number(flow, OWN);
    if (own == 0.0)
        return p->velocity;
    rill_tensor *here =
        rill_net_velocity(&flow->net, p->x, rill_flow_interval(p->t, p->t), p->cond);
    *loss = rill_flow_squared_error(flow, p->t, here, p->velocity);
    return rill_stop(rill_add(rill_scale(p->velocity, 1.0 - own), rill_scale(here, own)));
}

static void teach(const rill_flow *flow, rill_flow_parts *p)
{
    rill_tensor *of_velocity = NULL;
    rill_tensor *v = followed(flow, p, &of_velocity);
    rill_tensor *interval = rill_flow_interval(p->t, p->until);
    p->prediction = rill_net_velocity(&flow->net, p->x, interval, p->cond);
    rill_tensor *rate = rill_jvps(p->prediction, (rill_tensor *[]){ p->x, interval },
                                  (rill_tensor *[]){ v, passing(interval) }, 2);
    rill_tensor *ahead = rill_mul(rill_sub(p->until, p->t), rate);
    p->target = rill_stop(rill_add(v, ahead));
    p->loss = rill_flow_adaptive_error(flow, p->t, p->prediction, p->target, number(flow, POWER));
    if (of_velocity)
        p->loss = rill_add(p->loss, of_velocity);
}

static rill_tensor *average(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                            rill_tensor *until, rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, rill_flow_interval(t, until), cond);
}

const rill_objective rill_objective_meanflow = {
    .name = "meanflow",
    .doc = "the network says the mean velocity from t to a later time, by its derivative: one step "
           "can do",
    .times = settle_times,
    .teach = teach,
    .average = average,
    .self = standard,
    .parameters = { numbers, NUMBERS }
};
