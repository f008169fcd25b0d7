#include "panels.h"

#include "matmul_shape.h"
#include "real.h"

/* ---- Shapes. */

static int fail_on_shapes(rill_infer *infer, const char *what)
{
    const rill_matmul_panels_attrs *attrs = infer->attrs;
    char a[RILL_SHAPE_TEXT], panels[RILL_SHAPE_TEXT];
    return rill_infer_fail(infer, "%s: %s x panels %s of %lld columns", what,
                           rill_shape_print(&infer->shape[0], a, sizeof a),
                           rill_shape_print(&infer->shape[1], panels, sizeof panels),
                           (long long)attrs->columns);
}

static int check_dtypes(rill_infer *infer)
{
    if (infer->dtype[0] != infer->dtype[1])
        return rill_infer_fail(infer, "dtypes differ: %s and %s (use cast)",
                               rill_dtype_name(infer->dtype[0]), rill_dtype_name(infer->dtype[1]));
    return rill_dtype_is_float(infer->dtype[0]) ||
           rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                           rill_dtype_name(infer->dtype[0]));
}

static int matmul_panels_infer(rill_infer *infer)
{
    int64_t columns = ((const rill_matmul_panels_attrs *)infer->attrs)->columns;
    const rill_shape *a = &infer->shape[0], *panels = &infer->shape[1];
    if (!check_dtypes(infer))
        return 0;
    if (a->rank < 2 || panels->rank != 3)
        return fail_on_shapes(infer, "takes two axes or more and panels");
    int64_t width = panels->dim[2];
    if (columns < 0 || !rill_panel_fits(width, infer->dtype[0]) ||
        columns / width + (columns % width > 0) != panels->dim[0])
        return fail_on_shapes(infer, "the panels do not hold that many columns");
    if (rill_shape_dim(a, -1) != panels->dim[1])
        return fail_on_shapes(infer, "inner dimensions differ");
    infer->out_shape = *a;
    infer->out_shape.dim[a->rank - 1] = columns;
    infer->out_dtype = infer->dtype[0];
    return rill_shape_valid(&infer->out_shape) ||
           fail_on_shapes(infer, "the product has too many elements");
}

/* All rows of a meet the same panels: [..., M, K] is one matrix. */
rill_product rill_panels_product_of(const rill_call *call)
{
    const rill_shape *out = &call->out.shape;
    int64_t k = call->in[1].shape.dim[1], n = rill_shape_dim(out, -1), rows = 1;
    for (int i = 0; i < out->rank - 1; i++)
        rows *= out->dim[i];
    return (rill_product){
        .batch = 1,
        .m = rows,
        .n = n,
        .k = k,
        .a = { call->in[0].data, k, 1 },
        .b = { call->in[1].data, call->in[1].shape.dim[2], 1 },
        .c = { call->out.data, n, 1 },
    };
}

/* ---- Reference kernel: a unit is one row of the output. */

static int64_t matmul_panels_units(const rill_call *call)
{
    return rill_panels_product_of(call).m;
}

static int64_t matmul_panels_cost(const rill_call *call)
{
    rill_product p = rill_panels_product_of(call);
    return 1 + p.n * p.k;
}

static void matmul_panels_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_dtype dtype = call->out.dtype;
    rill_product p = rill_panels_product_of(call);
    int64_t width = p.b.row;
    for (int64_t i = begin; i < end; i++)
        for (int64_t j = 0; j < p.n; j++) {
            double sum = call->add ? rill_real_at(dtype, p.c.data, i * p.c.row + j) : 0;
            int64_t first = j / width * p.k * width + j % width;
            for (int64_t k = 0; k < p.k; k++)
                sum += rill_real_at(dtype, p.a.data, i * p.a.row + k) *
                       rill_real_at(dtype, p.b.data, first + k * width);
            rill_real_set(dtype, p.c.data, i * p.c.row + j, sum);
        }
}

static double matmul_panels_flops(const rill_tensor *y)
{
    return 2.0 * (double)rill_count(y) * (double)rill_dim(rill_input_at(y, 0), -1);
}

static rill_by_rows matmul_panels_rows(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] && !by_rows[1] ? RILL_EACH_ROW : RILL_WHOLE;
}

/* ---- The descriptor. */

static const rill_attr attrs[] = {
    { "columns", RILL_ATTR_INT, offsetof(rill_matmul_panels_attrs, columns) },
};

static const rill_matmul_panels_attrs one = { 1 }, two = { 2 }, forty = { 40 }, sixty_four = { 64 },
                                      none = { 0 };

static const rill_sample samples[] = {
    { 2, { { 2, { 1, 1 } }, { 3, { 1, 1, 32 } } }, .attrs = &one },
    { 2, { { 2, { 9, 5 } }, { 3, { 1, 5, 32 } } }, .attrs = &two },
    { 2, { { 2, { 3, 5 } }, { 3, { 2, 5, 32 } } }, .attrs = &forty },
    { 2, { { 2, { 8, 4 } }, { 3, { 2, 4, 32 } } }, .attrs = &sixty_four },
    { 2, { { 2, { 8, 4 } }, { 3, { 1, 4, 64 } } }, .attrs = &sixty_four },
    { 2, { { 4, { 2, 1, 3, 4 } }, { 3, { 2, 4, 32 } } }, .attrs = &forty },
    { 2, { { 2, { 2, 0 } }, { 3, { 1, 0, 32 } } }, .attrs = &two },
    { 2, { { 2, { 0, 3 } }, { 3, { 1, 3, 32 } } }, .attrs = &two },
    { 2, { { 2, { 2, 3 } }, { 3, { 0, 3, 32 } } }, .attrs = &none },
};

const rill_op rill_matmul_panels_op = {
    .name = "matmul_panels",
    .doc = "y[m,n] = sum_k a[m,k] b[k,n], b as panels",
    .arity = 2,
    .traits = RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(rill_matmul_panels_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = matmul_panels_infer,
    .kernel = { matmul_panels_eval, matmul_panels_units, matmul_panels_cost, NULL, 1 },
    .flops = matmul_panels_flops,
    .rows = matmul_panels_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_matmul_panels(rill_tensor *a, rill_tensor *panels, int64_t columns)
{
    rill_matmul_panels_attrs product = { columns };
    return rill_apply(&rill_matmul_panels_op, (rill_tensor *[]){ a, panels }, 2, &product);
}
