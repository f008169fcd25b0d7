/* metrics.h - how far apart two samples are: Wasserstein distances, energy distance, MMD.
 *
 * A sample is points [count,dim], row-major.  Distances between points are Euclidean.  Each
 * function is exact for the points it compares, symmetric and deterministic.  Above a limit it
 * compares sub-samples drawn by a seed without replacement, and the result says of how many points.
 * Coordinates are scaled by a power of two first, so that no finite value overflows when squared.
 *
 * RILL_BAD_ARGUMENT for a NULL, no points or no coordinates; RILL_MISMATCH for different dim;
 * RILL_NOT_FINITE for NaN or infinity, naming the row and column; RILL_NO_MEMORY. */
#ifndef RILL_TOOLS_METRICS_METRICS_H
#define RILL_TOOLS_METRICS_METRICS_H

#include <base/status.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_points {
    const double *x;
    int64_t count, dim;
} rill_points;

typedef struct rill_distance {
    double value;
    int64_t count_a, count_b; /* points compared; fewer than given where sub-samples were taken */
    double slack;             /* W1, W2: the mean cost is proved least up to this */
    double bandwidth;         /* MMD: of the kernel */
} rill_distance;

/* Most points of each sample that an assignment takes, and that pairwise sums take. */
#define RILL_ASSIGNMENT_LIMIT 10000
#define RILL_PAIRS_LIMIT      20000

/* Wasserstein distances: W1 is the least mean |x - y|, W2 the root of the least mean |x - y|^2,
 * over all couplings.  In one dimension by sorting, of any two sizes (so that b may be exact
 * quantiles).  In more by assignment of equally many points: sub-samples as large as the smaller
 * sample, at most RILL_ASSIGNMENT_LIMIT. */
rill_status rill_w1(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                    rill_message *message);
rill_status rill_w2(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                    rill_message *message);

/* sqrt(2 E|X-Y| - E|X-X'| - E|Y-Y'|), a V-statistic: the pairs of a point with itself count.  It
 * grows with the root of the data's unit. Szekely and Rizzo, "Energy statistics", J. Stat. Plan.
 * Inference 143, 2013.  In one dimension by sorting; in more over all pairs, of at most
 * RILL_PAIRS_LIMIT points each. */
rill_status rill_energy_distance(const rill_points *a, const rill_points *b, uint64_t seed,
                                 rill_distance *out, rill_message *message);

/* Maximum mean discrepancy sqrt(E k(X,X') + E k(Y,Y') - 2 E k(X,Y)), a V-statistic, for the
 * Gaussian kernel k = exp(-|x-y|^2 / (2 h^2)), of at most RILL_PAIRS_LIMIT points each.  Gretton et
 * al., "A kernel two-sample test", JMLR 13, 2012.  The bandwidth h is the median
 * distance between the points of both samples together, of at most 500 points each, drawn like
 * sub-samples. Where the median is zero it is the mean. */
rill_status rill_mmd(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                     rill_message *message);

/* The metrics in the order of `rill compare`; NULL when i is not 0..count-1. */
typedef struct rill_metric {
    const char *name, *doc;
    rill_status (*distance)(const rill_points *a, const rill_points *b, uint64_t seed,
                            rill_distance *out, rill_message *message);
} rill_metric;

int rill_metric_count(void);
const rill_metric *rill_metric_at(int i);

#ifdef __cplusplus
}
#endif
#endif
