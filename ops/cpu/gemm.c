#include "gemm.h"

enum {
    /* Rows of a unit, in tiles: fewer where that leaves few units. */
    UNIT_TILES = 32,
    FEWEST_TILES = 4,
    /* Where b is packed, each unit packs its own columns: few of them, for many rows (but twice as
     * many where a is packed, too). */
    PACKING_TILES = 64,
    FEWEST_PACKING_TILES = 16,
    PACKING_COLUMNS_LOG = 7,
    MANY_UNITS = 8,
    /* With fewer rows than that, or with rows of b so close, b is read where it is. */
    PACKED_ROWS = 32,
    NEAR_BYTES = 1024,
    /* Steps of whole pages all meet in a few lines of a cache: a is packed. */
    PAGE_BYTES = 4096
};

/* What is multiplied at a time: DEPTH steps of k, 2^COLUMNS_LOG columns of b, TILES of a, for each
 * of which the level 2 cache has room.  Where a step of k is another row of a, deep blocks touch
 * too many lines: they are half as deep and twice as wide.  Where a is packed, it is packed once
 * for more columns, which come from the level 3 cache strip by strip (1024^3: 84 to 90% of peak).
 */
enum { DEPTH = 512, COLUMNS_LOG = 8, PACKED_COLUMNS_LOG = 10, TILES = 16 };

/* ---- The plan. */

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

static void divide(rill_gemm_plan *plan)
{
    const rill_product *p = &plan->p;
    int across = p->a.col != 1 && !plan->pack_a;
    int columns_log = plan->pack_a ? PACKED_COLUMNS_LOG : COLUMNS_LOG + across;
    int64_t rows = plan->kind->rows, tiles = plan->pack_b ? PACKING_TILES : UNIT_TILES;
    int64_t fewest = plan->pack_b ? FEWEST_PACKING_TILES : FEWEST_TILES;
    int unit_log = plan->pack_b ? PACKING_COLUMNS_LOG + plan->pack_a : columns_log;
    plan->depth = DEPTH >> across;
    plan->columns = INT64_C(1) << columns_log;
    plan->rows = (TILES << across) * rows;
    plan->unit_columns = INT64_C(1) << unit_log;
    plan->col_units = (p->n + plan->unit_columns - 1) >> unit_log;
    while (tiles > fewest && p->m * plan->col_units < MANY_UNITS * tiles * rows)
        tiles /= 2;
    plan->unit_rows = tiles * rows;
    plan->row_units = ceil_div(p->m, plan->unit_rows);
}

/* 1 when the few rows of a and the columns of b are better taken along k. */
static int is_narrow(const rill_gemm_plan *plan)
{
    const rill_product *p = &plan->p;
    int64_t lanes = plan->kind->lanes;
    int rows = p->m == 1 || p->m == 2 || p->m == 4;
    return rows && p->m <= lanes && p->b.row == 1 && p->n >= lanes && p->k >= lanes;
}

static void choose_packing(rill_gemm_plan *plan)
{
    const rill_product *p = &plan->p;
    int64_t size = (int64_t)plan->kind->size;
    if (plan->narrow) {
        plan->pack_a = p->a.col != 1;
        plan->pack_b = 0;
        return;
    }
    int in_vectors = p->b.col == 1 && p->n % plan->kind->lanes == 0;
    int near = p->m < PACKED_ROWS || p->b.row * size <= NEAR_BYTES;
    plan->pack_b = !plan->panel && !(in_vectors && near);
    plan->pack_a = p->a.col > 1 && p->a.col * size % PAGE_BYTES == 0 && p->m >= PACKED_ROWS;
}

/* Plans are filled where they are: calls are as short as 200 ns, and copying is 20. */
static void plan_product(rill_gemm_plan *plan, const rill_gemm_kind *kind, const rill_call *call)
{
    rill_product p = rill_product_of(call);
    plan->kind = kind;
    plan->add = call->add;
    plan->panel = 0;
    plan->bias = plan->factor = NULL;
    plan->swapped = vectors(kind, p.m, p.n) > 2 * vectors(kind, p.n, p.m);
    plan->p = plan->swapped ? transposed_product(&p) : p;
    plan->narrow = is_narrow(plan);
    choose_packing(plan);
    divide(plan);
}

static void plan_panels_product(rill_gemm_plan *plan, const rill_gemm_kind *kind,
                                const rill_call *call)
{
    plan->kind = kind;
    plan->add = call->add;
    plan->p = rill_panels_product_of(call);
    plan->panel = plan->p.b.row;
    plan->bias = rill_panels_bias(call);
    plan->factor = rill_panels_factor(call);
    plan->swapped = plan->narrow = plan->pack_a = plan->pack_b = 0;
    divide(plan);
}

static void move_to_batch(rill_gemm_plan *plan, const rill_call *call, int64_t batch)
{
    rill_product p = rill_product_of(call);
    rill_product_at(call, &p, batch);
    plan->p = plan->swapped ? transposed_product(&p) : p;
}

/* ---- Units run down the rows of some columns, then to the next columns, then to the next matrix:
 * neighbours are computed as one block. */

static int64_t units_of(const rill_gemm_plan *plan)
{
    return plan->p.batch * plan->row_units * plan->col_units;
}

/* About five vectors of products a nanosecond, and as much as four steps of k to store. */
static int64_t cost_of(const rill_gemm_plan *plan)
{
    int64_t rows = min(plan->p.m, plan->unit_rows), cols = min(plan->p.n, plan->unit_columns);
    return 1 + vectors(plan->kind, rows, cols) * (plan->p.k + 4) / 5;
}

/* The block that starts at row unit `row` and column unit `column` and is at most `units`: rows of
 * one column of units, or whole columns.  Returns how many units it is. */
static int64_t block_of_units(const rill_gemm_plan *plan, int64_t row, int64_t column,
                              int64_t units, rill_gemm_block *block)
{
    int64_t down = min(units, plan->row_units - row), along = 1;
    if (down == plan->row_units)
        along =
            min(min(units / down, plan->col_units - column), plan->columns / plan->unit_columns);
    int64_t i = row * plan->unit_rows, j = column * plan->unit_columns;
    *block = (rill_gemm_block){ .i0 = i,
                                .i1 = min(i + down * plan->unit_rows, plan->p.m),
                                .j0 = j,
                                .j1 = min(j + along * plan->unit_columns, plan->p.n) };
    return down * along;
}

static void eval(rill_gemm_plan *plan, const rill_call *call, int64_t begin, int64_t end)
{
    while (begin < end) {
        rill_gemm_block block;
        int64_t row = begin % plan->row_units, column = begin / plan->row_units, matrix = 0;
        if (plan->p.batch > 1) {
            matrix = column / plan->col_units;
            move_to_batch(plan, call, matrix);
        }
        begin += block_of_units(plan, row, column - matrix * plan->col_units, end - begin, &block);
        if (plan->narrow)
            rill_gemm_multiply_narrow(plan, block, call->scratch);
        else
            rill_gemm_multiply(plan, block, call->scratch);
    }
}

/* The members of the two kernels. */
#define MEMBERS(op, make_plan)                                                                     \
    void rill_##op##_eval(const rill_gemm_kind *kind, const rill_call *call, int64_t begin,        \
                          int64_t end)                                                             \
    {                                                                                              \
        rill_gemm_plan plan;                                                                       \
        make_plan(&plan, kind, call);                                                              \
        eval(&plan, call, begin, end);                                                             \
    }                                                                                              \
    int64_t rill_##op##_units(const rill_gemm_kind *kind, const rill_call *call)                   \
    {                                                                                              \
        rill_gemm_plan plan;                                                                       \
        make_plan(&plan, kind, call);                                                              \
        return units_of(&plan);                                                                    \
    }                                                                                              \
    int64_t rill_##op##_cost(const rill_gemm_kind *kind, const rill_call *call)                    \
    {                                                                                              \
        rill_gemm_plan plan;                                                                       \
        make_plan(&plan, kind, call);                                                              \
        return cost_of(&plan);                                                                     \
    }                                                                                              \
    size_t rill_##op##_scratch(const rill_gemm_kind *kind, const rill_call *call)                  \
    {                                                                                              \
        rill_gemm_plan plan;                                                                       \
        make_plan(&plan, kind, call);                                                              \
        return rill_gemm_room(&plan);                                                              \
    }
MEMBERS(gemm, plan_product)
MEMBERS(gemm_panels, plan_panels_product)
