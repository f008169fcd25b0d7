#include "index.h"

#include "real.h"

#include <math.h>
#include <string.h>

typedef struct gather_attrs {
    int64_t zero_outside; /* rows of zeros instead of NaN */
} gather_attrs;

/* x [R, row...], index [I...] -> [I..., row...] */
static int gather_infer(rill_infer *infer)
{
    const rill_shape *x = &infer->shape[0], *index = &infer->shape[1];
    char text[RILL_SHAPE_TEXT];
    if (infer->dtype[1] != RILL_I32)
        return rill_infer_fail(infer, "the index is %s, not i32", rill_dtype_name(infer->dtype[1]));
    if (x->rank < 1)
        return rill_infer_fail(infer, "a scalar has no rows");
    int rank = index->rank + x->rank - 1;
    if (rank > RILL_MAX_RANK)
        return rill_infer_fail(infer, "the result would have %d axes, more than %d", rank,
                               RILL_MAX_RANK);
    rill_shape shape = *index;
    for (int i = index->rank; i < rank; i++)
        shape.dim[i] = x->dim[i - index->rank + 1];
    shape.rank = rank;
    if (!rill_shape_valid(&shape))
        return rill_infer_fail(infer, "the result %s would be too large",
                               rill_shape_print(&shape, text, sizeof text));
    infer->out_shape = shape;
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static int64_t gather_units(const rill_call *call)
{
    return rill_shape_count(&call->in[1].shape);
}

/* Elements of a row. */
static int64_t gather_cost(const rill_call *call)
{
    int64_t count = 1;
    for (int i = 1; i < call->in[0].shape.rank; i++)
        count *= call->in[0].shape.dim[i];
    return count;
}

static void fill_outside(const rill_call *call, int64_t first, int64_t count)
{
    const gather_attrs *attrs = call->attrs;
    rill_dtype dtype = call->out.dtype;
    double outside = attrs->zero_outside || dtype == RILL_I32 ? 0.0 : (double)NAN;
    for (int64_t i = first; i < first + count; i++)
        rill_number_set(dtype, call->out.data, i, outside);
}

static void gather_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const int32_t *index = call->in[1].data;
    const char *x = call->in[0].data;
    int64_t rows = call->in[0].shape.dim[0], row = gather_cost(call);
    size_t bytes = (size_t)row * rill_dtype_size(call->out.dtype);
    for (int64_t i = begin; i < end && bytes > 0; i++) {
        if (index[i] >= 0 && index[i] < rows)
            memcpy((char *)call->out.data + (size_t)i * bytes, x + (size_t)index[i] * bytes, bytes);
        else
            fill_outside(call, i * row, row);
    }
}

static rill_tensor *gather_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    return i == 0 ? rill_scatter_add(rill_input_at(y, 1), gy, rill_dim(rill_input_at(y, 0), 0))
                  : NULL;
}

static rill_tensor *gather_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[0] ? rill_gather_or_zero(dx[0], rill_input_at(y, 1)) : NULL;
}

/* Any index may ask for any row of the table. */
static rill_by_rows gather_by_rows(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[1] && !by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "zero_outside", RILL_ATTR_INT, offsetof(gather_attrs, zero_outside) },
};

#define INDICES(below) .dtype = { RILL_F32, RILL_I32 }, .high = { 0, (below)-1 }
#define OUTSIDE_NAN                                                                                \
    .attrs = &(const gather_attrs)                                                                 \
    {                                                                                              \
        0                                                                                          \
    }
#define OUTSIDE_ZERO                                                                               \
    .attrs = &(const gather_attrs)                                                                 \
    {                                                                                              \
        1                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 2, .shape = { { 2, { 4, 3 } }, { 1, { 7 } } }, INDICES(4), OUTSIDE_NAN },
    { .count = 2, .shape = { { 1, { 5 } }, { 2, { 2, 3 } } }, INDICES(5), OUTSIDE_NAN },
    { .count = 2, .shape = { { 3, { 3, 2, 5 } }, { 0, { 0 } } }, INDICES(3), OUTSIDE_NAN },
    { .count = 2, .shape = { { 2, { 4, 3 } }, { 1, { 0 } } }, INDICES(4), OUTSIDE_NAN },
    { .count = 2,
      .shape = { { 2, { 4, 3 } }, { 2, { 3, 3 } } },
      .dtype = { RILL_F32, RILL_I32 },
      .low = { 0, -2 },
      .high = { 0, 6 },
      OUTSIDE_ZERO },
};

const rill_op rill_gather_op = {
    .name = "gather",
    .doc = "y[i] = x[index[i]]",
    .arity = 2,
    .attr_size = sizeof(gather_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = gather_infer,
    .kernel = { .eval = gather_eval, .units = gather_units, .cost = gather_cost },
    .vjp = gather_vjp,
    .jvp = gather_jvp,
    .rows = gather_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

static rill_tensor *gather(rill_tensor *x, rill_tensor *index, int zero_outside)
{
    gather_attrs outside = { .zero_outside = zero_outside };
    return rill_apply(&rill_gather_op, (rill_tensor *[]){ x, index }, 2, &outside);
}

rill_tensor *rill_gather(rill_tensor *x, rill_tensor *index)
{
    return gather(x, index, 0);
}

rill_tensor *rill_gather_or_zero(rill_tensor *x, rill_tensor *index)
{
    return gather(x, index, 1);
}
