#include "guidance.h"

#include "core/grad.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"

#include <math.h>

rill_tensor *rill_condition_none(rill_tensor *cond)
{
    if (!cond || rill_is_inert(cond))
        return cond;
    double none = rill_dtype_of(cond) == RILL_I32 ? -1.0 : 0.0;
    return rill_full(rill_graph_of(cond), rill_dtype_of(cond), rill_shape_of(cond), none);
}

/* ---- Times. */

static int is_all(rill_interval times)
{
    return times.from == 0.0 && times.to == 0.0;
}

/* `guided` within the times, else `plain`. */
static rill_tensor *within(rill_interval times, rill_tensor *t, rill_tensor *guided,
                           rill_tensor *plain)
{
    if (is_all(times))
        return guided;
    t = rill_time_for("guidance", t, plain);
    rill_tensor *inside = rill_mul(rill_ge(t, rill_scalar_like(t, times.from)),
                                   rill_le(t, rill_scalar_like(t, times.to)));
    return rill_where(inside, guided, plain);
}

/* NULL, or what is wrong with the numbers. */
static const char *complaint(double weight, rill_interval times)
{
    if (!isfinite(weight))
        return "guidance: the weight is not finite";
    return is_all(times) || times.from < times.to ? NULL
                                                  : "guidance: the interval of times is empty";
}

/* ---- Away from a field. */

/* `until` as rill_field_ask has it. */
static rill_tensor *guided(const rill_guidance *g, rill_tensor *x, rill_tensor *t,
                           rill_tensor *until, rill_tensor *cond)
{
    rill_graph *graph = rill_graph_of(x);
    if (!g || !g->field.at)
        return rill_graph_fail(graph, "guidance: there is no field");
    if (complaint(g->weight, g->times))
        return rill_graph_fail(graph, "%s", complaint(g->weight, g->times));
    if (!g->guide.at && !cond)
        return rill_graph_fail(graph, "guidance: there is neither a condition nor a guide");
    rill_tensor *towards = rill_field_ask(g->field, x, t, until, cond);
    rill_tensor *away = g->guide.at
                            ? rill_field_ask(g->guide, x, t, until, cond)
                            : rill_field_ask(g->field, x, t, until, rill_condition_none(cond));
    rill_tensor *led = rill_add(rill_scale(away, 1.0 - g->weight), rill_scale(towards, g->weight));
    return within(g->times, t, led, towards);
}

static rill_tensor *guided_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    return guided(self, x, t, NULL, cond);
}

static rill_tensor *guided_average(rill_tensor *x, rill_tensor *t, rill_tensor *until,
                                   rill_tensor *cond, const void *self)
{
    return guided(self, x, t, until, cond);
}

rill_field rill_guided_field(const rill_guidance *guidance)
{
    int averages =
        guidance && guidance->field.average && (!guidance->guide.at || guidance->guide.average);
    return (rill_field){ guided_at, guidance, averages ? guided_average : NULL };
}

/* ---- Down an energy. */

/* dE/dx, of x's shape.  Rows are independent, so that the gradient of the sum holds that of each.
 */
static rill_tensor *slope(const rill_energy_guidance *g, rill_tensor *x, rill_tensor *t,
                          rill_tensor *cond, rill_tensor *v)
{
    rill_graph *graph = rill_graph_of(x);
    rill_tensor *where =
        g->of_data ? rill_convert(&g->conversion, x, t, v, RILL_VELOCITY, RILL_DATA) : x;
    rill_tensor *energy = g->energy.at(where, t, cond, g->energy.self), *gradient;
    if (!energy || rill_is_inert(energy))
        return rill_graph_fail(graph, "guidance: the energy failed");
    if (rill_count(energy) != rill_dim(x, 0))
        return rill_graph_fail(graph, "guidance: %lld energies for %lld rows",
                               (long long)rill_count(energy), (long long)rill_dim(x, 0));
    rill_grad(rill_sum_all(energy), &x, 1, &gradient);
    return gradient;
}

static rill_tensor *energy_guided_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                     const void *self)
{
    const rill_energy_guidance *g = self;
    rill_graph *graph = rill_graph_of(x);
    if (!g || !g->field.at || !g->energy.at)
        return rill_graph_fail(graph, "guidance: there is no field or no energy");
    if (complaint(g->weight, g->times))
        return rill_graph_fail(graph, "%s", complaint(g->weight, g->times));
    rill_tensor *off = rill_conversion_clip(&g->conversion, t, RILL_SCORE, RILL_VELOCITY);
    rill_tensor *v = g->field.at(x, off, cond, g->field.self);
    rill_tensor *push = rill_scale(slope(g, x, off, cond, v), -g->weight);
    /* Velocity is affine in the score: at x = 0 what is left is b times it. */
    rill_tensor *origin = rill_full(graph, rill_dtype_of(x), rill_shape_of(x), 0.0);
    rill_tensor *turn = rill_convert(&g->conversion, origin, off, push, RILL_SCORE, RILL_VELOCITY);
    return within(g->times, t, rill_add(v, turn), v);
}

rill_field rill_energy_guided_field(const rill_energy_guidance *guidance)
{
    return (rill_field){ energy_guided_at, guidance };
}
