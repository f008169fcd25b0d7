#include "shape.h"

#include "axis.h"
#include "strided.h"

static int flip_infer(rill_infer *infer)
{
    const rill_axes_attrs *attrs = infer->attrs;
    unsigned seen = 0;
    if (attrs->axes.count < 0 || attrs->axes.count > infer->shape[0].rank)
        return rill_infer_fail(infer, "%lld axes for a tensor of %d", (long long)attrs->axes.count,
                               infer->shape[0].rank);
    for (int64_t i = 0; i < attrs->axes.count; i++) {
        if (!rill_axis_check(infer, attrs->axes.at[i]))
            return 0;
        if (seen & 1u << attrs->axes.at[i])
            return rill_infer_fail(infer, "axis %lld is named twice", (long long)attrs->axes.at[i]);
        seen |= 1u << attrs->axes.at[i];
    }
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static void flip_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_axes_attrs *attrs = call->attrs;
    rill_strided walk = { 0 };
    rill_shape_strides(&call->in[0].shape, walk.stride);
    for (int64_t i = 0; i < attrs->axes.count; i++) {
        int64_t axis = attrs->axes.at[i];
        walk.offset += (call->in[0].shape.dim[axis] - 1) * walk.stride[axis];
        walk.stride[axis] = -walk.stride[axis];
    }
    rill_strided_read(call, &walk, begin, end);
}

static rill_tensor *flip_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_flip(gy, ((const rill_axes_attrs *)rill_attrs_of(y))->axes);
}

static int same_axes(const rill_axes *a, const rill_axes *b)
{
    int64_t i = 0;
    while (i < a->count && i < b->count && a->at[i] == b->at[i])
        i++;
    return i == a->count && i == b->count;
}

static rill_tensor *flip_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    const rill_axes_attrs *attrs = rill_attrs_of(y), *inner = rill_attrs_of(x);
    double value;
    if (attrs->axes.count == 0 || rill_is_splat(x, &value))
        return x;
    if (rill_op_of(x) == &rill_flip_op && same_axes(&attrs->axes, &inner->axes))
        return rill_input_at(x, 0);
    return NULL;
}

static rill_by_rows flip_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_axes *axes = &((const rill_axes_attrs *)rill_attrs_of(y))->axes;
    int first = 0;
    for (int64_t i = 0; i < axes->count; i++)
        first |= axes->at[i] == 0;
    return by_rows[0] && !first ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "axes", RILL_ATTR_AXES, offsetof(rill_axes_attrs, axes) },
};

#define FLIP(...)                                                                                  \
    .attrs = &(const rill_axes_attrs)                                                              \
    {                                                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 5 } } }, FLIP(1, { 0 }) },
    { .count = 1, .shape = { { 2, { 3, 4 } } }, FLIP(1, { 1 }) },
    { .count = 1, .shape = { { 3, { 2, 3, 4 } } }, FLIP(2, { 0, 1 }) },
    { .count = 1, .shape = { { 4, { 2, 1, 3, 2 } } }, FLIP(4, { 3, 2, 1, 0 }) },
    { .count = 1, .shape = { { 2, { 0, 4 } } }, FLIP(2, { 0, 1 }) },
    { .count = 1, .shape = { { 0, { 0 } } }, FLIP(0, { 0 }) },
};

const rill_op rill_flip_op = {
    .name = "flip",
    .doc = "y = a in reverse order along the axes",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_axes_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = flip_infer,
    .kernel = { .eval = flip_eval, .units = rill_strided_units },
    .vjp = flip_vjp,
    .simplify = flip_simplify,
    .rows = flip_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_flip(rill_tensor *x, rill_axes axes)
{
    rill_axes_attrs flip = { .axes = rill_axes_from_start(axes, rill_rank(x)) };
    return rill_apply(&rill_flip_op, &x, 1, &flip);
}
