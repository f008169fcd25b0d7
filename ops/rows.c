#include "rows.h"

#include "axis.h"
#include "real.h"

void rill_rows_map(const rill_call *call, int64_t axis, rill_row_map *f, int64_t begin, int64_t end)
{
    rill_axis_view view = rill_axis_view_of(&call->out.shape, axis);
    rill_dtype dtype = call->out.dtype;
    double *row = call->scratch;
    for (int64_t unit = begin; unit < end; unit++) {
        int64_t first = unit / view.inner * view.length * view.inner + unit % view.inner;
        for (int64_t i = 0; i < view.length; i++)
            row[i] = rill_real_at(dtype, call->in[0].data, first + i * view.inner);
        f(row, view.length, call->attrs);
        for (int64_t i = 0; i < view.length; i++)
            rill_real_set(dtype, call->out.data, first + i * view.inner, row[i]);
    }
}

int64_t rill_rows_units(const rill_shape *shape, int64_t axis)
{
    rill_axis_view view = rill_axis_view_of(shape, axis);
    return view.length ? view.outer * view.inner : 0;
}

size_t rill_rows_scratch(const rill_shape *shape, int64_t axis)
{
    return (size_t)shape->dim[axis] * sizeof(double);
}

int rill_rows_infer(rill_infer *infer, int64_t axis)
{
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "takes f32 or f64, not %s", rill_dtype_name(infer->dtype[0]));
    if (!rill_axis_check(infer, axis))
        return 0;
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}
