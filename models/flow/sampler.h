/* sampler.h - a trained network put to use: samples, trajectories and the learned field, for any
 * number of them.
 *
 * Threads take chunks of a fixed batch, each with a program of its own; a chunk that is short is
 * padded with its first row.  Sample i depends on (seed, i) alone: not on how many are asked for,
 * nor on the number of threads.  Of chunks that fail the first is told; those before it are done,
 * and rows after it may be anything.  Samples, noise, conditions and fields are arrays of the
 * sampler's dtype, row-major, in the caller's memory. */
#ifndef RILL_MODELS_FLOW_SAMPLER_H
#define RILL_MODELS_FLOW_SAMPLER_H

#include "../../core/store.h"
#include "../ode/field.h"
#include "../sampling/request.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_sampler rill_sampler;

/* The field - rill_flow_field() of the flow that was trained - with the parameters in `store`,
 * which all have to be there (RILL_NOT_FOUND in the message otherwise), and which the sampler keeps
 * alive. Use rill_averaged_store() for averaged weights.  NULL on failure, with the reason. */
rill_sampler *rill_sampler_new(rill_store *store, rill_field field,
                               const rill_sampler_options *options, rill_message *message);
void rill_sampler_free(rill_sampler *sampler);

/* Integrates n samples along the learned field. */
rill_status rill_sampler_run(rill_sampler *sampler, const rill_sampling *sampling,
                             rill_message *message);

/* out[i] = v(x[i], t[i]) given cond[i]; x and out are [n, ...], t is [n]. */
rill_status rill_sampler_velocity(rill_sampler *sampler, int64_t n, const void *x, const double *t,
                                  const void *cond, void *out, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
