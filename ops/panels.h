/* panels.h - a matrix laid out for the matrix product, once for many products.
 *
 * A product reads b [K,N] some columns at a time, all K rows of them: steps of N elements, which
 * caches and prefetchers like least.  As panels, [ceil(N/W), K, W], the same columns are adjacent.
 * The compiler makes these nodes where a product is computed many times with one b (weights, over
 * the slices of a batch; see rill_op.hoist): they come after derivation and have no derivative.
 *
 * After the packed blocks of Goto and van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008), with a width that does not depend on the processor. */
#ifndef RILL_OPS_PANELS_H
#define RILL_OPS_PANELS_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y[p, k, w] = b[k, p W + w], and 0 beyond the last column: b [K,N] becomes [ceil(N/W), K, W] with
 * panels of W = 128 bytes, 32 f32 or 16 f64.  With transpose not 0, b is stored [N,K]. */
rill_tensor *rill_panels(rill_tensor *b, int transpose);

/* The product of a [..., M, K] and the matrix [K,N], N = columns, that `panels` [P, K, W] hold:
 * [..., M, N].  Any W will do that is a multiple of 128 bytes and makes P = ceil(N/W). */
rill_tensor *rill_matmul_panels(rill_tensor *a, rill_tensor *panels, int64_t columns);

typedef struct rill_panels_attrs {
    int64_t transpose, width; /* W, a multiple of 128 bytes */
} rill_panels_attrs;

/* Inputs: a, panels, a bias [N] or [1,N] if there is one, which is added, and a factor [..., M, N]
 * if there is one, by which the sum is multiplied. */
typedef struct rill_matmul_panels_attrs {
    int64_t columns, bias, factor; /* the latter two: there is one */
} rill_matmul_panels_attrs;

extern const rill_op rill_panels_op, rill_matmul_panels_op;

#ifdef __cplusplus
}
#endif
#endif
