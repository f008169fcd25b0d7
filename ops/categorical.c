#include "random.h"

#include "core/rng.h"
#include "real.h"
#include "stream.h"
#include "strided.h"

#include <math.h>

typedef struct categorical_attrs {
    uint64_t key;
} categorical_attrs;

enum { LOGITS = RILL_STREAM_INPUTS };

/* step, row, logits [..., K] -> [...] */
static int categorical_infer(rill_infer *infer)
{
    rill_shape shape = infer->shape[LOGITS];
    char text[RILL_SHAPE_TEXT];
    if (!rill_dtype_is_float(infer->dtype[LOGITS]))
        return rill_infer_fail(infer, "takes logits of f32 or f64, not %s",
                               rill_dtype_name(infer->dtype[LOGITS]));
    if (shape.rank < 1 || shape.dim[shape.rank - 1] < 1 || shape.dim[shape.rank - 1] > INT32_MAX)
        return rill_infer_fail(infer, "logits %s have no last axis to choose from",
                               rill_shape_print(&shape, text, sizeof text));
    shape.dim[--shape.rank] = 0;
    return rill_stream_infer(infer, RILL_I32, &shape);
}

static int64_t choices(const rill_call *call)
{
    return rill_shape_dim(&call->in[LOGITS].shape, -1);
}

/* The first k at which the weights exp(logit - greatest) add up to more than `uniform` of their
 * sum. */
static int32_t choose(const double *logits, int64_t count, double uniform)
{
    double greatest = -HUGE_VAL, sum = 0, passed = 0;
    for (int64_t k = 0; k < count; k++)
        greatest = logits[k] > greatest ? logits[k] : greatest;
    for (int64_t k = 0; k < count; k++)
        sum += exp(logits[k] - greatest);
    if (!(sum > 0 && sum < HUGE_VAL))
        return -1;
    int32_t last = -1; /* possible at all: where rounding leaves the sum short of its share */
    for (int64_t k = 0; k < count; k++) {
        double weight = exp(logits[k] - greatest);
        passed += weight;
        last = weight > 0 ? (int32_t)k : last;
        if (weight > 0 && passed > uniform * sum)
            break;
    }
    return last;
}

static void categorical_eval(const rill_call *call, int64_t begin, int64_t end)
{
    const categorical_attrs *attrs = call->attrs;
    rill_stream stream = rill_stream_of(call, attrs->key);
    const rill_array_view *logits = &call->in[LOGITS];
    int64_t columns = rill_stream_columns(&call->out.shape), count = choices(call);
    double *row = call->scratch;
    for (int64_t i = begin; i < end; i++) {
        for (int64_t k = 0; k < count; k++)
            row[k] = rill_real_at(logits->dtype, logits->data, i * count + k);
        uint32_t word = rill_stream_word(&stream, i / columns, i % columns);
        ((int32_t *)call->out.data)[i] = choose(row, count, rill_uniform_f64(word));
    }
}

static int64_t categorical_cost(const rill_call *call)
{
    return 20 + 20 * choices(call);
}

static size_t categorical_scratch(const rill_call *call)
{
    return (size_t)choices(call) * sizeof(double);
}

static rill_by_rows categorical_by_rows(const rill_tensor *y, int *by_rows)
{
    if (rill_stream_by_rows(y, by_rows) == RILL_WHOLE)
        return RILL_WHOLE;
    by_rows[LOGITS] = 1;
    return RILL_EACH_ROW;
}

static const rill_attr attrs[] = {
    { "stream", RILL_ATTR_KEY, offsetof(categorical_attrs, key) },
};

#define LOGITS_OF(...)                                                                             \
    .count = 3, .shape = { { 0, { 0 } }, { 0, { 0 } }, { __VA_ARGS__ } },                          \
    .dtype = { RILL_I32, RILL_I32, RILL_F32 }, .low = { 0, 0, -2 }, .high = { 9, 9, 2 },           \
    .attrs = &(const categorical_attrs)                                                            \
    {                                                                                              \
        7                                                                                          \
    }
static const rill_sample samples[] = {
    { LOGITS_OF(1, { 5 }) },
    { LOGITS_OF(2, { 7, 3 }) },
    { LOGITS_OF(3, { 2, 5, 1 }) },
    { LOGITS_OF(2, { 0, 3 }) },
};

const rill_op rill_categorical_op = {
    .name = "categorical",
    .doc = "y = k with probability softmax(logits)[k]",
    .arity = 3,
    .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(categorical_attrs),
    .attrs = attrs,
    .attr_count = 1,
    .infer = categorical_infer,
    .kernel = { categorical_eval, rill_strided_units, categorical_cost, categorical_scratch },
    .rows = categorical_by_rows,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_categorical(rill_tensor *logits)
{
    rill_graph *g = rill_graph_of(logits);
    categorical_attrs categorical = { .key = rill_graph_stream(g) };
    return rill_stream_apply(g, &rill_categorical_op, logits, &categorical);
}
