/* assignment.h - the linear assignment problem, solved exactly: the permutation of the columns of a
 * cost matrix [n,n] that makes the sum of cost[i][permutation[i]] least.  Between samples of equal
 * size that is optimal transport.
 *
 * Shortest augmenting paths after augmenting row reduction, as in Jonker and Volgenant, "A shortest
 * augmenting path algorithm for dense and sparse linear assignment problems", Computing 38, 1987.
 * Where costs are like distances between samples it is solved for half of the rows and columns
 * first, spread over all, and for that half's half before, since prices of a part are nearly right
 * for the whole.  O(n^3) at worst, far less on distances.
 *
 * The result depends on the costs alone, not on the machine.  Where several permutations are best
 * it is one of them.  RILL_BAD_ARGUMENT for a NULL or a size out of range, RILL_NOT_FINITE for a
 * cost that is not a number below 1e290, RILL_NO_MEMORY; then `permutation` has no meaning. */
#ifndef RILL_MODELS_TRANSPORT_ASSIGNMENT_H
#define RILL_MODELS_TRANSPORT_ASSIGNMENT_H

#include "../../base/status.h"
#include "../../core/dtype.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_ASSIGNMENT_MOST_ROWS 0x7ffffff

/* Memory to solve problems of up to n rows in; one problem at a time.  NULL when n is not 0 to
 * RILL_ASSIGNMENT_MOST_ROWS, or without memory.  The first of more than 48 rows, or of more than
 * before, makes room for costs of its parts, 32 MiB at most, which is kept; without memory for that
 * it takes longer. */
typedef struct rill_assignment rill_assignment;
rill_assignment *rill_assignment_new(int64_t n);
void rill_assignment_free(rill_assignment *assignment);

/* A cost matrix by rows, so that it need not be stored.  `row` returns row i [n]: its own memory,
 * or `space`, which it filled.  The same bits each time it is asked. */
typedef struct rill_cost {
    int64_t n;
    const double *(*row)(const void *self, int64_t i, double *space);
    const void *self;
} rill_cost;

/* Fills permutation [n], *total with the sum of its costs, and row_prices and column_prices [n]
 * with what proves it: cost[i][j] - row_prices[i] - column_prices[j] is nowhere negative, and zero
 * on the permutation (both up to rounding).  Any but the permutation may be NULL. */
rill_status rill_assignment_solve(rill_assignment *assignment, const rill_cost *cost,
                                  int64_t *permutation, double *total, double *row_prices,
                                  double *column_prices, rill_message *message);

/* The same for a matrix cost [n,n], row-major. */
rill_status rill_assignment_of_matrix(rill_assignment *assignment, const double *cost, int64_t n,
                                      int64_t *permutation, double *total, rill_message *message);

/* Points x0 and x1 [n,dim] of one float type.  Row j of x1 costs row i of x0
 *
 *     |x0_i - x1_j|^2 + weight * [labels0_i != labels1_j]
 *
 * in f64.  Labels [n]: NULL, both, where there are none. */
typedef struct rill_point_pairs {
    const void *x0, *x1;
    rill_dtype dtype;
    int64_t n, dim;
    const int32_t *labels0, *labels1;
    double weight;
} rill_point_pairs;

/* The best permutation of x1: row i of x0 goes with row permutation[i] of x1.  Where points are
 * single numbers without labels this is sorting.  The first call for more numbers than before makes
 * room, which the assignment keeps. */
rill_status rill_assignment_of_points(rill_assignment *assignment, const rill_point_pairs *points,
                                      int64_t *permutation, double *total, rill_message *message);

/* The costs that it is the best for, cost [n,n]: what sinkhorn.h takes. */
rill_status rill_costs_of_points(rill_assignment *assignment, const rill_point_pairs *points,
                                 double *cost, rill_message *message);

/* Checks the proof.  *slack is a bound on how much the sum of costs exceeds the least one: n times
 * the most negative reduced cost, plus what the permutation leaves over.  RILL_MISMATCH when it is
 * no permutation. */
rill_status rill_assignment_slack(const rill_cost *cost, const int64_t *permutation,
                                  const double *row_prices, const double *column_prices,
                                  double *slack, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
