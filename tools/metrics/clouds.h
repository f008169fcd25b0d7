/* clouds.h - two samples made ready for distances: checked, shuffled, cut to a limit, scaled, and
 * stored by coordinate, so that the distances from one point to all of a sample are a few vector
 * loops. */
#ifndef RILL_TOOLS_METRICS_CLOUDS_H
#define RILL_TOOLS_METRICS_CLOUDS_H

#include "metrics.h"

struct cloud {
    double *axis; /* [dim,count] */
    int64_t count, dim;
};

/* Coordinates are those given times 2^-exponent, and at most 1 in magnitude. */
struct clouds {
    struct cloud a, b;
    int exponent;
};

/* At most `limit` points of each, as many of a as of b if `equal`.  Both samples use the seed's one
 * stream, so that equal samples give equal sub-samples. */
rill_status rill_clouds_make(const rill_points *a, const rill_points *b, int64_t limit, int equal,
                             uint64_t seed, struct clouds *out, rill_message *message);
void rill_clouds_free(struct clouds *clouds);

/* All points of two one-dimensional samples, each in order. */
rill_status rill_clouds_sorted(const rill_points *a, const rill_points *b, struct clouds *out,
                               rill_message *message);
int rill_points_on_line(const rill_points *a, const rill_points *b);
void rill_sort(double *values, int64_t n);

/* A result that says how many points are compared, and nothing else yet. */
rill_distance rill_clouds_result(const struct clouds *clouds);
/* Room for the distances from a point to either sample; freed by the caller. */
double *rill_clouds_row(const struct clouds *clouds);

/* out [count] = squared distances from point i of `from` to the first `count` of `to`, or
 * distances. */
void rill_cloud_squares(const struct cloud *from, int64_t i, const struct cloud *to, int64_t count,
                        double *out);
void rill_cloud_distances(const struct cloud *from, int64_t i, const struct cloud *to,
                          int64_t count, double *out);

#endif
