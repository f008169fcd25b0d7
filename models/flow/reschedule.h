/* reschedule.h - another scheduler after training: the field of the same model along another affine
 * path.
 *
 * With R = sqrt(alpha^2 + sigma^2) and theta = atan2(alpha, sigma), the point x_r of the new path
 * lies on the ray of the point x_r/c of the trained one at the time t_r of the same angle:
 *
 *     t_r = theta^-1(theta'(r)),  c = R'(r)/R(t_r)       (' the new scheduler)
 *     v'_r(x) = (dc/dr / c) x + c dt_r/dr v_{t_r}(x/c)
 *
 * Angles, unlike the ratio alpha/sigma, are finite at both ends.  Samples of both fields, solved
 * exactly, are the same where both paths start at noise and end at data.  Karras et al.,
 * "Elucidating the design space of diffusion-based generative models", 2022; Lipman et al., "Flow
 * matching guide and code", 2024, section 4.6. */
#ifndef RILL_MODELS_FLOW_RESCHEDULE_H
#define RILL_MODELS_FLOW_RESCHEDULE_H

#include "../ode/field.h"
#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a field was trained on and what it is to run on; all three have to live while graphs are
 * built. */
typedef struct rill_reschedule {
    rill_field field;
    const rill_scheduler *trained, *wanted;
} rill_reschedule;

/* The time t_r of the trained path at time r of the wanted one, found by bisection, and the factor
 * c between their points, x_r = c x_t, with their derivatives in r, from the implicit function
 * theorem. Where dt_r/dr is infinite, at ends at which the trained scheduler rests or is singular,
 * it is taken a little inside: `inside` is t_r as the field is asked there. */
typedef struct rill_rescheduled {
    rill_tensor *t, *inside, *c;  /* of r's shape */
    rill_tensor *t_rate, *c_rate; /* dt_r/dr, and dc/dr over c */
} rill_rescheduled;

rill_rescheduled rill_reschedule_at(const rill_scheduler *trained, const rill_scheduler *wanted,
                                    rill_tensor *r);

/* The field along the wanted path.  It knows mean velocities where the field does: a step of theirs
 * ends on the ray where theirs does, exactly. */
rill_field rill_rescheduled_field(const rill_reschedule *reschedule);

#ifdef __cplusplus
}
#endif
#endif
