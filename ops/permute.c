#include "shape.h"

#include "axis.h"
#include "strided.h"

/* 1 when `axes` names each axis of `rank` once. */
static int is_permutation(const rill_axes *axes, int rank)
{
    unsigned seen = 0;
    if (axes->count != rank)
        return 0;
    for (int i = 0; i < rank; i++) {
        if (axes->at[i] < 0 || axes->at[i] >= rank)
            return 0;
        seen |= 1u << axes->at[i];
    }
    return seen == (1u << rank) - 1;
}

static int permute_infer(rill_infer *infer)
{
    const rill_axes_attrs *attrs = infer->attrs;
    const rill_shape *from = &infer->shape[0];
    if (!is_permutation(&attrs->axes, from->rank)) {
        char text[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "the axes do not name each of the %d axes of %s once",
                               from->rank, rill_shape_print(from, text, sizeof text));
    }
    infer->out_shape = *from;
    for (int i = 0; i < from->rank; i++)
        infer->out_shape.dim[i] = from->dim[attrs->axes.at[i]];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static void permute_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_axes_attrs *attrs = call->attrs;
    rill_strided walk = { 0 };
    int64_t strides[RILL_MAX_RANK];
    rill_shape_strides(&call->in[0].shape, strides);
    for (int64_t i = 0; i < attrs->axes.count; i++)
        walk.stride[i] = strides[attrs->axes.at[i]];
    rill_strided_read(call, &walk, begin, end);
}

static rill_axes inverse(const rill_axes *axes)
{
    rill_axes back = { .count = axes->count };
    for (int64_t i = 0; i < axes->count; i++)
        back.at[axes->at[i]] = i;
    return back;
}

static rill_tensor *permute_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_permute(gy, inverse(&((const rill_axes_attrs *)rill_attrs_of(y))->axes));
}

/* Axis i of y is axis outer.at[i] of x, which is axis inner.at[outer.at[i]] of what x permutes. */
static rill_tensor *permute_twice(rill_tensor *x, const rill_axes *outer)
{
    const rill_axes *inner = &((const rill_axes_attrs *)rill_attrs_of(x))->axes;
    rill_axes both = { .count = outer->count };
    for (int64_t i = 0; i < outer->count; i++)
        both.at[i] = inner->at[outer->at[i]];
    return rill_permute(rill_input_at(x, 0), both);
}

static rill_tensor *permute_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    const rill_axes *axes = &((const rill_axes_attrs *)rill_attrs_of(y))->axes;
    double value;
    int64_t same = 0;
    while (same < axes->count && axes->at[same] == same)
        same++;
    if (same == axes->count)
        return x;
    if (rill_is_splat(x, &value))
        return rill_full(rill_graph_of(y), rill_dtype_of(y), rill_shape_of(y), value);
    return rill_op_of(x) == &rill_permute_op ? permute_twice(x, axes) : NULL;
}

static rill_by_rows permute_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_axes_attrs *permute = rill_attrs_of(y);
    return by_rows[0] && permute->axes.at[0] == 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "axes", RILL_ATTR_AXES, offsetof(rill_axes_attrs, axes) },
};

#define PERMUTE(...)                                                                               \
    .attrs = &(const rill_axes_attrs)                                                              \
    {                                                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 2, { 3, 5 } } }, PERMUTE(2, { 1, 0 }) },
    { .count = 1, .shape = { { 3, { 2, 3, 4 } } }, PERMUTE(3, { 2, 0, 1 }) },
    { .count = 1, .shape = { { 4, { 2, 3, 1, 5 } } }, PERMUTE(4, { 0, 3, 2, 1 }) },
    { .count = 1, .shape = { { 4, { 2, 3, 4, 2 } } }, PERMUTE(4, { 1, 0, 2, 3 }) },
    { .count = 1, .shape = { { 1, { 7 } } }, PERMUTE(1, { 0 }) },
    { .count = 1, .shape = { { 0, { 0 } } }, PERMUTE(0, { 0 }) },
    { .count = 1, .shape = { { 2, { 0, 3 } } }, PERMUTE(2, { 1, 0 }) },
};

const rill_op rill_permute_op = {
    .name = "permute",
    .doc = "axis i of y = axis axes[i] of a",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_axes_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = permute_infer,
    .kernel = { .eval = permute_eval, .units = rill_strided_units },
    .vjp = permute_vjp,
    .simplify = permute_simplify,
    .rows = permute_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_permute(rill_tensor *x, rill_axes axes)
{
    rill_axes_attrs permute = { .axes = rill_axes_from_start(axes, rill_rank(x)) };
    return rill_apply(&rill_permute_op, &x, 1, &permute);
}

rill_tensor *rill_transpose(rill_tensor *x)
{
    int rank = rill_rank(x);
    rill_axes axes = { .count = rank };
    for (int i = 0; i < rank; i++)
        axes.at[i] = i;
    if (rank >= 2) {
        axes.at[rank - 2] = rank - 1;
        axes.at[rank - 1] = rank - 2;
    } else if (!rill_is_inert(x)) {
        return rill_graph_fail(rill_graph_of(x),
                               "transpose: takes a tensor of two axes or more, not %d", rank);
    }
    return rill_permute(x, axes);
}
