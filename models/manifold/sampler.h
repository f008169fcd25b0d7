/* sampler.h - a trained network on a manifold put to use: samples that are on it at every step, and
 * the density of given points.
 *
 * As models/flow/sampler.h, with which it shares options and requests: threads take chunks of a
 * fixed batch, and row i depends on (seed, i) alone.  Steps are those of unroll.h. */
#ifndef RILL_MODELS_MANIFOLD_SAMPLER_H
#define RILL_MODELS_MANIFOLD_SAMPLER_H

#include "../../core/store.h"
#include "../ode/field.h"
#include "../sampling/request.h"
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
 * deviates that (seed, i) has in flat space; a given x0 is projected first.  RILL_BAD_ARGUMENT, in
 * addition to what rill_sampler_run refuses: a tolerance. */
rill_status rill_manifold_sampler_run(rill_manifold_sampler *sampler, const rill_sampling *sampling,
                                      rill_message *message);

/* The log of the density of n points, by the manifold's own volume, into log_p [n]:
 *
 *     log p(x_1) = log base(x_0) - integral from 0 to 1 of div u along the way
 *
 * with the exact divergence (divergence.h).  Where the times of the request descend, its x0 is
 * data, whose density that is; it may leave out `samples`, the noise that the data come from.
 * Where they ascend, it makes samples as rill_manifold_sampler_run does, and the density is theirs.
 * Chen, Lipman: "Flow matching on general geometries", 2024. */
rill_status rill_manifold_sampler_score(rill_manifold_sampler *sampler,
                                        const rill_sampling *request, double *log_p,
                                        rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
