#include "shape.h"

#include "axis.h"
#include "base/alloc.h"

#include <string.h>

/* 1 when input i agrees with input 0 in dtype and in every extent but that of the axis. */
static int agrees(const rill_infer *infer, int i, int64_t axis)
{
    rill_shape shape = infer->shape[i];
    if (shape.rank != infer->shape[0].rank || infer->dtype[i] != infer->dtype[0])
        return 0;
    shape.dim[axis] = infer->shape[0].dim[axis];
    return rill_shape_equal(&shape, &infer->shape[0]);
}

static int concat_infer(rill_infer *infer)
{
    const rill_concat_attrs *attrs = infer->attrs;
    char first[RILL_SHAPE_TEXT], other[RILL_SHAPE_TEXT];
    if (infer->count < 1)
        return rill_infer_fail(infer, "takes one tensor or more");
    if (!rill_axis_check(infer, attrs->axis))
        return 0;
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    for (int i = 1; i < infer->count; i++) {
        if (!agrees(infer, i, attrs->axis))
            return rill_infer_fail(infer, "%s %s and %s %s do not join along axis %lld",
                                   rill_dtype_name(infer->dtype[0]),
                                   rill_shape_print(&infer->shape[0], first, sizeof first),
                                   rill_dtype_name(infer->dtype[i]),
                                   rill_shape_print(&infer->shape[i], other, sizeof other),
                                   (long long)attrs->axis);
        infer->out_shape.dim[attrs->axis] += infer->shape[i].dim[attrs->axis];
        if (!rill_shape_valid(&infer->out_shape))
            return rill_infer_fail(infer, "the result would be too large");
    }
    return 1;
}

/* A unit is an index of the axes before the joined one. */
static int64_t concat_units(const rill_call *call)
{
    const rill_concat_attrs *attrs = call->attrs;
    return rill_shape_count(&call->out.shape)
               ? rill_axis_view_of(&call->out.shape, attrs->axis).outer
               : 0;
}

static int64_t concat_cost(const rill_call *call)
{
    const rill_concat_attrs *attrs = call->attrs;
    rill_axis_view to = rill_axis_view_of(&call->out.shape, attrs->axis);
    return call->count + to.length * to.inner;
}

/* `count` slabs of `bytes`, to places `apart` bytes apart.  Single numbers are copied by the
 * compiler: a call for each would take longer. */
static void copy_slabs(char *out, size_t apart, const char *from, size_t bytes, int64_t count)
{
    if (bytes == 4)
        for (int64_t i = 0; i < count; i++)
            memcpy(out + (size_t)i * apart, from + i * 4, 4);
    else if (bytes == 8)
        for (int64_t i = 0; i < count; i++)
            memcpy(out + (size_t)i * apart, from + i * 8, 8);
    else if (bytes > 0)
        for (int64_t i = 0; i < count; i++)
            memcpy(out + (size_t)i * apart, from + (size_t)i * bytes, bytes);
}

static void concat_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_concat_attrs *attrs = call->attrs;
    rill_axis_view to = rill_axis_view_of(&call->out.shape, attrs->axis);
    size_t slab = (size_t)to.inner * rill_dtype_size(call->out.dtype);
    size_t apart = (size_t)to.length * slab;
    char *out = (char *)call->out.data + (size_t)begin * apart;
    for (int i = 0; i < call->count; i++) {
        size_t bytes = (size_t)call->in[i].shape.dim[attrs->axis] * slab;
        if (bytes > 0)
            copy_slabs(out, apart, (const char *)call->in[i].data + (size_t)begin * bytes, bytes,
                       end - begin);
        out += bytes;
    }
}

static rill_tensor *concat_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    int axis = (int)((const rill_concat_attrs *)rill_attrs_of(y))->axis;
    int64_t begin = 0;
    for (int before = 0; before < i; before++)
        begin += rill_dim(rill_input_at(y, before), axis);
    return rill_slice(gy, axis, begin, begin + rill_dim(rill_input_at(y, i), axis), 1);
}

static rill_tensor *concat_simplify(rill_tensor *y)
{
    return rill_input_count(y) == 1 ? rill_input_at(y, 0) : NULL;
}

/* Away from axis 0 all inputs have as many rows: where one is by rows, all are. */
static rill_by_rows concat_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_concat_attrs *concat = rill_attrs_of(y);
    int count = rill_input_count(y), some = 0;
    for (int i = 0; i < count; i++)
        some |= by_rows[i];
    if (!some || concat->axis == 0)
        return RILL_WHOLE;
    for (int i = 0; i < count; i++)
        by_rows[i] = 1;
    return RILL_EACH_ROW;
}

static const rill_attr attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_concat_attrs, axis) },
};

#define ALONG(n)                                                                                   \
    .attrs = &(const rill_concat_attrs)                                                            \
    {                                                                                              \
        n                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 2, .shape = { { 1, { 3 } }, { 1, { 4 } } }, ALONG(0) },
    { .count = 2, .shape = { { 2, { 3, 2 } }, { 2, { 3, 5 } } }, ALONG(1) },
    { .count = 3, .shape = { { 2, { 3, 2 } }, { 2, { 1, 2 } }, { 2, { 0, 2 } } }, ALONG(0) },
    { .count = 2, .shape = { { 3, { 2, 1, 3 } }, { 3, { 2, 4, 3 } } }, ALONG(1) },
    { .count = 4,
      .shape = { { 4, { 2, 1, 2, 1 } },
                 { 4, { 2, 1, 2, 3 } },
                 { 4, { 2, 1, 2, 2 } },
                 { 4, { 2, 1, 2, 1 } } },
      ALONG(3) },
    { .count = 1, .shape = { { 2, { 3, 2 } } }, ALONG(0) },
    { .count = 2, .shape = { { 2, { 0, 2 } }, { 2, { 0, 3 } } }, ALONG(1) },
};

const rill_op rill_concat_op = {
    .name = "concat",
    .doc = "y = the inputs, one after the other along an axis",
    .arity = RILL_ANY_ARITY,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_concat_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = concat_infer,
    .kernel = { .eval = concat_eval, .units = concat_units, .cost = concat_cost },
    .vjp = concat_vjp,
    .simplify = concat_simplify,
    .rows = concat_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_concat_array(rill_tensor *const *x, int count, int axis)
{
    int rank = x && count > 0 ? rill_rank(x[0]) : 0;
    rill_concat_attrs concat = { .axis = rill_axis_from_start(axis, rank) };
    return rill_apply(&rill_concat_op, x, count, &concat);
}

rill_tensor *rill_concat(rill_tensor *a, rill_tensor *b, int axis)
{
    return rill_concat_array((rill_tensor *[]){ a, b }, 2, axis);
}

rill_tensor *rill_stack(rill_tensor *const *x, int count, int axis)
{
    if (!x || count < 1)
        return rill_concat_array(x, count, axis);
    rill_tensor **slabs = rill_alloc((size_t)count, sizeof(rill_tensor *));
    if (!slabs)
        return rill_graph_fail(rill_graph_of(x[0]), "stack: %s", rill_status_text(RILL_NO_MEMORY));
    for (int i = 0; i < count; i++)
        slabs[i] = rill_expand_dims(x[i], axis);
    rill_tensor *y = rill_concat_array(slabs, count, axis);
    rill_free(slabs);
    return y;
}
