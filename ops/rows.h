/* rows.h (private) - kernels that work on the rows of one axis, each read into doubles, so that
 * they are written once for f32 and f64 and round only what they store. */
#ifndef RILL_OPS_ROWS_H
#define RILL_OPS_ROWS_H

#include "../core/op.h"

/* The attributes of softmax and log_softmax; of layer_norm and rms_norm. */
typedef struct rill_softmax_attrs {
    int64_t axis;
} rill_softmax_attrs;

typedef struct rill_norm_attrs {
    double epsilon;
} rill_norm_attrs;

/* f of one row, in place. */
typedef void rill_row_map(double *row, int64_t count, const void *attrs);

/* Rows begin..end-1 of the axis: out = f(in[0]).  call->scratch holds one row. */
void rill_rows_map(const rill_call *call, int64_t axis, rill_row_map *f, int64_t begin,
                   int64_t end);

int64_t rill_rows_units(const rill_shape *shape, int64_t axis);
size_t rill_rows_scratch(const rill_shape *shape, int64_t axis);

/* For `infer`: input 0 is f32 or f64 and has the axis; the output is like it. */
int rill_rows_infer(rill_infer *infer, int64_t axis);

#endif
