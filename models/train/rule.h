/* rule.h (private) - what every optimiser does around its own rule: guards, clipping, rate,
 * averages. */
#ifndef RILL_MODELS_TRAIN_RULE_H
#define RILL_MODELS_TRAIN_RULE_H

#include "schedule.h"

enum { RILL_RULE_NUMBERS = 3 };

/* What a rule may use beside a parameter and its gradient. */
typedef struct rill_rule_step {
    rill_tensor *n;                         /* i32 []: steps done before this one */
    rill_tensor *rate;                      /* f64 []: learning rate of this step */
    rill_tensor *number[RILL_RULE_NUMBERS]; /* [] each: what the rule's `numbers` made */
    const void *options;
} rill_rule_step;

typedef struct rill_rule {
    const char *name; /* scope of the nodes and prefix of the moments: "adam" */
    /* Fills step->number with what all parameters of a dtype share, in the dtype of `like`. */
    void (*numbers)(rill_rule_step *step, const rill_tensor *like);
    /* The parameter's value after the step. */
    rill_tensor *(*next)(const rill_rule_step *step, rill_tensor *param, rill_tensor *grad);
    const void *options;
    double lr, clip, ema;
    const rill_schedule *schedule;
} rill_rule;

/* One step from gradients, and one step down the gradient of a loss. */
rill_tensor *rill_rule_apply(const rill_rule *rule, rill_tensor *const *params,
                             rill_tensor *const *grads, int64_t n, rill_tensor *guard);
rill_tensor *rill_rule_minimize(const rill_rule *rule, rill_tensor *loss);

/* The state "PREFIX.NAME" of a parameter NAME: zeros of its shape and dtype. */
rill_tensor *rill_moment(rill_tensor *param, const char *prefix);
/* The number x (f64 []) in the dtype of `like`. */
rill_tensor *rill_number_for(rill_tensor *x, const rill_tensor *like);

#endif
