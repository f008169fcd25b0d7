#include "rule.h"

#include "average.h"
#include "base/alloc.h"
#include "core/grad.h"
#include "gradient.h"
#include "ops/cast.h"
#include "ops/effect.h"
#include "ops/elementwise.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

rill_tensor *rill_moment(rill_tensor *param, const char *prefix)
{
    char name[512];
    rill_graph *g = rill_graph_of(param);
    int length = snprintf(name, sizeof name, "%s.%s", prefix, rill_name_of(param));
    if (length < 0 || length >= (int)sizeof name)
        return rill_graph_fail(g, "the name %.64s... is too long", rill_name_of(param));
    return rill_state(g, RILL_MOMENT, rill_dtype_of(param), rill_shape_of(param),
                      (rill_init){ RILL_INIT_CONSTANT, 0.0 }, name);
}

rill_tensor *rill_number_for(rill_tensor *x, const rill_tensor *like)
{
    return rill_dtype_of(like) == rill_dtype_of(x) ? x : rill_cast(x, rill_dtype_of(like));
}

/* The gradient, or a failure unless it fits its parameter: a wrong shape could broadcast. */
static rill_tensor *fitting(rill_tensor *param, rill_tensor *grad)
{
    rill_shape a = rill_shape_of(param), b = rill_shape_of(grad);
    if (rill_is_inert(param) || rill_is_inert(grad))
        return rill_graph_fail(rill_graph_of(param), "a parameter or a gradient is missing");
    if (rill_shape_equal(&a, &b) && rill_dtype_of(param) == rill_dtype_of(grad))
        return grad;
    return rill_graph_fail(rill_graph_of(param),
                           "the gradient of %s has another shape or dtype than it",
                           rill_name_of(param));
}

static rill_rule_step begin_step(const rill_rule *rule, rill_graph *g)
{
    rill_rule_step step = { .options = rule->options };
    rill_scope_begin(g, "rate");
    step.n = rill_state(g, RILL_COUNTER, RILL_I32, RILL_SCALAR,
                        (rill_init){ RILL_INIT_CONSTANT, 0.0 }, "step");
    step.rate = rill_scale(rill_schedule_factor(rule->schedule, step.n), rule->lr);
    rill_scope_end(g);
    return step;
}

static rill_tensor *counted(rill_tensor *n)
{
    rill_tensor *one = rill_full(rill_graph_of(n), RILL_I32, RILL_SCALAR, 1.0);
    return rill_assign(n, rill_add(n, one));
}

/* Called before a parameter's own scope begins: what parameters share is built here, for the first
 * of them, and found again for the others. */
static void share_numbers(const rill_rule *rule, rill_rule_step *step, const rill_tensor *param)
{
    rill_graph *g = rill_graph_of(param);
    rill_scope_begin(g, "rate");
    rule->numbers(step, param);
    rill_scope_end(g);
    rill_scope_begin(g, "ema");
    if (rule->ema != 0.0)
        rill_average_weight(step->n, rule->ema, rill_dtype_of(param));
    rill_scope_end(g);
}

static rill_tensor *finite_norm(rill_graph *g, rill_tensor *const *grads, int64_t n)
{
    rill_scope_begin(g, "norm");
    rill_tensor *norm = rill_require_finite(rill_global_norm(grads, n));
    rill_scope_end(g);
    return norm;
}

/* What a step changes or checks, into `effects` [2n + 3] by way of `grads` [n], which it
 * overwrites. */
static int build_step(const rill_rule *rule, rill_tensor *const *params, rill_tensor **grads,
                      int64_t n, rill_tensor *guard, rill_tensor **effects)
{
    int count = 0;
    rill_graph *g = rill_graph_of(params[0]);
    rill_rule_step step = begin_step(rule, g);
    effects[count++] = finite_norm(g, grads, n);
    if (guard)
        effects[count++] = rill_require_finite(guard);
    if (rule->clip != 0.0)
        rill_clip_by_global_norm(grads, n, rule->clip, grads);
    for (int64_t i = n - 1; i >= 0; i--) { /* as gradients come, the last first */
        share_numbers(rule, &step, params[i]);
        rill_scope_begin(g, "%s", rill_name_of(params[i]));
        rill_tensor *grad = fitting(params[i], grads[i]);
        rill_tensor *next = rill_assign(params[i], rule->next(&step, params[i], grad));
        effects[count++] = next;
        if (rule->ema != 0.0)
            effects[count++] = rill_average(params[i], next, step.n, rule->ema);
        rill_scope_end(g);
    }
    effects[count++] = counted(step.n);
    return count;
}

rill_tensor *rill_rule_apply(const rill_rule *rule, rill_tensor *const *params,
                             rill_tensor *const *grads, int64_t n, rill_tensor *guard)
{
    rill_graph *g = rill_graph_of(params && n > 0 ? params[0] : guard);
    if (!params || !grads || n < 1)
        return rill_graph_fail(g, "%s: there are no parameters to train", rule->name);
    if (!(rule->lr > 0.0) || !isfinite(rule->lr))
        return rill_graph_fail(g, "%s: the rate is %g, expected > 0", rule->name, rule->lr);
    rill_tensor **nodes = n < INT_MAX / 4 ? rill_alloc(3 * (size_t)n + 3, sizeof *nodes) : NULL;
    if (!nodes)
        return rill_graph_fail(g, "%s: out of memory", rule->name);
    for (int64_t i = 0; i < n; i++)
        nodes[i] = grads[i];
    rill_scope_begin(g, "%s", rule->name);
    int count = build_step(rule, params, nodes, n, guard, nodes + n);
    rill_tensor *update = rill_group(nodes + n, count);
    rill_scope_end(g);
    rill_free(nodes);
    return update;
}

rill_tensor *rill_rule_minimize(const rill_rule *rule, rill_tensor *loss)
{
    rill_graph *g = rill_graph_of(loss);
    int64_t n = rill_depends_on(&loss, 1, RILL_PARAMETER, NULL, 0);
    if (n == 0)
        return rill_graph_fail(g, "%s: the loss depends on no parameter", rule->name);
    rill_tensor **params = n < 0 ? NULL : rill_alloc((size_t)n, 2 * sizeof *params);
    rill_tensor *update;
    if (params && rill_depends_on(&loss, 1, RILL_PARAMETER, params, n) == n) {
        rill_grad(loss, params, n, params + n);
        update = rill_rule_apply(rule, params, params + n, n, loss);
    } else {
        update = rill_graph_fail(g, "%s: out of memory", rule->name);
    }
    rill_free(params);
    return update;
}
