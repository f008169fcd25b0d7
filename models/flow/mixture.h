/* mixture.h - the exact marginal field between two mixtures of Gaussians on an affine path, in
 * plain C: what a perfect network would have learned, to hold a learned one against.
 *
 * x0 ~ sum_j w_j N(m_j, s_j^2 I), x1 ~ sum_k w_k N(m_k, s_k^2 I), independent, x_t = sigma x0 +
 * alpha x1. Each pair (j,k) is Gaussian at every t, with its own linear field; the field of the
 * mixture is their mean, weighted by how probable each pair is at x.  Lipman et al., 2023, and
 * Gaussian conditioning. */
#ifndef RILL_MODELS_FLOW_MIXTURE_H
#define RILL_MODELS_FLOW_MIXTURE_H

#include "../../base/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_MIXTURE_MAX_DIM 64

/* `count` isotropic components in `dim` dimensions.  The arrays are the caller's. */
typedef struct rill_mixture {
    int64_t dim, count;
    const double *weight; /* [count], positive, of sum 1 */
    const double *mean;   /* [count,dim] */
    const double *sd;     /* [count], > 0 */
} rill_mixture;

/* A scheduler at one time: alpha, sigma and their derivatives. */
typedef struct rill_mixing {
    double alpha, sigma, alpha_rate, sigma_rate;
} rill_mixing;

rill_mixing rill_mixing_linear(double t);
rill_mixing rill_mixing_cosine(double t);

/* What is known of the flow at (x, t). */
typedef struct rill_mixture_field {
    double velocity[RILL_MIXTURE_MAX_DIM]; /* u(x, t) = E[dx_t/dt | x_t = x] */
    double divergence;                     /* of u */
    double variance;                       /* of dx_t/dt given x_t = x, summed over dimensions: the
                                              least loss at (x, t) */
    double density;                        /* of x_t */
} rill_mixture_field;

/* RILL_BAD_ARGUMENT: a NULL, dimensions that differ or exceed RILL_MIXTURE_MAX_DIM, no components.
 * Where no pair has a density, far out, the field is NaN. */
rill_status rill_mixture_field_at(const rill_mixture *source, const rill_mixture *target,
                                  rill_mixing mixing, const double *x, rill_mixture_field *field,
                                  rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
