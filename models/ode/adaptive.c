/* adaptive.c - steps chosen for each row by its own error. */
#include "base/alloc.h"
#include "number.h"
#include "step.h"

#include <math.h>
#include <string.h>

#define SAFETY 0.9 /* of the step that would just keep the tolerance */
#define SHRINK 0.2 /* a step is at least and at most that often the one before */
#define GROW   10.0
#define DOUBT  0.005 /* see error_of */
enum { MAX_STEPS = 100000 };

/* Where a row is: it has arrived when no time of the grid is left. */
typedef struct progress {
    double step;   /* the one to try; its size */
    int64_t told;  /* times of the grid that it has passed */
    int64_t tries; /* steps tried */
    int64_t calls; /* evaluations that were needed */
    int after_reject;
} progress;

typedef struct adaptive {
    rill_stepper s;
    const rill_ode *ode;
    const rill_ode_options *options;
    const double *times;
    int64_t count;
    unsigned char *x, *next; /* [rows, width], before a step and after */
    unsigned char *between;  /* [width], at a time within */
    progress *row;           /* [rows] */
    int64_t travelling;      /* rows that have not arrived */
    rill_message *message;
} adaptive;

static double number(const adaptive *a, const unsigned char *array, int64_t r, int64_t i)
{
    return rill_number_at(a->ode->dtype, array, r * a->ode->width + i);
}

static unsigned char *row_of(const adaptive *a, unsigned char *array, int64_t r)
{
    return array + (size_t)(r * a->ode->width) * rill_dtype_size(a->ode->dtype);
}

static int has_arrived(const adaptive *a, int64_t r)
{
    return a->row[r].told == a->count;
}

static double end_of(const adaptive *a)
{
    return a->times[a->count - 1];
}

/* sum_j weight[j] k[j] at one place. */
static double combine(const adaptive *a, const double *weight, int64_t r, int64_t i)
{
    double sum = 0;
    for (int j = 0; j <= a->s.solver->stages; j++)
        if (weight[j] != 0.0)
            sum += weight[j] * number(a, a->s.k[j], r, i);
    return sum;
}

/* What an error of one tolerance is. */
static double unit(const adaptive *a, double size)
{
    return a->options->tolerance * (1 + size);
}

/* ---- The first step. */

/* The norms of x and of k[0] - by[r] k[1] in units of the tolerance. */
static void first_norms(const adaptive *a, int64_t r, double by, double *x_norm, double *k_norm)
{
    double x_sum = 0, k_sum = 0, width = fmax((double)a->ode->width, 1);
    for (int64_t i = 0; i < a->ode->width; i++) {
        double x = number(a, a->x, r, i), one = unit(a, fabs(x));
        double k = number(a, a->s.k[0], r, i);
        if (by != 0.0)
            k -= by * number(a, a->s.k[1], r, i);
        x_sum += x / one * (x / one);
        k_sum += k / one * (k / one);
    }
    *x_norm = sqrt(x_sum / width);
    *k_norm = sqrt(k_sum / width);
}

/* A step on which the velocity alone would move x by a hundredth. */
static double guess(const adaptive *a, int64_t r, double span)
{
    double x_norm, k_norm;
    first_norms(a, r, 0, &x_norm, &k_norm);
    double step = x_norm < 1e-5 || k_norm < 1e-5 ? 1e-6 : 0.01 * x_norm / k_norm;
    return isfinite(step) ? fmin(step, span) : fmin(1e-6, span);
}

/* The step on which an Euler step would err by a hundredth of the tolerance, given how the velocity
 * changes over a `trial`. */
static double refine(const adaptive *a, int64_t r, double trial)
{
    double x_norm, k_norm, change;
    first_norms(a, r, 0, &x_norm, &k_norm);
    first_norms(a, r, 1, &x_norm, &change);
    double most = fmax(k_norm, change / trial);
    double step = most <= 1e-15 ? fmax(1e-6, trial * 1e-3)
                                : pow(0.01 / most, 1.0 / (double)a->s.solver->order);
    return fmin(100 * trial, step);
}

static rill_status choose_first_steps(adaptive *a)
{
    static const double whole[] = { 1 };
    double span = end_of(a) - a->times[0];
    size_t bytes = (size_t)(a->ode->rows * a->ode->width) * rill_dtype_size(a->ode->dtype);
    for (int64_t r = 0; r < a->ode->rows; r++) {
        a->row[r].step = guess(a, r, fabs(span));
        a->s.to[r] = a->s.from[r] + copysign(a->row[r].step, span);
        a->row[r].calls++;
    }
    memcpy(a->next, a->x, bytes);
    rill_step_advance(&a->s, 1, whole, a->next);
    rill_status status = rill_step_velocity(&a->s, 1, a->next, 1);
    for (int64_t r = 0; r < a->ode->rows && !status; r++)
        a->row[r].step = refine(a, r, a->row[r].step);
    return status;
}

/* ---- One step of every row that has not arrived. */

/* The norm of h sum_j weight[j] k[j] in units of the tolerance. */
static double norm_of(const adaptive *a, int64_t r, const double *weight)
{
    double sum = 0, h = a->s.to[r] - a->s.from[r];
    for (int64_t i = 0; i < a->ode->width; i++) {
        double size = fmax(fabs(number(a, a->x, r, i)), fabs(number(a, a->next, r, i)));
        double error = h * combine(a, weight, r, i) / unit(a, size);
        sum += error * error;
    }
    return sqrt(sum / fmax((double)a->ode->width, 1));
}

/* The error of the step in units of the tolerance: at most 1 is good enough.
 *
 * The solver's own estimate may change its sign with the length of a step, and so vanish where the
 * error does not, most likely where a sample is one number.  The interpolant's term of the fourth
 * power of time, q without units, falls as h^4, and q^(p/4) as the error of a step does, h^p.  Most
 * estimates are above DOUBT times that; none is believed to be below. */
static double error_of(const adaptive *a, int64_t r)
{
    const rill_solver *solver = a->s.solver;
    double tolerance = a->options->tolerance, q = tolerance * norm_of(a, r, solver->d);
    double estimate = norm_of(a, r, solver->e);
    double least = DOUBT * pow(q, solver->order / 4.0) / tolerance;
    return least > estimate ? least : estimate; /* NaN where the estimate is */
}

/* x within the step at a share of it, into `between`. */
static void interpolate(const adaptive *a, int64_t r, double share)
{
    const rill_solver *solver = a->s.solver;
    double h = a->s.to[r] - a->s.from[r], rest = 1 - share;
    for (int64_t i = 0; i < a->ode->width; i++) {
        double x = number(a, a->x, r, i), rise = number(a, a->next, r, i) - x;
        double first = h * number(a, a->s.k[0], r, i);
        double last = h * number(a, a->s.k[solver->stages], r, i);
        double bend = 2 * rise - first - last + rest * h * combine(a, solver->d, r, i);
        x += share * (rise + rest * (first - rise + share * bend));
        rill_put_number(a->ode->dtype, a->between, i, x);
    }
}

static rill_status tell(adaptive *a, int64_t r, const void *x)
{
    int64_t index = a->row[r].told++;
    if (has_arrived(a, r))
        a->travelling--;
    return a->ode->observe ? a->ode->observe(a->ode->self, r, index, x) : RILL_OK;
}

/* The times of the grid that are within the step, its end included. */
static rill_status tell_passed(adaptive *a, int64_t r)
{
    double from = a->s.from[r], to = a->s.to[r];
    rill_status status = RILL_OK;
    while (!status && !has_arrived(a, r)) {
        double share = (a->times[a->row[r].told] - from) / (to - from);
        if (share > 1)
            break;
        if (share < 1 && a->ode->observe)
            interpolate(a, r, share);
        status = tell(a, r, share < 1 ? a->between : row_of(a, a->next, r));
    }
    return status;
}

static rill_status accept(adaptive *a, int64_t r)
{
    size_t bytes = (size_t)a->ode->width * rill_dtype_size(a->ode->dtype);
    rill_status status = tell_passed(a, r);
    memcpy(row_of(a, a->x, r), row_of(a, a->next, r), bytes);
    memcpy(row_of(a, a->s.k[0], r), row_of(a, a->s.k[a->s.solver->stages], r), bytes);
    a->s.from[r] = a->s.to[r];
    return status;
}

/* Takes the step or lets it be, and says how long the next is. */
static rill_status judge(adaptive *a, int64_t r)
{
    progress *p = &a->row[r];
    double error = error_of(a, r), size = fabs(a->s.to[r] - a->s.from[r]);
    double factor = isfinite(error) ? SAFETY * pow(error, -1.0 / (double)a->s.solver->order) : 0;
    int good = error <= 1;
    p->calls += a->s.solver->stages;
    p->tries++;
    p->step = size * fmin(fmax(factor, SHRINK), !good || p->after_reject ? 1 : GROW);
    p->after_reject = !good;
    if (a->options->counts) {
        a->options->counts->accepted += good;
        a->options->counts->rejected += !good;
    }
    return good ? accept(a, r) : RILL_OK;
}

/* Where the next step of a row ends.  The last is stretched a little rather than leave a crumb. */
static rill_status aim(adaptive *a, int64_t r)
{
    double from = a->s.from[r], rest = end_of(a) - from, step = a->row[r].step;
    int64_t most = a->options->max_steps ? a->options->max_steps : MAX_STEPS;
    if (a->row[r].tries >= most)
        return rill_fail(a->message, RILL_NOT_FINITE, "ode: row %lld is at t = %g after %lld steps",
                         (long long)r, from, (long long)most);
    a->s.to[r] = step * 1.01 >= fabs(rest) ? end_of(a) : from + copysign(step, rest);
    if (a->s.to[r] == from)
        return rill_fail(a->message, RILL_NOT_FINITE,
                         "ode: no step of row %lld at t = %g keeps the tolerance %g; is the "
                         "velocity finite there?",
                         (long long)r, from, a->options->tolerance);
    return RILL_OK;
}

static rill_status take_step(adaptive *a)
{
    rill_status status = RILL_OK;
    for (int64_t r = 0; r < a->ode->rows && !status; r++)
        if (has_arrived(a, r))
            a->s.to[r] = a->s.from[r];
        else
            status = aim(a, r);
    if (!status)
        status = rill_step_take(&a->s, 1, a->x, a->next);
    if (!status)
        status = rill_step_velocity(&a->s, 1, a->next, a->s.solver->stages);
    for (int64_t r = 0; r < a->ode->rows && !status; r++)
        if (!has_arrived(a, r))
            status = judge(a, r);
    return status;
}

static rill_status begin(adaptive *a)
{
    rill_status status = RILL_OK;
    a->travelling = a->ode->rows;
    for (int64_t r = 0; r < a->ode->rows && !status; r++) {
        a->row[r] = (progress){ .step = a->options->first_step };
        a->s.from[r] = a->s.to[r] = a->times[0];
        status = tell(a, r, row_of(a, a->x, r));
    }
    if (status || a->travelling == 0)
        return status;
    for (int64_t r = 0; r < a->ode->rows; r++)
        a->row[r].calls = 1;
    status = rill_step_velocity(&a->s, 0, a->x, 0);
    return status || a->options->first_step > 0 ? status : choose_first_steps(a);
}

static rill_status run(adaptive *a)
{
    rill_status status = begin(a);
    while (!status && a->travelling > 0)
        status = take_step(a);
    if (a->options->counts) {
        a->options->counts->calls += a->s.calls;
        for (int64_t r = 0; r < a->ode->rows; r++)
            a->options->counts->evaluations += a->row[r].calls;
    }
    return status;
}

rill_status rill_ode_adapt(const rill_ode *ode, const rill_ode_options *options,
                           const double *times, int64_t count, void *x, rill_message *message)
{
    adaptive a = {
        .ode = ode, .options = options, .times = times, .count = count, .x = x, .message = message
    };
    void *memory = rill_stepper_begin(&a.s, ode, options->solver, 1, &a.next);
    a.row = rill_alloc((size_t)ode->rows, sizeof *a.row);
    a.between = rill_alloc((size_t)ode->width, rill_dtype_size(ode->dtype));
    rill_status status = memory && a.row && a.between
                             ? run(&a)
                             : rill_fail(message, RILL_NO_MEMORY, "ode: out of memory");
    rill_free(memory);
    rill_free(a.row);
    rill_free(a.between);
    return status;
}
