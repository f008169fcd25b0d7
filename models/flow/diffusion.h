/* diffusion.h - the steps and losses of diffusion models, in the words of flow matching.
 *
 * A diffusion model is a flow from a Gaussian source along an affine path, x_t = alpha x1 + sigma
 * x0, told by its log-SNR l = log(alpha^2/sigma^2).  Its samplers are those of the same field: in
 * x/(alpha + sigma) with the time eta = sigma/(alpha + sigma) a DDIM step is an Euler step, and a
 * DDPM step is a DDIM step too far and noise on top (tests/models/test_diffusion.c holds them
 * equal).  Gao et al., "Diffusion meets flow matching: two sides of the same coin", 2024. */
#ifndef RILL_MODELS_FLOW_DIFFUSION_H
#define RILL_MODELS_FLOW_DIFFUSION_H

#include "../ode/field.h"
#include "conversion.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The velocity field of a model and the path that it belongs to; for DDPM the source is N(0, s^2 I)
 * with the s of the conversion.  Times t are [B] or [B,1,..,1], noisier than `to`. */
typedef struct rill_diffusion {
    rill_field field;
    rill_conversion conversion;
} rill_diffusion;

/* log(alpha^2/sigma^2) at t, of t's shape: -inf at pure noise, +inf at data. */
rill_tensor *rill_log_snr(const rill_scheduler *scheduler, rill_tensor *t);

/* From x at t to time `to`: alpha x1hat + sigma x0hat there, of the data and noise that the model
 * sees at t.  Song, Meng, Ermon, "Denoising diffusion implicit models", 2021, with eta = 0. */
rill_tensor *rill_ddim_step(const rill_diffusion *diffusion, rill_tensor *x, rill_tensor *t,
                            rill_tensor *to, rill_tensor *cond);

/* The distribution of x at time `to` given x at t and the data that the model sees there: normal,
 * of this mean [B, ...] and sd [B,1,..,1].  Ho, Jain, Abbeel, "Denoising diffusion probabilistic
 * models", 2020, equation 7, for any scheduler. */
typedef struct rill_ddpm {
    rill_tensor *mean, *sd;
} rill_ddpm;

rill_ddpm rill_ddpm_step(const rill_diffusion *diffusion, rill_tensor *x, rill_tensor *t,
                         rill_tensor *to, rill_tensor *cond);

/* What |noise predicted - noise|^2 is multiplied by where the same prediction is told, and judged,
 * as another quantity: e^-l as data, (sigma alpha' - sigma' alpha)^2/alpha^2 as velocity, of t's
 * shape.  So each prediction type is a weighting of any other.  Kingma, Gao, "Understanding
 * diffusion objectives as the ELBO with simple data augmentation", 2023. */
rill_tensor *rill_loss_factor(const rill_conversion *conversion, rill_tensor *t,
                              rill_quantity quantity);

#ifdef __cplusplus
}
#endif
#endif
