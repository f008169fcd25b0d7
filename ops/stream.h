/* stream.h (private) - what the random ops share: inputs (step, row, ...) and words by the row.
 *
 * Inputs 0 and 1 of every random op are i32 scalars: the training step, and the number of its first
 * row. */
#ifndef RILL_OPS_STREAM_H
#define RILL_OPS_STREAM_H

#include "../core/graph.h"

enum { RILL_STREAM_STEP, RILL_STREAM_ROW, RILL_STREAM_INPUTS };

/* The words of one node in one run. */
typedef struct rill_stream {
    uint64_t key;
    uint32_t step;
    int64_t row; /* of the first row of the output */
} rill_stream;

rill_stream rill_stream_of(const rill_call *call, uint64_t key);
/* Blocks first..first+count-1 of row `row` of the output; four words each. */
void rill_stream_blocks(const rill_stream *stream, int64_t row, int64_t first, int64_t count,
                        uint32_t *words);
/* One word: that of element `column` of row `row` of the output. */
uint32_t rill_stream_word(const rill_stream *stream, int64_t row, int64_t column);

/* The attributes of uniform and normal. */
typedef struct rill_deviate_attrs {
    uint64_t key;
    rill_dtype dtype;
    rill_shape shape;
} rill_deviate_attrs;

/* Rows are indices of axis 0; a scalar has one. */
int64_t rill_stream_rows(const rill_call *call);
int64_t rill_stream_columns(const rill_shape *shape);
/* A slice of rows draws what the whole draws there, its first row added to input 1. */
rill_by_rows rill_stream_by_rows(const rill_tensor *y, int *by_rows);

/* `count` (a multiple of 4) words into as many numbers. */
typedef void rill_word_map(const uint32_t *words, int64_t count, const rill_call *call,
                           double *out);
/* Rows begin..end-1 of a call whose elements take a word each. */
void rill_stream_fill(const rill_call *call, uint64_t key, rill_word_map *map, int64_t begin,
                      int64_t end);

/* For `infer`: inputs 0 and 1 are i32 scalars and the output is as given. */
int rill_stream_infer(rill_infer *infer, rill_dtype dtype, const rill_shape *shape);

/* A node of a random op: step from the graph's store, row 0, and `more` (NULL: nothing) as input 2.
 */
rill_tensor *rill_stream_apply(rill_graph *g, const rill_op *op, rill_tensor *more,
                               const void *attrs);

#endif
