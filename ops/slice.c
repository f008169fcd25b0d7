#include "shape.h"

#include "axis.h"
#include "strided.h"

static int64_t slice_count(const rill_slice_attrs *slice)
{
    return (slice->end - slice->begin + slice->step - 1) / slice->step;
}

static int slice_infer(rill_infer *infer)
{
    const rill_slice_attrs *attrs = infer->attrs;
    if (!rill_axis_check(infer, attrs->axis))
        return 0;
    if (attrs->step < 1 || attrs->step > RILL_MAX_COUNT)
        return rill_infer_fail(infer, "the step is %lld, not 1 or more (flip reverses)",
                               (long long)attrs->step);
    int64_t extent = infer->shape[0].dim[attrs->axis];
    if (attrs->begin < 0 || attrs->begin > attrs->end || attrs->end > extent)
        return rill_infer_fail(infer, "%lld to %lld is no part of an axis of %lld",
                               (long long)attrs->begin, (long long)attrs->end, (long long)extent);
    infer->out_shape = infer->shape[0];
    infer->out_shape.dim[attrs->axis] = slice_count(attrs);
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static void slice_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_slice_attrs *attrs = call->attrs;
    rill_strided walk = { 0 };
    rill_shape_strides(&call->in[0].shape, walk.stride);
    walk.offset = attrs->begin * walk.stride[attrs->axis];
    walk.stride[attrs->axis] *= attrs->step;
    rill_strided_read(call, &walk, begin, end);
}

static rill_tensor *slice_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_slice_attrs *slice = rill_attrs_of(y);
    int64_t count = slice_count(slice);
    int64_t span = count > 0 ? (count - 1) * slice->step + 1 : 0;
    int64_t extent = rill_dim(rill_input_at(y, i), (int)slice->axis);
    return rill_pad(gy, (int)slice->axis, slice->begin, extent - slice->begin - span, slice->step);
}

static rill_tensor *slice_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    const rill_slice_attrs *slice = rill_attrs_of(y);
    double value;
    if (slice_count(slice) == rill_dim(x, (int)slice->axis))
        return x;
    if (rill_is_splat(x, &value))
        return rill_full(rill_graph_of(y), rill_dtype_of(y), rill_shape_of(y), value);
    return NULL;
}

static rill_by_rows slice_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_slice_attrs *slice = rill_attrs_of(y);
    return by_rows[0] && slice->axis != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_slice_attrs, axis) },
    { "begin", RILL_ATTR_INT, offsetof(rill_slice_attrs, begin) },
    { "end", RILL_ATTR_INT, offsetof(rill_slice_attrs, end) },
    { "step", RILL_ATTR_INT, offsetof(rill_slice_attrs, step) },
};

#define SLICE(...)                                                                                 \
    .attrs = &(const rill_slice_attrs)                                                             \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 7 } } }, SLICE(0, 2, 6, 1) },
    { .count = 1, .shape = { { 1, { 7 } } }, SLICE(0, 1, 7, 3) },
    { .count = 1, .shape = { { 2, { 5, 3 } } }, SLICE(0, 0, 5, 2) },
    { .count = 1, .shape = { { 2, { 5, 3 } } }, SLICE(1, 1, 2, 1) },
    { .count = 1, .shape = { { 3, { 2, 6, 3 } } }, SLICE(1, 1, 6, 4) },
    { .count = 1, .shape = { { 4, { 2, 3, 2, 3 } } }, SLICE(2, 0, 2, 1) },
    { .count = 1, .shape = { { 2, { 4, 3 } } }, SLICE(0, 2, 2, 1) },
    { .count = 1, .shape = { { 2, { 4, 0 } } }, SLICE(0, 1, 3, 1) },
};

const rill_op rill_slice_op = {
    .name = "slice",
    .doc = "y[i] = a[begin + i step] along an axis",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_slice_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = slice_infer,
    .kernel = { .eval = slice_eval, .units = rill_strided_units },
    .vjp = slice_vjp,
    .simplify = slice_simplify,
    .rows = slice_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

/* Python's rule for a bound: from the end when negative, and cut to 0..extent. */
static int64_t bound(int64_t at, int64_t extent)
{
    if (at < 0)
        return at < -extent ? 0 : at + extent;
    return at > extent ? extent : at;
}

rill_tensor *rill_slice(rill_tensor *x, int axis, int64_t begin, int64_t end, int64_t step)
{
    int64_t extent = rill_dim(x, axis);
    rill_slice_attrs slice = { .axis = rill_axis_from_start(axis, rill_rank(x)),
                               .begin = bound(begin, extent),
                               .end = bound(end, extent),
                               .step = step };
    if (slice.end < slice.begin)
        slice.end = slice.begin;
    /* A longer step takes the same one element, and the sums below stay small. */
    if (slice.step > extent && extent > 0)
        slice.step = extent;
    return rill_apply(&rill_slice_op, &x, 1, &slice);
}
