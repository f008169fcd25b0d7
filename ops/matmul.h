/* matmul.h - the matrix product, over batches. */
#ifndef RILL_OPS_MATMUL_H
#define RILL_OPS_MATMUL_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y[..., m, n] = sum over k of a[..., m, k] b[..., k, n], for f32 and f64.
 *
 * a is [..., M, K], b is [..., K, N], y is [..., M, N]; the axes before the last two are batch axes
 * and broadcast together.  Both operands have at least two axes: a vector is a matrix of one row or
 * one column (see rill_reshape).  An operand that is a permute of the last two axes is read where
 * it lies: no transposition ever makes a copy. */
rill_tensor *rill_matmul(rill_tensor *a, rill_tensor *b);

/* The same with operands stored transposed: a is [..., K, M] where transpose_a is not 0, b is
 * [..., N, K] where transpose_b is not 0. */
rill_tensor *rill_matmul_transposed(rill_tensor *a, int transpose_a, rill_tensor *b,
                                    int transpose_b);

typedef struct rill_matmul_attrs {
    int64_t transpose_a, transpose_b;
} rill_matmul_attrs;

extern const rill_op rill_matmul_op;

#ifdef __cplusplus
}
#endif
#endif
