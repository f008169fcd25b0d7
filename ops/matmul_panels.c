#include "panels.h"

#include "elementwise.h"
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

static int check_dtypes(rill_infer *infer, int i)
{
    if (infer->dtype[0] != infer->dtype[i])
        return rill_infer_fail(infer, "dtypes differ: %s and %s (use cast)",
                               rill_dtype_name(infer->dtype[0]), rill_dtype_name(infer->dtype[i]));
    return rill_dtype_is_float(infer->dtype[0]) ||
           rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                           rill_dtype_name(infer->dtype[0]));
}

/* [N], [1,N], [1,1,N], ... */
static int is_row(const rill_shape *shape, int64_t columns)
{
    return shape->rank > 0 && rill_shape_dim(shape, -1) == columns &&
           rill_shape_count(shape) == columns;
}

static int matmul_panels_infer(rill_infer *infer)
{
    const rill_matmul_panels_attrs *attrs = infer->attrs;
    int64_t columns = attrs->columns;
    if (infer->count != 2 + (attrs->bias != 0) + (attrs->factor != 0))
        return rill_infer_fail(infer, "takes a, panels, and a bias and a factor where it has them");
    const rill_shape *a = &infer->shape[0], *panels = &infer->shape[1];
    for (int i = 1; i < infer->count; i++)
        if (!check_dtypes(infer, i))
            return 0;
    if (a->rank < 2 || panels->rank != 3)
        return fail_on_shapes(infer, "takes two axes or more and panels");
    int64_t width = panels->dim[2];
    if (columns < 0 || !rill_panel_fits(width, infer->dtype[0]) ||
        columns / width + (columns % width > 0) != panels->dim[0])
        return fail_on_shapes(infer, "the panels do not hold that many columns");
    if (rill_shape_dim(a, -1) != panels->dim[1])
        return fail_on_shapes(infer, "inner dimensions differ");
    if (attrs->bias && !is_row(&infer->shape[2], columns))
        return fail_on_shapes(infer, "the bias is not a row of as many columns");
    infer->out_shape = *a;
    infer->out_shape.dim[a->rank - 1] = columns;
    infer->out_dtype = infer->dtype[0];
    if (attrs->factor && !rill_shape_equal(&infer->shape[infer->count - 1], &infer->out_shape))
        return fail_on_shapes(infer, "the factor is not of the product's shape");
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

const void *rill_panels_bias(const rill_call *call)
{
    const rill_matmul_panels_attrs *attrs = call->attrs;
    return attrs->bias ? call->in[2].data : NULL;
}

const void *rill_panels_factor(const rill_call *call)
{
    const rill_matmul_panels_attrs *attrs = call->attrs;
    return attrs->factor ? call->in[call->count - 1].data : NULL;
}

static void matmul_panels_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_dtype dtype = call->out.dtype;
    rill_product p = rill_panels_product_of(call);
    const void *bias = rill_panels_bias(call), *factor = rill_panels_factor(call);
    int64_t width = p.b.row;
    for (int64_t i = begin; i < end; i++)
        for (int64_t j = 0; j < p.n; j++) {
            double sum = bias ? rill_real_at(dtype, bias, j) : 0;
            int64_t first = j / width * p.k * width + j % width, at = i * p.c.row + j;
            for (int64_t k = 0; k < p.k; k++)
                sum += rill_real_at(dtype, p.a.data, i * p.a.row + k) *
                       rill_real_at(dtype, p.b.data, first + k * width);
            rill_real_set(dtype, p.c.data, at,
                          factor ? sum * rill_real_at(dtype, factor, at) : sum);
        }
}

static double matmul_panels_flops(const rill_tensor *y)
{
    return 2.0 * (double)rill_count(y) * (double)rill_dim(rill_input_at(y, 0), -1);
}

static rill_by_rows matmul_panels_rows(const rill_tensor *y, int *by_rows)
{
    const rill_matmul_panels_attrs *attrs = rill_attrs_of(y);
    if (!by_rows[0] || by_rows[1] || (attrs->bias && by_rows[2]))
        return RILL_WHOLE;
    if (attrs->factor)
        by_rows[rill_input_count(y) - 1] = 1;
    return RILL_EACH_ROW;
}

/* ---- A bias added to the product, and a factor: the derivative of an activation. */

static rill_tensor *with(rill_tensor *y, rill_tensor *bias, rill_tensor *factor)
{
    rill_matmul_panels_attrs attrs = *(const rill_matmul_panels_attrs *)rill_attrs_of(y);
    rill_tensor *in[4];
    int count = rill_input_count(y);
    for (int i = 0; i < count; i++)
        in[i] = rill_input_at(y, i);
    in[count++] = bias ? bias : factor;
    attrs.bias |= bias != NULL;
    attrs.factor |= factor != NULL;
    return rill_apply(&rill_matmul_panels_op, in, count, &attrs);
}

static rill_tensor *matmul_panels_absorb(rill_tensor *user, int i, const int *by_rows)
{
    int binary = rill_op_of(user) == &rill_add_op || rill_op_of(user) == &rill_mul_op;
    rill_tensor *y = rill_input_at(user, i), *other = binary ? rill_input_at(user, 1 - i) : NULL;
    rill_shape shape = rill_shape_of(user), own = rill_shape_of(y), its = rill_shape_of(other);
    const rill_matmul_panels_attrs *attrs = rill_attrs_of(y);
    if (!binary || attrs->factor || !rill_shape_equal(&shape, &own))
        return NULL;
    if (rill_op_of(user) == &rill_mul_op)
        return by_rows[1 - i] && rill_shape_equal(&its, &own) ? with(y, NULL, other) : NULL;
    return !attrs->bias && !by_rows[1 - i] && is_row(&its, attrs->columns) ? with(y, other, NULL)
                                                                           : NULL;
}

/* ---- The descriptor. */

static const rill_attr attrs[] = {
    { "columns", RILL_ATTR_INT, offsetof(rill_matmul_panels_attrs, columns) },
    { "bias", RILL_ATTR_INT, offsetof(rill_matmul_panels_attrs, bias) },
    { "factor", RILL_ATTR_INT, offsetof(rill_matmul_panels_attrs, factor) },
};

#define PLAIN(n)                                                                                   \
    .attrs = &(const rill_matmul_panels_attrs)                                                     \
    {                                                                                              \
        n, 0, 0                                                                                    \
    }
#define BIAS(n)                                                                                    \
    .attrs = &(const rill_matmul_panels_attrs)                                                     \
    {                                                                                              \
        n, 1, 0                                                                                    \
    }
#define FACTOR(n)                                                                                  \
    .attrs = &(const rill_matmul_panels_attrs)                                                     \
    {                                                                                              \
        n, 0, 1                                                                                    \
    }
#define BOTH(n)                                                                                    \
    .attrs = &(const rill_matmul_panels_attrs)                                                     \
    {                                                                                              \
        n, 1, 1                                                                                    \
    }
static const rill_sample samples[] = {
    { 2, { { 2, { 1, 1 } }, { 3, { 1, 1, 32 } } }, PLAIN(1) },
    { 2, { { 2, { 9, 5 } }, { 3, { 1, 5, 32 } } }, PLAIN(2) },
    { 2, { { 2, { 3, 5 } }, { 3, { 2, 5, 32 } } }, PLAIN(40) },
    { 2, { { 2, { 8, 4 } }, { 3, { 2, 4, 32 } } }, PLAIN(64) },
    { 2, { { 2, { 8, 4 } }, { 3, { 1, 4, 64 } } }, PLAIN(64) },
    { 2, { { 4, { 2, 1, 3, 4 } }, { 3, { 2, 4, 32 } } }, PLAIN(40) },
    { 2, { { 2, { 2, 0 } }, { 3, { 1, 0, 32 } } }, PLAIN(2) },
    { 2, { { 2, { 0, 3 } }, { 3, { 1, 3, 32 } } }, PLAIN(2) },
    { 2, { { 2, { 2, 3 } }, { 3, { 0, 3, 32 } } }, PLAIN(0) },
    { 3, { { 2, { 9, 5 } }, { 3, { 1, 5, 32 } }, { 2, { 1, 2 } } }, BIAS(2) },
    { 3, { { 2, { 3, 5 } }, { 3, { 2, 5, 32 } }, { 1, { 40 } } }, BIAS(40) },
    { 3, { { 2, { 9, 300 } }, { 3, { 2, 300, 32 } }, { 1, { 64 } } }, BIAS(64) },
    { 3, { { 2, { 8, 4 } }, { 3, { 1, 4, 64 } }, { 1, { 64 } } }, BIAS(64) },
    { 3, { { 2, { 2, 0 } }, { 3, { 1, 0, 32 } }, { 1, { 2 } } }, BIAS(2) },
    { 3, { { 2, { 9, 5 } }, { 3, { 1, 5, 32 } }, { 2, { 9, 2 } } }, FACTOR(2) },
    { 3, { { 2, { 9, 300 } }, { 3, { 2, 300, 32 } }, { 2, { 9, 64 } } }, FACTOR(64) },
    { 3, { { 3, { 2, 3, 4 } }, { 3, { 2, 4, 32 } }, { 3, { 2, 3, 40 } } }, FACTOR(40) },
    { 4, { { 2, { 3, 5 } }, { 3, { 2, 5, 32 } }, { 1, { 40 } }, { 2, { 3, 40 } } }, BOTH(40) },
};

const rill_op rill_matmul_panels_op = {
    .name = "matmul_panels",
    .doc = "y[m,n] = (sum_k a[m,k] b[k,n] + bias[n]) factor[m,n], b as panels",
    .arity = RILL_ANY_ARITY,
    .traits = RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(rill_matmul_panels_attrs),
    .attrs = attrs,
    .attr_count = 3,
    .infer = matmul_panels_infer,
    .kernel = { matmul_panels_eval, matmul_panels_units, matmul_panels_cost, NULL, 0 },
    .flops = matmul_panels_flops,
    .rows = matmul_panels_rows,
    .absorb = matmul_panels_absorb,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_matmul_panels(rill_tensor *a, rill_tensor *panels, int64_t columns)
{
    rill_matmul_panels_attrs product = { .columns = columns };
    return rill_apply(&rill_matmul_panels_op, (rill_tensor *[]){ a, panels }, 2, &product);
}
