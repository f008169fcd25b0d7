/* assignment.h - the linear assignment problem, solved exactly: the permutation of the columns of a
 * cost matrix [n,n] that makes the sum of cost[i][column_of[i]] least.
 *
 * Shortest augmenting paths after column reduction, reduction transfer and augmenting row
 * reduction: Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse
 * linear assignment problems", Computing 38, 1987.  O(n^3) at worst, far less on distances between
 * samples. */
#ifndef RILL_TOOLS_ASSIGNMENT_H
#define RILL_TOOLS_ASSIGNMENT_H

#include <base/status.h>

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A cost matrix by rows, so that it need not be stored.  `row` returns row i, n finite numbers: its
 * own memory, or `space` [n], which it filled.  The same bits each time it is asked. */
typedef struct rill_cost {
    int64_t n;
    const double *(*row)(const void *self, int64_t i, int64_t count, double *space);
    const void *self;
} rill_cost;

/* Fills column_of [n] with the best permutation, and u and v [n] with the prices of rows and
 * columns that prove it: cost[i][j] - u[i] - v[j] is nowhere negative, and zero on the permutation
 * (both up to rounding).  RILL_BAD_ARGUMENT, RILL_NO_MEMORY. */
rill_status rill_assignment_solve(const rill_cost *cost, int32_t *column_of, double *u, double *v,
                                  rill_message *message);

/* Checks that proof.  *slack is a bound on how much the sum of costs exceeds the least one: n times
 * the most negative reduced cost, plus what the permutation leaves over.  RILL_MISMATCH when
 * column_of is no permutation. */
rill_status rill_assignment_slack(const rill_cost *cost, const int32_t *column_of, const double *u,
                                  const double *v, double *slack, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
