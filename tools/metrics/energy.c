/* energy.c - the energy distance. */
#include "clouds.h"
#include "metrics.h"

#include <math.h>
#include <stdlib.h>

/* Value i of a sorted sample, infinity past its end. */
static double value_at(const struct cloud *x, int64_t i)
{
    return i < x->count ? x->axis[i] : HUGE_VAL;
}

/* The first index from i on whose value is greater. */
static int64_t after(const struct cloud *x, int64_t i, double value)
{
    while (i < x->count && x->axis[i] <= value)
        i++;
    return i;
}

/* Twice the integral of (F - G)^2, F and G the distribution functions of two sorted samples: what
 * 2 E|X-Y| - E|X-X'| - E|Y-Y'| is in one dimension. */
static double squared_on_line(const struct cloud *x, const struct cloud *y)
{
    double sum = 0.0, at = fmin(x->axis[0], y->axis[0]);
    for (int64_t i = 0, j = 0; i < x->count || j < y->count;) {
        double next = fmin(value_at(x, i), value_at(y, j));
        double gap = (double)i / (double)x->count - (double)j / (double)y->count;
        sum += (next - at) * gap * gap;
        at = next;
        i = after(x, i, next);
        j = after(y, j, next);
    }
    return 2.0 * sum;
}

static double mean_distance(const struct cloud *x, const struct cloud *y, double *space)
{
    double mean = 0.0;
    for (int64_t i = 0; i < x->count; i++) {
        double row = 0.0;
        rill_cloud_distances(x, i, y, y->count, space);
        for (int64_t j = 0; j < y->count; j++)
            row += space[j];
        mean += row / (double)y->count;
    }
    return mean / (double)x->count;
}

/* Rounding can leave less than nothing where the samples agree. */
static double squared_in_space(const struct clouds *clouds, double *space)
{
    const struct cloud *x = &clouds->a, *y = &clouds->b;
    double within = mean_distance(x, x, space) + mean_distance(y, y, space);
    return fmax(0.0, 2.0 * mean_distance(x, y, space) - within);
}

static rill_status energy_on_line(const rill_points *a, const rill_points *b, rill_distance *out,
                                  rill_message *message)
{
    struct clouds clouds;
    rill_status status = rill_clouds_sorted(a, b, &clouds, message);
    if (status != RILL_OK)
        return status;
    *out = rill_clouds_result(&clouds);
    out->value = sqrt(ldexp(squared_on_line(&clouds.a, &clouds.b), clouds.exponent));
    rill_clouds_free(&clouds);
    return RILL_OK;
}

static rill_status energy_in_space(const rill_points *a, const rill_points *b, uint64_t seed,
                                   rill_distance *out, rill_message *message)
{
    struct clouds clouds;
    rill_status status = rill_clouds_make(a, b, RILL_PAIRS_LIMIT, 0, seed, &clouds, message);
    if (status != RILL_OK)
        return status;
    double *space = rill_clouds_row(&clouds);
    if (space) {
        *out = rill_clouds_result(&clouds);
        out->value = sqrt(ldexp(squared_in_space(&clouds, space), clouds.exponent));
    } else {
        status =
            rill_fail(message, RILL_NO_MEMORY, "energy distance: no memory for a row of distances");
    }
    free(space);
    rill_clouds_free(&clouds);
    return status;
}

rill_status rill_energy_distance(const rill_points *a, const rill_points *b, uint64_t seed,
                                 rill_distance *out, rill_message *message)
{
    if (!out)
        return rill_fail(message, RILL_BAD_ARGUMENT, "energy distance: no place to put the result");
    if (rill_points_on_line(a, b))
        return energy_on_line(a, b, out, message);
    return energy_in_space(a, b, seed, out, message);
}
