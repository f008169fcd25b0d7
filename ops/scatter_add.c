#include "index.h"

#include <string.h>

typedef struct scatter_attrs {
    int64_t rows;
} scatter_attrs;

/* index [I...], updates [I..., row...] -> [rows, row...] */
static int scatter_infer(rill_infer *infer)
{
    const scatter_attrs *attrs = infer->attrs;
    const rill_shape *index = &infer->shape[0], *updates = &infer->shape[1];
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    if (infer->dtype[0] != RILL_I32)
        return rill_infer_fail(infer, "the index is %s, not i32", rill_dtype_name(infer->dtype[0]));
    rill_shape shape = { .rank = 1 + updates->rank - index->rank, .dim = { attrs->rows } };
    int prefix = 0;
    while (prefix < index->rank && prefix < updates->rank &&
           index->dim[prefix] == updates->dim[prefix])
        prefix++;
    if (prefix < index->rank || shape.rank > RILL_MAX_RANK)
        return rill_infer_fail(infer, "updates %s do not start with the index's shape %s",
                               rill_shape_print(updates, a, sizeof a),
                               rill_shape_print(index, b, sizeof b));
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = updates->dim[prefix + i - 1];
    if (!rill_shape_valid(&shape))
        return rill_infer_fail(infer, "%lld rows of updates %s: out of range",
                               (long long)attrs->rows, rill_shape_print(updates, a, sizeof a));
    infer->out_shape = shape;
    infer->out_dtype = infer->dtype[1];
    return 1;
}

/* A unit is one element of the rows, for all of them: each sum is then taken in the order of the
 * index, however the units are split. */
static int64_t scatter_units(const rill_call *call)
{
    int64_t count = 1;
    for (int i = 1; i < call->out.shape.rank; i++)
        count *= call->out.shape.dim[i];
    return count;
}

static int64_t scatter_cost(const rill_call *call)
{
    return 1 + call->out.shape.dim[0] + rill_shape_count(&call->in[0].shape);
}

static void add_f32(void *to, const void *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        ((float *)to)[i] += ((const float *)from)[i];
}

static void add_f64(void *to, const void *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        ((double *)to)[i] += ((const double *)from)[i];
}

/* Wraps, as unsigned numbers do. */
static void add_i32(void *to, const void *from, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        ((uint32_t *)to)[i] += ((const uint32_t *)from)[i];
}

static void (*const add[RILL_DTYPE_COUNT])(void *, const void *, int64_t) = {
    [RILL_F32] = add_f32,
    [RILL_F64] = add_f64,
    [RILL_I32] = add_i32,
};

static void scatter_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const int32_t *index = call->in[0].data;
    int64_t rows = call->out.shape.dim[0], count = rill_shape_count(&call->in[0].shape);
    size_t size = rill_dtype_size(call->out.dtype);
    size_t row = (size_t)scatter_units(call) * size, part = (size_t)(end - begin) * size;
    char *out = (char *)call->out.data + (size_t)begin * size;
    const char *updates = (const char *)call->in[1].data + (size_t)begin * size;
    for (int64_t r = 0; r < rows && part > 0 && !call->add; r++)
        memset(out + (size_t)r * row, 0, part);
    for (int64_t i = 0; i < count && part > 0; i++)
        if (index[i] >= 0 && index[i] < rows)
            add[call->out.dtype](out + (size_t)index[i] * row, updates + (size_t)i * row,
                                 end - begin);
}

static rill_tensor *scatter_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    return i == 1 ? rill_gather_or_zero(gy, rill_input_at(y, 0)) : NULL;
}

static rill_tensor *scatter_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[1] ? rill_scatter_add(rill_input_at(y, 0), dx[1], rill_dim(y, 0)) : NULL;
}

/* Each update is added to its row of y, whichever slice it comes with. */
static rill_by_rows scatter_by_rows(const rill_tensor *y, int *by_rows)
{
    if (rill_rank(rill_input_at(y, 0)) == 0 || !(by_rows[0] || by_rows[1]))
        return RILL_WHOLE;
    by_rows[0] = by_rows[1] = 1;
    return RILL_ROW_SUM;
}

static const rill_attr attrs[] = {
    { "rows", RILL_ATTR_INT, offsetof(scatter_attrs, rows) },
};

#define INDICES(from, to) .dtype = { RILL_I32, RILL_F32 }, .low = { from }, .high = { to }
#define ROWS(n)                                                                                    \
    .attrs = &(const scatter_attrs)                                                                \
    {                                                                                              \
        n                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 2, .shape = { { 1, { 7 } }, { 2, { 7, 3 } } }, INDICES(0, 3), ROWS(4) },
    { .count = 2, .shape = { { 2, { 2, 3 } }, { 2, { 2, 3 } } }, INDICES(0, 4), ROWS(5) },
    { .count = 2, .shape = { { 0, { 0 } }, { 2, { 2, 5 } } }, INDICES(0, 2), ROWS(3) },
    { .count = 2, .shape = { { 1, { 0 } }, { 2, { 0, 3 } } }, INDICES(0, 3), ROWS(4) },
    { .count = 2, .shape = { { 1, { 6 } }, { 3, { 6, 1, 5 } } }, INDICES(-2, 5), ROWS(3) },
};

const rill_op rill_scatter_add_op = {
    .name = "scatter_add",
    .doc = "y[r] = sum of updates[i] over index[i] = r",
    .arity = 2,
    .attr_size = sizeof(scatter_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = scatter_infer,
    .kernel = { .eval = scatter_eval, .units = scatter_units, .cost = scatter_cost, .adds = 1 },
    .vjp = scatter_vjp,
    .jvp = scatter_jvp,
    .rows = scatter_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_scatter_add(rill_tensor *index, rill_tensor *updates, int64_t rows)
{
    scatter_attrs scatter = { .rows = rows };
    return rill_apply(&rill_scatter_add_op, (rill_tensor *[]){ index, updates }, 2, &scatter);
}
