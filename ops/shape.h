/* shape.h - ops that move elements without computing: other shapes, other orders, parts and joins.
 *
 * They take f32, f64 and i32 (sum_to: f32 and f64), keep the dtype, and are linear: the adjoint of
 * each is another of them. Axes count from 0, negative ones from the end (-1 is the last).  An
 * axis, a shape or a number that does not fit is a failure of the graph (see graph.h).  Every
 * result is a dense tensor of its own but for reshape, which is its input's memory. */
#ifndef RILL_OPS_SHAPE_H
#define RILL_OPS_SHAPE_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The same elements in row-major order under another shape.  One extent may be -1: it becomes what
 * the number of elements leaves for it.  rill_reshape(x [4,6], RILL_SHAPE(-1, 3)) is [8,3]. */
rill_tensor *rill_reshape(rill_tensor *x, rill_shape shape);
/* Without `axis`, whose extent is 1. */
rill_tensor *rill_squeeze(rill_tensor *x, int axis);
/* With a new axis of extent 1 that becomes axis `axis` of the result: x [4,6], 1 gives [4,1,6]. */
rill_tensor *rill_expand_dims(rill_tensor *x, int axis);

/* Axis i of the result is axis axes.at[i] of x; `axes` names every axis once. */
rill_tensor *rill_permute(rill_tensor *x, rill_axes axes);
/* The last two axes swapped: [..., M, N] to [..., N, M]. */
rill_tensor *rill_transpose(rill_tensor *x);
/* x with its order reversed along each of the axes. */
rill_tensor *rill_flip(rill_tensor *x, rill_axes axes);

/* x stretched to `shape` by numpy's rule: aligned at the last axis, extents of 1 repeat. */
rill_tensor *rill_broadcast(rill_tensor *x, rill_shape shape);
/* The adjoint of broadcast: x summed over what `shape` would have to repeat to become x's shape. */
rill_tensor *rill_sum_to(rill_tensor *x, rill_shape shape);

/* Elements begin, begin + step, ... before end of one axis, step >= 1.  As in Python, a negative
 * begin or end counts from the end, and both are cut to the axis; RILL_END is the end. */
#define RILL_END INT64_MAX
rill_tensor *rill_slice(rill_tensor *x, int axis, int64_t begin, int64_t end, int64_t step);
/* `before` and `after` zeros around x along one axis, and step - 1 zeros between its elements: with
 * step 2, [a,b] becomes [0.., a, 0, b, ..0].  The adjoint of slice. */
rill_tensor *rill_pad(rill_tensor *x, int axis, int64_t before, int64_t after, int64_t step);

/* x[0], x[1], ... one after the other along `axis`; the other extents are equal. */
rill_tensor *rill_concat_array(rill_tensor *const *x, int count, int axis);
rill_tensor *rill_concat(rill_tensor *a, rill_tensor *b, int axis);
/* The same along a new axis, which becomes axis `axis` of the result: n of [B] give [n,B] with 0.
 */
rill_tensor *rill_stack(rill_tensor *const *x, int count, int axis);

/* ---- The descriptors and their attributes, for rules that look at nodes. */
extern const rill_op rill_reshape_op, rill_permute_op, rill_flip_op, rill_broadcast_op,
    rill_sum_to_op, rill_slice_op, rill_pad_op, rill_concat_op;

typedef struct rill_shape_attrs { /* of reshape, broadcast and sum_to */
    rill_shape shape;
} rill_shape_attrs;

typedef struct rill_axes_attrs { /* of permute and flip; axes >= 0 */
    rill_axes axes;
} rill_axes_attrs;

typedef struct rill_slice_attrs {
    int64_t axis, begin, end, step; /* 0 <= begin <= end <= extent */
} rill_slice_attrs;

typedef struct rill_pad_attrs {
    int64_t axis, before, after, step;
} rill_pad_attrs;

typedef struct rill_concat_attrs {
    int64_t axis;
} rill_concat_attrs;

#ifdef __cplusplus
}
#endif
#endif
