#include "reduce.h"
#include "shape.h"

static int sum_to_infer(rill_infer *infer)
{
    const rill_shape_attrs *attrs = infer->attrs;
    rill_shape common;
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    if (!rill_shape_broadcast(&infer->shape[0], &attrs->shape, &common) ||
        !rill_shape_equal(&common, &infer->shape[0])) {
        char from[RILL_SHAPE_TEXT], to[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "%s would not stretch to %s",
                               rill_shape_print(&attrs->shape, to, sizeof to),
                               rill_shape_print(&infer->shape[0], from, sizeof from));
    }
    infer->out_shape = attrs->shape;
    infer->out_dtype = infer->dtype[0];
    return 1;
}

/* The axes of x that `to` lacks or has an extent of 1 in. */
static rill_axes summed_axes(const rill_shape *x, const rill_shape *to)
{
    rill_axes axes = { 0 };
    int lacking = x->rank - to->rank;
    for (int i = 0; i < x->rank; i++)
        if (x->dim[i] != 1 && (i < lacking || to->dim[i - lacking] == 1))
            axes.at[axes.count++] = i;
    return axes;
}

static rill_tensor *sum_to_expand(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    rill_shape from = rill_shape_of(x), to = rill_shape_of(y);
    rill_axes axes = summed_axes(&from, &to);
    return rill_reshape(axes.count ? rill_sum(x, axes, 1) : x, to);
}

/* The engine stretches the cotangent to the input's shape. */
static rill_tensor *sum_to_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y, (void)i;
    return gy;
}

/* [B, ...] to [B, ...], or to less than a row for each. */
static rill_by_rows sum_to_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_tensor *x = rill_input_at(y, 0);
    if (!by_rows[0])
        return RILL_WHOLE;
    int kept = rill_rank(x) == rill_rank(y) && rill_dim(x, 0) == rill_dim(y, 0);
    return kept ? RILL_EACH_ROW : RILL_ROW_SUM;
}

static const rill_attr attrs[] = {
    { "shape", RILL_ATTR_SHAPE, offsetof(rill_shape_attrs, shape) },
};

#define TO(...)                                                                                    \
    .attrs = &(const rill_shape_attrs)                                                             \
    {                                                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 2, { 3, 5 } } }, TO(0, { 0 }) },
    { .count = 1, .shape = { { 2, { 3, 5 } } }, TO(1, { 5 }) },
    { .count = 1, .shape = { { 2, { 3, 5 } } }, TO(2, { 3, 1 }) },
    { .count = 1, .shape = { { 4, { 2, 2, 4, 3 } } }, TO(3, { 2, 1, 3 }) },
    { .count = 1, .shape = { { 3, { 1, 3, 2 } } }, TO(2, { 3, 2 }) },
    { .count = 1, .shape = { { 0, { 0 } } }, TO(0, { 0 }) },
    { .count = 1, .shape = { { 2, { 0, 3 } } }, TO(1, { 3 }) },
};

const rill_op rill_sum_to_op = {
    .name = "sum_to",
    .doc = "y = a, summed over what y's shape would repeat",
    .arity = 1,
    .traits = RILL_LINEAR | RILL_REDUCE,
    .attr_size = sizeof(rill_shape_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = sum_to_infer,
    .vjp = sum_to_vjp,
    .expand = sum_to_expand,
    .rows = sum_to_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_sum_to(rill_tensor *x, rill_shape shape)
{
    rill_shape_attrs sum_to = { .shape = shape };
    return rill_apply(&rill_sum_to_op, &x, 1, &sum_to);
}
