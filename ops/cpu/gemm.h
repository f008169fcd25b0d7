/* gemm.h (private) - the fast matrix product: one policy (gemm.c: blocks, units of work) over one
 * way to multiply a block (gemm_block.c: packing, tiles) over a microkernel for each instruction
 * set and float type (gemm_isa.c).
 *
 * After Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), and
 * BLIS. Each element of the output is a sum over blocks of k, in order, of sums in order of k: it
 * depends neither on the blocks of rows and columns nor on who computes them. */
#ifndef RILL_OPS_CPU_GEMM_H
#define RILL_OPS_CPU_GEMM_H

#include "ops/matmul_shape.h"

#define RILL_GEMM_MAX_TILE (8 * 2 * 64) /* bytes of the largest tile */

static inline int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

/* One tile: c[rows, width] = (or += when `add`) a[rows, k] b[k, width], plus a row of `bias`, times
 * `factor`, which is laid out as c is (NULL: neither).  Strides in elements; the columns of b and
 * of c are adjacent. */
typedef struct rill_gemm_tile {
    const void *a, *b, *bias, *factor;
    void *c;
    int64_t k, a_row, a_col, b_row, c_row;
    int add;
} rill_gemm_tile;

typedef void rill_gemm_tile_fn(const rill_gemm_tile *tile);

/* c[rows, n] = (or += when `add`) a[rows, k] b[k, n] for few rows and n = lanes / rows columns, of
 * which those before `first` are not stored.  What is adjacent is along k. */
typedef struct rill_gemm_narrow {
    const void *a, *b;
    void *c;
    int64_t k, a_row, b_col, c_row, c_col;
    int first, add;
} rill_gemm_narrow;

typedef void rill_gemm_narrow_fn(const rill_gemm_narrow *of);

/* A rectangle of a matrix in memory. */
typedef struct rill_gemm_patch {
    char *data;
    int64_t row, col; /* strides */
    int64_t rows, cols;
} rill_gemm_patch;

/* A microkernel.  A tile is up to `rows` rows by one or two vectors of `lanes`. */
typedef struct rill_gemm_kind {
    size_t size; /* bytes of an element */
    int rows, lanes;
    rill_gemm_tile_fn *const *tile;     /* [2 * (rows - 1) + vectors - 1] */
    rill_gemm_narrow_fn *const *narrow; /* [rows / 2], for 1, 2 and 4 rows */
    /* Copies a patch, whose rows or columns are adjacent, to adjacent rows of `width`; what is
     * beyond its columns is 0. */
    void (*pack)(void *strip, int64_t width, const rill_gemm_patch *from);
    /* Stores (or adds) the tile of adjacent rows of `width` to a patch of any strides, with the
     * bias and factor of `of`. */
    void (*scatter)(const rill_gemm_patch *to, const void *tile, int64_t width,
                    const rill_gemm_tile *of);
} rill_gemm_kind;

/* A product as the kernel sees it: a transposed one, c^T = b^T a^T, where that wastes fewer lanes.
 */
typedef struct rill_gemm_plan {
    const rill_gemm_kind *kind;
    rill_product p;
    int64_t panel;             /* columns of b's panels; 0 where b is a matrix */
    const char *bias, *factor; /* of matmul_panels, or NULL */
    int swapped, add;
    int narrow;                      /* few rows, columns of b adjacent along k */
    int pack_a, pack_b;              /* or read where they are */
    int64_t depth, columns, rows;    /* of what is multiplied at a time */
    int64_t unit_rows, unit_columns; /* of a unit of work */
    int64_t row_units, col_units;    /* in each matrix of the batch */
} rill_gemm_plan;

/* Rows i0..i1-1 and columns j0..j1-1 of the output, through steps k0..k0+k-1. */
typedef struct rill_gemm_block {
    int64_t i0, i1, j0, j1, k0, k;
} rill_gemm_block;

/* Multiplies a block of at most the plan's columns through all of k, from k0 = 0 on. */
void rill_gemm_multiply(const rill_gemm_plan *plan, rill_gemm_block block, char *room);
/* The same for a narrow plan. */
void rill_gemm_multiply_narrow(const rill_gemm_plan *plan, rill_gemm_block block, char *room);
/* Bytes of `room`. */
size_t rill_gemm_room(const rill_gemm_plan *plan);

/* The members of a rill_kernel given the microkernel, for the ops matmul, panels and
 * matmul_panels. */
#define RILL_GEMM_MEMBERS(op)                                                                      \
    void rill_##op##_eval(const rill_gemm_kind *kind, const rill_call *call, int64_t begin,        \
                          int64_t end);                                                            \
    int64_t rill_##op##_units(const rill_gemm_kind *kind, const rill_call *call);                  \
    int64_t rill_##op##_cost(const rill_gemm_kind *kind, const rill_call *call);                   \
    size_t rill_##op##_scratch(const rill_gemm_kind *kind, const rill_call *call);
RILL_GEMM_MEMBERS(gemm)
RILL_GEMM_MEMBERS(panels)
RILL_GEMM_MEMBERS(gemm_panels)

#endif
