/* cast.c - y = (dtype) a */
#include "cast.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static int cast_infer(rill_infer *infer)
{
    const rill_cast_attrs *attrs = infer->attrs;
    if (!rill_dtype_size(attrs->dtype))
        return rill_infer_fail(infer, "there is no dtype of number %d", (int)attrs->dtype);
    infer->out_shape = infer->shape[0];
    infer->out_dtype = attrs->dtype;
    return 1;
}

/* ---- Through f64, which holds every value of every dtype. */

static double get_f32(const void *data, int64_t i)
{
    return (double)((const float *)data)[i];
}

static double get_f64(const void *data, int64_t i)
{
    return ((const double *)data)[i];
}

static double get_i32(const void *data, int64_t i)
{
    return ((const int32_t *)data)[i];
}

static void set_f32(void *data, int64_t i, double value)
{
    ((float *)data)[i] = (float)value;
}

static void set_f64(void *data, int64_t i, double value)
{
    ((double *)data)[i] = value;
}

static void set_i32(void *data, int64_t i, double value)
{
    double bounded = fmin(fmax(value, INT32_MIN), INT32_MAX);
    ((int32_t *)data)[i] = isnan(value) ? 0 : (int32_t)bounded;
}

static double (*const get[RILL_DTYPE_COUNT])(const void *, int64_t) = { get_f32, get_f64, get_i32 };
static void (*const set[RILL_DTYPE_COUNT])(void *, int64_t, double) = { set_f32, set_f64, set_i32 };

enum { UNIT = 4096 }; /* elements */

static int64_t cast_units(const rill_call *call)
{
    return (rill_shape_count(&call->out.shape) + UNIT - 1) / UNIT;
}

static int64_t cast_cost(const rill_call *call)
{
    int64_t count = rill_shape_count(&call->out.shape);
    return count < UNIT ? count : UNIT;
}

static void cast_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const int64_t count = rill_shape_count(&call->out.shape);
    const int64_t last = end * UNIT < count ? end * UNIT : count;
    double (*const from)(const void *, int64_t) = get[call->in[0].dtype];
    void (*const to)(void *, int64_t, double) = set[call->out.dtype];
    for (int64_t i = begin * UNIT; i < last; i++)
        to(call->out.data, i, from(call->in[0].data, i));
}

static int between_floats(const rill_tensor *y)
{
    return rill_dtype_is_float(rill_dtype_of(y)) &&
           rill_dtype_is_float(rill_dtype_of(rill_input_at(y, 0)));
}

static rill_tensor *cast_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    return between_floats(y) ? rill_cast(gy, rill_dtype_of(rill_input_at(y, i))) : NULL;
}

static rill_tensor *cast_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return between_floats(y) && dx[0] ? rill_cast(dx[0], rill_dtype_of(y)) : NULL;
}

/* To its own dtype, or back from one that held every value of it. */
static rill_tensor *cast_simplify(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    if (rill_dtype_of(x) == rill_dtype_of(y))
        return x;
    if (rill_op_of(x) != &rill_cast_op || rill_dtype_of(x) != RILL_F64)
        return NULL;
    rill_tensor *origin = rill_input_at(x, 0);
    return rill_dtype_of(origin) == rill_dtype_of(y) ? origin : NULL;
}

static rill_by_rows cast_by_rows(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr cast_attrs[] = {
    { "dtype", RILL_ATTR_DTYPE, offsetof(rill_cast_attrs, dtype) },
};

static const rill_cast_attrs to_f32 = { RILL_F32 }, to_f64 = { RILL_F64 }, to_i32 = { RILL_I32 };

static const rill_sample cast_samples[] = {
    { 1, { { 2, { 3, 5 } } }, { RILL_F32 }, { 0 }, { 0 }, &to_f64 },
    { 1, { { 0, { 0 } } }, { RILL_F64 }, { 0 }, { 0 }, &to_f64 },
    { 1, { { 4, { 2, 1, 3, 2 } } }, { RILL_F64 }, { 0.1 }, { 0.9 }, &to_i32 },
    { 1, { { 1, { 7 } } }, { RILL_I32 }, { -9 }, { 9 }, &to_f64 },
    { 1, { { 1, { 7 } } }, { RILL_I32 }, { -9 }, { 9 }, &to_f32 },
    { 1, { { 2, { 0, 3 } } }, { RILL_F64 }, { 0 }, { 0 }, &to_f32 },
};

const rill_op rill_cast_op = {
    .name = "cast",
    .doc = "y = a in another dtype",
    .arity = 1,
    .attr_size = sizeof(rill_cast_attrs),
    .attrs = cast_attrs,
    .attr_count = sizeof cast_attrs / sizeof *cast_attrs,
    .infer = cast_infer,
    .kernel = { .eval = cast_eval, .units = cast_units, .cost = cast_cost },
    .vjp = cast_vjp,
    .jvp = cast_jvp,
    .simplify = cast_simplify,
    .rows = cast_by_rows,
    .samples = cast_samples,
    .sample_count = sizeof cast_samples / sizeof *cast_samples,
};

rill_tensor *rill_cast(rill_tensor *x, rill_dtype dtype)
{
    rill_cast_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.dtype = dtype;
    return rill_apply(&rill_cast_op, &x, 1, &attrs);
}
