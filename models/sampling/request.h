/* request.h - what samplers are made for, and what is asked of them: of points in flat space
 * (models/flow) and on manifolds, and in part of tokens.
 *
 * Row i of what is drawn depends on (seed, first + i) alone: not on how many are asked for, nor on
 * the number of threads.  Arrays are of the sampler's dtype, row-major, in the caller's memory. */
#ifndef RILL_MODELS_SAMPLING_REQUEST_H
#define RILL_MODELS_SAMPLING_REQUEST_H

#include "../../core/shape.h"
#include "../ode/integrate.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_sampler_options {
    rill_dtype dtype;  /* f32 (0) or f64: as the network was trained */
    rill_shape sample; /* of one sample, without the batch: RILL_SHAPE(2) */
    int64_t batch;     /* rows a run; 0: 1,024 */
    int labels;        /* 1: conditions are i32 labels, -1 for none */
    int64_t vector;    /* C > 0: conditions are vectors of C numbers; 0: none */
} rill_sampler_options;

/* A question that long work asks, of a Ctrl-C perhaps; answered by other than 0, the work ends with
 * RILL_INTERRUPTED, and what it writes to is as far as it came.  Threads that work side by side ask
 * one at a time, and not again after such an answer.  All zeros: never. */
typedef struct rill_interrupt {
    int (*asked)(void *self);
    void *self;
} rill_interrupt;

typedef struct rill_sampling {
    const rill_solver *solver; /* NULL: euler */
    const double *times;       /* [time_count], see grid.h; descending: from data to noise */
    int64_t time_count;        /* steps + 1 */
    double tolerance;          /* 0: a step for each interval; otherwise see rill_ode_options */
    rill_ode_counts *counts;   /* added to; NULL: not wanted */
    uint64_t seed;
    int64_t n;                /* samples */
    int64_t first;            /* sample i is number first + i of the noise's stream; >= 0 */
    const void *x0;           /* [n, ...] x at times[0]; NULL: standard normal noise of (seed, i) */
    const void *cond;         /* [n] labels or [n,C] vectors; NULL where the network takes none */
    rill_interrupt interrupt; /* asked before each evaluation of the network */

    void *samples;    /* [n, ...] out */
    void *noise;      /* [n, ...] out: where each sample started; NULL: not wanted */
    void *trajectory; /* [time_count, n, ...] out; NULL: not wanted */
} rill_sampling;

#ifdef __cplusplus
}
#endif
#endif
