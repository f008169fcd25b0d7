#include "index.h"

#include "axis.h"
#include "real.h"
#include "strided.h"

typedef struct iota_attrs {
    rill_dtype dtype;
    rill_shape shape;
    int64_t axis;
} iota_attrs;

static int iota_infer(rill_infer *infer)
{
    const iota_attrs *attrs = infer->attrs;
    char text[RILL_SHAPE_TEXT];
    if (rill_dtype_size(attrs->dtype) == 0)
        return rill_infer_fail(infer, "%d is no dtype", (int)attrs->dtype);
    if (!rill_shape_valid(&attrs->shape) || attrs->axis < 0 || attrs->axis >= attrs->shape.rank)
        return rill_infer_fail(infer, "there is no axis %lld in %s", (long long)attrs->axis,
                               rill_shape_print(&attrs->shape, text, sizeof text));
    if (attrs->dtype == RILL_I32 && attrs->shape.dim[attrs->axis] > INT32_MAX)
        return rill_infer_fail(infer, "%lld places along the axis do not fit i32",
                               (long long)attrs->shape.dim[attrs->axis]);
    infer->out_shape = attrs->shape;
    infer->out_dtype = attrs->dtype;
    return 1;
}

static void iota_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const iota_attrs *attrs = call->attrs;
    rill_axis_view view = rill_axis_view_of(&call->out.shape, attrs->axis);
    for (int64_t i = begin; i < end; i++) {
        double place = (double)(i / view.inner % view.length);
        rill_number_set(call->out.dtype, call->out.data, i, place);
    }
}

/* Along another axis than the first, all rows are one. */
static rill_by_rows iota_by_rows(const rill_tensor *y, int *by_rows)
{
    const iota_attrs *iota = rill_attrs_of(y);
    (void)by_rows;
    return iota->axis != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "dtype", RILL_ATTR_DTYPE, offsetof(iota_attrs, dtype) },
    { "shape", RILL_ATTR_SHAPE, offsetof(iota_attrs, shape) },
    { "axis", RILL_ATTR_INT, offsetof(iota_attrs, axis) },
};

static const rill_sample samples[] = {
    { .attrs = &(const iota_attrs){ RILL_I32, { 1, { 5 } }, 0 } },
    { .attrs = &(const iota_attrs){ RILL_F32, { 2, { 3, 4 } }, 0 } },
    { .attrs = &(const iota_attrs){ RILL_F64, { 3, { 2, 3, 4 } }, 1 } },
    { .attrs = &(const iota_attrs){ RILL_F32, { 2, { 0, 4 } }, 1 } },
};

const rill_op rill_iota_op = {
    .name = "iota",
    .doc = "y = the place along an axis: 0, 1, 2, ...",
    .arity = 0,
    .traits = RILL_CONSTANT_LOCALLY,
    .attr_size = sizeof(iota_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = iota_infer,
    .kernel = { .eval = iota_eval, .units = rill_strided_units },
    .rows = iota_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_iota(rill_graph *g, rill_dtype dtype, rill_shape shape, int axis)
{
    iota_attrs iota = { .dtype = dtype,
                        .shape = shape,
                        .axis = rill_axis_from_start(axis, shape.rank) };
    return rill_apply_in(g, &rill_iota_op, NULL, 0, &iota);
}
