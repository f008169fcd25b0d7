/* optimizer.h - the training step as nodes of the graph: gradients, clipping, rate, update,
 * average.
 *
 * Each optimiser returns one tensor; a program that has it as an output takes one step a run.
 * Nothing is committed in a run whose loss or gradient norm is NaN or infinite: rill_run() fails
 * with RILL_NOT_FINITE and weights, moments and counter stay as they were.
 *
 * State in the store, beside the parameters: the counter "step" (i32, the number of steps done),
 * the moments "adam.m.NAME" and "adam.v.NAME" or "sgd.m.NAME", and the averages "ema.NAME". */
#ifndef RILL_MODELS_TRAIN_OPTIMIZER_H
#define RILL_MODELS_TRAIN_OPTIMIZER_H

#include "schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In every field 0 means the value in parentheses. */
typedef struct rill_adam_options {
    double lr;           /* learning rate, before the schedule (1e-3) */
    double beta1, beta2; /* decay of the moments (0.9, 0.999) */
    double epsilon;      /* added to the root of the second moment (1e-8) */
    double weight_decay; /* adam: adds this times the weight to the gradient; adamw: takes the rate
                            times this times the weight off the weight (0) */
    double clip;         /* limit on the global norm of the gradient (no clipping) */
    double ema;          /* decay of the averaged weights, see average.h (no average) */
    rill_schedule schedule;
} rill_adam_options;

typedef struct rill_sgd_options {
    double lr;           /* (1e-2) */
    double momentum;     /* m' = momentum m + gradient, weight' = weight - rate m' (0) */
    double weight_decay; /* adds this times the weight to the gradient (0) */
    double clip;
    double ema;
    rill_schedule schedule;
} rill_sgd_options;

/* Trains every parameter that the scalar `loss` depends on.
 * Adam: Kingma, Ba, 2015.  AdamW: Loshchilov, Hutter: "Decoupled weight decay regularization",
 * 2019. */
rill_tensor *rill_adam(rill_tensor *loss, rill_adam_options options);
rill_tensor *rill_adamw(rill_tensor *loss, rill_adam_options options);
rill_tensor *rill_sgd(rill_tensor *loss, rill_sgd_options options);

/* The optimisers by name. */
typedef struct rill_optimizer {
    const char *name, *doc;
    rill_tensor *(*minimize)(rill_tensor *loss,
                             rill_adam_options options); /* as far as they apply */
} rill_optimizer;

/* In the order that --help lists; NULL when i is out of range. */
const rill_optimizer *rill_optimizer_at(int i);
/* NULL when there is none of that name. */
const rill_optimizer *rill_optimizer_find(const char *name);

/* The same from gradients made elsewhere: grads[i] of the shape and dtype of the parameter
 * params[i].  A `guard` (NULL: none) must be finite, as the global norm of the gradients must, for
 * the step to count. */
rill_tensor *rill_adam_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                 rill_tensor *guard, rill_adam_options options);
rill_tensor *rill_adamw_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                  rill_tensor *guard, rill_adam_options options);
rill_tensor *rill_sgd_gradients(rill_tensor *const *params, rill_tensor *const *grads, int64_t n,
                                rill_tensor *guard, rill_sgd_options options);

#ifdef __cplusplus
}
#endif
#endif
