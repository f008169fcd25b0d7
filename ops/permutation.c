#include "random.h"

#include "stream.h"

typedef struct permutation_attrs {
    uint64_t key;
    int64_t n;
} permutation_attrs;

static int permutation_infer(rill_infer *infer)
{
    const permutation_attrs *attrs = infer->attrs;
    rill_shape shape = { .rank = 1, .dim = { attrs->n } };
    if (attrs->n < 0 || attrs->n > INT32_MAX)
        return rill_infer_fail(infer, "of %lld numbers: not 0 to 2^31 - 1", (long long)attrs->n);
    return rill_stream_infer(infer, RILL_I32, &shape);
}

/* One unit: each exchange depends on those before it.  Word i of the stream's first row exchanges
 * element i with one of 0..i. */
static void permutation_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const permutation_attrs *attrs = call->attrs;
    rill_stream stream = rill_stream_of(call, attrs->key);
    int32_t *y = call->out.data;
    uint32_t words[4] = { 0 };
    for (int64_t i = 0; begin < end && i < attrs->n; i++) {
        if (i % 4 == 0)
            rill_stream_blocks(&stream, 0, i / 4, 1, words);
        int64_t j = (int64_t)(words[i % 4] * (uint64_t)(i + 1) >> 32);
        y[i] = y[j];
        y[j] = (int32_t)i;
    }
}

static int64_t permutation_cost(const rill_call *call)
{
    return 1 + 8 * call->out.shape.dim[0];
}

static const rill_attr attrs[] = {
    { "stream", RILL_ATTR_KEY, offsetof(permutation_attrs, key) },
    { "n", RILL_ATTR_INT, offsetof(permutation_attrs, n) },
};

#define DRAW(...)                                                                                  \
    .count = 2, .dtype = { RILL_I32, RILL_I32 }, .high = { 9, 9 },                                 \
    .attrs = &(const permutation_attrs)                                                            \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
static const rill_sample samples[] = {
    { DRAW(7, 0) },
    { DRAW(7, 1) },
    { DRAW(7, 37) },
};

const rill_op rill_permutation_op = {
    .name = "permutation",
    .doc = "y = 0, ..., n - 1 in random order",
    .arity = 2,
    .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(permutation_attrs),
    .attrs = attrs,
    .attr_count = sizeof attrs / sizeof *attrs,
    .infer = permutation_infer,
    .kernel = { .eval = permutation_eval, .cost = permutation_cost },
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_permutation(rill_graph *g, int64_t n)
{
    permutation_attrs permutation = { .key = rill_graph_stream(g), .n = n };
    return rill_stream_apply(g, &rill_permutation_op, NULL, &permutation);
}
