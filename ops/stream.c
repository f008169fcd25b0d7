#include "stream.h"

#include "core/rng.h"
#include "random.h"
#include "real.h"

enum { BATCH = 256 }; /* words made at a time */

rill_stream rill_stream_of(const rill_call *call, uint64_t key)
{
    const int32_t *step = call->in[RILL_STREAM_STEP].data, *row = call->in[RILL_STREAM_ROW].data;
    return (rill_stream){ .key = key, .step = (uint32_t)*step, .row = *row };
}

void rill_stream_blocks(const rill_stream *stream, int64_t row, int64_t first, int64_t count,
                        uint32_t *words)
{
    const uint32_t key[2] = { (uint32_t)stream->key, (uint32_t)(stream->key >> 32) };
    uint64_t place = (uint64_t)(stream->row + row);
    for (int64_t b = 0; b < count; b++) {
        const uint32_t counter[4] = { (uint32_t)(first + b), (uint32_t)place,
                                      (uint32_t)(place >> 32), stream->step };
        rill_philox4x32(counter, key, words + 4 * b);
    }
}

uint32_t rill_stream_word(const rill_stream *stream, int64_t row, int64_t column)
{
    uint32_t words[4];
    rill_stream_blocks(stream, row, column / 4, 1, words);
    return words[column % 4];
}

int64_t rill_stream_rows(const rill_call *call)
{
    const rill_shape *shape = &call->out.shape;
    return shape->rank == 0 ? 1 : rill_shape_count(shape) > 0 ? shape->dim[0] : 0;
}

int64_t rill_stream_columns(const rill_shape *shape)
{
    int64_t count = 1;
    for (int i = 1; i < shape->rank; i++)
        count *= shape->dim[i];
    return count;
}

rill_by_rows rill_stream_by_rows(const rill_tensor *y, int *by_rows)
{
    (void)by_rows;
    return rill_rank(y) > 0 ? RILL_EACH_ROW : RILL_WHOLE;
}

/* `rows` rows from `row`, `count` columns of each from `first`: at most BATCH words in whole
 * blocks. */
static void fill_tile(const rill_call *call, const rill_stream *stream, rill_word_map *map,
                      int64_t row, int64_t rows, int64_t first, int64_t count)
{
    uint32_t words[BATCH];
    double values[BATCH];
    int64_t columns = rill_stream_columns(&call->out.shape), blocks = (count + 3) / 4;
    for (int64_t r = 0; r < rows; r++)
        rill_stream_blocks(stream, row + r, first / 4, blocks, words + 4 * blocks * r);
    map(words, 4 * blocks * rows, call, values);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < count; i++)
            rill_number_set(call->out.dtype, call->out.data, (row + r) * columns + first + i,
                            values[4 * blocks * r + i]);
}

void rill_stream_fill(const rill_call *call, uint64_t key, rill_word_map *map, int64_t begin,
                      int64_t end)
{
    if (begin == end)
        return; /* rows may be empty */
    rill_stream stream = rill_stream_of(call, key);
    int64_t columns = rill_stream_columns(&call->out.shape);
    int64_t width = columns < BATCH ? columns : BATCH;
    int64_t height = BATCH / ((width + 3) / 4 * 4);
    for (int64_t row = begin; row < end; row += height) {
        int64_t rows = end - row < height ? end - row : height;
        for (int64_t first = 0; first < columns; first += width) {
            int64_t count = columns - first < width ? columns - first : width;
            fill_tile(call, &stream, map, row, rows, first, count);
        }
    }
}

int rill_stream_infer(rill_infer *infer, rill_dtype dtype, const rill_shape *shape)
{
    char text[RILL_SHAPE_TEXT];
    for (int i = 0; i < RILL_STREAM_INPUTS; i++)
        if (infer->dtype[i] != RILL_I32 || infer->shape[i].rank != 0)
            return rill_infer_fail(infer, "the %s is %s %s, not an i32 scalar", i ? "row" : "step",
                                   rill_dtype_name(infer->dtype[i]),
                                   rill_shape_print(&infer->shape[i], text, sizeof text));
    if (!rill_shape_valid(shape))
        return rill_infer_fail(infer, "the shape %s is invalid",
                               rill_shape_print(shape, text, sizeof text));
    infer->out_shape = *shape;
    infer->out_dtype = dtype;
    return 1;
}

static rill_tensor *step_of(rill_graph *g)
{
    if (!rill_graph_store(g))
        return rill_full(g, RILL_I32, RILL_SCALAR, 0.0);
    return rill_state(g, RILL_COUNTER, RILL_I32, RILL_SCALAR,
                      (rill_init){ RILL_INIT_CONSTANT, 0.0 }, "step");
}

rill_tensor *rill_stream_apply(rill_graph *g, const rill_op *op, rill_tensor *more,
                               const void *attrs)
{
    rill_tensor *in[] = { step_of(g), rill_full(g, RILL_I32, RILL_SCALAR, 0.0), more };
    return rill_apply_in(g, op, in, more ? 3 : 2, attrs);
}

rill_tensor *rill_random_at(rill_tensor *x, rill_tensor *row)
{
    const rill_op *op = rill_op_of(x);
    if (!(op->traits & RILL_RANDOM))
        return rill_graph_fail(rill_graph_of(x), "random_at: %s draws nothing", op->name);
    rill_tensor *in[RILL_STREAM_INPUTS + 1] = { 0 };
    int count = rill_input_count(x);
    for (int i = 0; i < count && i <= RILL_STREAM_INPUTS; i++)
        in[i] = rill_input_at(x, i);
    in[RILL_STREAM_ROW] = row;
    return rill_apply(op, in, count, rill_attrs_of(x));
}
