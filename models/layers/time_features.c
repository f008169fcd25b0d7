#include "time_features.h"

#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/shape.h"

#include <math.h>

/* The angles 2 pi k t, [B,n]. */
static rill_tensor *angles(rill_tensor *t, int64_t n)
{
    rill_tensor *k = rill_iota(rill_graph_of(t), rill_dtype_of(t), RILL_SHAPE(1, n), 1);
    return rill_mul(t, rill_scale(rill_shift(k, 1.0), 2.0 * M_PI));
}

rill_tensor *rill_time_features(rill_tensor *t, int64_t n)
{
    if (n < 0 || rill_rank(t) != 2 || rill_dim(t, 1) != 1)
        return rill_graph_fail(rill_graph_of(t), "time features: expected t [B,1] and n >= 0");
    if (n == 0)
        return t;
    rill_tensor *angle = angles(t, n);
    return rill_concat_array((rill_tensor *[]){ t, rill_sin(angle), rill_cos(angle) }, 3, -1);
}
