/* divergence.h - how fast a field spreads what it carries: div u = sum_i du_i/dx_i, row by row.
 *
 * u [B, ...] is a field that was built from x [B, ...], of the same shape and with rows apart; a
 * sample has any shape, and its numbers are counted as one row of them.  All are nodes of the
 * graph, differentiable with respect to x and to parameters:
 *
 *     rill_tensor *u = field.at(x, t, cond, field.self);
 *     rill_tensor *div = rill_divergence(u, x);
 *
 * Each derivative along a direction is one tangent of u (rill_jvp). */
#ifndef RILL_MODELS_FLOW_DIVERGENCE_H
#define RILL_MODELS_FLOW_DIVERGENCE_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* div u [B], exactly: as many tangents as a sample has numbers. */
rill_tensor *rill_divergence(rill_tensor *u, rill_tensor *x);

/* What probes e are drawn from, each number apart, of mean 0 and variance 1. */
typedef enum rill_probe_law {
    RILL_RADEMACHER, /* -1 or 1: of all laws the one whose estimates vary least */
    RILL_GAUSSIAN    /* standard normal */
} rill_probe_law;

/* A probe of x's shape and dtype, drawn anew in each row, call and step. */
rill_tensor *rill_probe_draw(rill_tensor *x, rill_probe_law law);

/* Hutchinson's estimate of div u, since E[e . (du/dx) e] is the trace of du/dx. */
typedef struct rill_estimate {
    rill_tensor *mean;           /* [B] over the probes */
    rill_tensor *standard_error; /* [B] of that mean; NULL for one probe, which does not tell */
} rill_estimate;

enum { RILL_MAX_PROBES = 65536 };

/* From n >= 1 probes of x's shape: n tangents.  Hutchinson, "A stochastic estimator of the trace of
 * the influence matrix for Laplacian smoothing splines", 1990; Grathwohl et al., "FFJORD", 2019. */
rill_estimate rill_divergence_by_probes(rill_tensor *u, rill_tensor *x, rill_tensor *const *probes,
                                        int64_t n);
/* What each probe says, [B,n]: e . (du/dx) e. */
rill_tensor *rill_divergence_samples(rill_tensor *u, rill_tensor *x, rill_tensor *const *probes,
                                     int64_t n);
/* The mean of n values of each row, [B,n], and its standard error: the root of their variance over
 * n, with n - 1 in the variance's denominator. */
rill_estimate rill_estimate_of(rill_tensor *values);

/* d . (du/dx) d [B]: the part of it along a direction d of x's shape. */
rill_tensor *rill_divergence_along(rill_tensor *u, rill_tensor *x, rill_tensor *d);
/* Direction i of them all, of x's shape: 1 at number i of each row, and 0 elsewhere. */
rill_tensor *rill_axis_like(rill_tensor *x, int64_t i);

#ifdef __cplusplus
}
#endif
#endif
