/* gemm_strip.c - a strip of columns, tile by tile down its rows. */
#include "gemm.h"

#include <stdalign.h>

/* A tile that overhangs c, or whose columns are not adjacent there. */
static void indirect_tile(const rill_gemm_kind *kind, rill_gemm_tile tile, rill_gemm_tile_fn *fn,
                          rill_gemm_patch to)
{
    alignas(64) char product[RILL_GEMM_MAX_TILE];
    int64_t width = to.cols > kind->lanes ? 2 * kind->lanes : kind->lanes;
    int add = tile.add;
    tile.c = product;
    tile.c_row = width;
    tile.add = 0;
    fn(&tile);
    kind->scatter(&to, product, width, add);
}

void rill_gemm_multiply_strip(const rill_gemm_kind *kind, const rill_gemm_strip *strip)
{
    int64_t size = (int64_t)kind->size;
    int two = strip->cols > kind->lanes;
    int direct = strip->c.col == 1 && strip->cols % kind->lanes == 0;
    rill_gemm_tile tile = { .b = strip->b.data,
                            .k = strip->k,
                            .a_row = strip->a.row,
                            .a_col = strip->a.col,
                            .b_row = strip->b.row,
                            .c_row = strip->c.row,
                            .add = strip->add };
    for (int64_t i = 0; i < strip->rows; i += kind->rows) {
        int64_t left = strip->rows - i, rows = left < kind->rows ? left : kind->rows;
        rill_gemm_tile_fn *fn = kind->tile[2 * (rows - 1) + two];
        char *c = strip->c.data + i * strip->c.row * size;
        tile.a = strip->a.data + i * strip->a.row * size;
        tile.c = c;
        if (direct)
            fn(&tile);
        else
            indirect_tile(kind, tile, fn,
                          (rill_gemm_patch){ c, strip->c.row, strip->c.col, rows, strip->cols });
    }
}
