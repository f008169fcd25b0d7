/* gemm_narrow.c - products of few rows: a is made adjacent along k, as the columns of b are. */
#include "gemm.h"

static rill_matrix adjacent_a(const rill_gemm_plan *plan, char *room)
{
    const rill_product *p = &plan->p;
    if (!plan->pack_a)
        return p->a;
    plan->kind->pack(room, p->k, &(rill_gemm_patch){ p->a.data, p->a.row, p->a.col, p->m, p->k });
    return (rill_matrix){ room, p->k, 1 };
}

void rill_gemm_multiply_narrow(const rill_gemm_plan *plan, rill_gemm_block at, char *room)
{
    const rill_product *p = &plan->p;
    int64_t size = (int64_t)plan->kind->size, cols = plan->kind->lanes / p->m;
    rill_gemm_narrow_fn *fn = plan->kind->narrow[p->m / 2];
    rill_matrix a = adjacent_a(plan, room);
    for (int64_t j = at.j0; j < at.j1; j += cols) {
        /* The last columns begin among those before, which are there: p->n >= cols. */
        int64_t from = j + cols <= p->n ? j : p->n - cols;
        fn(&(rill_gemm_narrow){ .a = a.data,
                                .b = p->b.data + from * p->b.col * size,
                                .c = p->c.data + from * p->c.col * size,
                                .k = p->k,
                                .a_row = a.row,
                                .b_col = p->b.col,
                                .c_row = p->c.row,
                                .c_col = p->c.col,
                                .first = (int)(j - from),
                                .add = plan->add });
    }
}
