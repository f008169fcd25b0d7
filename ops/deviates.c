/* Uniform and normal deviates: a shape of numbers, one word each. */
#include "random.h"

#include "core/rng.h"
#include "stream.h"

static int deviate_infer(rill_infer *infer)
{
    const rill_deviate_attrs *attrs = infer->attrs;
    if (!rill_dtype_is_float(attrs->dtype))
        return rill_infer_fail(infer, "gives f32 or f64, not %s", rill_dtype_name(attrs->dtype));
    return rill_stream_infer(infer, attrs->dtype, &attrs->shape);
}

static int64_t deviate_cost(const rill_call *call)
{
    return 10 + 8 * rill_stream_columns(&call->out.shape);
}

static const rill_attr attrs[] = {
    { "stream", RILL_ATTR_KEY, offsetof(rill_deviate_attrs, key) },
    { "dtype", RILL_ATTR_DTYPE, offsetof(rill_deviate_attrs, dtype) },
    { "shape", RILL_ATTR_SHAPE, offsetof(rill_deviate_attrs, shape) },
};

#define DRAW(dt, ...)                                                                              \
    .count = 2, .dtype = { RILL_I32, RILL_I32 }, .high = { 9, 9 },                                 \
    .attrs = &(const rill_deviate_attrs)                                                           \
    {                                                                                              \
        7, dt,                                                                                     \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const rill_sample samples[] = {
    { DRAW(RILL_F32, 0, { 0 }) },          { DRAW(RILL_F64, 1, { 5 }) },
    { DRAW(RILL_F32, 2, { 7, 3 }) },       { DRAW(RILL_F64, 2, { 2, 300 }) },
    { DRAW(RILL_F32, 4, { 2, 1, 3, 2 }) }, { DRAW(RILL_F32, 2, { 0, 3 }) },
    { DRAW(RILL_F32, 2, { 3, 0 }) },
};

#define SHARED                                                                                     \
    .arity = 2, .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,                                   \
    .attr_size = sizeof(rill_deviate_attrs), .attrs = attrs,                                       \
    .attr_count = sizeof attrs / sizeof *attrs, .infer = deviate_infer,                            \
    .rows = rill_stream_by_rows, .samples = samples,                                               \
    .sample_count = sizeof samples / sizeof *samples

/* ---- uniform */

static void uniform_words(const uint32_t *words, int64_t count, const rill_call *call, double *out)
{
    int narrow = call->out.dtype == RILL_F32;
    for (int64_t i = 0; i < count; i++)
        out[i] = narrow ? (double)rill_uniform_f32(words[i]) : rill_uniform_f64(words[i]);
}

static void uniform_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_stream_fill(call, ((const rill_deviate_attrs *)call->attrs)->key, uniform_words, begin,
                     end);
}

const rill_op rill_uniform_op = {
    .name = "uniform",
    .doc = "y ~ uniform on (0, 1)",
    .kernel = { uniform_eval, rill_stream_rows, deviate_cost, NULL },
    SHARED,
};

/* ---- normal */

static void normal_words(const uint32_t *words, int64_t count, const rill_call *call, double *out)
{
    float narrow[4];
    if (call->out.dtype == RILL_F64) {
        rill_normals(words, count, out);
        return;
    }
    for (int64_t i = 0; i < count; i += 4) {
        rill_normals_f32(words + i, 4, narrow);
        for (int k = 0; k < 4; k++)
            out[i + k] = (double)narrow[k];
    }
}

static void normal_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_stream_fill(call, ((const rill_deviate_attrs *)call->attrs)->key, normal_words, begin,
                     end);
}

const rill_op rill_normal_op = {
    .name = "normal",
    .doc = "y ~ normal, mean 0, variance 1",
    .kernel = { normal_eval, rill_stream_rows, deviate_cost, NULL },
    SHARED,
};

/* ---- Constructors. */

static rill_tensor *draw(rill_graph *g, const rill_op *op, rill_dtype dtype, rill_shape shape)
{
    rill_deviate_attrs deviate = { .key = rill_graph_stream(g), .dtype = dtype, .shape = shape };
    return rill_stream_apply(g, op, NULL, &deviate);
}

rill_tensor *rill_uniform(rill_graph *g, rill_dtype dtype, rill_shape shape)
{
    return draw(g, &rill_uniform_op, dtype, shape);
}

rill_tensor *rill_normal(rill_graph *g, rill_dtype dtype, rill_shape shape)
{
    return draw(g, &rill_normal_op, dtype, shape);
}
