/* gemm_block.c - multiplying one block: what is worth packing is packed, then tile by tile. */
#include "gemm.h"

#include <stdalign.h>

static char *element(const rill_gemm_plan *plan, const rill_matrix *x, int64_t i, int64_t j)
{
    return x->data + (i * x->row + j * x->col) * (int64_t)plan->kind->size;
}

/* ---- Operands: where a block of a, or of b, is read.  Either is some lines (rows of a, columns of
 * b) through k; a panel is `width` lines that are adjacent at each step of k. */

typedef struct operand {
    char *data;           /* at the block's first step of k */
    int64_t first;        /* the line that is there */
    int64_t width, panel; /* lines of a panel; elements from one panel to the next, 0: just one */
    int64_t line, step;   /* elements to the next line within a panel, to the next step of k */
} operand;

static char *line_at(const rill_gemm_plan *plan, const operand *x, int64_t line)
{
    line -= x->first;
    int64_t at = line * x->line;
    if (x->panel)
        at = line / x->width * x->panel + line % x->width * x->line;
    return x->data + at * (int64_t)plan->kind->size;
}

/* Lines first, first + 1, ..., which are `from`'s columns, copied to panels of `width`, some steps
 * of k at a time: what is adjacent in memory is read together. */
static operand packed_operand(const rill_gemm_plan *plan, char *to, int64_t first, int64_t width,
                              rill_gemm_patch from)
{
    enum { STEPS = 16 };
    int64_t lines = from.cols, k = from.rows, size = (int64_t)plan->kind->size;
    for (int64_t k0 = 0; k0 < k; k0 += STEPS)
        for (int64_t j = 0; j < lines; j += width) {
            rill_gemm_patch piece = { from.data + (k0 * from.row + j * from.col) * size, from.row,
                                      from.col, min(STEPS, k - k0), min(width, lines - j) };
            plan->kind->pack(to + (j * k + k0 * width) * size, width, &piece);
        }
    return (operand){ to, first, width, width * k, 1, width };
}

static int64_t b_width(const rill_gemm_plan *plan)
{
    return 2 * plan->kind->lanes;
}

static operand operand_b(const rill_gemm_plan *plan, const rill_gemm_block *at, char *room)
{
    const rill_matrix *b = &plan->p.b;
    int64_t panel = plan->panel, cols = at->j1 - at->j0;
    if (panel > 0)
        return (operand){ element(plan, b, at->k0, 0), 0, panel, panel * plan->p.k, 1, panel };
    char *data = element(plan, b, at->k0, at->j0);
    if (!plan->pack_b)
        return (operand){ data, at->j0, cols, 0, 1, b->row };
    return packed_operand(plan, room, at->j0, b_width(plan),
                          (rill_gemm_patch){ data, b->row, b->col, at->k, cols });
}

/* Whole tiles in a panel. */
static int64_t a_width(const rill_gemm_plan *plan)
{
    return 4 * plan->kind->rows;
}

static operand operand_a(const rill_gemm_plan *plan, const rill_gemm_block *at, char *room)
{
    const rill_matrix *a = &plan->p.a;
    int64_t rows = at->i1 - at->i0;
    char *data = element(plan, a, at->i0, at->k0);
    if (!plan->pack_a)
        return (operand){ data, at->i0, rows, 0, a->row, a->col };
    return packed_operand(plan, room, at->i0, a_width(plan),
                          (rill_gemm_patch){ data, a->col, a->row, at->k, rows });
}

/* ---- A strip: one or two vectors of columns, down all rows of the block. */

/* A tile that overhangs c, or whose columns are not adjacent there. */
static void indirect_tile(const rill_gemm_kind *kind, rill_gemm_tile tile, rill_gemm_tile_fn *fn,
                          rill_gemm_patch to)
{
    alignas(64) char product[RILL_GEMM_MAX_TILE];
    int64_t width = to.cols > kind->lanes ? 2 * kind->lanes : kind->lanes;
    rill_gemm_tile plain = tile;
    plain.c = product;
    plain.c_row = width;
    plain.bias = plain.factor = NULL;
    plain.add = 0;
    fn(&plain);
    kind->scatter(&to, product, width, &tile);
}

static void multiply_strip(const rill_gemm_plan *plan, const rill_gemm_block *at, const operand *a,
                           rill_gemm_tile tile)
{
    const rill_gemm_kind *kind = plan->kind;
    const rill_matrix *c = &plan->p.c;
    int64_t cols = at->j1 - at->j0;
    int two = cols > kind->lanes, direct = c->col == 1 && cols % kind->lanes == 0;
    int finishes = plan->factor && at->k0 + at->k == plan->p.k;
    for (int64_t i = at->i0; i < at->i1; i += kind->rows) {
        int64_t rows = min(kind->rows, at->i1 - i);
        rill_gemm_tile_fn *fn = kind->tile[2 * (rows - 1) + two];
        char *to = element(plan, c, i, at->j0);
        tile.a = line_at(plan, a, i);
        tile.c = to;
        tile.factor = finishes ? plan->factor + (to - c->data) : NULL;
        if (direct)
            fn(&tile);
        else
            indirect_tile(kind, tile, fn, (rill_gemm_patch){ to, c->row, c->col, rows, cols });
    }
}

static void multiply_strips(const rill_gemm_plan *plan, rill_gemm_block at, const operand *b,
                            char *room)
{
    int64_t j0 = at.j0, j1 = at.j1, width = b_width(plan);
    operand a = operand_a(plan, &at, room);
    rill_gemm_tile tile = { .k = at.k,
                            .a_row = a.line,
                            .a_col = a.step,
                            .b_row = b->step,
                            .c_row = plan->p.c.row,
                            .add = plan->add || at.k0 > 0 };
    for (int64_t j = j0; j < j1; j += width) {
        at.j0 = j;
        at.j1 = min(j + width, j1);
        tile.b = line_at(plan, b, j);
        tile.bias = plan->bias && at.k0 == 0 ? plan->bias + j * (int64_t)plan->kind->size : NULL;
        multiply_strip(plan, &at, &a, tile);
    }
}

/* ---- A block. */

static size_t bytes_of_b(const rill_gemm_plan *plan)
{
    int64_t cols = ceil_div(min(plan->p.n, plan->columns), b_width(plan)) * b_width(plan);
    return plan->pack_b ? (size_t)(min(plan->p.k, plan->depth) * cols) * plan->kind->size : 0;
}

static size_t bytes_of_a(const rill_gemm_plan *plan)
{
    int64_t rows = ceil_div(min(plan->p.m, plan->rows), a_width(plan)) * a_width(plan);
    return plan->pack_a ? (size_t)(min(plan->p.k, plan->depth) * rows) * plan->kind->size : 0;
}

size_t rill_gemm_room(const rill_gemm_plan *plan)
{
    if (plan->narrow)
        return plan->pack_a ? (size_t)(plan->p.m * plan->p.k) * plan->kind->size : 0;
    if (!plan->pack_a && !plan->pack_b)
        return 0;
    return bytes_of_b(plan) + bytes_of_a(plan) + 1; /* somewhere to point to, without any k */
}

/* All of k.  Without any k the one pass writes zeros. */
void rill_gemm_multiply(const rill_gemm_plan *plan, rill_gemm_block at, char *room)
{
    int64_t i0 = at.i0, i1 = at.i1;
    do {
        at.k = min(plan->depth, plan->p.k - at.k0);
        operand b = operand_b(plan, &at, room);
        for (at.i0 = i0; at.i0 < i1; at.i0 = at.i1) {
            at.i1 = min(at.i0 + plan->rows, i1);
            multiply_strips(plan, at, &b, room ? room + bytes_of_b(plan) : NULL);
        }
        at.k0 += plan->depth;
    } while (at.k0 < plan->p.k);
}
