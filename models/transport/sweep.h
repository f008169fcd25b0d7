/* sweep.h (private) - one pass over a row of costs, which is where an assignment's time goes.
 *
 * The same source (sweep.inc) is compiled for each instruction set.  All give the same bits: what
 * is least does not depend on the order in which one looks, and of equals the lowest column wins.
 */
#ifndef RILL_MODELS_TRANSPORT_SWEEP_H
#define RILL_MODELS_TRANSPORT_SWEEP_H

#include <stdint.h>

/* Added to the rank of a column that a row has, so that of equally good columns a free one ranks
 * first. */
#define RILL_TAKEN 4294967296.0

typedef struct rill_cheapest {
    double first, second; /* the two least reduced costs; of one column, that one twice */
    int64_t column;       /* of the first */
} rill_cheapest;

/* A search for the shortest path to each column, [n] each. */
typedef struct rill_frontier {
    double *distance;    /* infinite for settled columns */
    const double *price; /* minus infinity for settled columns: no path to them is shorter */
    int64_t *before;     /* the row that the path comes from */
    const double *rank;  /* the column, plus RILL_TAKEN where a row has it */
    int64_t n;
} rill_frontier;

typedef struct rill_sweep {
    const char *name;
    /* Of the reduced costs cost - price. */
    rill_cheapest (*cheapest)(const double *cost, const double *price, const double *rank,
                              int64_t n);
    /* Shortens paths by those that end in `row`, at offset plus the reduced cost, and returns the
     * nearest column that is not settled; -1 when there is none. */
    int64_t (*relax)(const rill_frontier *frontier, const double *cost, double offset, int64_t row);
    /* Whether all |x| < limit: NaN is not. */
    int (*are_below)(const double *x, double limit, int64_t n);
    /* price = min(price, cost - row_price) */
    void (*cap)(double *price, const double *cost, double row_price, int64_t n);
    /* out[j] = sum over k of (x[k] - y[k * stride + j])^2 */
    void (*squares)(const double *x, const double *y, int64_t dim, int64_t stride, int64_t n,
                    double *out);
    /* log of the sum over j of exp(z_j), z_j = offset[j] - cost[j] * scale */
    double (*log_sum_exp)(const double *cost, const double *offset, double scale, int64_t n);
    /* most[j] = max(most[j], z_j), z_j = offset - cost[j] * scale */
    void (*raise)(const double *cost, double offset, double scale, int64_t n, double *most);
    /* sum[j] += exp(z_j - most[j]), which is at most 1 */
    void (*add_exp)(const double *cost, double offset, double scale, const double *most, int64_t n,
                    double *sum);
} rill_sweep;

/* Those that this processor can run, best first; NULL when i is out of range. */
const rill_sweep *rill_sweep_at(int i);

#endif
