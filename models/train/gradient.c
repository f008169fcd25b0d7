#include "gradient.h"

#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

/* x in the given dtype; x itself when it is of that dtype already. */
static rill_tensor *in_dtype(rill_tensor *x, rill_dtype dtype)
{
    return rill_dtype_of(x) == dtype ? x : rill_cast(x, dtype);
}

/* Of many numbers row by row first: rows are summed by many threads. */
static rill_tensor *squared_norm(rill_tensor *x)
{
    enum { MANY = 1 << 14 };
    int by_rows = rill_rank(x) > 1 && rill_count(x) > MANY;
    rill_tensor *sums = rill_sum_squares(x, by_rows ? RILL_AXES(-1) : RILL_ALL_AXES, 0);
    return by_rows ? rill_sum_all(sums) : sums;
}

rill_tensor *rill_global_norm(rill_tensor *const *grads, int64_t n)
{
    if (!grads || n < 1)
        return rill_graph_fail(rill_graph_of(NULL), "global norm: there are no gradients");
    rill_dtype dtype = rill_dtype_of(grads[0]);
    /* The last first, as derivatives come: what made it need not be kept for the others. */
    rill_tensor *total = in_dtype(squared_norm(grads[n - 1]), dtype);
    for (int64_t i = n - 2; i >= 0; i--)
        total = rill_add(total, in_dtype(squared_norm(grads[i]), dtype));
    return rill_sqrt(total);
}

void rill_clip_by_global_norm(rill_tensor *const *grads, int64_t n, double limit,
                              rill_tensor **clipped)
{
    if (!grads || !clipped || n < 1)
        return;
    rill_tensor *norm = rill_global_norm(grads, n);
    rill_tensor *bound = rill_scalar_like(norm, limit);
    rill_tensor *factor = rill_div(bound, rill_max(norm, bound));
    if (!(limit > 0.0))
        factor = rill_graph_fail(rill_graph_of(norm), "clip: the limit is %g, expected > 0", limit);
    for (int64_t i = 0; i < n; i++)
        clipped[i] = rill_mul(grads[i], in_dtype(factor, rill_dtype_of(grads[i])));
}
