#include "ops/effect.h"
#include "ops/elementwise.h"
#include "optimizer.h"
#include "rule.h"

enum { RATE };

static void sgd_numbers(rill_rule_step *step, const rill_tensor *like)
{
    step->number[RATE] = rill_number_for(step->rate, like);
}

static rill_tensor *sgd_next(const rill_rule_step *step, rill_tensor *param, rill_tensor *grad)
{
    const rill_sgd_options *o = step->options;
    if (o->weight_decay != 0.0)
        grad = rill_add(grad, rill_scale(param, o->weight_decay));
    if (o->momentum != 0.0) {
        rill_tensor *m = rill_moment(param, "sgd.m");
        grad = rill_assign(m, rill_add(rill_scale(m, o->momentum), grad));
    }
    return rill_sub(param, rill_mul(grad, step->number[RATE]));
}

static rill_rule rule_of(rill_sgd_options *o)
{
    o->lr = o->lr == 0.0 ? 1e-2 : o->lr;
    return (rill_rule){ .name = "sgd",
                        .numbers = sgd_numbers,
                        .next = sgd_next,
                        .options = o,
                        .lr = o->lr,
                        .clip = o->clip,
                        .ema = o->ema,
                        .schedule = &o->schedule };
}

rill_tensor *rill_sgd(rill_tensor *loss, rill_sgd_options options)
{
    rill_rule rule = rule_of(&options);
    return rill_rule_minimize(&rule, loss);
}

rill_tensor *rill_sgd_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                rill_tensor *guard, rill_sgd_options options)
{
    rill_rule rule = rule_of(&options);
    return rill_rule_apply(&rule, params, grads, n, guard);
}
