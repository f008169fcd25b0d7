#include "norm.h"

#include "elementwise.h"
#include "reduce.h"
#include "rows.h"

#include <math.h>

static double epsilon_of(const void *attrs)
{
    return ((const rill_norm_attrs *)attrs)->epsilon;
}

/* ---- What both ops share: the shape and how the work divides. */

static int norm_infer(rill_infer *infer)
{
    int last = infer->shape[0].rank - 1;
    if (!rill_rows_infer(infer, last))
        return 0;
    if (infer->shape[0].dim[last] == 0)
        return rill_infer_fail(infer, "the last axis is empty");
    if (!(epsilon_of(infer->attrs) >= 0 && epsilon_of(infer->attrs) < HUGE_VAL))
        return rill_infer_fail(infer, "epsilon is %g, not finite and 0 or more",
                               epsilon_of(infer->attrs));
    return 1;
}

static int64_t norm_units(const rill_call *call)
{
    return rill_rows_units(&call->out.shape, call->out.shape.rank - 1);
}

static int64_t norm_cost(const rill_call *call)
{
    return 2 * call->out.shape.dim[call->out.shape.rank - 1];
}

static size_t norm_scratch(const rill_call *call)
{
    return rill_rows_scratch(&call->out.shape, call->out.shape.rank - 1);
}

static rill_by_rows norm_by_rows(const rill_tensor *y, int *by_rows)
{
    return by_rows[0] && rill_rank(y) > 1 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "epsilon", RILL_ATTR_FLOAT, offsetof(rill_norm_attrs, epsilon) },
};

#define EPSILON(e)                                                                                 \
    .attrs = &(const rill_norm_attrs)                                                              \
    {                                                                                              \
        e                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 5 } } }, EPSILON(1e-5) },
    { .count = 1, .shape = { { 2, { 3, 7 } } }, EPSILON(1e-5) },
    { .count = 1, .shape = { { 3, { 2, 1, 4 } } }, EPSILON(0.5) },
    { .count = 1, .shape = { { 4, { 2, 3, 2, 3 } } }, EPSILON(1e-3) },
    { .count = 1, .shape = { { 2, { 3, 1 } } }, EPSILON(0.5) },
    { .count = 1, .shape = { { 2, { 0, 3 } } }, EPSILON(1e-5) },
};

#define SHARED                                                                                     \
    .arity = 1, .attr_size = sizeof(rill_norm_attrs), .attrs = attrs, .attr_count = 1,             \
    .infer = norm_infer, .rows = norm_by_rows, .samples = samples,                                 \
    .sample_count = sizeof samples / sizeof *samples

static const rill_axes last_axis = { 1, { -1 } };

static rill_tensor *mean(rill_tensor *x)
{
    return rill_mean(x, last_axis, 1);
}

/* 1 / sqrt(mean_square + epsilon), [..., 1] */
static rill_tensor *reciprocal_root(const rill_tensor *y, rill_tensor *mean_square)
{
    return rill_rsqrt(rill_shift(mean_square, epsilon_of(rill_attrs_of(y))));
}

/* ---- layer_norm */

static void rms_row(double *row, int64_t count, const void *row_attrs)
{
    double squares = 0;
    for (int64_t i = 0; i < count; i++)
        squares += row[i] * row[i];
    double scale = 1 / sqrt(squares / (double)count + epsilon_of(row_attrs));
    for (int64_t i = 0; i < count; i++)
        row[i] *= scale;
}

static void layer_row(double *row, int64_t count, const void *row_attrs)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += row[i];
    for (int64_t i = 0; i < count; i++)
        row[i] -= sum / (double)count;
    rms_row(row, count, row_attrs);
}

static void layer_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_rows_map(call, call->out.shape.rank - 1, layer_row, begin, end);
}

/* gx = r (gy - mean gy - y mean(gy y)), r = 1 / sqrt(var x + epsilon).  The Jacobian is symmetric.
 */
static rill_tensor *layer_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    rill_tensor *r = reciprocal_root(y, rill_var(rill_input_at(y, i), last_axis, 1));
    rill_tensor *along = rill_mul(y, mean(rill_mul(gy, y)));
    return rill_mul(r, rill_sub(rill_sub(gy, mean(gy)), along));
}

static rill_tensor *layer_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[0] ? layer_vjp(y, dx[0], 0) : NULL;
}

static rill_tensor *layer_expand(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    rill_tensor *centred = rill_sub(x, mean(x));
    return rill_mul(centred, reciprocal_root(y, mean(rill_square(centred))));
}

const rill_op rill_layer_norm_op = {
    .name = "layer_norm",
    .doc = "y = (a - mean a) / sqrt(var a + epsilon) over the last axis",
    .kernel = { layer_eval, norm_units, norm_cost, norm_scratch },
    .vjp = layer_vjp,
    .jvp = layer_jvp,
    .expand = layer_expand,
    SHARED,
};

/* ---- rms_norm */

static void rms_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_rows_map(call, call->out.shape.rank - 1, rms_row, begin, end);
}

/* gx = r (gy - y mean(gy y)), r = 1 / sqrt(mean x^2 + epsilon).  The Jacobian is symmetric. */
static rill_tensor *rms_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    rill_tensor *r = reciprocal_root(y, mean(rill_square(rill_input_at(y, i))));
    return rill_mul(r, rill_sub(gy, rill_mul(y, mean(rill_mul(gy, y)))));
}

static rill_tensor *rms_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[0] ? rms_vjp(y, dx[0], 0) : NULL;
}

static rill_tensor *rms_expand(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    return rill_mul(x, reciprocal_root(y, mean(rill_square(x))));
}

const rill_op rill_rms_norm_op = {
    .name = "rms_norm",
    .doc = "y = a / sqrt(mean a^2 + epsilon) over the last axis",
    .kernel = { rms_eval, norm_units, norm_cost, norm_scratch },
    .vjp = rms_vjp,
    .jvp = rms_jvp,
    .expand = rms_expand,
    SHARED,
};

/* ---- Constructors. */

rill_tensor *rill_layer_norm(rill_tensor *x, double epsilon)
{
    rill_norm_attrs norm = { .epsilon = epsilon };
    return rill_apply(&rill_layer_norm_op, &x, 1, &norm);
}

rill_tensor *rill_rms_norm(rill_tensor *x, double epsilon)
{
    rill_norm_attrs norm = { .epsilon = epsilon };
    return rill_apply(&rill_rms_norm_op, &x, 1, &norm);
}
