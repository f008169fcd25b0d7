#include "reduce.h"

#include "axis.h"
#include "core/dtype.h"
#include "real.h"

static rill_tensor *cumsum(rill_tensor *x, int64_t axis, int64_t reverse)
{
    rill_cumsum_attrs attrs = { axis, reverse };
    return rill_apply(&rill_cumsum_op, &x, 1, &attrs);
}

rill_tensor *rill_cumsum(rill_tensor *x, int axis)
{
    return cumsum(x, rill_axis_from_start(axis, rill_rank(x)), 0);
}

static int cumsum_infer(rill_infer *infer)
{
    const rill_cumsum_attrs *attrs = infer->attrs;
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    if (!rill_axis_check(infer, attrs->axis))
        return 0;
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

/* A unit is one line along the axis. */
static int64_t cumsum_units(const rill_call *call)
{
    const rill_cumsum_attrs *attrs = call->attrs;
    rill_axis_view view = rill_axis_view_of(&call->out.shape, attrs->axis);
    return view.outer * view.inner;
}

static int64_t cumsum_cost(const rill_call *call)
{
    const rill_cumsum_attrs *attrs = call->attrs;
    return 10 + 2 * call->out.shape.dim[attrs->axis];
}

static void cumsum_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_cumsum_attrs *attrs = call->attrs;
    rill_axis_view view = rill_axis_view_of(&call->out.shape, attrs->axis);
    rill_dtype dtype = call->out.dtype;
    for (int64_t line = begin; line < end; line++) {
        int64_t at = line / view.inner * view.length * view.inner + line % view.inner;
        double sum = 0;
        for (int64_t i = 0; i < view.length; i++) {
            int64_t step = attrs->reverse ? view.length - 1 - i : i;
            sum += rill_real_at(dtype, call->in[0].data, at + step * view.inner);
            rill_real_set(dtype, call->out.data, at + step * view.inner, sum);
        }
    }
}

static rill_tensor *cumsum_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_cumsum_attrs *attrs = rill_attrs_of(y);
    (void)i;
    return cumsum(gy, attrs->axis, !attrs->reverse);
}

static rill_by_rows cumsum_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_cumsum_attrs *attrs = rill_attrs_of(y);
    return by_rows[0] && attrs->axis != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr cumsum_attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_cumsum_attrs, axis) },
    { "reverse", RILL_ATTR_INT, offsetof(rill_cumsum_attrs, reverse) },
};

static const rill_cumsum_attrs first = { 0, 0 }, first_back = { 0, 1 }, second = { 1, 0 },
                               second_back = { 1, 1 };

static const rill_sample cumsum_samples[] = {
    { 1, { { 1, { 7 } } }, .attrs = &first },
    { 1, { { 2, { 3, 5 } } }, .attrs = &second_back },
    { 1, { { 3, { 2, 4, 3 } } }, .attrs = &second },
    { 1, { { 2, { 4, 3 } } }, .attrs = &first_back },
    { 1, { { 2, { 0, 3 } } }, .attrs = &first },
};

const rill_op rill_cumsum_op = {
    .name = "cumsum",
    .doc = "y[i] = x[0] + ... + x[i] along axis",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_cumsum_attrs),
    .attrs = cumsum_attrs,
    .attr_count = 2,
    .infer = cumsum_infer,
    .kernel = { cumsum_eval, cumsum_units, cumsum_cost, NULL },
    .vjp = cumsum_vjp,
    .rows = cumsum_by_rows,
    .samples = cumsum_samples,
    .sample_count = sizeof cumsum_samples / sizeof *cumsum_samples,
};
