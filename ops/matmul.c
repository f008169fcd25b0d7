#include "matmul.h"

#include "elementwise.h"
#include "matmul_shape.h"
#include "panels.h"
#include "real.h"
#include "shape.h"

static rill_shape batch_axes(const rill_shape *shape)
{
    return rill_shape_make(shape->rank - 2, shape->dim);
}

/* ---- Shapes. */

static int check_operands(rill_infer *infer)
{
    if (infer->dtype[0] != infer->dtype[1])
        return rill_infer_fail(infer, "dtypes differ: %s and %s (use cast)",
                               rill_dtype_name(infer->dtype[0]), rill_dtype_name(infer->dtype[1]));
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    for (int i = 0; i < 2; i++)
        if (infer->shape[i].rank < 2) {
            char text[RILL_SHAPE_TEXT];
            return rill_infer_fail(infer,
                                   "operand %d is %s and needs two axes at least (reshape it)",
                                   i + 1, rill_shape_print(&infer->shape[i], text, sizeof text));
        }
    return 1;
}

static int fail_on_shapes(rill_infer *infer, const char *what)
{
    const rill_matmul_attrs *attrs = infer->attrs;
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    return rill_infer_fail(
        infer, "%s: %s%s x %s%s", what, rill_shape_print(&infer->shape[0], a, sizeof a),
        attrs->transpose_a ? "^T" : "", rill_shape_print(&infer->shape[1], b, sizeof b),
        attrs->transpose_b ? "^T" : "");
}

static int matmul_infer(rill_infer *infer)
{
    const rill_matmul_attrs *attrs = infer->attrs;
    const rill_shape *a = &infer->shape[0], *b = &infer->shape[1];
    if (!check_operands(infer))
        return 0;
    if (rill_shape_dim(a, attrs->transpose_a ? -2 : -1) !=
        rill_shape_dim(b, attrs->transpose_b ? -1 : -2))
        return fail_on_shapes(infer, "inner dimensions differ");
    rill_shape batch_a = batch_axes(a), batch_b = batch_axes(b), out;
    if (!rill_shape_broadcast(&batch_a, &batch_b, &out))
        return fail_on_shapes(infer, "batch axes do not broadcast");
    out.dim[out.rank++] = rill_shape_dim(a, attrs->transpose_a ? -1 : -2);
    out.dim[out.rank++] = rill_shape_dim(b, attrs->transpose_b ? -2 : -1);
    if (!rill_shape_valid(&out))
        return fail_on_shapes(infer, "the product has too many elements");
    infer->out_shape = out;
    infer->out_dtype = infer->dtype[0];
    return 1;
}

/* ---- The product as matrices with strides. */

static rill_matrix matrix_of(const rill_array_view *view, int64_t transpose)
{
    int64_t width = rill_shape_dim(&view->shape, -1);
    rill_matrix stored = { view->data, width, 1 }, turned = { view->data, 1, width };
    return transpose ? turned : stored;
}

rill_product rill_product_of(const rill_call *call)
{
    const rill_matmul_attrs *attrs = call->attrs;
    const rill_shape *out = &call->out.shape;
    rill_shape batch = batch_axes(out);
    return (rill_product){
        .batch = rill_shape_count(&batch),
        .m = rill_shape_dim(out, -2),
        .n = rill_shape_dim(out, -1),
        .k = rill_shape_dim(&call->in[0].shape, attrs->transpose_a ? -2 : -1),
        .a = matrix_of(&call->in[0], attrs->transpose_a),
        .b = matrix_of(&call->in[1], attrs->transpose_b),
        .c = matrix_of(&call->out, 0),
    };
}

/* Where matrix number `batch` of the output's batch starts in `view`, whose batch axes stretch. */
static char *matrix_at(const rill_array_view *view, const rill_shape *out, int64_t batch)
{
    const rill_shape *shape = &view->shape;
    int64_t offset = 0, stride = rill_shape_dim(shape, -1) * rill_shape_dim(shape, -2);
    for (int back = 3; back <= shape->rank; back++) {
        int64_t extent = rill_shape_dim(out, -back), own = rill_shape_dim(shape, -back);
        offset += own > 1 ? batch % extent * stride : 0;
        batch /= extent;
        stride *= own;
    }
    return (char *)view->data + (size_t)offset * rill_dtype_size(view->dtype);
}

void rill_product_at(const rill_call *call, rill_product *product, int64_t batch)
{
    product->a.data = matrix_at(&call->in[0], &call->out.shape, batch);
    product->b.data = matrix_at(&call->in[1], &call->out.shape, batch);
    product->c.data = matrix_at(&call->out, &call->out.shape, batch);
}

/* ---- Reference kernel: a unit is one row of the output. */

static int64_t matmul_units(const rill_call *call)
{
    rill_product p = rill_product_of(call);
    return p.batch * p.m;
}

static int64_t matmul_cost(const rill_call *call)
{
    rill_product p = rill_product_of(call);
    return 1 + p.n * p.k;
}

static void matmul_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_dtype dtype = call->out.dtype;
    rill_product p = rill_product_of(call);
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t i = unit % p.m;
        rill_product_at(call, &p, unit / p.m);
        for (int64_t j = 0; j < p.n; j++) {
            double sum = call->add ? rill_real_at(dtype, p.c.data, i * p.c.row + j * p.c.col) : 0;
            for (int64_t k = 0; k < p.k; k++)
                sum += rill_real_at(dtype, p.a.data, i * p.a.row + k * p.a.col) *
                       rill_real_at(dtype, p.b.data, k * p.b.row + j * p.b.col);
            rill_real_set(dtype, p.c.data, i * p.c.row + j * p.c.col, sum);
        }
    }
}

/* ---- Derivatives. */

static rill_tensor *flat_rows(rill_tensor *x)
{
    int64_t width = rill_dim(x, -1);
    return rill_reshape(x, RILL_SHAPE(width ? rill_count(x) / width : 0, width));
}

/* The gradient of a [K,N] matrix that every batch shared, a [..., M, K]: one product over all rows
 * instead of one a batch and their sum. */
static rill_tensor *shared_matrix_vjp(rill_tensor *a, rill_tensor *gy, int64_t transpose_b)
{
    rill_tensor *rows = flat_rows(a), *gy_rows = flat_rows(gy);
    return transpose_b ? rill_matmul_transposed(gy_rows, 1, rows, 0)
                       : rill_matmul_transposed(rows, 1, gy_rows, 0);
}

static rill_tensor *matmul_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_matmul_attrs *attrs = rill_attrs_of(y);
    int ta = attrs->transpose_a != 0, tb = attrs->transpose_b != 0;
    rill_tensor *a = rill_input_at(y, 0), *b = rill_input_at(y, 1);
    if (i == 0)
        return ta ? rill_matmul_transposed(b, tb, gy, 1) : rill_matmul_transposed(gy, 0, b, !tb);
    if (rill_rank(b) == 2 && rill_rank(a) > 2 && !ta && rill_dim(a, -1) && rill_dim(gy, -1))
        return shared_matrix_vjp(a, gy, tb);
    return tb ? rill_matmul_transposed(gy, 1, a, ta) : rill_matmul_transposed(a, !ta, gy, 0);
}

static rill_tensor *matmul_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    const rill_matmul_attrs *attrs = rill_attrs_of(y);
    int ta = attrs->transpose_a != 0, tb = attrs->transpose_b != 0;
    rill_tensor *a = rill_input_at(y, 0), *b = rill_input_at(y, 1);
    rill_tensor *from_a = dx[0] ? rill_matmul_transposed(dx[0], ta, b, tb) : NULL;
    rill_tensor *from_b = dx[1] ? rill_matmul_transposed(a, ta, dx[1], tb) : NULL;
    return from_a && from_b ? rill_add(from_a, from_b) : from_a ? from_a : from_b;
}

/* ---- Transpositions become flags. */

/* 1 when x is a permute that swaps the last two axes and nothing else. */
static int is_transposition(const rill_tensor *x)
{
    if (rill_op_of(x) != &rill_permute_op)
        return 0;
    const rill_axes_attrs *attrs = rill_attrs_of(x);
    int64_t rank = attrs->axes.count;
    for (int64_t i = 0; i < rank - 2; i++)
        if (attrs->axes.at[i] != i)
            return 0;
    return rank >= 2 && attrs->axes.at[rank - 2] == rank - 1;
}

static rill_tensor *look_through(rill_tensor *x, int64_t *transpose)
{
    while (is_transposition(x)) {
        x = rill_input_at(x, 0);
        *transpose = !*transpose;
    }
    return x;
}

rill_tensor *rill_matmul_transposed(rill_tensor *a, int transpose_a, rill_tensor *b,
                                    int transpose_b)
{
    rill_matmul_attrs attrs = { transpose_a != 0, transpose_b != 0 };
    a = look_through(a, &attrs.transpose_a);
    b = look_through(b, &attrs.transpose_b);
    return rill_apply(&rill_matmul_op, (rill_tensor *[]){ a, b }, 2, &attrs);
}

rill_tensor *rill_matmul(rill_tensor *a, rill_tensor *b)
{
    return rill_matmul_transposed(a, 0, b, 0);
}

static rill_tensor *matmul_simplify(rill_tensor *y)
{
    const rill_matmul_attrs *attrs = rill_attrs_of(y);
    rill_tensor *a = rill_input_at(y, 0), *b = rill_input_at(y, 1);
    if (!is_transposition(a) && !is_transposition(b))
        return NULL;
    return rill_matmul_transposed(a, attrs->transpose_a != 0, b, attrs->transpose_b != 0);
}

/* ---- By rows. */

/* The leading axis of each operand: rows of y, the contraction, or nothing of the kind. */
static rill_by_rows matrix_rows(const rill_matmul_attrs *attrs, int *by_rows)
{
    if (by_rows[0] && !by_rows[1] && !attrs->transpose_a)
        return RILL_EACH_ROW;
    if (!attrs->transpose_a || attrs->transpose_b || !(by_rows[0] || by_rows[1]))
        return RILL_WHOLE;
    by_rows[0] = by_rows[1] = 1;
    return RILL_ROW_SUM;
}

/* Matrices of y's leading axis come from matrices of the operands' own, where they have one. */
static rill_by_rows batch_rows(const rill_tensor *y, int *by_rows)
{
    for (int i = 0; i < 2; i++) {
        const rill_tensor *x = rill_input_at(y, i);
        int has = rill_rank(x) == rill_rank(y) && rill_dim(x, 0) == rill_dim(y, 0);
        if (by_rows[i] && !has)
            return RILL_WHOLE;
        by_rows[i] = has;
    }
    return RILL_EACH_ROW;
}

static rill_by_rows matmul_rows(const rill_tensor *y, int *by_rows)
{
    return rill_rank(y) > 2 ? batch_rows(y, by_rows) : matrix_rows(rill_attrs_of(y), by_rows);
}

/* Columns enough for packing to pay; and of a row of b, bytes so few that packing does not. */
enum { HOIST_COLUMNS = 8, NEAR_BYTES = 512 };

/* b as panels: a matrix of few, whole columns is one panel as it is. */
static rill_tensor *panels_of(rill_tensor *b, int transpose)
{
    int64_t width = rill_dim(b, -1);
    size_t bytes = (size_t)width * rill_dtype_size(rill_dtype_of(b));
    if (!transpose && rill_panel_fits(width, rill_dtype_of(b)) && bytes <= NEAR_BYTES)
        return rill_reshape(b, RILL_SHAPE(1, rill_dim(b, 0), width));
    return rill_panels(b, transpose);
}

static rill_tensor *matmul_hoist(rill_tensor *y, const int *by_rows)
{
    const rill_matmul_attrs *attrs = rill_attrs_of(y);
    rill_tensor *a = rill_input_at(y, 0), *b = rill_input_at(y, 1);
    int64_t columns = rill_dim(y, -1);
    if (!by_rows[0] || by_rows[1] || attrs->transpose_a || rill_rank(b) != 2 ||
        columns < HOIST_COLUMNS)
        return NULL;
    return rill_matmul_panels(a, panels_of(b, attrs->transpose_b != 0), columns);
}

/* ---- Its work. */

static double matmul_flops(const rill_tensor *y)
{
    const rill_matmul_attrs *attrs = rill_attrs_of(y);
    int64_t terms = rill_dim(rill_input_at(y, 0), attrs->transpose_a ? -2 : -1);
    return 2.0 * (double)rill_count(y) * (double)terms;
}

/* ---- The descriptor. */

static const rill_attr matmul_attrs[] = {
    { "transpose_a", RILL_ATTR_INT, offsetof(rill_matmul_attrs, transpose_a) },
    { "transpose_b", RILL_ATTR_INT, offsetof(rill_matmul_attrs, transpose_b) },
};

static const rill_matmul_attrs nn = { 0, 0 }, nt = { 0, 1 }, tn = { 1, 0 }, tt = { 1, 1 };

static const rill_sample matmul_samples[] = {
    { 2, { { 2, { 1, 1 } }, { 2, { 1, 1 } } }, .attrs = &nn },
    { 2, { { 2, { 3, 5 } }, { 2, { 5, 2 } } }, .attrs = &nn },
    { 2, { { 2, { 3, 5 } }, { 2, { 2, 5 } } }, .attrs = &nt },
    { 2, { { 2, { 5, 3 } }, { 2, { 5, 2 } } }, .attrs = &tn },
    { 2, { { 2, { 5, 3 } }, { 2, { 2, 5 } } }, .attrs = &tt },
    { 2, { { 2, { 9, 4 } }, { 2, { 4, 17 } } }, .attrs = &nn },
    { 2, { { 2, { 1, 16 } }, { 2, { 3, 16 } } }, .attrs = &nt },
    { 2, { { 2, { 5, 4 } }, { 2, { 19, 4 } } }, .attrs = &nt },
    { 2, { { 3, { 2, 3, 4 } }, { 2, { 4, 2 } } }, .attrs = &nn },
    { 2, { { 3, { 2, 3, 4 } }, { 2, { 2, 4 } } }, .attrs = &nt },
    { 2, { { 3, { 2, 4, 3 } }, { 2, { 4, 2 } } }, .attrs = &tn },
    { 2, { { 2, { 3, 4 } }, { 3, { 2, 4, 2 } } }, .attrs = &nn },
    { 2, { { 4, { 2, 1, 2, 3 } }, { 3, { 3, 3, 2 } } }, .attrs = &nn },
    { 2, { { 4, { 1, 2, 3, 2 } }, { 4, { 2, 1, 2, 3 } } }, .attrs = &tt },
    { 2, { { 2, { 2, 0 } }, { 2, { 0, 3 } } }, .attrs = &nn },
    { 2, { { 2, { 0, 3 } }, { 2, { 3, 2 } } }, .attrs = &nn },
};

const rill_op rill_matmul_op = {
    .name = "matmul",
    .doc = "y[m,n] = sum_k a[m,k] b[k,n]",
    .arity = 2,
    .attr_size = sizeof(rill_matmul_attrs),
    .attrs = matmul_attrs,
    .attr_count = 2,
    .infer = matmul_infer,
    .kernel = { matmul_eval, matmul_units, matmul_cost, NULL, 1 },
    .vjp = matmul_vjp,
    .jvp = matmul_jvp,
    .simplify = matmul_simplify,
    .flops = matmul_flops,
    .rows = matmul_rows,
    .hoist = matmul_hoist,
    .samples = matmul_samples,
    .sample_count = sizeof matmul_samples / sizeof *matmul_samples,
};
