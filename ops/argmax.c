#include "reduce.h"

#include "axis.h"
#include "core/dtype.h"
#include "real.h"

rill_tensor *rill_argmax(rill_tensor *x, int axis)
{
    rill_argmax_attrs attrs = { rill_axis_from_start(axis, rill_rank(x)) };
    return rill_apply(&rill_argmax_op, &x, 1, &attrs);
}

static int argmax_infer(rill_infer *infer)
{
    const rill_argmax_attrs *attrs = infer->attrs;
    const rill_shape *x = &infer->shape[0];
    char text[RILL_SHAPE_TEXT];
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    if (!rill_axis_check(infer, attrs->axis))
        return 0;
    int64_t extent = x->dim[attrs->axis];
    if (extent == 0 || extent > INT32_MAX)
        return rill_infer_fail(infer, "axis %lld of %s has %s", (long long)attrs->axis,
                               rill_shape_print(x, text, sizeof text),
                               extent ? "more elements than i32 can number" : "no elements");
    infer->out_shape = (rill_shape){ .rank = 0 };
    infer->out_dtype = RILL_I32;
    for (int i = 0; i < x->rank; i++)
        if (i != attrs->axis)
            infer->out_shape.dim[infer->out_shape.rank++] = x->dim[i];
    return 1;
}

/* A unit is one element of the output. */
static int64_t argmax_units(const rill_call *call)
{
    return rill_shape_count(&call->out.shape);
}

static int64_t argmax_cost(const rill_call *call)
{
    const rill_argmax_attrs *attrs = call->attrs;
    return 10 + call->in[0].shape.dim[attrs->axis];
}

/* The place of the first greatest among x[at], x[at + stride], ...; NaN is greater than any. */
static int32_t first_greatest(const rill_array_view *x, int64_t at, int64_t stride, int64_t length)
{
    double best = rill_real_at(x->dtype, x->data, at);
    int64_t where = 0;
    for (int64_t i = 1; i < length && best == best; i++) {
        double value = rill_real_at(x->dtype, x->data, at + i * stride);
        if (value > best || value != value) {
            best = value;
            where = i;
        }
    }
    return (int32_t)where;
}

static void argmax_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_argmax_attrs *attrs = call->attrs;
    rill_axis_view view = rill_axis_view_of(&call->in[0].shape, attrs->axis);
    int32_t *out = call->out.data;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = i / view.inner * view.length * view.inner + i % view.inner;
        out[i] = first_greatest(&call->in[0], at, view.inner, view.length);
    }
}

static rill_by_rows argmax_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_argmax_attrs *attrs = rill_attrs_of(y);
    return by_rows[0] && attrs->axis != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr argmax_attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_argmax_attrs, axis) },
};

static const rill_argmax_attrs first = { 0 }, second = { 1 };

static const rill_sample argmax_samples[] = {
    { 1, { { 1, { 7 } } }, .attrs = &first },
    { 1, { { 2, { 3, 5 } } }, .attrs = &second },
    { 1, { { 3, { 2, 4, 3 } } }, .attrs = &second },
    { 1, { { 2, { 4, 0 } } }, .attrs = &first },
};

const rill_op rill_argmax_op = {
    .name = "argmax",
    .doc = "y = index of the first greatest of x along axis",
    .arity = 1,
    .traits = RILL_REDUCE | RILL_CONSTANT_LOCALLY,
    .attr_size = sizeof(rill_argmax_attrs),
    .attrs = argmax_attrs,
    .attr_count = 1,
    .infer = argmax_infer,
    .kernel = { argmax_eval, argmax_units, argmax_cost, NULL },
    .rows = argmax_by_rows,
    .samples = argmax_samples,
    .sample_count = sizeof argmax_samples / sizeof *argmax_samples,
};
