/* axis.h (private) - axes counted from the end. */
#ifndef RILL_OPS_AXIS_H
#define RILL_OPS_AXIS_H

#include "../core/op.h"

/* A negative axis counts from the end.  An axis that is not there stays as it was written, so that
 * `infer` can refuse it in the caller's own words. */
static inline int64_t rill_axis_from_start(int64_t axis, int rank)
{
    return axis < 0 && axis >= -(int64_t)rank ? axis + rank : axis;
}

static inline rill_axes rill_axes_from_start(rill_axes axes, int rank)
{
    for (int64_t i = 0; i < axes.count && i < RILL_MAX_RANK; i++)
        axes.at[i] = rill_axis_from_start(axes.at[i], rank);
    return axes;
}

/* For `infer`: 1 when input 0 has the axis, else the message and 0. */
static inline int rill_axis_check(rill_infer *infer, int64_t axis)
{
    char text[RILL_SHAPE_TEXT];
    if (axis >= 0 && axis < infer->shape[0].rank)
        return 1;
    return rill_infer_fail(infer, "there is no axis %lld in %s", (long long)axis,
                           rill_shape_print(&infer->shape[0], text, sizeof text));
}

/* A shape seen from one axis: [outer, length, inner]. */
typedef struct rill_axis_view {
    int64_t outer, length, inner;
} rill_axis_view;

static inline rill_axis_view rill_axis_view_of(const rill_shape *shape, int64_t axis)
{
    rill_axis_view view = { 1, shape->dim[axis], 1 };
    for (int64_t i = 0; i < axis; i++)
        view.outer *= shape->dim[i];
    for (int64_t i = axis + 1; i < shape->rank; i++)
        view.inner *= shape->dim[i];
    return view;
}

#endif
