/* stochastic_step.h (private) - what the loop and the unrolled form of stochastic.h share. */
#ifndef RILL_MODELS_FLOW_STOCHASTIC_STEP_H
#define RILL_MODELS_FLOW_STOCHASTIC_STEP_H

#include "noise_level.h"

/* factors[i] = sqrt((e(t)^2 + e(t+h)^2) / 2h) of the step from times[i] to times[i+1]; `factors`
 * has room for `count`, the last of which means nothing.  RILL_BAD_ARGUMENT unless times ascend. */
rill_status rill_stochastic_factors(const rill_noise_level *level, const double *times,
                                    int64_t count, double *factors, rill_message *message);

#endif
