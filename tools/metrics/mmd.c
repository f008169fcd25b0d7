/* mmd.c - maximum mean discrepancy with a Gaussian kernel. */
#include "clouds.h"
#include "metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEDIAN_POINTS = 500 }; /* of each sample, for the bandwidth */

/* The first points of both samples, pooled.  axis is NULL when there is no memory. */
static struct cloud pooled(const struct clouds *clouds)
{
    const struct cloud *a = &clouds->a, *b = &clouds->b;
    int64_t from_a = a->count < MEDIAN_POINTS ? a->count : MEDIAN_POINTS;
    int64_t from_b = b->count < MEDIAN_POINTS ? b->count : MEDIAN_POINTS;
    struct cloud pool = { .count = from_a + from_b, .dim = a->dim };
    pool.axis = malloc((size_t)(pool.count * pool.dim) * sizeof *pool.axis);
    for (int64_t k = 0; k < pool.dim && pool.axis; k++) {
        double *axis = pool.axis + k * pool.count;
        memcpy(axis, a->axis + k * a->count, (size_t)from_a * sizeof *axis);
        memcpy(axis + from_a, b->axis + k * b->count, (size_t)from_b * sizeof *axis);
    }
    return pool;
}

/* Distances of all pairs of two different points, count (count-1)/2 of them; NULL without memory.
 */
static double *pair_distances(const struct cloud *pool)
{
    size_t n = (size_t)pool->count, written = 0;
    double *pairs = malloc((n * (n - 1) / 2 + n) * sizeof *pairs); /* rows are written whole */
    for (size_t i = 0; pairs && i < n; i++) {
        const double *row = pairs + written;
        rill_cloud_distances(pool, (int64_t)i, pool, pool->count, pairs + written);
        for (size_t j = i + 1; j < n; j++)
            pairs[written++] = row[j];
    }
    return pairs;
}

static double mean_of(const double *values, int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

/* The median heuristic; 1, the scale of the data, where all points are one. */
static int find_bandwidth(const struct clouds *clouds, double *bandwidth)
{
    struct cloud pool = pooled(clouds);
    double *pairs = pool.axis ? pair_distances(&pool) : NULL;
    if (pairs) {
        int64_t n = pool.count * (pool.count - 1) / 2;
        rill_sort(pairs, n);
        *bandwidth = 0.5 * (pairs[(n - 1) / 2] + pairs[n / 2]);
        if (*bandwidth == 0.0)
            *bandwidth = mean_of(pairs, n);
        if (*bandwidth == 0.0)
            *bandwidth = 1.0;
    }
    free(pairs);
    free(pool.axis);
    return pairs != NULL;
}

static double mean_kernel(const struct cloud *x, const struct cloud *y, double bandwidth,
                          double *space)
{
    double mean = 0.0;
    for (int64_t i = 0; i < x->count; i++) {
        double row = 0.0;
        rill_cloud_distances(x, i, y, y->count, space);
        for (int64_t j = 0; j < y->count; j++)
            row += exp(-0.5 * (space[j] / bandwidth) * (space[j] / bandwidth));
        mean += row / (double)y->count;
    }
    return mean / (double)x->count;
}

/* Rounding can leave less than nothing where the samples agree. */
static double squared_discrepancy(const struct clouds *clouds, double bandwidth, double *space)
{
    const struct cloud *x = &clouds->a, *y = &clouds->b;
    double within = mean_kernel(x, x, bandwidth, space) + mean_kernel(y, y, bandwidth, space);
    return fmax(0.0, within - 2.0 * mean_kernel(x, y, bandwidth, space));
}

rill_status rill_mmd(const rill_points *a, const rill_points *b, uint64_t seed, rill_distance *out,
                     rill_message *message)
{
    if (!out)
        return rill_fail(message, RILL_BAD_ARGUMENT, "mmd: no place to put the result");
    struct clouds clouds;
    rill_status status = rill_clouds_make(a, b, RILL_PAIRS_LIMIT, 0, seed, &clouds, message);
    if (status != RILL_OK)
        return status;
    double bandwidth = 1.0, *space = rill_clouds_row(&clouds);
    if (space && find_bandwidth(&clouds, &bandwidth)) {
        *out = rill_clouds_result(&clouds);
        out->value = sqrt(squared_discrepancy(&clouds, bandwidth, space));
        out->bandwidth = ldexp(bandwidth, clouds.exponent);
    } else {
        status = rill_fail(message, RILL_NO_MEMORY, "mmd: no memory for the distances of pairs");
    }
    free(space);
    rill_clouds_free(&clouds);
    return status;
}
