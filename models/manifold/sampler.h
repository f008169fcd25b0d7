/* sampler.h - a trained network on a manifold put to use: samples that are on it at every step, and
 * the density of given points.
 *
 * As models/flow/sampler.h, with which it shares options and requests: one program of a fixed batch
 * serves any number of rows, and row i depends on (seed, i) alone.  Steps are those of unroll.h. */
#ifndef RILL_MODELS_MANIFOLD_SAMPLER_H
#define RILL_MODELS_MANIFOLD_SAMPLER_H

#include "../flow/sampler.h"
#include "manifold.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_manifold_sampler rill_manifold_sampler;

/* The field with the parameters in `store`, which all have to be there, and which the sampler keeps
 * alive; it has to be tangent (see rill_tangent_net_of).  options->sample is
 * RILL_SHAPE(n).  The manifold has to outlive the sampler.  NULL on failure, with the reason. */
rill_manifold_sampler *rill_manifold_sampler_new(rill_store *store, rill_field field,
                                                 const rill_manifold *manifold,
                                                 const rill_sampler_options *options,
                                                 rill_message *message);
void rill_manifold_sampler_free(rill_manifold_sampler *sampler);

/* Integrates n samples along the learned field.  Noise is of the base distribution, made of the
 * deviates that (seed, i) has in flat space; a given x0 is projected first. */
rill_status rill_manifold_sampler_run(rill_manifold_sampler *sampler, const rill_sampling *sampling,
                                      rill_message *message);

/* The log of the density of n points, by the manifold's own volume: points are carried from
 * times[0] (1 for data) back to times[time_count-1] (0), where
 *
 *     log p(x) = log base(x_0) - integral of div u along the way
 *
 * with the exact divergence (divergence.h).  Chen, Lipman: "Flow matching on general
 * geometries", 2024. */
typedef struct rill_manifold_scoring {
    const rill_solver *solver; /* NULL: euler */
    const double *times;       /* [time_count], see rill_time_grid(1, 0, steps) */
    int64_t time_count;
    int64_t n;
    const void *x;    /* [n, ...], projected first */
    const void *cond; /* [n] labels or [n,C] vectors; NULL where the network takes none */

    double *log_density; /* [n] out */
    void *noise;         /* [n, ...] out: where each point comes from; NULL: not wanted */
} rill_manifold_scoring;

rill_status rill_manifold_sampler_score(rill_manifold_sampler *sampler,
                                        const rill_manifold_scoring *scoring,
                                        rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
