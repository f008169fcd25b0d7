#include "cast.h"
#include "elementwise.h"
#include "index.h"
#include "shape.h"

typedef struct one_hot_attrs {
    int64_t depth;
    rill_dtype dtype;
} one_hot_attrs;

static int one_hot_infer(rill_infer *infer)
{
    const one_hot_attrs *attrs = infer->attrs;
    const rill_shape *index = &infer->shape[0];
    if (infer->dtype[0] != RILL_I32)
        return rill_infer_fail(infer, "the index is %s, not i32", rill_dtype_name(infer->dtype[0]));
    if (rill_dtype_size(attrs->dtype) == 0)
        return rill_infer_fail(infer, "%d is no dtype", (int)attrs->dtype);
    rill_shape shape = *index;
    if (index->rank < RILL_MAX_RANK)
        shape.dim[shape.rank++] = attrs->depth;
    if (index->rank == RILL_MAX_RANK || attrs->depth > INT32_MAX || !rill_shape_valid(&shape)) {
        char text[RILL_SHAPE_TEXT];
        return rill_infer_fail(infer, "%s can have no new axis of %lld",
                               rill_shape_print(index, text, sizeof text), (long long)attrs->depth);
    }
    infer->out_shape = shape;
    infer->out_dtype = attrs->dtype;
    return 1;
}

static rill_tensor *one_hot_expand(rill_tensor *y)
{
    const one_hot_attrs *attrs = rill_attrs_of(y);
    rill_shape row = { .rank = 1, .dim = { attrs->depth } };
    rill_tensor *place = rill_iota(rill_graph_of(y), RILL_I32, row, 0);
    rill_tensor *hot = rill_eq(rill_expand_dims(rill_input_at(y, 0), -1), place);
    return rill_cast(hot, attrs->dtype);
}

static rill_by_rows one_hot_by_rows(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "depth", RILL_ATTR_INT, offsetof(one_hot_attrs, depth) },
    { "dtype", RILL_ATTR_DTYPE, offsetof(one_hot_attrs, dtype) },
};

#define INDEX(rank, ...)                                                                           \
    .count = 1, .shape = { { rank, { __VA_ARGS__ } } }, .dtype = { RILL_I32 }, .low = { -1 },      \
    .high = { 5 }
static const rill_sample samples[] = {
    { INDEX(1, 7), .attrs = &(const one_hot_attrs){ 5, RILL_F32 } },
    { INDEX(0, 0), .attrs = &(const one_hot_attrs){ 5, RILL_F64 } },
    { INDEX(3, 2, 1, 3), .attrs = &(const one_hot_attrs){ 4, RILL_I32 } },
    { INDEX(1, 0), .attrs = &(const one_hot_attrs){ 3, RILL_F32 } },
};

const rill_op rill_one_hot_op = {
    .name = "one_hot",
    .doc = "y[i, k] = 1 where index[i] = k, else 0",
    .arity = 1,
    .traits = RILL_CONSTANT_LOCALLY,
    .attr_size = sizeof(one_hot_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = one_hot_infer,
    .expand = one_hot_expand,
    .rows = one_hot_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_one_hot(rill_tensor *index, int64_t depth, rill_dtype dtype)
{
    one_hot_attrs one_hot = { .depth = depth, .dtype = dtype };
    return rill_apply(&rill_one_hot_op, &index, 1, &one_hot);
}
