#include "gemm.h"

enum {
    UNIT_ROWS = 48, /* a multiple of every microkernel's rows */
    UNIT_COLUMNS = 256,
    /* Rows of a that stay in the level 2 cache while they meet the strips of b. */
    CACHED_ROWS = 480,
    /* From so many rows on, packing b pays even where it could be read in place. */
    PACKED_ROWS = 32
};

/* A product as the kernel sees it: a transposed one, c^T = b^T a^T, where that wastes fewer lanes.
 */
struct plan {
    const rill_gemm_kind *kind;
    rill_product p;
    int swapped, add;
    int64_t row_units, col_units; /* in each matrix of the batch */
};

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

static rill_matrix transposed(rill_matrix x)
{
    return (rill_matrix){ x.data, x.col, x.row };
}

static rill_product transposed_product(const rill_product *p)
{
    return (rill_product){
        .batch = p->batch,
        .m = p->n,
        .n = p->m,
        .k = p->k,
        .a = transposed(p->b),
        .b = transposed(p->a),
        .c = transposed(p->c),
    };
}

/* Vectors in an m x n output. */
static int64_t vectors(const rill_gemm_kind *kind, int64_t m, int64_t n)
{
    return m * ceil_div(n, kind->lanes);
}

static struct plan plan_of(const rill_gemm_kind *kind, const rill_call *call)
{
    struct plan plan = { .kind = kind, .p = rill_product_of(call), .add = call->add };
    plan.swapped = vectors(kind, plan.p.m, plan.p.n) > 2 * vectors(kind, plan.p.n, plan.p.m);
    if (plan.swapped)
        plan.p = transposed_product(&plan.p);
    plan.row_units = ceil_div(plan.p.m, UNIT_ROWS);
    plan.col_units = ceil_div(plan.p.n, UNIT_COLUMNS);
    return plan;
}

static void move_to_batch(struct plan *plan, const rill_call *call, int64_t batch)
{
    rill_product p = rill_product_of(call);
    rill_product_at(call, &p, batch);
    plan->p = plan->swapped ? transposed_product(&p) : p;
}

static char *element(const struct plan *plan, const rill_matrix *x, int64_t i, int64_t j)
{
    return x->data + (i * x->row + j * x->col) * (int64_t)plan->kind->size;
}

/* Rows i0..i1 and columns j0..j1 of one matrix of the batch. */
struct block {
    int64_t i0, i1, j0, j1;
};

/* ---- A block: strip by strip, through k0..k0+strip.k. */

/* Where the strip of b is read: in place, or packed into `packed`. */
static rill_matrix chosen_b(const struct plan *plan, struct block block, int64_t k0, int64_t k,
                            char *packed)
{
    const rill_matrix *b = &plan->p.b;
    int64_t cols = block.j1 - block.j0, width = 2 * plan->kind->lanes;
    rill_matrix in_place = { element(plan, b, k0, block.j0), b->row, 1 };
    int few = block.i1 - block.i0 < PACKED_ROWS;
    if (b->col == 1 && cols % plan->kind->lanes == 0 && few)
        return in_place;
    plan->kind->pack(packed, width, &(rill_gemm_patch){ in_place.data, b->row, b->col, k, cols });
    return (rill_matrix){ packed, width, 1 };
}

static void multiply_block(const struct plan *plan, struct block block, int64_t k0, char *packed)
{
    const rill_product *p = &plan->p;
    int64_t width = 2 * plan->kind->lanes, end = block.j1;
    rill_gemm_strip strip = { .rows = block.i1 - block.i0,
                              .k = min(RILL_GEMM_DEPTH, p->k - k0),
                              .add = plan->add || k0 > 0 };
    strip.a = (rill_matrix){ element(plan, &p->a, block.i0, k0), p->a.row, p->a.col };
    for (; block.j0 < end; block.j0 = block.j1) {
        block.j1 = min(block.j0 + width, end);
        strip.cols = block.j1 - block.j0;
        strip.b = chosen_b(plan, block, k0, strip.k, packed);
        strip.c = (rill_matrix){ element(plan, &p->c, block.i0, block.j0), p->c.row, p->c.col };
        rill_gemm_multiply_strip(plan->kind, &strip);
    }
}

/* All of k.  Without any k the one pass writes zeros. */
static void multiply(const struct plan *plan, struct block block, char *packed)
{
    int64_t k0 = 0, i1 = block.i1;
    do {
        for (int64_t i = block.i0; i < i1; i += CACHED_ROWS) {
            struct block part = { i, min(i + CACHED_ROWS, i1), block.j0, block.j1 };
            multiply_block(plan, part, k0, packed);
        }
        k0 += RILL_GEMM_DEPTH;
    } while (k0 < plan->p.k);
}

/* ---- The kernel's interface.  Units run down the rows of a column of blocks, then to the next
 * column, then to the next matrix: neighbours share the columns of b, and are computed as one
 * block. */

void rill_gemm_eval(const rill_gemm_kind *kind, const rill_call *call, int64_t begin, int64_t end)
{
    struct plan plan = plan_of(kind, call);
    while (begin < end) {
        int64_t row = begin % plan.row_units, column = begin / plan.row_units;
        int64_t units = min(end - begin, plan.row_units - row);
        move_to_batch(&plan, call, column / plan.col_units);
        int64_t i = row * UNIT_ROWS, j = column % plan.col_units * UNIT_COLUMNS;
        struct block block = { i, min(i + units * UNIT_ROWS, plan.p.m), j,
                               min(j + UNIT_COLUMNS, plan.p.n) };
        multiply(&plan, block, call->scratch);
        begin += units;
    }
}

int64_t rill_gemm_units(const rill_gemm_kind *kind, const rill_call *call)
{
    struct plan plan = plan_of(kind, call);
    return plan.p.batch * plan.row_units * plan.col_units;
}

int64_t rill_gemm_cost(const rill_gemm_kind *kind, const rill_call *call)
{
    struct plan plan = plan_of(kind, call);
    int64_t rows = min(plan.p.m, UNIT_ROWS), cols = min(plan.p.n, UNIT_COLUMNS);
    return rill_gemm_cost_of(vectors(kind, rows, cols), plan.p.k);
}

size_t rill_gemm_scratch(const rill_gemm_kind *kind, const rill_call *call)
{
    struct plan plan = plan_of(kind, call);
    return (size_t)min(plan.p.k, RILL_GEMM_DEPTH) * (size_t)(2 * kind->lanes) * kind->size;
}
