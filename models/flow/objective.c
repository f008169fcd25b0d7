#include "objective.h"

#include "flow.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

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
    const rill_weighting *w = flow->weighting;
    const rill_scheduler *scheduler = rill_path_scheduler(rill_flow_path(flow));
    if (!w || w->at == rill_weighting_none.at)
        return NULL;
    if (!w->at)
        return rill_graph_fail(rill_graph_of(t), "flow: the weighting has no function `at`");
    return w->at(t, scheduler ? scheduler : &rill_scheduler_linear, w->self);
}

rill_tensor *rill_flow_squared_error(const rill_flow *flow, rill_tensor *t, rill_tensor *prediction,
                                     rill_tensor *target)
{
    rill_scope_begin(rill_graph_of(prediction), "loss");
    rill_tensor *error = rill_square(rill_sub(prediction, target));
    rill_tensor *weight = rill_flow_weight(flow, t);
    if (weight)
        error = rill_mul(weight, error);
    rill_tensor *loss = rill_mean_all(error);
    rill_scope_end(rill_graph_of(prediction));
    return loss;
}
