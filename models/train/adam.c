#include "ops/cast.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "optimizer.h"
#include "rule.h"

#include <math.h>

/* The options with standard values filled in. */
static rill_adam_options standard(rill_adam_options o)
{
    o.lr = o.lr == 0.0 ? 1e-3 : o.lr;
    o.beta1 = o.beta1 == 0.0 ? 0.9 : o.beta1;
    o.beta2 = o.beta2 == 0.0 ? 0.999 : o.beta2;
    o.epsilon = o.epsilon == 0.0 ? 1e-8 : o.epsilon;
    return o;
}

/* moment' = beta moment + (1 - beta) value */
static rill_tensor *decayed(rill_tensor *moment, rill_tensor *value, double beta)
{
    return rill_assign(moment, rill_lerp(moment, value, rill_scalar_like(moment, 1.0 - beta)));
}

/* 1 - beta^(n+1), f64 []: what a moment that started at zero lacks after step n. */
static rill_tensor *correction(rill_tensor *n, double beta)
{
    rill_tensor *steps = rill_shift(rill_cast(n, RILL_F64), 1.0);
    return rill_neg(rill_expm1(rill_scale(steps, log(beta))));
}

/* The numbers of a step: see adam_move(); KEEP is AdamW's. */
enum { RATE, FLOOR, KEEP };

static void adam_numbers(rill_rule_step *step, const rill_tensor *like)
{
    const rill_adam_options *o = step->options;
    rill_tensor *root = rill_sqrt(correction(step->n, o->beta2));
    rill_tensor *rate = rill_div(rill_mul(step->rate, root), correction(step->n, o->beta1));
    step->number[RATE] = rill_number_for(rate, like);
    step->number[FLOOR] = rill_number_for(rill_scale(root, o->epsilon), like);
}

static void adamw_numbers(rill_rule_step *step, const rill_tensor *like)
{
    const rill_adam_options *o = step->options;
    rill_tensor *keep = rill_shift(rill_scale(step->rate, -o->weight_decay), 1.0);
    adam_numbers(step, like);
    step->number[KEEP] = rill_number_for(keep, like);
}

/* rate m^ / (sqrt(v^) + epsilon), with the two corrections taken out to the numbers. */
static rill_tensor *adam_move(const rill_rule_step *step, rill_tensor *param, rill_tensor *grad)
{
    const rill_adam_options *o = step->options;
    rill_tensor *m = decayed(rill_moment(param, "adam.m"), grad, o->beta1);
    rill_tensor *v = decayed(rill_moment(param, "adam.v"), rill_square(grad), o->beta2);
    return rill_div(rill_mul(m, step->number[RATE]), rill_add(rill_sqrt(v), step->number[FLOOR]));
}

static rill_tensor *adam_next(const rill_rule_step *step, rill_tensor *param, rill_tensor *grad)
{
    const rill_adam_options *o = step->options;
    if (o->weight_decay != 0.0)
        grad = rill_add(grad, rill_scale(param, o->weight_decay));
    return rill_sub(param, adam_move(step, param, grad));
}

static rill_tensor *adamw_next(const rill_rule_step *step, rill_tensor *param, rill_tensor *grad)
{
    return rill_sub(rill_mul(param, step->number[KEEP]), adam_move(step, param, grad));
}

/* Both forms share their moments' names: a run may go on with the other. */
static rill_rule rule_of(const rill_adam_options *o, int decoupled)
{
    return (rill_rule){ .name = decoupled ? "adamw" : "adam",
                        .numbers = decoupled ? adamw_numbers : adam_numbers,
                        .next = decoupled ? adamw_next : adam_next,
                        .options = o,
                        .lr = o->lr,
                        .clip = o->clip,
                        .ema = o->ema,
                        .schedule = &o->schedule };
}

/* NULL, or which option no Adam can have. */
static const char *complaint(const rill_adam_options *o)
{
    if (!(o->beta1 > 0.0 && o->beta1 < 1.0) || !(o->beta2 > 0.0 && o->beta2 < 1.0))
        return "expected 0 < beta < 1";
    if (!(o->epsilon > 0.0))
        return "expected epsilon > 0";
    return isfinite(o->weight_decay) ? NULL : "expected a finite weight decay";
}

static rill_tensor *from_loss(rill_tensor *loss, rill_adam_options options, int decoupled)
{
    rill_adam_options o = standard(options);
    rill_rule rule = rule_of(&o, decoupled);
    if (complaint(&o))
        return rill_graph_fail(rill_graph_of(loss), "%s: %s", rule.name, complaint(&o));
    return rill_rule_minimize(&rule, loss);
}

static rill_tensor *from_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                   rill_tensor *guard, rill_adam_options options, int decoupled)
{
    rill_adam_options o = standard(options);
    rill_rule rule = rule_of(&o, decoupled);
    if (complaint(&o))
        return rill_graph_fail(rill_graph_of(params && n > 0 ? params[0] : guard), "%s: %s",
                               rule.name, complaint(&o));
    return rill_rule_apply(&rule, params, grads, n, guard);
}

rill_tensor *rill_adam(rill_tensor *loss, rill_adam_options options)
{
    return from_loss(loss, options, 0);
}

rill_tensor *rill_adamw(rill_tensor *loss, rill_adam_options options)
{
    return from_loss(loss, options, 1);
}

rill_tensor *rill_adam_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                 rill_tensor *guard, rill_adam_options options)
{
    return from_gradients(params, grads, n, guard, options, 0);
}

rill_tensor *rill_adamw_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                  rill_tensor *guard, rill_adam_options options)
{
    return from_gradients(params, grads, n, guard, options, 1);
}
