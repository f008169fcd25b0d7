#include "diffusion.h"

#include "ops/elementwise.h"

static const rill_scheduler *scheduler_of(const rill_diffusion *d)
{
    return d->conversion.scheduler ? d->conversion.scheduler : &rill_scheduler_linear;
}

rill_tensor *rill_log_snr(const rill_scheduler *scheduler, rill_tensor *t)
{
    if (!scheduler || !scheduler->alpha || !scheduler->sigma)
        return rill_graph_fail(rill_graph_of(t), "log-SNR: there is no scheduler");
    rill_tensor *alpha = scheduler->alpha(t, scheduler->self);
    rill_tensor *sigma = scheduler->sigma(t, scheduler->self);
    return rill_scale(rill_sub(rill_log(alpha), rill_log(sigma)), 2.0);
}

/* What a step is made of: the data and noise seen at t, and the path at both times. */
typedef struct sight {
    rill_tensor *data, *noise;
    rill_tensor *alpha, *sigma, *next_alpha, *next_sigma;
} sight;

static sight look(const rill_diffusion *d, rill_tensor *x, rill_tensor *t, rill_tensor *to,
                  rill_tensor *cond)
{
    if (!d || !d->field.at) {
        rill_tensor *none = rill_graph_fail(rill_graph_of(x), "diffusion: there is no field");
        return (sight){ none, none, none, none, none, none };
    }
    const rill_scheduler *s = scheduler_of(d);
    t = rill_time_for("diffusion", t, x);
    to = rill_time_for("diffusion", to, x);
    rill_tensor *v = d->field.at(x, t, cond, d->field.self);
    return (sight){ .data = rill_convert(&d->conversion, x, t, v, RILL_VELOCITY, RILL_DATA),
                    .noise = rill_convert(&d->conversion, x, t, v, RILL_VELOCITY, RILL_NOISE),
                    .alpha = s->alpha(t, s->self),
                    .sigma = s->sigma(t, s->self),
                    .next_alpha = s->alpha(to, s->self),
                    .next_sigma = s->sigma(to, s->self) };
}

rill_tensor *rill_ddim_step(const rill_diffusion *diffusion, rill_tensor *x, rill_tensor *t,
                            rill_tensor *to, rill_tensor *cond)
{
    sight at = look(diffusion, x, t, to, cond);
    return rill_add(rill_mul(at.next_alpha, at.data), rill_mul(at.next_sigma, at.noise));
}

/* With the ratio r = e^(l_t - l_to) of the SNRs, x_to given x_t and x1 has the mean alpha_to x1 +
 * sigma_to sqrt(r) x0 and the variance sigma_to^2 (1 - r) s^2: what x_to shares with x_t, and what
 * is new. */
rill_ddpm rill_ddpm_step(const rill_diffusion *diffusion, rill_tensor *x, rill_tensor *t,
                         rill_tensor *to, rill_tensor *cond)
{
    sight at = look(diffusion, x, t, to, cond);
    double sd =
        diffusion && diffusion->conversion.source_sd > 0 ? diffusion->conversion.source_sd : 1.0;
    /* No division by sigma_to, which is 0 at data. */
    rill_tensor *root =
        rill_div(rill_mul(at.alpha, at.next_sigma), rill_mul(at.next_alpha, at.sigma));
    rill_tensor *shared = rill_mul(at.next_sigma, root);
    rill_tensor *fresh = rill_sub(rill_scalar_like(root, 1.0), rill_square(root));
    rill_tensor *mean = rill_add(rill_mul(at.next_alpha, at.data), rill_mul(shared, at.noise));
    fresh = rill_sqrt(rill_max(fresh, rill_scalar_like(fresh, 0.0)));
    return (rill_ddpm){ mean, rill_scale(rill_mul(at.next_sigma, fresh), sd) };
}

/* At x = 0 a conversion from noise is a factor. */
rill_tensor *rill_loss_factor(const rill_conversion *conversion, rill_tensor *t,
                              rill_quantity quantity)
{
    rill_graph *g = rill_graph_of(t);
    rill_tensor *zero = rill_full(g, rill_dtype_of(t), rill_shape_of(t), 0.0);
    rill_tensor *one = rill_full(g, rill_dtype_of(t), rill_shape_of(t), 1.0);
    return rill_square(rill_convert(conversion, zero, t, one, RILL_NOISE, quantity));
}
