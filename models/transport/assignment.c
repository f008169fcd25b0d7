#include "assignment_impl.h"

#include "../../base/alloc.h"

#include <math.h>

#define LARGEST 1e290 /* of a cost: sums of n and differences stay finite */

int rill_room_make(rill_room *room, size_t count)
{
    if (count <= room->count)
        return 1;
    rill_free(room->at);
    room->at = rill_alloc_aligned(count * sizeof *room->at);
    room->count = room->at ? count : 0;
    return room->at != NULL;
}

rill_assignment *rill_assignment_new(int64_t n)
{
    if (n < 0 || n > RILL_ASSIGNMENT_MOST_ROWS)
        return NULL;
    rill_assignment *a = rill_alloc_zeroed(1, sizeof *a);
    size_t stride = ((size_t)n + 15) / 8 * 8; /* never a whole page: loads would wait for stores */
    double *reals = a ? rill_alloc_aligned(12 * stride * sizeof *reals) : NULL;
    if (!reals) {
        rill_free(a);
        return NULL;
    }
    double **const real[] = { &a->price,      &a->rank,    &a->space, &a->distance,
                              &a->open_price, &a->reached, NULL };
    int64_t **const whole[] = { &a->row_of,    &a->free_rows,    &a->before, &a->settled,
                                &a->row_order, &a->column_order, NULL };
    a->block = reals;
    for (int k = 0; real[k]; k++, reals += stride)
        *real[k] = reals;
    for (int k = 0; whole[k]; k++, reals += stride)
        *whole[k] = (int64_t *)(void *)reals;
    a->most = n;
    a->sweep = rill_sweep_at(0);
    return a;
}

void rill_assignment_free(rill_assignment *a)
{
    if (!a)
        return;
    rill_free(a->block);
    rill_free(a->points.at);
    rill_free(a->parts.at);
    rill_free(a);
}

static rill_status check_costs(const rill_assignment *a, const rill_cost *cost,
                               rill_message *message)
{
    for (int64_t i = 0; i < cost->n; i++) {
        const double *row = cost->row(cost->self, i, a->space);
        if (!row)
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "assignment: row %lld of the costs is NULL", (long long)i);
        int fine = a->sweep->are_below(row, LARGEST, cost->n);
        for (int64_t j = 0; j < cost->n && !fine; j++)
            if (!(fabs(row[j]) < LARGEST))
                return rill_fail(message, RILL_NOT_FINITE,
                                 "assignment: cost %g in row %lld, column %lld; below %g", row[j],
                                 (long long)i, (long long)j, LARGEST);
    }
    return RILL_OK;
}

static rill_status check(const rill_assignment *a, const rill_cost *cost,
                         const int64_t *permutation, rill_message *message)
{
    if (!a)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no memory given to solve it in");
    if (!cost || !cost->row)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no costs given");
    if (!permutation)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no place to put the result");
    if (cost->n < 0 || cost->n > a->most)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: %lld rows; 0 to %lld",
                         (long long)cost->n, (long long)a->most);
    return check_costs(a, cost, message);
}

/* What was solved, told in the caller's arrays. */
static void tell(const rill_assignment *a, double *total, double *row_prices, double *column_prices)
{
    double sum = 0.0;
    for (int64_t i = 0; i < a->n && (total || row_prices); i++) {
        int64_t j = a->column_of[i];
        double cost = a->cost->row(a->cost->self, i, a->space)[j];
        sum += cost;
        if (row_prices)
            row_prices[i] = cost - a->price[j];
    }
    if (total)
        *total = sum;
    for (int64_t j = 0; j < a->n && column_prices; j++)
        column_prices[j] = a->price[j];
}

rill_status rill_assignment_solve(rill_assignment *a, const rill_cost *cost, int64_t *permutation,
                                  double *total, double *row_prices, double *column_prices,
                                  rill_message *message)
{
    rill_status status = check(a, cost, permutation, message);
    if (status != RILL_OK)
        return status;
    a->cost = cost;
    a->column_of = permutation;
    a->n = 0;
    if (!rill_assignment_run(a, cost->n))
        status = rill_fail(message, RILL_NOT_FINITE, "assignment: costs differ too much in size");
    else
        tell(a, total, row_prices, column_prices);
    a->cost = NULL, a->column_of = NULL;
    return status;
}

struct matrix {
    const double *cost;
    int64_t n;
};

static const double *matrix_row(const void *self, int64_t i, double *space)
{
    const struct matrix *matrix = self;
    (void)space;
    return matrix->cost + i * matrix->n;
}

rill_status rill_assignment_of_matrix(rill_assignment *a, const double *cost, int64_t n,
                                      int64_t *permutation, double *total, rill_message *message)
{
    struct matrix matrix = { cost, n };
    if (!cost)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: no costs given");
    return rill_assignment_solve(a, &(rill_cost){ n, matrix_row, &matrix }, permutation, total,
                                 NULL, NULL, message);
}
