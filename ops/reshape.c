#include "shape.h"

#include "axis.h"

static int reshape_infer(rill_infer *infer)
{
    const rill_shape_attrs *attrs = infer->attrs;
    int64_t count = rill_shape_count(&infer->shape[0]);
    if (rill_shape_count(&attrs->shape) != count) {
        char from[RILL_SHAPE_TEXT], to[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "the %lld elements of %s do not fill %s", (long long)count,
                               rill_shape_print(&infer->shape[0], from, sizeof from),
                               rill_shape_print(&attrs->shape, to, sizeof to));
    }
    infer->out_shape = attrs->shape;
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static rill_tensor *reshape_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    return rill_reshape(gy, rill_shape_of(rill_input_at(y, i)));
}

static rill_tensor *reshape_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    rill_shape shape = rill_shape_of(y), before = rill_shape_of(x);
    if (rill_shape_equal(&shape, &before))
        return x;
    if (rill_op_of(x) == &rill_reshape_op)
        return rill_reshape(rill_input_at(x, 0), shape);
    return NULL;
}

/* [B, ...] to [B, ...]: the elements of a row stay together. */
static rill_by_rows reshape_by_rows(const rill_tensor *y, int *by_rows)
{
    int kept = rill_rank(y) > 0 && rill_dim(y, 0) == rill_dim(rill_input_at(y, 0), 0);
    return by_rows[0] && kept ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "shape", RILL_ATTR_SHAPE, offsetof(rill_shape_attrs, shape) },
};

#define SAMPLE(from, to)                                                                           \
    {                                                                                              \
        .count = 1, .shape = { from }, .attrs = &(const rill_shape_attrs)                          \
        {                                                                                          \
            to                                                                                     \
        }                                                                                          \
    }
#define S(...) __VA_ARGS__
static const rill_sample samples[] = {
    SAMPLE(S({ 2, { 4, 6 } }), S({ 3, { 3, 2, 4 } })),
    SAMPLE(S({ 3, { 5, 2, 3 } }), S({ 2, { 5, 6 } })),
    SAMPLE(S({ 1, { 1 } }), S({ 0, { 0 } })),
    SAMPLE(S({ 0, { 0 } }), S({ 2, { 1, 1 } })),
    SAMPLE(S({ 4, { 2, 1, 3, 5 } }), S({ 1, { 30 } })),
    SAMPLE(S({ 2, { 0, 3 } }), S({ 2, { 7, 0 } })),
};

const rill_op rill_reshape_op = {
    .name = "reshape",
    .doc = "y = the elements of a, in order, as y's shape",
    .arity = 1,
    .traits = RILL_LINEAR | RILL_VIEW,
    .attr_size = sizeof(rill_shape_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = reshape_infer,
    .vjp = reshape_vjp,
    .simplify = reshape_simplify,
    .rows = reshape_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

/* `shape` with an extent of -1 replaced by what `count` elements leave for it; as it was when
 * nothing can be put there, for infer to refuse. */
static rill_shape filled(rill_shape shape, int64_t count)
{
    int hole = -1;
    for (int i = 0; i < shape.rank && i < RILL_MAX_RANK; i++)
        if (shape.dim[i] == -1)
            hole = i;
    if (hole < 0)
        return shape;
    rill_shape others = shape;
    others.dim[hole] = 1;
    int64_t known = rill_shape_count(&others);
    if (known > 0 && count % known == 0)
        shape.dim[hole] = count / known;
    return shape;
}

rill_tensor *rill_reshape(rill_tensor *x, rill_shape shape)
{
    rill_shape_attrs reshape = { .shape = filled(shape, rill_count(x)) };
    return rill_apply(&rill_reshape_op, &x, 1, &reshape);
}

rill_tensor *rill_squeeze(rill_tensor *x, int axis)
{
    rill_shape shape = rill_shape_of(x);
    int64_t at = rill_axis_from_start(axis, shape.rank);
    if (rill_is_inert(x))
        return rill_reshape(x, shape);
    if (at < 0 || at >= shape.rank || shape.dim[at] != 1) {
        char text[RILL_SHAPE_TEXT];
        return rill_graph_fail(rill_graph_of(x), "squeeze: axis %d of %s is not there or not 1",
                               axis, rill_shape_print(&shape, text, sizeof text));
    }
    for (int64_t i = at; i + 1 < shape.rank; i++)
        shape.dim[i] = shape.dim[i + 1];
    shape.dim[--shape.rank] = 0;
    return rill_reshape(x, shape);
}

rill_tensor *rill_expand_dims(rill_tensor *x, int axis)
{
    rill_shape shape = rill_shape_of(x);
    int64_t at = rill_axis_from_start(axis, shape.rank + 1);
    if (rill_is_inert(x))
        return rill_reshape(x, shape);
    if (at < 0 || at > shape.rank || shape.rank >= RILL_MAX_RANK) {
        char text[RILL_SHAPE_TEXT];
        return rill_graph_fail(rill_graph_of(x), "expand_dims: %s can have no new axis %d",
                               rill_shape_print(&shape, text, sizeof text), axis);
    }
    for (int64_t i = shape.rank++; i > at; i--)
        shape.dim[i] = shape.dim[i - 1];
    shape.dim[at] = 1;
    return rill_reshape(x, shape);
}
