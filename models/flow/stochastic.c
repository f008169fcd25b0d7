/* The equation as a field, and its steps as nodes. */
#include "stochastic.h"

#include "base/alloc.h"
#include "models/ode/unroll.h"
#include "ops/elementwise.h"
#include "ops/random.h"
#include "stochastic_step.h"

#include <math.h>

static rill_tensor *score_at(const rill_stochastic *s, rill_tensor *x, rill_tensor *t,
                             rill_tensor *cond, rill_tensor *u)
{
    if (s->score.at)
        return s->score.at(x, t, cond, s->score.self);
    return rill_convert(&s->conversion, x, t, u, RILL_VELOCITY, RILL_SCORE);
}

static rill_tensor *drift_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const rill_stochastic *s = self;
    if (!s || !s->field.at || !s->level || !s->level->at)
        return rill_graph_fail(rill_graph_of(x), "stochastic: there is no field or no level");
    rill_tensor *u = s->field.at(x, t, cond, s->field.self);
    rill_tensor *score = score_at(s, x, t, cond, u);
    rill_tensor *e = s->level->at(rill_time_for("stochastic", t, x), s->level->self);
    return rill_add(u, rill_mul(rill_scale(rill_square(e), 0.5), score));
}

rill_field rill_stochastic_drift(const rill_stochastic *stochastic)
{
    return (rill_field){ drift_at, stochastic };
}

rill_status rill_stochastic_factors(const rill_noise_level *level, const double *times,
                                    int64_t count, double *factors, rill_message *message)
{
    for (int64_t i = 0; times && i + 1 < count; i++)
        if (!(times[i] < times[i + 1]))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "stochastic: times have to ascend, and %lld is %g after %g",
                             (long long)i + 1, times[i + 1], times[i]);
    rill_status status = rill_noise_level_values(level, times, count, factors, message);
    for (int64_t i = 0; i + 1 < count && !status; i++) {
        double square = (factors[i] * factors[i] + factors[i + 1] * factors[i + 1]) / 2.0;
        factors[i] = sqrt(square / (times[i + 1] - times[i]));
    }
    return status;
}

/* ---- Unrolled. */

/* The drift within one step. */
typedef struct step {
    const rill_stochastic *stochastic;
    rill_tensor *noise; /* z */
    double factor;
} step;

static rill_tensor *step_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const step *s = self;
    rill_tensor *drift = drift_at(x, t, cond, s->stochastic);
    return rill_add(drift, rill_scale(s->noise, s->factor));
}

static rill_tensor *unroll(const rill_stochastic *stochastic, const rill_solver *solver,
                           const double *times, int64_t count, const double *factors,
                           rill_tensor *x, rill_tensor *cond, rill_tensor *const *noise)
{
    rill_graph *g = rill_graph_of(x);
    for (int64_t i = 0; i + 1 < count && !rill_is_inert(x); i++) {
        rill_tensor *z = noise ? noise[i] : rill_normal(g, rill_dtype_of(x), rill_shape_of(x));
        step s = { stochastic, z, factors[i] };
        x = rill_ode_unroll((rill_field){ step_at, &s }, solver, times + i, 2, x, cond);
    }
    return x;
}

rill_tensor *rill_stochastic_unroll(const rill_stochastic *stochastic, const rill_solver *solver,
                                    const double *times, int64_t count, rill_tensor *x,
                                    rill_tensor *cond, rill_tensor *const *noise)
{
    rill_graph *g = rill_graph_of(x);
    rill_message message = { "" };
    if (!stochastic || !times || count < 1)
        return rill_graph_fail(g, "stochastic: expected an equation and at least one time");
    double *factors = rill_alloc((size_t)count, sizeof *factors);
    if (!factors)
        return rill_graph_fail(g, "stochastic: out of memory");
    if (rill_stochastic_factors(stochastic->level, times, count, factors, &message))
        x = rill_graph_fail(g, "%s", message.text);
    rill_scope_begin(g, "stochastic");
    x = unroll(stochastic, solver, times, count, factors, x, cond, noise);
    rill_scope_end(g);
    rill_free(factors);
    return x;
}
