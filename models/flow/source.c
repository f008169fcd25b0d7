#include "source.h"

#include "models/nets/net.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

#include <math.h>

rill_tensor *rill_normal_log_density(rill_tensor *x, const void *self)
{
    double sd = self ? *(const double *)self : 1.0;
    if (!(sd > 0.0 && isfinite(sd)))
        return rill_graph_fail(rill_graph_of(x), "source: expected a sd > 0, not %g", sd);
    rill_tensor *rows = rill_net_rows(x);
    rill_tensor *square = rill_sum(rill_square(rows), RILL_AXES(-1), 0);
    double log_scale = .5 * log(2.0 * M_PI) + log(sd);
    return rill_shift(rill_scale(square, -.5 / (sd * sd)), -log_scale * (double)rill_dim(rows, 1));
}
