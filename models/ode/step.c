#include "step.h"

#include "base/alloc.h"

#include <string.h>

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

static size_t row_bytes(const rill_ode *ode)
{
    return (size_t)ode->width * rill_dtype_size(ode->dtype);
}

/* The first row after r whose step is not as long as that of r. */
static int64_t next_step(const rill_stepper *s, int64_t r)
{
    double h = s->to[r] - s->from[r];
    do
        r++;
    while (r < s->ode->rows && s->to[r] - s->from[r] == h);
    return r;
}

void rill_step_advance(const rill_stepper *s, int n, const double *weight, void *x)
{
    size_t row = row_bytes(s->ode);
    for (int64_t r = 0, next; n > 0 && r < s->ode->rows; r = next) {
        next = next_step(s, r);
        for (int j = 0; j < n; j++)
            if (weight[j] != 0.0)
                add_scaled(s->ode->dtype, (next - r) * s->ode->width,
                           (s->to[r] - s->from[r]) * weight[j], s->k[j] + (size_t)r * row,
                           (unsigned char *)x + (size_t)r * row);
    }
}

rill_status rill_step_velocity(rill_stepper *s, double c, const void *x, int i)
{
    for (int64_t r = 0; r < s->ode->rows; r++)
        s->when[r] = rill_stage_time(c, s->from[r], s->to[r]);
    s->calls++;
    return s->ode->velocity(s->ode->self, s->when, x, s->k[i]);
}

/* The velocity of stage i at the point; of the only stage of a solver, over the whole step. */
static rill_status take_stage(rill_stepper *s, int i)
{
    const rill_ode *ode = s->ode;
    if (!ode->average || s->solver->stages > 1 || ode->rows == 0 || s->to[0] <= s->from[0])
        return rill_step_velocity(s, s->solver->c[i], s->point, i);
    s->calls++;
    return ode->average(ode->self, s->from, s->to, s->point, s->k[i]);
}

rill_status rill_step_take(rill_stepper *s, int known, const void *x, void *next)
{
    size_t bytes = (size_t)s->ode->rows * row_bytes(s->ode);
    for (int i = known; i < s->solver->stages; i++) {
        memcpy(s->point, x, bytes);
        rill_step_advance(s, i, s->solver->a + i * (i - 1) / 2, s->point);
        rill_status status = take_stage(s, i);
        if (status)
            return status;
    }
    if (next != x)
        memcpy(next, x, bytes);
    rill_step_advance(s, s->solver->stages, s->solver->b, next);
    return RILL_OK;
}

void *rill_stepper_begin(rill_stepper *s, const rill_ode *ode, const rill_solver *solver, int extra,
                         unsigned char **rest)
{
    size_t arrays = (size_t)solver->stages + 2 + (size_t)extra, row = row_bytes(ode);
    size_t bytes = arrays * row + 3 * sizeof(double), rows = (size_t)ode->rows;
    if ((uint64_t)ode->width > SIZE_MAX / sizeof(double) / (arrays + 3))
        return NULL;
    unsigned char *memory = rill_alloc(rows, bytes);
    if (!memory)
        return NULL;
    *s = (rill_stepper){ .ode = ode, .solver = solver, .from = (double *)memory };
    s->to = s->from + rows;
    s->when = s->to + rows;
    s->point = (unsigned char *)(s->when + rows);
    for (int i = 0; i <= solver->stages; i++)
        s->k[i] = s->point + (size_t)(i + 1) * rows * row;
    *rest = s->k[solver->stages] + rows * row;
    return memory;
}
