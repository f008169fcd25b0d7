#include "integrate.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

/* Memory for one step: the point of a stage and the velocity of each. */
typedef struct workspace {
    const rill_ode *ode;
    const rill_solver *solver;
    void *point;
    void *k[RILL_SOLVER_MAX_STAGES];
} workspace;

/* x += c k, c rounded to the dtype first, as a graph's constant is. */
static void add_scaled(rill_dtype dtype, int64_t count, double c, const void *k, void *x)
{
    if (dtype == RILL_F64) {
        const double *from = k;
        double *to = x;
        for (int64_t i = 0; i < count; i++)
            to[i] = to[i] + from[i] * c;
        return;
    }
    const float *from = k;
    float *to = x, rounded = (float)c;
    for (int64_t i = 0; i < count; i++)
        to[i] = to[i] + from[i] * rounded;
}

/* x += h sum_j weight(j) k_j over the first n stages. */
static void advance(const workspace *w, int n, const double *weight, double h, void *x)
{
    for (int j = 0; j < n; j++)
        if (weight[j] != 0.0)
            add_scaled(w->ode->dtype, w->ode->count, h * weight[j], w->k[j], x);
}

/* The velocity of stage i at w->point; of the only stage of a solver, over the whole step. */
static rill_status evaluate(const workspace *w, int i, double t, double until)
{
    const rill_ode *ode = w->ode;
    if (ode->average && w->solver->stages == 1 && until > t)
        return ode->average(ode->self, t, until, w->point, w->k[i]);
    return ode->velocity(ode->self, t + w->solver->c[i] * (until - t), w->point, w->k[i]);
}

static rill_status take_step(const workspace *w, double t, double until, void *x)
{
    const rill_ode *ode = w->ode;
    double h = until - t;
    size_t bytes = (size_t)ode->count * rill_dtype_size(ode->dtype);
    for (int i = 0; i < w->solver->stages; i++) {
        memcpy(w->point, x, bytes);
        advance(w, i, w->solver->a + i * (i - 1) / 2, h, w->point);
        rill_status status = evaluate(w, i, t, until);
        if (status)
            return status;
    }
    advance(w, w->solver->stages, w->solver->b, h, x);
    return RILL_OK;
}

static rill_status walk_grid(const workspace *w, const double *times, int64_t count, void *x)
{
    const rill_ode *ode = w->ode;
    rill_status status = RILL_OK;
    for (int64_t i = 0; i < count && !status; i++) {
        if (i > 0)
            status = take_step(w, times[i - 1], times[i], x);
        if (!status && ode->observe)
            status = ode->observe(ode->self, i, times[i], x);
    }
    return status;
}

static rill_status check(const rill_ode *ode, const rill_solver *solver, const double *times,
                         int64_t count, const void *x, rill_message *message)
{
    if (!ode || !ode->velocity || !solver || !times || !x)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ode: an argument is NULL");
    if (!rill_dtype_is_float(ode->dtype) || ode->count < 0 || count < 1)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "ode: expected f32 or f64, some numbers and at least one time");
    if (solver->stages < 1 || solver->stages > RILL_SOLVER_MAX_STAGES)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ode: the solver has %d stages",
                         solver->stages);
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(times[i]))
            return rill_fail(message, RILL_BAD_ARGUMENT, "ode: time %lld is not finite",
                             (long long)i);
    return RILL_OK;
}

rill_status rill_ode_integrate(const rill_ode *ode, const rill_solver *solver, const double *times,
                               int64_t count, void *x, rill_message *message)
{
    rill_status status = check(ode, solver, times, count, x, message);
    if (status)
        return status;
    size_t arrays = (size_t)solver->stages + 1, item = rill_dtype_size(ode->dtype);
    unsigned char *memory = NULL;
    if ((uint64_t)ode->count <= SIZE_MAX / item / arrays)
        memory = rill_alloc((size_t)ode->count * arrays, item);
    if (!memory)
        return rill_fail(message, RILL_NO_MEMORY, "ode: out of memory");
    workspace w = { .ode = ode, .solver = solver, .point = memory };
    for (int i = 0; i < solver->stages; i++)
        w.k[i] = memory + (size_t)(i + 1) * (size_t)ode->count * item;
    status = walk_grid(&w, times, count, x);
    if (status)
        rill_fail(message, status, "ode: a callback failed: %s", rill_status_text(status));
    rill_free(memory);
    return status;
}
