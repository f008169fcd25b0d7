/* fold.h (private) - what the ops that fold axes away share: attributes, shapes, and the walk over
 * kept and folded elements. */
#ifndef RILL_OPS_FOLD_H
#define RILL_OPS_FOLD_H

#include "reduce.h"

/* The attributes of rill_reduce_attrs as data, and their number. */
extern const rill_attr rill_reduce_attr_list[];
enum { RILL_REDUCE_ATTRS = 2 };

/* A node of a reduction. */
rill_tensor *rill_reduce(const rill_op *op, rill_tensor *x, rill_axes axes, int keep);
/* y, the result of a reduction of x (or its cotangent), with the folded axes as extents of 1. */
rill_tensor *rill_reduce_kept(rill_tensor *y, const rill_tensor *x, const rill_reduce_attrs *attrs);
/* How many elements of x go into one of the result. */
int64_t rill_reduce_terms(const rill_tensor *x, const rill_reduce_attrs *attrs);

/* The shape rule; the second one refuses to fold no elements. */
int rill_reduce_infer(rill_infer *infer);
int rill_reduce_infer_nonempty(rill_infer *infer);

/* By rows, unless the rows themselves are folded. */
rill_by_rows rill_reduce_by_rows(const rill_tensor *y, int *by_rows);

/* Some of an array's axes as one index: element i of the walk lies at the offset that
 * rill_fold_at gives, in elements.  Neighbouring axes are merged, extents of 1 left out. */
typedef struct rill_fold_walk {
    int rank;
    int64_t count;
    int64_t extent[RILL_MAX_RANK + 1], stride[RILL_MAX_RANK + 1];
} rill_fold_walk;

static inline int64_t rill_fold_at(const rill_fold_walk *walk, int64_t index)
{
    int64_t offset = 0;
    for (int i = walk->rank - 1; i > 0; i--) {
        offset += index % walk->extent[i] * walk->stride[i];
        index /= walk->extent[i];
    }
    return walk->rank ? offset + index * walk->stride[0] : offset;
}

/* Element o of the output folds the elements kept(o) + folded(0), kept(o) + folded(1), ... */
typedef struct rill_fold {
    rill_fold_walk kept, folded;
} rill_fold;

rill_fold rill_fold_of(const rill_call *call);

#endif
