#include "objective.h"

#include "flow.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <stddef.h>
#include <string.h>

static const rill_objective *const objectives[] = {
#define RILL_OBJECTIVE(name) &rill_objective_##name,
#include "objectives.def"
#undef RILL_OBJECTIVE
};

const rill_objective *rill_objective_at(int i)
{
    return i >= 0 && i < (int)(sizeof objectives / sizeof *objectives) ? objectives[i] : NULL;
}

const rill_objective *rill_objective_find(const char *name)
{
    for (int i = 0; name && rill_objective_at(i); i++)
        if (strcmp(objectives[i]->name, name) == 0)
            return objectives[i];
    return NULL;
}

rill_tensor *rill_flow_weight(const rill_flow *flow, rill_tensor *t)
{
    const rill_weighting *w = flow ? flow->weighting : NULL;
    const rill_scheduler *scheduler = rill_path_scheduler(rill_flow_path(flow));
    if (!w || w->at == rill_weighting_none.at)
        return NULL;
    if (!w->at)
        return rill_graph_fail(rill_graph_of(t), "flow: the weighting has no function `at`");
    return w->at(t, scheduler ? scheduler : &rill_scheduler_linear, w->self);
}

rill_tensor *rill_flow_interval(rill_tensor *t, rill_tensor *until)
{
    rill_shape column = RILL_SHAPE(rill_dim(t, 0), 1);
    t = rill_reshape(t, column);
    return rill_concat(t, rill_sub(rill_reshape(until, column), t), -1);
}

/* mean of w(t) error. */
static rill_tensor *weighted(const rill_flow *flow, rill_tensor *t, rill_tensor *error)
{
    rill_tensor *weight = rill_flow_weight(flow, t);
    return rill_mean_all(weight ? rill_mul(weight, error) : error);
}

rill_tensor *rill_flow_squared_error(const rill_flow *flow, rill_tensor *t, rill_tensor *prediction,
                                     rill_tensor *target)
{
    rill_scope_begin(rill_graph_of(prediction), "loss");
    rill_tensor *loss = weighted(flow, t, rill_square(rill_sub(prediction, target)));
    rill_scope_end(rill_graph_of(prediction));
    return loss;
}

/* 1 / (|error|^2 + 1e-3)^power of each row, [B,1,..,1] of error's rank. */
static rill_tensor *adaptive_factor(rill_tensor *error, double power)
{
    rill_shape each = { .rank = rill_rank(error), .dim = { rill_dim(error, 0) } };
    for (int i = 1; i < each.rank; i++)
        each.dim[i] = 1;
    rill_tensor *square = rill_sum_to(rill_stop(error), each);
    return rill_pow(rill_shift(square, 1e-3), rill_scalar_like(square, -power));
}

rill_tensor *rill_flow_adaptive_error(const rill_flow *flow, rill_tensor *t,
                                      rill_tensor *prediction, rill_tensor *target, double power)
{
    if (power == 0.0)
        return rill_flow_squared_error(flow, t, prediction, target);
    rill_scope_begin(rill_graph_of(prediction), "loss");
    rill_tensor *error = rill_square(rill_sub(prediction, target));
    rill_tensor *loss = weighted(flow, t, rill_mul(adaptive_factor(error, power), error));
    rill_scope_end(rill_graph_of(prediction));
    return loss;
}
