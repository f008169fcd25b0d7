#include "random.h"

#include "stream.h"

typedef struct integers_attrs {
    uint64_t key;
    rill_shape shape;
    int64_t low, high;
} integers_attrs;

static int integers_infer(rill_infer *infer)
{
    const integers_attrs *attrs = infer->attrs;
    if (attrs->low < INT32_MIN || attrs->high > INT64_C(1) + INT32_MAX || attrs->low >= attrs->high)
        return rill_infer_fail(infer, "no i32 lies in %lld <= n < %lld", (long long)attrs->low,
                               (long long)attrs->high);
    return rill_stream_infer(infer, RILL_I32, &attrs->shape);
}

static void integer_words(const uint32_t *words, int64_t count, const rill_call *call, double *out)
{
    const integers_attrs *attrs = call->attrs;
    uint64_t range = (uint64_t)(attrs->high - attrs->low);
    for (int64_t i = 0; i < count; i++)
        out[i] = (double)(attrs->low + (int64_t)(words[i] * range >> 32));
}

static void integers_eval(const rill_call *call, int64_t begin, int64_t end)
{
    rill_stream_fill(call, ((const integers_attrs *)call->attrs)->key, integer_words, begin, end);
}

static int64_t integers_cost(const rill_call *call)
{
    return 10 + 4 * rill_stream_columns(&call->out.shape);
}

static const rill_attr attrs[] = {
    { "stream", RILL_ATTR_KEY, offsetof(integers_attrs, key) },
    { "shape", RILL_ATTR_SHAPE, offsetof(integers_attrs, shape) },
    { "low", RILL_ATTR_INT, offsetof(integers_attrs, low) },
    { "high", RILL_ATTR_INT, offsetof(integers_attrs, high) },
};

#define DRAW(...)                                                                                  \
    .count = 2, .dtype = { RILL_I32, RILL_I32 }, .high = { 9, 9 },                                 \
    .attrs = &(const integers_attrs)                                                               \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const rill_sample samples[] = {
    { DRAW(7, { 0, { 0 } }, 0, 10) },
    { DRAW(7, { 2, { 5, 7 } }, -3, 4) },
    { DRAW(7, { 1, { 9 } }, INT32_MIN, INT64_C(1) + INT32_MAX) },
    { DRAW(7, { 2, { 0, 7 } }, 0, 1) },
};

const rill_op rill_integers_op = {
    .name = "integers",
    .doc = "y ~ uniform on low, ..., high - 1",
    .arity = 2,
    .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(integers_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = integers_infer,
    .kernel = { .eval = integers_eval, .units = rill_stream_rows, .cost = integers_cost },
    .rows = rill_stream_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_integers(rill_graph *g, rill_shape shape, int64_t low, int64_t high)
{
    integers_attrs integers = {
        .key = rill_graph_stream(g), .shape = shape, .low = low, .high = high
    };
    return rill_stream_apply(g, &rill_integers_op, NULL, &integers);
}
