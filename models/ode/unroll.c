#include "unroll.h"

#include "ops/elementwise.h"
#include "step.h"

/* x + h sum_j weight(j) k_j over the first n stages, added one after the other. */
static rill_tensor *advance(rill_tensor *x, rill_tensor *const *k, int n, const double *weight,
                            double h)
{
    for (int j = 0; j < n; j++)
        if (weight[j] != 0.0)
            x = rill_add(x, rill_scale(k[j], h * weight[j]));
    return x;
}

static rill_tensor *everywhere(rill_tensor *x, double t)
{
    return rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0), 1), t);
}

/* The velocity of stage i at x; of the only stage of a solver, over the whole step. */
static rill_tensor *evaluate(rill_field field, const rill_solver *solver, int i, double t,
                             double until, rill_tensor *x, rill_tensor *cond)
{
    if (field.average && solver->stages == 1 && until > t)
        return field.average(x, everywhere(x, t), everywhere(x, until), cond, field.self);
    return field.at(x, everywhere(x, rill_stage_time(solver->c[i], t, until)), cond, field.self);
}

static rill_tensor *take_step(rill_field field, const rill_solver *solver, double t, double until,
                              rill_tensor *x, rill_tensor *cond)
{
    double h = until - t;
    rill_tensor *k[RILL_SOLVER_MAX_STAGES];
    for (int i = 0; i < solver->stages; i++) {
        rill_tensor *point = advance(x, k, i, solver->a + i * (i - 1) / 2, h);
        k[i] = evaluate(field, solver, i, t, until, point, cond);
    }
    return advance(x, k, solver->stages, solver->b, h);
}

rill_tensor *rill_ode_unroll(rill_field field, const rill_solver *solver, const double *times,
                             int64_t count, rill_tensor *x, rill_tensor *cond)
{
    rill_graph *g = rill_graph_of(x);
    if (!field.at || !solver || solver->stages < 1 || solver->stages > RILL_SOLVER_MAX_STAGES)
        return rill_graph_fail(g, "ode: there is no field or no solver");
    if (rill_rank(x) < 1 || !rill_dtype_is_float(rill_dtype_of(x)))
        return rill_graph_fail(g, "ode: expected x [batch, ...], f32 or f64");
    rill_message message;
    if (rill_time_grid_check(times, count, &message))
        return rill_graph_fail(g, "ode: %s", message.text);
    for (int64_t i = 1; i < count && !rill_is_inert(x); i++)
        x = take_step(field, solver, times[i - 1], times[i], x, cond);
    return x;
}
