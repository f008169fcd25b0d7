/* sampler.h - a trained network put to use: samples, trajectories and the learned field, for any
 * number of them.
 *
 * One program of a fixed batch serves any number of rows; the last chunk is padded.  Sample i
 * depends on (seed, i) alone: not on how many are asked for, nor on the number of threads. Samples,
 * noise, conditions and fields are arrays of the sampler's dtype, row-major, in the caller's
 * memory. */
#ifndef RILL_MODELS_FLOW_SAMPLER_H
#define RILL_MODELS_FLOW_SAMPLER_H

#include "../../core/store.h"
#include "../ode/field.h"
#include "../ode/integrate.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_sampler rill_sampler;

typedef struct rill_sampler_options {
    rill_dtype dtype;  /* f32 (0) or f64: as the network was trained */
    rill_shape sample; /* of one sample, without the batch: RILL_SHAPE(2) */
    int64_t batch;     /* rows a run; 0: 1,024 */
    int labels;        /* 1: conditions are i32 labels, -1 for none */
    int64_t vector;    /* C > 0: conditions are vectors of C numbers; 0: none */
} rill_sampler_options;

/* The field - rill_flow_field() of the flow that was trained - with the parameters in `store`,
 * which all have to be there (RILL_NOT_FOUND in the message otherwise), and which the sampler keeps
 * alive. Use rill_averaged_store() for averaged weights.  NULL on failure, with the reason. */
rill_sampler *rill_sampler_new(rill_store *store, rill_field field,
                               const rill_sampler_options *options, rill_message *message);
void rill_sampler_free(rill_sampler *sampler);

typedef struct rill_sampling {
    const rill_solver *solver; /* NULL: euler */
    const double *times;       /* [time_count], see grid.h; descending: from data to noise */
    int64_t time_count;        /* steps + 1 */
    double tolerance;          /* 0: a step for each interval; otherwise see rill_ode_options */
    rill_ode_counts *counts;   /* added to; NULL: not wanted */
    uint64_t seed;
    int64_t n;        /* samples */
    int64_t first;    /* sample i is number first + i of the noise's stream; >= 0 */
    const void *x0;   /* [n, ...] x at times[0]; NULL: standard normal noise of (seed, i) */
    const void *cond; /* [n] labels or [n,C] vectors; NULL where the network takes none */

    void *samples;    /* [n, ...] out */
    void *noise;      /* [n, ...] out: where each sample started; NULL: not wanted */
    void *trajectory; /* [time_count, n, ...] out; NULL: not wanted */
} rill_sampling;

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
