#include "shape.h"

#include "strided.h"

static int broadcast_infer(rill_infer *infer)
{
    const rill_shape_attrs *attrs = infer->attrs;
    rill_shape common;
    if (!rill_shape_broadcast(&infer->shape[0], &attrs->shape, &common) ||
        !rill_shape_equal(&common, &attrs->shape)) {
        char from[RILL_SHAPE_TEXT], to[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "%s does not stretch to %s",
                               rill_shape_print(&infer->shape[0], from, sizeof from),
                               rill_shape_print(&attrs->shape, to, sizeof to));
    }
    infer->out_shape = attrs->shape;
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static void broadcast_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const rill_shape *from = &call->in[0].shape;
    rill_strided walk = { 0 };
    int64_t strides[RILL_MAX_RANK];
    int new_axes = call->out.shape.rank - from->rank;
    rill_shape_strides(from, strides);
    for (int i = 0; i < from->rank; i++)
        walk.stride[new_axes + i] = from->dim[i] == 1 ? 0 : strides[i];
    rill_strided_read(call, &walk, begin, end);
}

/* The engine sums the cotangent to the input's shape, as for every op that broadcasts. */
static rill_tensor *broadcast_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y, (void)i;
    return gy;
}

static rill_tensor *broadcast_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    rill_shape shape = rill_shape_of(y), before = rill_shape_of(x);
    double value;
    if (rill_shape_equal(&shape, &before))
        return x;
    if (rill_is_splat(x, &value))
        return rill_full(rill_graph_of(y), rill_dtype_of(y), shape, value);
    if (rill_op_of(x) == &rill_broadcast_op)
        return rill_broadcast(rill_input_at(x, 0), shape);
    return NULL;
}

/* Rows are stretched each, or repeat what is there in whole. */
static rill_by_rows broadcast_by_rows(const rill_tensor *y, int *by_rows)
{
    const rill_tensor *x = rill_input_at(y, 0);
    int kept = rill_rank(x) == rill_rank(y) && rill_dim(x, 0) == rill_dim(y, 0);
    int repeated = rill_rank(y) > rill_rank(x) || rill_dim(x, 0) == 1;
    return rill_rank(y) > 0 && (by_rows[0] ? kept : repeated) ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "shape", RILL_ATTR_SHAPE, offsetof(rill_shape_attrs, shape) },
};

#define TO(...)                                                                                    \
    .attrs = &(const rill_shape_attrs)                                                             \
    {                                                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 0, { 0 } } }, TO(2, { 3, 5 }) },
    { .count = 1, .shape = { { 1, { 5 } } }, TO(2, { 3, 5 }) },
    { .count = 1, .shape = { { 2, { 3, 1 } } }, TO(2, { 3, 5 }) },
    { .count = 1, .shape = { { 3, { 2, 1, 3 } } }, TO(4, { 2, 2, 4, 3 }) },
    { .count = 1, .shape = { { 4, { 2, 1, 1, 3 } } }, TO(4, { 2, 3, 2, 3 }) },
    { .count = 1, .shape = { { 2, { 3, 5 } } }, TO(2, { 3, 5 }) },
    { .count = 1, .shape = { { 2, { 1, 3 } } }, TO(2, { 0, 3 }) },
};

const rill_op rill_broadcast_op = {
    .name = "broadcast",
    .doc = "y = a, repeated along axes of extent 1 to y's shape",
    .arity = 1,
    .traits = RILL_LINEAR,
    .attr_size = sizeof(rill_shape_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = broadcast_infer,
    .kernel = { .eval = broadcast_eval, .units = rill_strided_units },
    .vjp = broadcast_vjp,
    .simplify = broadcast_simplify,
    .rows = broadcast_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_broadcast(rill_tensor *x, rill_shape shape)
{
    rill_shape_attrs broadcast = { .shape = shape };
    return rill_apply(&rill_broadcast_op, &x, 1, &broadcast);
}
