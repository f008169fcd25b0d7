/* guidance.h - fields led towards a condition, away from a worse model, or down an energy.  Each is
 * a field made of fields, so that they nest, sample, unroll and differentiate like any other. */
#ifndef RILL_MODELS_FLOW_GUIDANCE_H
#define RILL_MODELS_FLOW_GUIDANCE_H

#include "../ode/field.h"
#include "conversion.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Times at which a field is guided, from <= t <= to; elsewhere it is left as it is.  Both 0: all.
 * Kynkaanniemi et al., "Applying guidance in a limited interval improves sample and distribution
 * quality in diffusion models", 2024. */
typedef struct rill_interval {
    double from, to;
} rill_interval;

/* The condition that stands for none, as flows leave it out in training (rill_flow.dropout): label
 * -1, or a vector of zeros.  NULL for NULL. */
rill_tensor *rill_condition_none(rill_tensor *cond);

/* v_w = (1-w) v_0 + w v_c.  w = 1 is `field` itself, more leads further.
 *
 * Without a guide v_0 is `field` asked without its condition: classifier-free guidance.  Ho,
 * Salimans, "Classifier-free diffusion guidance", 2022; for flows, Zheng et al., "Guided flows",
 * 2023.  With one, v_0 is the guide, given the same condition: a smaller or less trained model
 * (autoguidance).  Karras et al., "Guiding a diffusion model with a bad version of itself", 2024.
 * Its parameters have to lie beside the first's: see scoped.h. */
typedef struct rill_guidance {
    rill_field field; /* v_c */
    rill_field guide; /* v_0; .at NULL: `field` without its condition */
    double weight;    /* w */
    rill_interval times;
} rill_guidance;

/* The guided field; the guidance and what it points to have to live while graphs are built.
 * Without a guide it needs a condition.
 *
 * Where `field` and the guide both know mean velocities, so does the guided field: it combines
 * those, over a step that begins within `times`.  At w = 1 that is exact; else both are means along
 * flows of their own, and it is right to first order in the length of the step. */
rill_field rill_guided_field(const rill_guidance *guidance);

/* A number for each row of x, [B] or [B,1,..,1]; arguments as those of a field.  A row's energy
 * depends on that row alone. */
typedef struct rill_energy {
    rill_tensor *(*at)(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self);
    const void *self;
} rill_energy;

/* A field on an affine path led down an energy E:
 *
 *     v - weight b(t) dE/dx,    b = s^2 sigma (alpha' sigma - sigma' alpha) / alpha
 *
 * b is what a velocity changes by where the score changes by 1 (conversion.h): (1-t)/t on the
 * linear path.  With E(x, t) = -log p(y | x_t = x), of a classifier or any likelihood told the
 * noisy point, samples have the density p(x1) p(y | x1) / p(y).  Dhariwal, Nichol, "Diffusion
 * models beat GANs on image synthesis", 2021.
 *
 * With of_data the energy is asked at the data that the field expects, E(x1hat(x, t), t), and its
 * gradient goes through the field: an energy of clean samples serves, such as |A x1 - y|^2 / 2 s^2
 * of an inverse problem, at the price of taking the mean for the distribution.  Chung et al.,
 * "Diffusion posterior sampling for general noisy inverse problems", 2023.
 *
 * b is infinite at t = 0, where the gradient of a true likelihood vanishes: v, b and E are asked no
 * nearer than 1e-3.  A learned gradient does not vanish there: begin `times` a little later. */
typedef struct rill_energy_guidance {
    rill_field field;
    rill_energy energy;
    rill_conversion conversion; /* of the path that the field belongs to */
    int of_data;
    double weight;
    rill_interval times;
} rill_energy_guidance;

/* It knows velocities alone: what `field` knows of means is true along its own flow. */
rill_field rill_energy_guided_field(const rill_energy_guidance *guidance);

#ifdef __cplusplus
}
#endif
#endif
