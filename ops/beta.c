#include "random.h"

#include "core/rng.h"
#include "real.h"
#include "stream.h"

#include <math.h>

typedef struct beta_attrs {
    uint64_t key;
    rill_dtype dtype;
    rill_shape shape;
    double a, b;
} beta_attrs;

static int positive(double x)
{
    return x > 0 && x < HUGE_VAL;
}

static int beta_infer(rill_infer *infer)
{
    const beta_attrs *attrs = infer->attrs;
    if (!rill_dtype_is_float(attrs->dtype))
        return rill_infer_fail(infer, "gives f32 or f64, not %s", rill_dtype_name(attrs->dtype));
    if (!positive(attrs->a) || !positive(attrs->b))
        return rill_infer_fail(infer, "a = %g and b = %g are not positive and finite", attrs->a,
                               attrs->b);
    return rill_stream_infer(infer, attrs->dtype, &attrs->shape);
}

/* ---- One of a or b is 1: the distribution function is a power. */

static void power_words(const uint32_t *words, int64_t count, const rill_call *call, double *out)
{
    const beta_attrs *attrs = call->attrs;
    for (int64_t i = 0; i < count; i++) {
        double u = rill_uniform_f64(words[i]);
        out[i] = attrs->b == 1 ? pow(u, 1 / attrs->a) : 1 - pow(u, 1 / attrs->b);
    }
}

/* ---- Otherwise g(a) / (g(a) + g(b)) of two gamma deviates.  Each attempt at one takes a block of
 * its own, from a stream that belongs to the attempt, so that no element waits for another. */

enum { ATTEMPTS = 64 }; /* each succeeds more than 95 times in 100 */

typedef struct cell {
    rill_stream stream;
    int64_t row, column;
} cell;

static void attempt_words(const cell *at, int which, int attempt, uint32_t words[4])
{
    rill_stream stream = at->stream;
    stream.key = rill_stream_key(stream.key + (uint64_t)(2 * attempt + which), "gamma");
    rill_stream_blocks(&stream, at->row, at->column, 1, words);
}

/* The logarithm of a gamma deviate of shape `alpha`: one of a small shape would underflow.  Shapes
 * below 1 are drawn at alpha + 1 and brought down by u^(1/alpha). */
static double log_gamma_deviate(const cell *at, int which, double alpha)
{
    double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / sqrt(9 * d);
    uint32_t words[4];
    double normal[4], log_v = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        attempt_words(at, which, attempt, words);
        rill_normals(words, 4, normal);
        double x = normal[0], root = 1 + c * x, v = root * root * root;
        if (root <= 0)
            continue;
        log_v = log(v);
        if (log(rill_uniform_f64(words[2])) < x * x / 2 + d - d * v + d * log_v)
            break;
        log_v = 0;
    }
    double boost = alpha < 1 ? fmax(log(rill_uniform_f64(words[3])) / alpha, -1e300) : 0;
    return log(d) + log_v + boost;
}

static void beta_cells(const rill_call *call, int64_t begin, int64_t end)
{
    const beta_attrs *attrs = call->attrs;
    int64_t columns = rill_stream_columns(&call->out.shape);
    cell at = { .stream = rill_stream_of(call, attrs->key) };
    for (at.row = begin; at.row < end; at.row++) {
        for (at.column = 0; at.column < columns; at.column++) {
            double log_a = log_gamma_deviate(&at, 0, attrs->a);
            double log_b = log_gamma_deviate(&at, 1, attrs->b);
            rill_real_set(call->out.dtype, call->out.data, at.row * columns + at.column,
                          1 / (1 + exp(log_b - log_a)));
        }
    }
}

static void beta_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const beta_attrs *attrs = call->attrs;
    if (attrs->a == 1 || attrs->b == 1)
        rill_stream_fill(call, attrs->key, power_words, begin, end);
    else
        beta_cells(call, begin, end);
}

static int64_t beta_cost(const rill_call *call)
{
    const beta_attrs *attrs = call->attrs;
    int64_t each = attrs->a == 1 || attrs->b == 1 ? 30 : 300;
    return each * rill_stream_columns(&call->out.shape);
}

static const rill_attr attrs[] = {
    { "stream", RILL_ATTR_KEY, offsetof(beta_attrs, key) },
    { "dtype", RILL_ATTR_DTYPE, offsetof(beta_attrs, dtype) },
    { "shape", RILL_ATTR_SHAPE, offsetof(beta_attrs, shape) },
    { "a", RILL_ATTR_FLOAT, offsetof(beta_attrs, a) },
    { "b", RILL_ATTR_FLOAT, offsetof(beta_attrs, b) },
};

#define DRAW(...)                                                                                  \
    .count = 2, .dtype = { RILL_I32, RILL_I32 }, .high = { 9, 9 }, .attrs = &(const beta_attrs)    \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const rill_sample samples[] = {
    { DRAW(7, RILL_F32, { 2, { 5, 1 } }, 1.5, 1) },  { DRAW(7, RILL_F64, { 1, { 7 } }, 1, 3) },
    { DRAW(7, RILL_F64, { 3, { 2, 3, 2 } }, 2, 5) }, { DRAW(7, RILL_F32, { 0, { 0 } }, 0.3, 0.01) },
    { DRAW(7, RILL_F32, { 2, { 0, 2 } }, 2, 2) },
};

const rill_op rill_beta_op = {
    .name = "beta",
    .doc = "y ~ Beta(a, b)",
    .arity = 2,
    .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(beta_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = beta_infer,
    .kernel = { .eval = beta_eval, .units = rill_stream_rows, .cost = beta_cost },
    .rows = rill_stream_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_beta(rill_graph *g, rill_dtype dtype, rill_shape shape, double a, double b)
{
    beta_attrs beta = {
        .key = rill_graph_stream(g), .dtype = dtype, .shape = shape, .a = a, .b = b
    };
    return rill_stream_apply(g, &rill_beta_op, NULL, &beta);
}
