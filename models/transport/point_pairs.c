/* point_pairs.c - squared distances between points, and labels that differ, as costs. */
#include "assignment_impl.h"

#include "../../base/alloc.h"

#include <math.h>

enum { KEEP_BELOW = 4096 }; /* rows: costs of fewer are stored, 128 MiB at most */

/* The points in f64: x by rows, y by coordinates, so that a sweep reads it in order. */
struct pairs {
    const rill_point_pairs *given;
    const rill_sweep *sweep;
    double *x, *y; /* [n,dim], [dim,stride] */
    int64_t stride;
    double *costs; /* [n,n], or NULL */
};

static double coordinate(const rill_point_pairs *p, const void *x, int64_t i)
{
    return p->dtype == RILL_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static rill_status check_finite(const rill_point_pairs *p, const void *x, const char *name,
                                rill_message *message)
{
    for (int64_t i = 0; i < p->n * p->dim; i++)
        if (!isfinite(coordinate(p, x, i)))
            return rill_fail(message, RILL_NOT_FINITE,
                             "assignment: %s has %g in row %lld, column %lld", name,
                             coordinate(p, x, i), (long long)(i / p->dim), (long long)(i % p->dim));
    return RILL_OK;
}

static rill_status check(const rill_assignment *a, const rill_point_pairs *p,
                         const int64_t *permutation, rill_message *message)
{
    if (!a || !p || !p->x0 || !p->x1 || !permutation)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: %s not given",
                         !a             ? "memory to solve it in"
                         : !permutation ? "place for the permutation"
                                        : "points");
    if (!rill_dtype_is_float(p->dtype))
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: points of %s; f32 or f64",
                         rill_dtype_name(p->dtype));
    if (p->n < 0 || p->n > a->most || p->dim < 1 || p->dim > INT64_MAX / 32 / (p->n + 8))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "assignment: points [%lld,%lld]; 0 to %lld rows of at least 1 number",
                         (long long)p->n, (long long)p->dim, (long long)a->most);
    if (!p->labels0 != !p->labels1)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: labels of one side only");
    if (p->labels0 && !isfinite(p->weight))
        return rill_fail(message, RILL_NOT_FINITE, "assignment: weight %g of unlike labels",
                         p->weight);
    rill_status status = check_finite(p, p->x0, "x0", message);
    return status == RILL_OK ? check_finite(p, p->x1, "x1", message) : status;
}

/* Columns first..first+count-1 of row i of the costs, computed. */
static void fill_row(const struct pairs *pairs, int64_t i, int64_t first, int64_t count,
                     double *out)
{
    const rill_point_pairs *p = pairs->given;
    pairs->sweep->squares(pairs->x + i * p->dim, pairs->y + first, p->dim, pairs->stride, count,
                          out);
    for (int64_t j = 0; p->labels0 && j < count; j++)
        out[j] += p->labels0[i] != p->labels1[first + j] ? p->weight : 0.0;
}

/* All costs, by blocks of columns that stay in cache while all rows meet them. */
static void fill_costs(const struct pairs *pairs, int64_t stride, double *costs)
{
    enum { BLOCK = 64 };
    int64_t n = pairs->given->n;
    for (int64_t first = 0; first < n; first += BLOCK)
        for (int64_t i = 0; i < n; i++)
            fill_row(pairs, i, first, n - first < BLOCK ? n - first : BLOCK,
                     costs + i * stride + first);
}

static const double *pair_row(const void *self, int64_t i, double *space)
{
    const struct pairs *pairs = self;
    if (pairs->costs)
        return pairs->costs + i * pairs->stride;
    fill_row(pairs, i, 0, pairs->given->n, space);
    return space;
}

/* `store` asks for the matrix of the costs, unless it is too large. */
static int lay_out(rill_assignment *a, struct pairs *pairs, int store)
{
    const rill_point_pairs *p = pairs->given;
    int64_t n = p->n, dim = p->dim;
    pairs->sweep = a->sweep;
    pairs->stride = (n + 7) / 8 * 8;
    int64_t costs = store && n < KEEP_BELOW ? n * pairs->stride : 0;
    if (!rill_room_make(&a->points, (size_t)(costs + dim * pairs->stride + n * dim)))
        return 0;
    pairs->costs = costs ? a->points.at : NULL;
    pairs->y = a->points.at + costs;
    pairs->x = pairs->y + dim * pairs->stride;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < dim; k++) {
            pairs->x[i * dim + k] = coordinate(p, p->x0, i * dim + k);
            pairs->y[k * pairs->stride + i] = coordinate(p, p->x1, i * dim + k);
        }
    if (pairs->costs)
        fill_costs(pairs, pairs->stride, pairs->costs);
    return 1;
}

/* Sorted columns go with sorted rows; points alike keep their order. */
static void match_on_line(rill_assignment *a, const struct pairs *pairs, int64_t *permutation)
{
    int64_t n = pairs->given->n, *rows = a->row_of, *columns = a->free_rows;
    rill_sort_order(pairs->x, rows, a->before, n);
    rill_sort_order(pairs->y, columns, a->before, n);
    for (int64_t k = 0; k < n; k++)
        permutation[rows[k]] = columns[k];
}

static double sum_squares(const struct pairs *pairs, const int64_t *permutation)
{
    double sum = 0.0;
    for (int64_t i = 0; i < pairs->given->n; i++) {
        double gap = pairs->x[i] - pairs->y[permutation[i]];
        sum += gap * gap;
    }
    return sum;
}

static rill_status no_memory(const rill_point_pairs *points, rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "assignment: no memory for points [%lld,%lld]",
                     (long long)points->n, (long long)points->dim);
}

rill_status rill_assignment_of_points(rill_assignment *a, const rill_point_pairs *points,
                                      int64_t *permutation, double *total, rill_message *message)
{
    rill_status status = check(a, points, permutation, message);
    if (total)
        *total = 0.0;
    if (status != RILL_OK || points->n == 0)
        return status;
    struct pairs pairs = { .given = points };
    if (!lay_out(a, &pairs, points->dim > 1 || points->labels0))
        return no_memory(points, message);
    if (points->dim > 1 || points->labels0)
        return rill_assignment_solve(a, &(rill_cost){ points->n, pair_row, &pairs }, permutation,
                                     total, NULL, NULL, message);
    match_on_line(a, &pairs, permutation);
    if (total)
        *total = sum_squares(&pairs, permutation);
    return RILL_OK;
}

rill_status rill_costs_of_points(rill_assignment *a, const rill_point_pairs *points, double *cost,
                                 rill_message *message)
{
    const int64_t nowhere = 0;
    rill_status status = check(a, points, &nowhere, message);
    if (status != RILL_OK || points->n == 0)
        return status;
    if (!cost)
        return rill_fail(message, RILL_BAD_ARGUMENT, "costs of points: no place to put them");
    struct pairs pairs = { .given = points };
    if (!lay_out(a, &pairs, 0))
        return no_memory(points, message);
    fill_costs(&pairs, points->n, cost);
    return RILL_OK;
}
