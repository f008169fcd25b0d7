/* Flow and score together, on a random path x_t = mean + s_t e: Tong et al., "Simulation-free
 * Schroedinger bridges via score and flow matching", 2024.
 *
 * One network says the velocity; another of the same kind, in the scope "score", says the score of
 * x_t, whose mean given (x0, x1) is -e/s_t.  That is infinite where s_t is 0, so that its error is
 * taken times s_t: loss = |v - dx_t/dt|^2 + weight |s_t score + e|^2 which is the paper's, whose
 * factor is lambda(t) = 2 s_t/s^2, but for a constant.  Samples follow the velocity; the score is
 * for stochastic ones (rill_flow_score_field). */
#include "models/flow/flow.h"
#include "ops/elementwise.h"

enum { WEIGHT, NUMBERS };

static const double standard[NUMBERS] = { 1.0 };
static const rill_parameter numbers[NUMBERS] = {
    [WEIGHT] = { "weight", "of the score's error beside the velocity's", 1.0, 0.0, 1e6 }
};

static rill_tensor *velocity(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                             rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, t, cond);
}

static rill_tensor *score(const rill_flow *flow, rill_tensor *x, rill_tensor *t, rill_tensor *cond)
{
    rill_scope_begin(rill_graph_of(x), "score");
    rill_tensor *said = rill_net_velocity(&flow->net, x, t, cond);
    rill_scope_end(rill_graph_of(x));
    return said;
}

static void teach(const rill_flow *flow, rill_flow_parts *p)
{
    const double *number = rill_flow_objective(flow)->self;
    p->target = p->velocity;
    p->prediction = velocity(flow, p->x, p->t, p->cond);
    rill_tensor *of_flow = rill_flow_squared_error(flow, p->t, p->prediction, p->target);
    rill_tensor *scaled = rill_mul(p->spread, score(flow, p->x, p->t, p->cond));
    rill_tensor *of_score = rill_flow_squared_error(flow, p->t, scaled, rill_neg(p->noise));
    p->loss = rill_add(of_flow, rill_scale(of_score, number[WEIGHT]));
}

const rill_objective rill_objective_sf2m = {
    .name = "sf2m",
    .doc = "one network says dx_t/dt, another the score of x_t; random paths",
    .teach = teach,
    .velocity = velocity,
    .score = score,
    .needs = RILL_NEEDS_NOISE,
    .self = standard,
    .parameters = { numbers, NUMBERS }
};
