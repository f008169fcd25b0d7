#include "unroll.h"

#include "core/grad.h"

rill_tensor *rill_normal_velocity(const rill_manifold *m, rill_tensor *x, rill_tensor *y,
                                  rill_tensor *u)
{
    return rill_jvp(rill_manifold_log(m, x, y), y, u);
}

/* A field in normal coordinates around x. */
typedef struct chart {
    const rill_manifold *manifold;
    rill_tensor *x;
    rill_field field;
} chart;

static rill_tensor *chart_at(rill_tensor *w, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const chart *c = self;
    rill_tensor *y = rill_manifold_exp(c->manifold, c->x, w);
    return rill_normal_velocity(c->manifold, c->x, y, c->field.at(y, t, cond, c->field.self));
}

rill_tensor *rill_manifold_unroll(const rill_manifold *m, rill_field field,
                                  const rill_solver *solver, const double *times, int64_t count,
                                  rill_tensor *x, rill_tensor *cond)
{
    rill_message message;
    if (!field.at)
        return rill_graph_fail(rill_graph_of(x), "manifold: there is no field");
    if (rill_time_grid_check(times, count, &message))
        return rill_graph_fail(rill_graph_of(x), "manifold: %s", message.text);
    x = rill_manifold_project(m, x);
    for (int64_t i = 1; i < count && !rill_is_inert(x); i++) {
        chart around = { m, x, field };
        rill_tensor *none = rill_full(rill_graph_of(x), rill_dtype_of(x), rill_shape_of(x), 0);
        rill_field here = { chart_at, &around };
        rill_tensor *w = rill_ode_unroll(here, solver, times + i - 1, 2, none, cond);
        x = rill_manifold_project(m, rill_manifold_exp(m, x, w));
    }
    return x;
}
