#include "softmax.h"

#include "axis.h"
#include "effect.h"
#include "elementwise.h"
#include "reduce.h"
#include "rows.h"

#include <math.h>

static int64_t axis_of(const void *attrs)
{
    return ((const rill_softmax_attrs *)attrs)->axis;
}

static rill_axes reduced(const rill_tensor *y)
{
    return (rill_axes){ .count = 1, .at = { axis_of(rill_attrs_of(y)) } };
}

/* ---- What both ops share: the shape and how the work divides. */

static int softmax_infer(rill_infer *infer)
{
    return rill_rows_infer(infer, axis_of(infer->attrs));
}

static int64_t softmax_units(const rill_call *call)
{
    return rill_rows_units(&call->out.shape, axis_of(call->attrs));
}

static int64_t softmax_cost(const rill_call *call)
{
    return 10 * call->out.shape.dim[axis_of(call->attrs)];
}

static size_t softmax_scratch(const rill_call *call)
{
    return rill_rows_scratch(&call->out.shape, axis_of(call->attrs));
}

static rill_by_rows softmax_by_rows(const rill_tensor *y, int *by_rows)
{
    return by_rows[0] && axis_of(rill_attrs_of(y)) != 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

static const rill_attr attrs[] = {
    { "axis", RILL_ATTR_INT, offsetof(rill_softmax_attrs, axis) },
};

#define ALONG(n)                                                                                   \
    .attrs = &(const rill_softmax_attrs)                                                           \
    {                                                                                              \
        n                                                                                          \
    }
static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 5 } } }, ALONG(0) },
    { .count = 1, .shape = { { 2, { 3, 7 } } }, ALONG(1) },
    { .count = 1, .shape = { { 2, { 3, 7 } } }, ALONG(0) },
    { .count = 1, .shape = { { 4, { 2, 3, 1, 2 } } }, ALONG(1) },
    { .count = 1, .shape = { { 2, { 4, 1 } } }, ALONG(1) },
    { .count = 1, .shape = { { 2, { 2, 0 } } }, ALONG(1) },
    { .count = 1, .shape = { { 2, { 0, 3 } } }, ALONG(1) },
};

#define SHARED                                                                                     \
    .arity = 1, .attr_size = sizeof(rill_softmax_attrs), .attrs = attrs, .attr_count = 1,          \
    .infer = softmax_infer, .rows = softmax_by_rows, .samples = samples,                           \
    .sample_count = sizeof samples / sizeof *samples

/* ---- softmax */

static double greatest(const double *row, int64_t count)
{
    double most = -HUGE_VAL;
    for (int64_t i = 0; i < count; i++)
        most = row[i] > most ? row[i] : most;
    return most;
}

static void softmax_row(double *row, int64_t count, const void *ignored)
{
    (void)ignored;
    double shift = greatest(row, count), sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += row[i] = exp(row[i] - shift);
    for (int64_t i = 0; i < count; i++)
        row[i] /= sum;
}

static void softmax_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_rows_map(call, axis_of(call->attrs), softmax_row, begin, end);
}

/* gx_i = y_i (gy_i - sum_j y_j gy_j) */
static rill_tensor *softmax_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_mul(y, rill_sub(gy, rill_sum(rill_mul(gy, y), reduced(y), 1)));
}

/* The Jacobian is symmetric. */
static rill_tensor *softmax_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[0] ? softmax_vjp(y, dx[0], 0) : NULL;
}

/* x - max x along the axis.  The greatest logit takes no gradient: softmax is the same for any
 * shift. */
static rill_tensor *shifted(rill_tensor *y)
{
    rill_tensor *x = rill_input_at(y, 0);
    if (rill_count(x) == 0)
        return x; /* there is no greatest of none */
    return rill_sub(x, rill_stop(rill_reduce_max(x, reduced(y), 1)));
}

static rill_tensor *softmax_expand(rill_tensor *y)
{
    rill_tensor *e = rill_exp(shifted(y));
    return rill_div(e, rill_sum(e, reduced(y), 1));
}

const rill_op rill_softmax_op = {
    .name = "softmax",
    .doc = "y = exp(a) / sum exp(a) along an axis",
    .kernel = { softmax_eval, softmax_units, softmax_cost, softmax_scratch },
    .vjp = softmax_vjp,
    .jvp = softmax_jvp,
    .expand = softmax_expand,
    SHARED,
};

/* ---- log_softmax */

static void log_softmax_row(double *row, int64_t count, const void *ignored)
{
    (void)ignored;
    double shift = greatest(row, count), sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += exp(row[i] - shift);
    double rest = log(sum);
    for (int64_t i = 0; i < count; i++)
        row[i] = row[i] - shift - rest; /* in this order: shift may be huge and rest small */
}

static void log_softmax_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_rows_map(call, axis_of(call->attrs), log_softmax_row, begin, end);
}

/* gx_i = gy_i - p_i sum_j gy_j, where p = exp(y) */
static rill_tensor *log_softmax_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_sub(gy, rill_mul(rill_exp(y), rill_sum(gy, reduced(y), 1)));
}

/* dy_i = dx_i - sum_j p_j dx_j */
static rill_tensor *log_softmax_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return dx[0] ? rill_sub(dx[0], rill_sum(rill_mul(rill_exp(y), dx[0]), reduced(y), 1)) : NULL;
}

static rill_tensor *log_softmax_expand(rill_tensor *y)
{
    rill_tensor *z = shifted(y);
    return rill_sub(z, rill_log(rill_sum(rill_exp(z), reduced(y), 1)));
}

const rill_op rill_log_softmax_op = {
    .name = "log_softmax",
    .doc = "y = a - log sum exp(a) along an axis",
    .kernel = { log_softmax_eval, softmax_units, softmax_cost, softmax_scratch },
    .vjp = log_softmax_vjp,
    .jvp = log_softmax_jvp,
    .expand = log_softmax_expand,
    SHARED,
};

/* ---- Constructors. */

static rill_tensor *along(const rill_op *op, rill_tensor *x, int axis)
{
    rill_softmax_attrs softmax = { .axis = rill_axis_from_start(axis, rill_rank(x)) };
    return rill_apply(op, &x, 1, &softmax);
}

rill_tensor *rill_softmax(rill_tensor *x, int axis)
{
    return along(&rill_softmax_op, x, axis);
}

rill_tensor *rill_log_softmax(rill_tensor *x, int axis)
{
    return along(&rill_log_softmax_op, x, axis);
}
