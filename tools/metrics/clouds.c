#include "clouds.h"

#include <core/rng.h>
#include <math.h>
#include <stdlib.h>

static rill_status check_points(const rill_points *points, const char *name, rill_message *message)
{
    if (!points || !points->x)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sample %s: not given", name);
    if (points->count < 1 || points->dim < 1)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sample %s: shape [%lld,%lld]; at least [1,1]",
                         name, (long long)points->count, (long long)points->dim);
    if (points->count > PTRDIFF_MAX / (int64_t)sizeof(double) / points->dim)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sample %s: shape [%lld,%lld] is too large",
                         name, (long long)points->count, (long long)points->dim);
    for (int64_t i = 0; i < points->count * points->dim; i++)
        if (!isfinite(points->x[i]))
            return rill_fail(message, RILL_NOT_FINITE, "sample %s: %g in row %lld, column %lld",
                             name, points->x[i], (long long)(i / points->dim),
                             (long long)(i % points->dim));
    return RILL_OK;
}

static rill_status check_pair(const rill_points *a, const rill_points *b, rill_message *message)
{
    rill_status status = check_points(a, "A", message);
    if (status == RILL_OK)
        status = check_points(b, "B", message);
    if (status == RILL_OK && a->dim != b->dim)
        status = rill_fail(message, RILL_MISMATCH, "samples have %lld and %lld numbers a point",
                           (long long)a->dim, (long long)b->dim);
    return status;
}

static double magnitude(const rill_points *points)
{
    double most = 0.0;
    for (int64_t i = 0; i < points->count * points->dim; i++)
        most = fmax(most, fabs(points->x[i]));
    return most;
}

/* The first `count` of a random permutation of 0..n-1: Fisher and Yates's shuffle, stopped early.
 */
static void shuffle(int64_t *order, int64_t n, int64_t count, uint64_t seed)
{
    uint64_t key = rill_stream_key(seed, "sub-sample");
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t i = 0; i < count; i++) {
        double uniform;
        rill_stream_uniform(key, 0, i, 0, 1, &uniform);
        int64_t j = i + (int64_t)(uniform * (double)(n - i));
        int64_t taken = order[j];
        order[j] = order[i];
        order[i] = taken;
    }
}

static int take_points(const rill_points *points, int64_t count, int exponent, uint64_t seed,
                       struct cloud *cloud)
{
    *cloud = (struct cloud){ .count = count, .dim = points->dim };
    cloud->axis = malloc((size_t)count * (size_t)points->dim * sizeof *cloud->axis);
    int64_t *order = malloc((size_t)points->count * sizeof *order);
    if (cloud->axis && order) {
        shuffle(order, points->count, count, seed);
        for (int64_t i = 0; i < count; i++)
            for (int64_t k = 0; k < cloud->dim; k++)
                cloud->axis[k * count + i] = ldexp(points->x[order[i] * cloud->dim + k], -exponent);
    }
    int taken = cloud->axis && order;
    free(order);
    return taken;
}

rill_status rill_clouds_make(const rill_points *a, const rill_points *b, int64_t limit, int equal,
                             uint64_t seed, struct clouds *out, rill_message *message)
{
    *out = (struct clouds){ .exponent = 0 };
    rill_status status = check_pair(a, b, message);
    if (status != RILL_OK)
        return status;
    int64_t count_a = a->count < limit ? a->count : limit;
    int64_t count_b = b->count < limit ? b->count : limit;
    if (equal)
        count_a = count_b = count_a < count_b ? count_a : count_b;
    frexp(fmax(magnitude(a), magnitude(b)), &out->exponent);
    if (take_points(a, count_a, out->exponent, seed, &out->a) &&
        take_points(b, count_b, out->exponent, seed, &out->b))
        return RILL_OK;
    rill_clouds_free(out);
    return rill_fail(message, RILL_NO_MEMORY, "no memory for %lld and %lld points of %lld numbers",
                     (long long)count_a, (long long)count_b, (long long)a->dim);
}

void rill_clouds_free(struct clouds *clouds)
{
    free(clouds->a.axis);
    free(clouds->b.axis);
    *clouds = (struct clouds){ .exponent = 0 };
}

static int in_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void rill_sort(double *values, int64_t n)
{
    qsort(values, (size_t)n, sizeof *values, in_order);
}

rill_status rill_clouds_sorted(const rill_points *a, const rill_points *b, struct clouds *out,
                               rill_message *message)
{
    rill_status status = rill_clouds_make(a, b, INT64_MAX, 0, 0, out, message);
    if (status == RILL_OK) {
        rill_sort(out->a.axis, out->a.count);
        rill_sort(out->b.axis, out->b.count);
    }
    return status;
}

int rill_points_on_line(const rill_points *a, const rill_points *b)
{
    return a && b && a->dim == 1 && b->dim == 1;
}

rill_distance rill_clouds_result(const struct clouds *clouds)
{
    return (rill_distance){ .count_a = clouds->a.count, .count_b = clouds->b.count };
}

double *rill_clouds_row(const struct clouds *clouds)
{
    int64_t n = clouds->a.count > clouds->b.count ? clouds->a.count : clouds->b.count;
    return malloc((size_t)n * sizeof(double));
}

/* out [n] (+)= (axis - at)^2 */
static void add_squares(const double *axis, double at, int64_t n, int first, double *out)
{
    if (first)
        for (int64_t j = 0; j < n; j++)
            out[j] = (axis[j] - at) * (axis[j] - at);
    else
        for (int64_t j = 0; j < n; j++)
            out[j] += (axis[j] - at) * (axis[j] - at);
}

void rill_cloud_squares(const struct cloud *from, int64_t i, const struct cloud *to, int64_t count,
                        double *out)
{
    enum { BLOCK = 1024 }; /* of `out`, which stays in cache over the coordinates */
    for (int64_t j = 0; j < count; j += BLOCK) {
        int64_t n = count - j < BLOCK ? count - j : BLOCK;
        for (int64_t k = 0; k < to->dim; k++)
            add_squares(to->axis + k * to->count + j, from->axis[k * from->count + i], n, k == 0,
                        out + j);
    }
}

void rill_cloud_distances(const struct cloud *from, int64_t i, const struct cloud *to,
                          int64_t count, double *out)
{
    rill_cloud_squares(from, i, to, count, out);
    for (int64_t j = 0; j < count; j++)
        out[j] = sqrt(out[j]);
}
