/* panels.c - laying a matrix out as panels. */
#include "gemm.h"

enum { UNIT_STEPS = 64 /* of k: a unit is so many rows of one panel */ };

static int64_t units_of_panel(const rill_call *call)
{
    return ceil_div(call->out.shape.dim[1], UNIT_STEPS);
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
        int64_t j = unit / in_panel * width, k0 = unit % in_panel * UNIT_STEPS;
        rill_gemm_patch from = { b.data + (k0 * b.row + j * b.col) * size, b.row, b.col,
                                 min(UNIT_STEPS, k - k0), min(width, n - j) };
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
    return 1 + min(UNIT_STEPS, call->out.shape.dim[1]) * call->out.shape.dim[2] / 8;
}

size_t rill_panels_scratch(const rill_gemm_kind *kind, const rill_call *call)
{
    (void)kind;
    (void)call;
    return 0;
}
