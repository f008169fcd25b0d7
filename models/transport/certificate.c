/* certificate.c - prices prove an assignment, by linear programming duality. */
#include "assignment.h"

#include "../../base/alloc.h"

static int is_permutation(const int64_t *permutation, int64_t n, unsigned char *seen)
{
    for (int64_t i = 0; i < n; i++)
        if (permutation[i] < 0 || permutation[i] >= n || seen[permutation[i]]++)
            return 0;
    return 1;
}

static double sum_slack(const rill_cost *cost, const int64_t *permutation, const double *u,
                        const double *v, double *space)
{
    double least = 0.0, left_over = 0.0;
    for (int64_t i = 0; i < cost->n; i++) {
        const double *row = cost->row(cost->self, i, space);
        for (int64_t j = 0; j < cost->n; j++)
            if (!(row[j] - u[i] - v[j] >= least)) /* NaN prices prove nothing */
                least = row[j] - u[i] - v[j];
        left_over += row[permutation[i]] - u[i] - v[permutation[i]];
    }
    double slack = left_over - least * (double)cost->n;
    return slack < 0.0 ? 0.0 : slack;
}

rill_status rill_assignment_slack(const rill_cost *cost, const int64_t *permutation,
                                  const double *row_prices, const double *column_prices,
                                  double *slack, rill_message *message)
{
    if (!cost || !cost->row || !permutation || !row_prices || !column_prices || !slack)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: nothing to check");
    if (cost->n < 0 || cost->n > RILL_ASSIGNMENT_MOST_ROWS)
        return rill_fail(message, RILL_BAD_ARGUMENT, "assignment: %lld rows; 0 to %d",
                         (long long)cost->n, RILL_ASSIGNMENT_MOST_ROWS);
    rill_status status = RILL_OK;
    double *space = rill_alloc((size_t)cost->n, sizeof *space);
    unsigned char *seen = rill_alloc_zeroed((size_t)cost->n, 1);
    if (!space || !seen)
        status = rill_fail(message, RILL_NO_MEMORY, "assignment: no memory for a row");
    else if (!is_permutation(permutation, cost->n, seen))
        status = rill_fail(message, RILL_MISMATCH, "assignment: not a permutation of the columns");
    else
        *slack = sum_slack(cost, permutation, row_prices, column_prices, space);
    rill_free(space);
    rill_free(seen);
    return status;
}
