#include "time_features.h"

#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/shape.h"

#include <math.h>

/* The angles 2 pi k t, [B,C n]. */
static rill_tensor *angles(rill_tensor *t, int64_t n)
{
    int64_t rows = rill_dim(t, 0), times = rill_dim(t, 1);
    rill_tensor *k = rill_iota(rill_graph_of(t), rill_dtype_of(t), RILL_SHAPE(1, 1, n), 2);
    rill_tensor *each = rill_reshape(t, RILL_SHAPE(rows, times, 1));
    rill_tensor *angle = rill_mul(each, rill_scale(rill_shift(k, 1.0), 2.0 * M_PI));
    return rill_reshape(angle, RILL_SHAPE(rows, times * n));
}

rill_tensor *rill_time_features(rill_tensor *t, int64_t n)
{
    if (n < 0 || n > INT32_MAX || rill_rank(t) != 2)
        return rill_graph_fail(rill_graph_of(t), "time features: expected t [B,C] and n >= 0");
    if (n == 0)
        return t;
    rill_tensor *angle = angles(t, n);
    return rill_concat_array((rill_tensor *[]){ t, rill_sin(angle), rill_cos(angle) }, 3, -1);
}
