#include "fold.h"

#include "axis.h"
#include "core/dtype.h"
#include "shape.h"

#include <string.h>

rill_axes rill_axes_make(int64_t count, const int64_t *axes)
{
    rill_axes list = { .count = count };
    if (count > 0 && !axes)
        list.count = RILL_MAX_RANK + 1; /* more than any tensor has: refused where it is used */
    for (int64_t i = 0; i < list.count && i < RILL_MAX_RANK && axes; i++)
        list.at[i] = axes[i];
    return list;
}

const rill_attr rill_reduce_attr_list[] = {
    { "axes", RILL_ATTR_AXES, offsetof(rill_reduce_attrs, axes) },
    { "keep", RILL_ATTR_INT, offsetof(rill_reduce_attrs, keep) },
};

/* ---- Building. */

static rill_axes all_axes(int rank)
{
    rill_axes axes = { .count = rank };
    for (int i = 0; i < rank; i++)
        axes.at[i] = i;
    return axes;
}

static void sort(rill_axes *axes)
{
    for (int64_t i = 1; i < axes->count && i < RILL_MAX_RANK; i++)
        for (int64_t j = i; j > 0 && axes->at[j] < axes->at[j - 1]; j--) {
            int64_t axis = axes->at[j];
            axes->at[j] = axes->at[j - 1];
            axes->at[j - 1] = axis;
        }
}

rill_tensor *rill_reduce(const rill_op *op, rill_tensor *x, rill_axes axes, int keep)
{
    int rank = rill_rank(x);
    rill_reduce_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.axes = axes.count == -1 ? all_axes(rank) : rill_axes_from_start(axes, rank);
    attrs.keep = keep != 0;
    sort(&attrs.axes);
    return rill_apply(op, &x, 1, &attrs);
}

static int is_folded(const rill_axes *axes, int axis)
{
    for (int64_t i = 0; i < axes->count; i++)
        if (axes->at[i] == axis)
            return 1;
    return 0;
}

static rill_shape reduced_shape(const rill_shape *x, const rill_axes *axes, int keep)
{
    rill_shape out = { .rank = 0 };
    for (int i = 0; i < x->rank; i++)
        if (!is_folded(axes, i))
            out.dim[out.rank++] = x->dim[i];
        else if (keep)
            out.dim[out.rank++] = 1;
    return out;
}

rill_tensor *rill_reduce_kept(rill_tensor *y, const rill_tensor *x, const rill_reduce_attrs *attrs)
{
    rill_shape shape = rill_shape_of(x);
    return attrs->keep ? y : rill_reshape(y, reduced_shape(&shape, &attrs->axes, 1));
}

int64_t rill_reduce_terms(const rill_tensor *x, const rill_reduce_attrs *attrs)
{
    int64_t terms = 1;
    for (int64_t i = 0; i < attrs->axes.count; i++)
        terms *= rill_dim(x, (int)attrs->axes.at[i]);
    return terms;
}

/* ---- Shapes. */

static int check_axes(rill_infer *infer, const rill_axes *axes)
{
    char text[RILL_SHAPE_TEXT];
    if (axes->count < 0 || axes->count > infer->shape[0].rank)
        return rill_infer_fail(infer, "%lld axes to fold in %s", (long long)axes->count,
                               rill_shape_print(&infer->shape[0], text, sizeof text));
    for (int64_t i = 0; i < axes->count; i++) {
        if (!rill_axis_check(infer, axes->at[i]))
            return 0;
        if (i && axes->at[i] <= axes->at[i - 1])
            return rill_infer_fail(infer, "axis %lld is named twice", (long long)axes->at[i]);
    }
    return 1;
}

int rill_reduce_infer(rill_infer *infer)
{
    const rill_reduce_attrs *attrs = infer->attrs;
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "needs f32 or f64, not %s (use cast)",
                               rill_dtype_name(infer->dtype[0]));
    if (!check_axes(infer, &attrs->axes))
        return 0;
    infer->out_shape = reduced_shape(&infer->shape[0], &attrs->axes, attrs->keep != 0);
    infer->out_dtype = infer->dtype[0];
    return 1;
}

int rill_reduce_infer_nonempty(rill_infer *infer)
{
    const rill_reduce_attrs *attrs = infer->attrs;
    char text[RILL_SHAPE_TEXT];
    if (!rill_reduce_infer(infer))
        return 0;
    for (int64_t i = 0; i < attrs->axes.count; i++)
        if (infer->shape[0].dim[attrs->axes.at[i]] == 0)
            return rill_infer_fail(infer, "axis %lld of %s is empty", (long long)attrs->axes.at[i],
                                   rill_shape_print(&infer->shape[0], text, sizeof text));
    return 1;
}

/* ---- Slices of the batch. */

rill_by_rows rill_reduce_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_reduce_attrs *attrs = rill_attrs_of(y);
    return by_rows[0] && !is_folded(&attrs->axes, 0) ? RILL_EACH_ROW : RILL_WHOLE;
}

/* ---- The walk. */

/* Adds an axis outside those that the walk has: it joins the outermost one where the two are one.
 */
static void prepend(rill_fold_walk *walk, int64_t extent, int64_t stride)
{
    walk->count *= extent;
    if (extent == 1)
        return;
    if (walk->rank && stride == walk->extent[0] * walk->stride[0]) {
        walk->extent[0] *= extent;
        return;
    }
    memmove(walk->extent + 1, walk->extent, (size_t)walk->rank * sizeof *walk->extent);
    memmove(walk->stride + 1, walk->stride, (size_t)walk->rank * sizeof *walk->stride);
    walk->extent[0] = extent;
    walk->stride[0] = stride;
    walk->rank++;
}

rill_fold rill_fold_of(const rill_call *call)
{
    const rill_reduce_attrs *attrs = call->attrs;
    const rill_shape *shape = &call->in[0].shape;
    rill_fold fold = { .kept = { .count = 1 }, .folded = { .count = 1 } };
    int64_t strides[RILL_MAX_RANK];
    rill_shape_strides(shape, strides);
    for (int i = shape->rank - 1; i >= 0; i--)
        prepend(is_folded(&attrs->axes, i) ? &fold.folded : &fold.kept, shape->dim[i], strides[i]);
    return fold;
}
