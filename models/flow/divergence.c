#include "divergence.h"

#include "base/alloc.h"
#include "core/grad.h"
#include "models/nets/net.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"

/* The inert tensor unless u can be a field at x, or else NULL. */
static rill_tensor *refused(rill_tensor *u, rill_tensor *x)
{
    char field[RILL_SHAPE_TEXT], point[RILL_SHAPE_TEXT];
    rill_shape at = rill_shape_of(x), of = rill_shape_of(u);
    if (rill_is_inert(x))
        return rill_graph_fail(rill_graph_of(u), "divergence: there is no x");
    if (rill_is_inert(u))
        return rill_graph_fail(rill_graph_of(x), "divergence: there is no field");
    if (at.rank >= 2 && rill_shape_equal(&at, &of) && rill_dtype_is_float(rill_dtype_of(x)))
        return NULL;
    return rill_graph_fail(rill_graph_of(x),
                           "divergence: expected a field and x [batch, ...] of one shape, f32 or "
                           "f64, not %s at %s",
                           rill_shape_print(&of, field, sizeof field),
                           rill_shape_print(&at, point, sizeof point));
}

rill_tensor *rill_axis_like(rill_tensor *x, int64_t i)
{
    rill_shape shape = rill_shape_of(x);
    int64_t width = rill_dim(rill_net_rows(x), 1);
    if (shape.rank < 2 || i < 0 || i >= width)
        return rill_graph_fail(rill_graph_of(x), "divergence: there is no axis %lld of %lld",
                               (long long)i, (long long)width);
    rill_tensor *place = rill_iota(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(1, width), 1);
    rill_tensor *axis = rill_eq(place, rill_scalar_like(x, (double)i));
    shape.dim[0] = 1;
    return rill_broadcast(rill_reshape(axis, shape), rill_shape_of(x));
}

rill_tensor *rill_divergence_along(rill_tensor *u, rill_tensor *x, rill_tensor *d)
{
    rill_tensor *none = refused(u, x);
    if (none)
        return none;
    rill_tensor *product = rill_mul(d, rill_jvp(u, x, d));
    return rill_sum(rill_net_rows(product), RILL_AXES(-1), 0);
}

rill_tensor *rill_divergence(rill_tensor *u, rill_tensor *x)
{
    rill_tensor *sum = refused(u, x);
    if (sum)
        return sum;
    sum = rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0)), 0);
    for (int64_t i = 0; i < rill_dim(rill_net_rows(x), 1) && !rill_is_inert(sum); i++)
        sum = rill_add(sum, rill_divergence_along(u, x, rill_axis_like(x, i)));
    return sum;
}

rill_tensor *rill_probe_draw(rill_tensor *x, rill_probe_law law)
{
    rill_graph *g = rill_graph_of(x);
    if (law == RILL_GAUSSIAN)
        return rill_normal(g, rill_dtype_of(x), rill_shape_of(x));
    if (law != RILL_RADEMACHER)
        return rill_graph_fail(g, "divergence: there is no law %d of probes", (int)law);
    rill_tensor *u = rill_uniform(g, rill_dtype_of(x), rill_shape_of(x));
    return rill_shift(rill_scale(rill_ge(u, rill_scalar_like(u, .5)), 2), -1);
}

rill_estimate rill_estimate_of(rill_tensor *values)
{
    int64_t n = rill_dim(values, 1);
    rill_estimate estimate = { rill_mean(values, RILL_AXES(1), 0), NULL };
    if (n > 1)
        estimate.standard_error =
            rill_sqrt(rill_scale(rill_var(values, RILL_AXES(1), 0), 1.0 / (double)(n - 1)));
    return estimate;
}

rill_tensor *rill_divergence_samples(rill_tensor *u, rill_tensor *x, rill_tensor *const *probes,
                                     int64_t n)
{
    rill_graph *g = rill_graph_of(x);
    if (!probes || n < 1 || n > RILL_MAX_PROBES)
        return rill_graph_fail(g, "divergence: expected 1 to %d probes", RILL_MAX_PROBES);
    rill_tensor **along = rill_alloc((size_t)n, sizeof *along);
    if (!along)
        return rill_graph_fail(g, "divergence: out of memory");
    for (int64_t i = 0; i < n; i++)
        along[i] = rill_divergence_along(u, x, probes[i]);
    rill_tensor *values = rill_stack(along, (int)n, 1);
    rill_free(along);
    return values;
}

rill_estimate rill_divergence_by_probes(rill_tensor *u, rill_tensor *x, rill_tensor *const *probes,
                                        int64_t n)
{
    return rill_estimate_of(rill_divergence_samples(u, x, probes, n));
}
