/* panels.c - laying a matrix out as panels, and multiplying by it: no block is copied, since that
 * was done once for all products. */
#include "gemm.h"

enum {
    PACKED_STEPS = 64, /* of k, in a unit of `panels` */
    UNIT_ROWS = 48,    /* a multiple of every microkernel's rows */
    UNIT_COLUMNS = 256
};

static int64_t min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
    return a / b + (a % b > 0);
}

/* ---- panels: a unit is some rows of one panel. */

static int64_t units_of_panel(const rill_call *call)
{
    return ceil_div(call->out.shape.dim[1], PACKED_STEPS);
}

/* Columns of b, before zeros make them whole panels. */
static int64_t columns_of(const rill_call *call)
{
    int64_t count = rill_shape_count(&call->in[0].shape), k = call->out.shape.dim[1];
    return k > 0 ? count / k : 0;
}

void rill_panels_eval(const rill_gemm_kind *kind, const rill_call *call, int64_t begin, int64_t end)
{
    rill_matrix b = rill_panels_source(call);
    int64_t k = call->out.shape.dim[1], width = call->out.shape.dim[2], n = columns_of(call);
    int64_t in_panel = units_of_panel(call), size = (int64_t)kind->size;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t j = unit / in_panel * width, k0 = unit % in_panel * PACKED_STEPS;
        rill_gemm_patch from = { b.data + (k0 * b.row + j * b.col) * size, b.row, b.col,
                                 min(PACKED_STEPS, k - k0), min(width, n - j) };
        kind->pack((char *)call->out.data + (j * k + k0 * width) * size, width, &from);
    }
}

int64_t rill_panels_units(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    return call->out.shape.dim[0] * units_of_panel(call);
}

int64_t rill_panels_cost(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    return 1 + min(PACKED_STEPS, call->out.shape.dim[1]) * call->out.shape.dim[2] / 8;
}

size_t rill_panels_scratch(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    (void)call;
    return 0;
}

/* ---- matmul_panels: units run down the rows of a column of blocks, then to the next column. */

static void multiply_block(const rill_gemm_kind *kind, const rill_call *call, int64_t i0,
                           int64_t i1, int64_t j0)
{
    rill_product p = rill_panels_product_of(call);
    int64_t size = (int64_t)kind->size, lanes = kind->lanes, width = p.b.row, k0 = 0;
    int64_t j1 = min(p.n, j0 + UNIT_COLUMNS);
    rill_gemm_strip strip = { .a = p.a, .b = p.b, .c = p.c, .rows = i1 - i0 };
    do {
        strip.k = min(RILL_GEMM_DEPTH, p.k - k0);
        strip.add = call->add || k0 > 0;
        strip.a.data = p.a.data + (i0 * p.a.row + k0) * size;
        for (int64_t j = j0; j < j1; j += 2 * lanes) {
            strip.cols = min(2 * lanes, j1 - j);
            strip.b.data = p.b.data + (j / width * width * p.k + k0 * width + j % width) * size;
            strip.c.data = p.c.data + (i0 * p.c.row + j) * size;
            rill_gemm_multiply_strip(kind, &strip);
        }
        k0 += RILL_GEMM_DEPTH;
    } while (k0 < p.k);
}

void rill_gemm_panels_eval(const rill_gemm_kind *kind, const rill_call *call, int64_t begin,
                           int64_t end)
{
    rill_product p = rill_panels_product_of(call);
    int64_t rows = ceil_div(p.m, UNIT_ROWS);
    while (begin < end) {
        int64_t row = begin % rows, units = min(end - begin, rows - row);
        multiply_block(kind, call, row * UNIT_ROWS, min((row + units) * UNIT_ROWS, p.m),
                       begin / rows * UNIT_COLUMNS);
        begin += units;
    }
}

int64_t rill_gemm_panels_units(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    rill_product p = rill_panels_product_of(call);
    return ceil_div(p.m, UNIT_ROWS) * ceil_div(p.n, UNIT_COLUMNS);
}

int64_t rill_gemm_panels_cost(const rill_gemm_kind *kind, const rill_call *call)
{
    rill_product p = rill_panels_product_of(call);
    int64_t vectors = ceil_div(min(p.n, UNIT_COLUMNS), kind->lanes);
    return rill_gemm_cost_of(min(p.m, UNIT_ROWS) * vectors, p.k);
}

size_t rill_gemm_panels_scratch(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    (void)call;
    return 0;
}
