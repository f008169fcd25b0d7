/* likelihood.h - log p of samples under a flow, as nodes of a graph: it can be drawn, compiled and
 * differentiated with respect to the samples and to parameters.
 *
 * A field u carries the density of the source along with the samples, and where it spreads them
 * the density falls:
 *
 *     d/dt log p_t(x_t) = -div u(x_t, t)      so      log p_1(x_1) = log p_0(x_0) - int div u dt
 *
 * x and the integral are carried together, by any solver of models/ode.  Chen et al., "Neural
 * ordinary differential equations", 2018; by probes: Grathwohl et al., "FFJORD", 2019.  For many
 * samples, without a graph of their own: scorer.h. */
#ifndef RILL_MODELS_FLOW_LIKELIHOOD_H
#define RILL_MODELS_FLOW_LIKELIHOOD_H

#include "../ode/field.h"
#include "../ode/solver.h"
#include "divergence.h"
#include "source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_likelihood {
    rill_field field;          /* samples are [B, ...], f32 or f64 */
    const rill_source *source; /* NULL: standard normal */
    const rill_solver *solver; /* one step for each interval of the times */
    const double *times;       /* [time_count], see rill_time_grid(1, 0, steps) */
    int64_t time_count;
    /* Exact divergence without them; otherwise the estimate of each of them, kept all the way. */
    rill_tensor *const *probes; /* [probe_count] of x's shape, see rill_probe_draw */
    int64_t probe_count;
} rill_likelihood;

typedef struct rill_likelihood_parts {
    rill_tensor *x;              /* [B, ...] at the last time */
    rill_tensor *log_p;          /* [B] in nats; the mean over the probes */
    rill_tensor *standard_error; /* [B] of that mean, as far as probes go; NULL below two */
} rill_likelihood_parts;

/* A field that knows mean velocities (field.h) is integrated by its velocity.  A solver of one
 * stage would step forwards by the means: that is refused.
 *
 * Where times descend, x is data, and log_p its own; the source is at the last time.  Where they
 * ascend, x is of the source, and log_p that of the place where it arrives: a sample and its
 * density together. */
rill_likelihood_parts rill_likelihood_build(const rill_likelihood *likelihood, rill_tensor *x,
                                            rill_tensor *cond);

#ifdef __cplusplus
}
#endif
#endif
