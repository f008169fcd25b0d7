/* A continuous normalizing flow by maximum likelihood: the loss is -log p of the data in nats, by a
 * solver that is unrolled, so that the gradient goes through its steps and through the divergence.
 * No pairs, no path, no time law: nothing but the data is asked for.  Chen et al., "Neural ordinary
 * differential equations", 2018; Grathwohl et al., "FFJORD", 2019. */
#include "models/flow/flow.h"
#include "models/flow/likelihood.h"
#include "models/ode/grid.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

enum { MOST_STEPS = 256 };

static rill_tensor *said(const rill_flow *flow, rill_tensor *x, rill_tensor *t, rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, t, cond);
}

static rill_tensor *field_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    return said(self, x, t, cond);
}

/* log p [B] of the data, by so many steps from t = 1 down to 0. */
static rill_tensor *log_p(const rill_flow *flow, const rill_flow_parts *p, int64_t steps)
{
    double times[MOST_STEPS + 1];
    rill_source source = { rill_normal_log_density, flow->source_sd > 0 ? &flow->source_sd : NULL };
    rill_likelihood likelihood = { .field = { .at = field_at, .self = flow },
                                   .source = &source,
                                   .solver = rill_solver_find("rk4"),
                                   .times = times,
                                   .time_count = steps + 1 };
    rill_time_grid(1.0, 0.0, steps, times, NULL);
    return rill_likelihood_build(&likelihood, p->x1, p->cond).log_p;
}

static void teach(const rill_flow *flow, rill_flow_parts *p)
{
    const double *steps = rill_flow_objective(flow)->self;
    if (steps && *steps >= 1 && *steps <= MOST_STEPS)
        p->prediction = log_p(flow, p, (int64_t)*steps);
    else
        p->prediction =
            rill_graph_fail(rill_graph_of(p->x1), "cnf: expected 1 to %d steps", MOST_STEPS);
    p->loss = rill_neg(rill_mean_all(p->prediction));
}

static const double standard[] = { 20.0 };
static const rill_parameter parameters[] = {
    { "steps", "of rk4, from data to noise", 20.0, 1.0, MOST_STEPS },
};

const rill_objective rill_objective_cnf = {
    .name = "cnf",
    .doc = "the network says dx/dt, and is told by the likelihood of the data; without pairs",
    .teach = teach,
    .velocity = said,
    .needs = RILL_NEEDS_NO_PAIRS,
    .self = standard,
    .parameters = { parameters, 1 },
};
