/* stochastic.h - sampling with noise added on the way.
 *
 *     dx = (u + e(t)^2/2 score) dt + e(t) dW
 *
 * has at every t the distribution that dx/dt = u has, for any noise level e(t) >= 0: the noise
 * spreads a density as much as the score draws it together.  The score is a field that was learned,
 * or follows from the velocity (conversion.h) on an affine path from a Gaussian source; where that
 * divides by zero, t is kept 1e-3 off the end.  Noise forgets: errors made early are mended, at the
 * price of more steps.  Song et al., "Score-based generative modeling through stochastic
 * differential equations", 2021; Albergo, Boffi, Vanden-Eijnden, "Stochastic interpolants", 2023.
 *
 * A step from t to t + h draws z [B, ...], standard normal, and solves
 *
 *     dx/dt = u + e(t)^2/2 score + eta,    eta = z sqrt((e(t)^2 + e(t+h)^2) / 2h)
 *
 * with one step of any solver: the noise of the step comes in evenly over it (Wong, Zakai, "On the
 * convergence of ordinary integrals to stochastic integrals", 1965).  euler is Euler-Maruyama, heun
 * the stochastic Heun method. */
#ifndef RILL_MODELS_FLOW_STOCHASTIC_H
#define RILL_MODELS_FLOW_STOCHASTIC_H

#include "conversion.h"
#include "noise_level.h"
#include "sampler.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_stochastic {
    rill_field field;              /* u */
    rill_conversion conversion;    /* of the path that it belongs to, for the score */
    const rill_noise_level *level; /* e */
    rill_field score;              /* of x_t; .at NULL: it follows from u */
} rill_stochastic;

/* u + e(t)^2/2 score.  `stochastic` and what it points to have to live while graphs are built. */
rill_field rill_stochastic_drift(const rill_stochastic *stochastic);

/* x at times[count-1] where x [B, ...] is at times[0], as nodes of a graph.  Times ascend.
 * noise[i] [B, ...] is z of step i; NULL: drawn in the graph. */
rill_tensor *rill_stochastic_unroll(const rill_stochastic *stochastic, const rill_solver *solver,
                                    const double *times, int64_t count, rill_tensor *x,
                                    rill_tensor *cond, rill_tensor *const *noise);

/* The same on arrays, for any number of rows, as sampler.h has it: options and requests are its
 * own. z of row i at step k depends on (seed, i, k) alone. */
typedef struct rill_stochastic_sampler rill_stochastic_sampler;

/* Keeps the store, and a pointer to the level.  NULL on failure, with the reason. */
rill_stochastic_sampler *rill_stochastic_sampler_new(rill_store *store,
                                                     const rill_stochastic *stochastic,
                                                     const rill_sampler_options *options,
                                                     rill_message *message);
void rill_stochastic_sampler_free(rill_stochastic_sampler *sampler);

/* RILL_BAD_ARGUMENT: as of rill_sampler_run, and times that do not ascend. */
rill_status rill_stochastic_sampler_run(rill_stochastic_sampler *sampler,
                                        const rill_sampling *sampling, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
