/* reduce.h - ops that fold axes away, and those that run along one.
 *
 * All take f32 and f64.  Axes may be negative (counted from the end) and come in any order, each
 * once. With `keep` the folded axes stay with extent 1, so that the result broadcasts against x;
 * without, they go.  Sums are pairwise over blocks in a fixed order: the result does not depend on
 * the number of threads, and its rounding error grows with the logarithm of the number of terms. */
#ifndef RILL_OPS_REDUCE_H
#define RILL_OPS_REDUCE_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A list of axes from an array; a count of -1 stands for all axes. */
rill_axes rill_axes_make(int64_t count, const int64_t *axes);

/* RILL_AXES(0, -1) are the first and the last. */
#ifdef __cplusplus
extern "C++" {
template <typename... Axes> inline rill_axes rill_axes_from(Axes... axes)
{
    const int64_t list[] = { static_cast<int64_t>(axes)... };
    return rill_axes_make(static_cast<int64_t>(sizeof...(axes)), list);
}
}
#define RILL_AXES(...) rill_axes_from(__VA_ARGS__)
#define RILL_ALL_AXES  rill_axes_make(-1, nullptr)
#else
#define RILL_AXES(...)                                                                             \
    rill_axes_make((int64_t)(sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)),          \
                   (const int64_t[]){ __VA_ARGS__ })
#define RILL_ALL_AXES rill_axes_make(-1, NULL)
#endif

/* The sum; 0 over no elements. */
rill_tensor *rill_sum(rill_tensor *x, rill_axes axes, int keep);
rill_tensor *rill_sum_all(rill_tensor *x); /* to [] */
/* The sum of squares. */
rill_tensor *rill_sum_squares(rill_tensor *x, rill_axes axes, int keep);

/* The others need an element at least.
 * Mean, and the mean of squared deviations from it (biased: divided by the number of elements). */
rill_tensor *rill_mean(rill_tensor *x, rill_axes axes, int keep);
rill_tensor *rill_mean_all(rill_tensor *x); /* to [] */
rill_tensor *rill_var(rill_tensor *x, rill_axes axes, int keep);
/* The greatest and the least; NaN when there is one.  Where several are, they share the gradient.
 * (rill_max and rill_min compare two tensors element by element.) */
rill_tensor *rill_reduce_max(rill_tensor *x, rill_axes axes, int keep);
rill_tensor *rill_reduce_min(rill_tensor *x, rill_axes axes, int keep);
/* log sum exp(x), without overflow; -inf where all are -inf. */
rill_tensor *rill_logsumexp(rill_tensor *x, rill_axes axes, int keep);

/* The index (i32) of the first greatest element along one axis, which goes; NaN counts as greatest.
 */
rill_tensor *rill_argmax(rill_tensor *x, int axis);
/* y[i] = x[0] + ... + x[i] along one axis, of x's shape. */
rill_tensor *rill_cumsum(rill_tensor *x, int axis);

/* ---- The descriptors and their attributes, for rules that look at nodes. */
extern const rill_op rill_sum_op, rill_sum_squares_op, rill_mean_op, rill_var_op,
    rill_reduce_max_op, rill_reduce_min_op, rill_logsumexp_op, rill_argmax_op, rill_cumsum_op;

typedef struct rill_reduce_attrs { /* axes >= 0, ascending */
    rill_axes axes;
    int64_t keep;
} rill_reduce_attrs;

typedef struct rill_argmax_attrs {
    int64_t axis;
} rill_argmax_attrs;

typedef struct rill_cumsum_attrs { /* reverse: from the end, y[i] = x[i] + ... + x[n-1] */
    int64_t axis, reverse;
} rill_cumsum_attrs;

#ifdef __cplusplus
}
#endif
#endif
