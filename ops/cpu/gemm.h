/* gemm.h (private) - the fast matrix product: one policy (gemm.c: blocks, packing, units of work)
 * over a microkernel for each instruction set and float type (gemm_isa.c).
 *
 * After Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008), and
 * BLIS. Each element of the output is a sum over blocks of RILL_GEMM_DEPTH, in order, of sums in
 * order of k: it depends neither on the blocks of rows and columns nor on who computes them. */
#ifndef RILL_OPS_CPU_GEMM_H
#define RILL_OPS_CPU_GEMM_H

#include "ops/matmul_shape.h"

#define RILL_GEMM_DEPTH    256          /* steps of k between two visits to the output */
#define RILL_GEMM_MAX_TILE (8 * 2 * 64) /* bytes of the largest tile */

/* One tile: c[rows, width] = (or += when `add`) a[rows, k] b[k, width].  Strides in elements; the
 * columns of b and of c are adjacent. */
typedef struct rill_gemm_tile {
    const void *a, *b;
    void *c;
    int64_t k, a_row, a_col, b_row, c_row;
    int add;
} rill_gemm_tile;

typedef void rill_gemm_tile_fn(const rill_gemm_tile *tile);

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
    rill_gemm_tile_fn *const *tile; /* [2 * (rows - 1) + vectors - 1] */
    /* Copies a patch of any strides to adjacent rows of `width`; what is beyond its columns is 0.
     */
    void (*pack)(void *strip, int64_t width, const rill_gemm_patch *from);
    /* Stores (or adds) the tile of adjacent rows of `width` to a patch of any strides. */
    void (*scatter)(const rill_gemm_patch *to, const void *tile, int64_t width, int add);
} rill_gemm_kind;

/* One or two vectors of columns, through all the rows: c[rows, cols] = (or += when `add`)
 * a[rows, k] b[k, cols].  b's columns are adjacent and its rows end with their vectors. */
typedef struct rill_gemm_strip {
    rill_matrix a, b, c;
    int64_t rows, cols, k;
    int add;
} rill_gemm_strip;

void rill_gemm_multiply_strip(const rill_gemm_kind *kind, const rill_gemm_strip *strip);

/* Nanoseconds or so for so many vectors of output: about five vectors of products a nanosecond, and
 * as much as four steps of k to store. */
static inline int64_t rill_gemm_cost_of(int64_t vectors, int64_t k)
{
    return 1 + vectors * (k + 4) / 5;
}

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
