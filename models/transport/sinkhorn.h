/* sinkhorn.h - optimal transport with entropy, and with marginals that may give.
 *
 * A plan P [n,m] says how much of the weight a_i of row i goes to column j, of weight b_j, at the
 * cost c_ij.  This one makes
 *
 *     sum P c + regularization KL(P | a b^T) + relaxation ( KL(P 1 | a) + KL(P^T 1 | b) )
 *
 * least, KL(p | q) = sum p log(p / q) - p + q; without a relaxation P has the marginals a and b.
 * Cuturi, "Sinkhorn distances", 2013; Chizat et al., "Scaling algorithms for unbalanced optimal
 * transport problems", Math. Comp. 87, 2018.  All sums of exponentials are taken in the log domain,
 * so that nothing overflows whatever the regularization, and a plan exists for each: one that is
 * not converged says so in the report.  A small regularization, as a large one first, then smaller
 * ones, whose potentials start the next: Schmitzer, "Stabilized sparse scaling algorithms for
 * entropy regularized transport problems", SIAM J. Sci. Comput. 41, 2019. */
#ifndef RILL_MODELS_TRANSPORT_SINKHORN_H
#define RILL_MODELS_TRANSPORT_SINKHORN_H

#include "assignment.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Memory for a plan between n rows and m columns, nothing planned yet.  NULL when either is less
 * than 1, when there are too many, or without memory. */
typedef struct rill_plan rill_plan;
rill_plan *rill_plan_new(int64_t n, int64_t m);
void rill_plan_free(rill_plan *plan);

typedef struct rill_sinkhorn_options {
    double
        regularization; /* > 0, in the unit of the costs; below 1e-13 of the largest it is that */
    double relaxation;  /* > 0, in the same unit; 0: marginals as they are */
    double tolerance;   /* of the report's error; 0: 1e-9 */
    int64_t max_iterations; /* 0: 1,000 */
    const double *a, *b;    /* weights [n], [m], not negative; NULL: 1/n and 1/m */
} rill_sinkhorn_options;

typedef struct rill_sinkhorn_report {
    int converged;      /* error <= tolerance */
    int64_t iterations; /* an iteration updates the potentials of rows, then of columns */
    /* The sum over rows by how much the marginal is off what the potentials of the columns ask of
     * it: |P 1 - a|, without a relaxation.  Columns are then exact. */
    double error;
    double cost, mass; /* the sums of P c and of P */
} rill_sinkhorn_report;

/* Plans for cost [n,m], row-major.  RILL_BAD_ARGUMENT for a NULL or an option out of range,
 * RILL_NOT_FINITE for a cost that is not a number below 1e290 and where costs below 0, with a
 * relaxation, make a plan larger than any number, RILL_MISMATCH for a and b of different sums where
 * marginals are to be exact.  `report` may be NULL.  A plan that is not converged is no failure. */
rill_status rill_plan_sinkhorn(rill_plan *plan, const double *cost,
                               const rill_sinkhorn_options *options, rill_sinkhorn_report *report,
                               rill_message *message);

/* P [n,m], row-major, the plan's own; zeros before anything is planned. */
const double *rill_plan_matrix(const rill_plan *plan);

/* Draws `count` pairs, each with a probability in proportion to P, from as many pairs of numbers
 * uniform on (0,1), uniforms [count,2].  RILL_BAD_ARGUMENT for a NULL, a number that is not on
 * [0,1] or a plan of no mass. */
rill_status rill_plan_draw(const rill_plan *plan, const double *uniforms, int64_t count,
                           int64_t *rows, int64_t *columns, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
