/* index.h - rows chosen by number.
 *
 * Indices are i32 tensors.  An index outside its range is no failure and never reads or writes
 * outside a tensor: each op says what it stands for. */
#ifndef RILL_OPS_INDEX_H
#define RILL_OPS_INDEX_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rows of x [R, ...] by `index` [I...] (any shape): y [I..., ...], y[i] = x[index[i]].  Outside
 * 0..R-1 a row is NaN (0 in i32). */
rill_tensor *rill_gather(rill_tensor *x, rill_tensor *index);
/* The same with rows of zeros outside 0..R-1: -1 stands for "none". */
rill_tensor *rill_gather_or_zero(rill_tensor *x, rill_tensor *index);

/* The adjoint of gather: y [rows, ...] starts at zero, and y[index[i]] += updates[i] for each i in
 * order. `updates` is [I..., ...].  What goes outside 0..rows-1 is dropped. */
rill_tensor *rill_scatter_add(rill_tensor *index, rill_tensor *updates, int64_t rows);

/* [I..., depth] of `dtype`: 1 where the last axis equals the index, else 0; outside 0..depth-1 all
 * 0. */
rill_tensor *rill_one_hot(rill_tensor *index, int64_t depth, rill_dtype dtype);

/* The place along `axis`: 0, 1, 2, ... of any dtype, repeated over the other axes. */
rill_tensor *rill_iota(rill_graph *g, rill_dtype dtype, rill_shape shape, int axis);

extern const rill_op rill_gather_op, rill_scatter_add_op, rill_one_hot_op, rill_iota_op;

#ifdef __cplusplus
}
#endif
#endif
