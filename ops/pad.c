#include "shape.h"

#include "axis.h"

#include <string.h>

/* Extent of `count` elements with step - 1 zeros between them; -1 when it is out of range. */
static int64_t spread(int64_t count, int64_t step)
{
    if (count == 0)
        return 0;
    if (count > 1 && step > RILL_MAX_COUNT / (count - 1))
        return -1;
    return (count - 1) * step + 1;
}

static int pad_infer(rill_infer *infer)
{
    const rill_pad_attrs *attrs = infer->attrs;
    if (!rill_axis_check(infer, attrs->axis))
        return 0;
    if (attrs->before < 0 || attrs->after < 0 || attrs->step < 1)
        return rill_infer_fail(
            infer, "%lld before, %lld after and a step of %lld: not 0, 0, 1 or more",
            (long long)attrs->before, (long long)attrs->after, (long long)attrs->step);
    int64_t span = spread(infer->shape[0].dim[attrs->axis], attrs->step);
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    if (span >= 0 && attrs->before <= RILL_MAX_COUNT && attrs->after <= RILL_MAX_COUNT)
        infer->out_shape.dim[attrs->axis] = attrs->before + span + attrs->after;
    else
        infer->out_shape.dim[attrs->axis] = -1;
    if (!rill_shape_valid(&infer->out_shape))
        return rill_infer_fail(infer, "the result would be too large");
    return 1;
}

/* A unit is an index of the axes before the padded one: [length, inner] into [padded length,
 * inner]. */
static int64_t pad_units(const rill_call *call)
{
    const rill_pad_attrs *attrs = call->attrs;
    return rill_shape_count(&call->out.shape)
               ? rill_axis_view_of(&call->out.shape, attrs->axis).outer
               : 0;
}

static int64_t pad_cost(const rill_call *call)
{
    const rill_pad_attrs *attrs = call->attrs;
    rill_axis_view to = rill_axis_view_of(&call->out.shape, attrs->axis);
    return 1 + to.length * to.inner;
}

static void pad_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_pad_attrs *attrs = call->attrs;
    rill_axis_view from = rill_axis_view_of(&call->in[0].shape, attrs->axis);
    rill_axis_view to = rill_axis_view_of(&call->out.shape, attrs->axis);
    size_t row = (size_t)from.inner * rill_dtype_size(call->out.dtype);
    size_t step = row * (size_t)attrs->step;
    int64_t run = attrs->step == 1 ? from.length : 1; /* elements that stay neighbours */
    for (int64_t unit = begin; unit < end; unit++) {
        const char *in = (const char *)call->in[0].data + (size_t)(unit * from.length) * row;
        char *out = (char *)call->out.data + (size_t)(unit * to.length) * row;
        memset(out, 0, (size_t)to.length * row);
        out += (size_t)attrs->before * row;
        for (int64_t i = 0; i < from.length; i += run)
            memcpy(out + (size_t)i * step, in + (size_t)i * row, (size_t)run * row);
    }
}

static rill_tensor *pad_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_pad_attrs *pad = rill_attrs_of(y);
    int64_t span = spread(rill_dim(rill_input_at(y, i), (int)pad->axis), pad->step);
    return rill_slice(gy, (int)pad->axis, pad->before, pad->before + span, pad->step);
}

static rill_tensor *pad_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    const rill_pad_attrs *pad = rill_attrs_of(y);
    double value;
    if (rill_dim(x, (int)pad->axis) == rill_dim(y, (int)pad->axis))
        return x;
    if (rill_is_splat(x, &value) && value == 0)
        return rill_full(rill_graph_of(y), rill_dtype_of(y), rill_shape_of(y), 0);
    return NULL;
}

static rill_by_rows pad_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_pad_attrs *pad = rill_attrs_of(y);
    return by_rows[0] && pad->axis != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_pad_attrs, axis) },
    { "before", RILL_ATTR_INT, offsetof(rill_pad_attrs, before) },
    { "after", RILL_ATTR_INT, offsetof(rill_pad_attrs, after) },
    { "step", RILL_ATTR_INT, offsetof(rill_pad_attrs, step) },
};

#define PAD(...)                                                                                   \
    .attrs = &(const rill_pad_attrs)                                                               \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 3 } } }, PAD(0, 2, 1, 1) },
    { .count = 1, .shape = { { 1, { 3 } } }, PAD(0, 1, 0, 3) },
    { .count = 1, .shape = { { 2, { 2, 3 } } }, PAD(0, 0, 2, 2) },
    { .count = 1, .shape = { { 2, { 2, 3 } } }, PAD(1, 1, 1, 1) },
    { .count = 1, .shape = { { 3, { 2, 3, 2 } } }, PAD(1, 1, 2, 2) },
    { .count = 1, .shape = { { 4, { 2, 1, 2, 3 } } }, PAD(3, 0, 1, 1) },
    { .count = 1, .shape = { { 2, { 0, 3 } } }, PAD(0, 1, 2, 4) },
    { .count = 1, .shape = { { 2, { 2, 3 } } }, PAD(1, 0, 0, 1) },
};

const rill_op rill_pad_op = {
    .name = "pad",
    .doc = "y[before + i step] = a[i] along an axis, 0 elsewhere",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_pad_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = pad_infer,
    .kernel = { .eval = pad_eval, .units = pad_units, .cost = pad_cost },
    .vjp = pad_vjp,
    .simplify = pad_simplify,
    .rows = pad_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_pad(rill_tensor *x, int axis, int64_t before, int64_t after, int64_t step)
{
    rill_pad_attrs pad = { .axis = rill_axis_from_start(axis, rill_rank(x)),
                           .before = before,
                           .after = after,
                           .step = step };
    return rill_apply(&rill_pad_op, &x, 1, &pad);
}
