#include "source.h"

#include "core/rng.h"
#include "models/nets/net.h"
#include "models/ode/number.h"
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

/* Row `row` of a stream into row i of an array, four deviates at a time as the generator does. */
static void normal_row(rill_dtype dtype, uint64_t key, uint32_t step, int64_t row, int64_t width,
                       int64_t i, void *rows)
{
    enum { PIECE = 64 };
    double normal[PIECE];
    for (int64_t first = 0; first < width; first += PIECE) {
        int64_t count = width - first < PIECE ? width - first : PIECE;
        rill_stream_normal(key, step, row, first, count, normal);
        for (int64_t j = 0; j < count; j++)
            rill_put_number(dtype, rows, i * width + first + j, normal[j]);
    }
}

void rill_normal_rows(rill_dtype dtype, uint64_t key, uint32_t step, int64_t first, int64_t count,
                      int64_t width, void *rows)
{
    for (int64_t i = 0; rows && i < count; i++)
        normal_row(dtype, key, step, first + i, width, i, rows);
}
