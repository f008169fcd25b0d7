/* matmul_shape.h (private) - the extents and strides of one matrix product, shared by the reference
 * and the fast kernels. */
#ifndef RILL_OPS_MATMUL_SHAPE_H
#define RILL_OPS_MATMUL_SHAPE_H

#include "../core/op.h"

/* A matrix in memory: element (i, j) is data[i * row + j * col]. */
typedef struct rill_matrix {
    char *data;
    int64_t row, col;
} rill_matrix;

typedef struct rill_product {
    int64_t batch, m, n, k;
    rill_matrix a, b, c; /* of the first batch: [m, k], [k, n], [m, n], transpositions undone */
} rill_product;

rill_product rill_product_of(const rill_call *call);
/* Moves a, b and c to matrices number `batch`. */
void rill_product_at(const rill_call *call, rill_product *product, int64_t batch);

/* The same for the ops of panels.h: b as `panels` reads it (transposition undone), and the product
 * that matmul_panels computes, all rows of a together; its b is the first panel. */
int rill_panel_fits(int64_t width, rill_dtype dtype); /* 1 when panels may be so wide */
rill_matrix rill_panels_source(const rill_call *call);
rill_product rill_panels_product_of(const rill_call *call);
/* Where there is none, NULL. */
const void *rill_panels_bias(const rill_call *call);
const void *rill_panels_factor(const rill_call *call);

#endif
