#include "integrate.h"

#include "base/alloc.h"
#include "number.h"
#include "step.h"

#include <math.h>

static rill_status tell(const rill_ode *ode, int64_t index, const void *x)
{
    const unsigned char *row = x;
    rill_status status = RILL_OK;
    if (ode->observe)
        for (int64_t r = 0; r < ode->rows && !status; r++)
            status = ode->observe(ode->self, r, index,
                                  row + (size_t)(r * ode->width) * rill_dtype_size(ode->dtype));
    return status;
}

static void set_step(const rill_stepper *s, double from, double to)
{
    for (int64_t r = 0; r < s->ode->rows; r++)
        s->from[r] = from, s->to[r] = to;
}

static rill_status walk_grid(rill_stepper *s, const double *times, int64_t count, void *x)
{
    rill_status status = tell(s->ode, 0, x);
    for (int64_t i = 1; i < count && !status; i++) {
        set_step(s, times[i - 1], times[i]);
        status = rill_step_take(s, 0, x, x);
        if (!status)
            status = tell(s->ode, i, x);
    }
    return status;
}

static rill_status integrate_grid(const rill_ode *ode, const rill_ode_options *options,
                                  const double *times, int64_t count, void *x,
                                  rill_message *message)
{
    rill_stepper s;
    unsigned char *none;
    void *memory = rill_stepper_begin(&s, ode, options->solver, 0, &none);
    if (!memory)
        return rill_fail(message, RILL_NO_MEMORY, "ode: out of memory");
    rill_status status = walk_grid(&s, times, count, x);
    if (options->counts) {
        options->counts->calls += s.calls;
        options->counts->evaluations += s.calls * ode->rows;
        options->counts->accepted += s.calls / options->solver->stages * ode->rows;
    }
    rill_free(memory);
    return status;
}

static rill_status check(const rill_ode *ode, const rill_ode_options *options, const void *x,
                         rill_message *message)
{
    const rill_solver *solver = options->solver;
    if (!ode || !ode->velocity || !x)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ode: an argument is NULL");
    if (!rill_dtype_is_float(ode->dtype) || ode->rows < 0 || ode->width < 0)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ode: expected rows of f32 or f64");
    if (solver->stages < 1 || solver->stages > RILL_SOLVER_MAX_STAGES)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ode: the solver has %d stages",
                         solver->stages);
    if (!(options->tolerance >= 0 && options->first_step >= 0) || !isfinite(options->tolerance) ||
        !isfinite(options->first_step) || options->max_steps < 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "ode: tolerance %g, first step %g and at most %lld steps: they have to be "
                         "finite and not negative",
                         options->tolerance, options->first_step, (long long)options->max_steps);
    if (options->tolerance > 0 && !rill_solver_is_adaptive(solver))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "ode: %s does not estimate its error, so it can keep no tolerance",
                         solver->name ? solver->name : "the solver");
    return RILL_OK;
}

rill_status rill_ode_integrate(const rill_ode *ode, const rill_ode_options *options,
                               const double *times, int64_t count, void *x, rill_message *message)
{
    rill_message unread;
    message = message ? message : &unread;
    message->text[0] = '\0';
    rill_ode_options o = options ? *options : (rill_ode_options){ 0 };
    o.solver = o.solver ? o.solver : rill_solver_find("euler");
    rill_status status = check(ode, &o, x, message);
    if (!status)
        status = rill_time_grid_check(times, count, message);
    if (!status)
        status = o.tolerance > 0 ? rill_ode_adapt(ode, &o, times, count, x, message)
                                 : integrate_grid(ode, &o, times, count, x, message);
    if (status && !*message->text)
        rill_fail(message, status, "ode: a callback failed: %s", rill_status_text(status));
    return status;
}
