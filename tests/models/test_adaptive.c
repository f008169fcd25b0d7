/* test_adaptive.c - steps chosen by their error: how far off they end, what they cost, and that
 * rows do not know of each other. */
#include "base/alloc.h"
#include "models/flow/mixture.h"
#include "models/ode/integrate.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, MOST_TIMES = 33 };

/* ---- Fields, with where they lead. */

typedef struct field {
    const char *name;
    int width;
    double from, to;
    void (*velocity)(double t, const double *x, double *dxdt);
    void (*exact)(double from, double to, const double *start, double *x);
} field;

static void growth(double t, const double *x, double *dxdt)
{
    *dxdt = *x * cos(t);
}

static void grown(double from, double to, const double *start, double *x)
{
    *x = *start * exp(sin(to) - sin(from));
}

static void bend(double t, const double *x, double *dxdt)
{
    *dxdt = (1 + *x * *x / 9) * cos(t);
}

static void bent(double from, double to, const double *start, double *x)
{
    *x = 3 * tan((sin(to) - sin(from)) / 3 + atan(*start / 3));
}

static void turn(double t, const double *x, double *dxdt)
{
    dxdt[0] = -20 * t * x[1];
    dxdt[1] = 20 * t * x[0];
}

static void turned(double from, double to, const double *start, double *x)
{
    double angle = 10 * (to * to - from * from);
    x[0] = cos(angle) * start[0] - sin(angle) * start[1];
    x[1] = sin(angle) * start[0] + cos(angle) * start[1];
}

/* N(0,1) to two modes: in one dimension F_t(x) stays what it was. */
static const rill_mixture noise = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, (double[]){ 1 } };
static const rill_mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                                    (double[]){ .3, .3 } };

static void two_modes(double t, const double *x, double *dxdt)
{
    rill_mixture_field at;
    rill_mixture_field_at(&noise, &modes, rill_mixing_linear(t), x, &at, NULL);
    *dxdt = at.velocity[0];
}

/* The share of mass below x at t. */
static double below(double t, double x)
{
    double sd = sqrt((1 - t) * (1 - t) + .09 * t * t);
    return (erfc((-2 * t - x) / sd / M_SQRT2) + erfc((2 * t - x) / sd / M_SQRT2)) / 4;
}

static void carried(double from, double to, const double *start, double *x)
{
    double low = -9, high = 9, share = below(from, *start);
    for (int i = 0; i < 70; i++) {
        double middle = (low + high) / 2;
        if (below(to, middle) < share)
            low = middle;
        else
            high = middle;
    }
    *x = (low + high) / 2;
}

static const field fields[] = {
    { "growth", 1, .3, 2.3, growth, grown },
    { "growth, back", 1, 2.3, .3, growth, grown },
    { "bend", 1, .3, 1.4, bend, bent },
    { "bend, back", 1, 1.4, .3, bend, bent },
    { "turn", 2, -.5, 1, turn, turned },
    { "two modes", 1, 0, 1, two_modes, carried },
    { "two modes, late", 1, .5, 1, two_modes, carried },
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* ---- Many rows along one of them. */

typedef struct journey {
    const field *f;
    int rows, calls, told[ROWS];
    double told_x[MOST_TIMES][ROWS * 2];
} journey;

static rill_status velocity(void *self, const double *t, const void *x, void *dxdt)
{
    journey *j = self;
    j->calls++;
    for (int r = 0; r < j->rows; r++) {
        double low = fmin(j->f->from, j->f->to), high = fmax(j->f->from, j->f->to);
        ck_assert_msg(t[r] >= low && t[r] <= high, "%s: asked at %.17g", j->f->name, t[r]);
        j->f->velocity(t[r], (const double *)x + r * j->f->width, (double *)dxdt + r * j->f->width);
    }
    return RILL_OK;
}

static rill_status record(void *self, int64_t row, int64_t index, const void *x)
{
    journey *j = self;
    ck_assert_int_eq(j->told[row], index);
    j->told[row]++;
    memcpy(j->told_x[index] + row * j->f->width, x, (size_t)j->f->width * sizeof(double));
    return RILL_OK;
}

/* Quantiles of N(0,1) pushed to the field's start, 1 where a field has two columns. */
static void start(const field *f, int rows, double *x)
{
    for (int r = 0; r < rows; r++) {
        double share = -1.5 + 3 * (r + .5) / rows;
        x[r * f->width] = share;
        x[(r + 1) * f->width - 1] = f->width > 1 ? 1 : share;
        if (f->velocity == two_modes)
            carried(0, f->from, &share, x + r);
    }
}

static rill_ode_counts run(journey *j, const char *solver, double tolerance, const double *times,
                           int count, double *x)
{
    rill_ode_counts counts = { 0 };
    rill_message message = { "" };
    rill_ode ode = { RILL_F64, j->rows, j->f->width, velocity, record, j };
    rill_ode_options options = { .solver = rill_solver_find(solver),
                                 .tolerance = tolerance,
                                 .counts = &counts };
    ck_assert_msg(rill_ode_integrate(&ode, &options, times, count, x, &message) == RILL_OK,
                  "%s: %s", j->f->name, message.text);
    return counts;
}

static const char *const solvers[] = { "dopri5", "tsit5" };

START_TEST(error_is_of_the_tolerance)
{
    const field *f = &fields[_i / 2];
    for (double tolerance = 1e-2; tolerance > 5e-11; tolerance /= 10) {
        static journey j;
        double times[] = { f->from, f->to }, x[ROWS * 2], x0[ROWS * 2], wanted[2], sum = 0;
        j = (journey){ .f = f, .rows = ROWS };
        start(f, ROWS, x0);
        memcpy(x, x0, sizeof x);
        rill_ode_counts c = run(&j, solvers[_i % 2], tolerance, times, 2, x);
        for (int i = 0; i < ROWS; i++) {
            f->exact(f->from, f->to, x0 + i * f->width, wanted);
            for (int k = 0; k < f->width; k++) {
                double error = fabs(x[i * f->width + k] - wanted[k]) / (1 + fabs(wanted[k]));
                sum += error * error / (ROWS * f->width);
            }
        }
        ck_assert_msg(sqrt(sum) <= 10 * tolerance, "%s along %s at %g: %.3g", solvers[_i % 2],
                      f->name, tolerance, sqrt(sum));
        ck_assert_int_eq(c.calls, j.calls);
    }
}
END_TEST

/* Each row as if it were the only one, to the last bit; evaluations are those that it took. */
START_TEST(rows_do_not_know_of_each_other)
{
    const field *f = &fields[_i];
    static journey together, alone;
    double times[9], x0[ROWS * 2], x[ROWS * 2];
    rill_ode_counts sum = { 0 };
    together = (journey){ .f = f, .rows = ROWS };
    rill_time_grid(f->from, f->to, 8, times, NULL);
    start(f, ROWS, x0);
    memcpy(x, x0, sizeof x);
    rill_ode_counts counts = run(&together, "dopri5", 1e-5, times, 9, x);
    for (int r = 0; r < ROWS; r++) {
        alone = (journey){ .f = f, .rows = 1 };
        double *own = x0 + r * f->width;
        size_t bytes = (size_t)f->width * sizeof *own;
        rill_ode_counts c = run(&alone, "dopri5", 1e-5, times, 9, own);
        ck_assert_mem_eq(own, x + r * f->width, bytes);
        for (int i = 0; i < 9; i++)
            ck_assert_mem_eq(alone.told_x[i], together.told_x[i] + r * f->width, bytes);
        ck_assert_int_eq(c.calls, alone.calls);
        ck_assert_int_eq(c.evaluations, alone.calls);
        ck_assert_int_eq(c.calls, 2 + 6 * (c.accepted + c.rejected));
        sum.evaluations += c.evaluations, sum.accepted += c.accepted, sum.rejected += c.rejected;
    }
    ck_assert_int_eq(counts.evaluations, sum.evaluations);
    ck_assert_int_eq(counts.accepted, sum.accepted);
    ck_assert_int_eq(counts.rejected, sum.rejected);
    ck_assert(sum.rejected > 0 || f->velocity == bend); /* what they cost is in the sums above */
}
END_TEST

/* Told at uneven times, of which steps know nothing: as near as the ends of steps are, but for an
 * interpolant of order 4, and the worst row instead of their mean. */
START_TEST(times_within_a_step_are_interpolated)
{
    const field *f = &fields[_i / 2];
    static journey j;
    double times[MOST_TIMES], x[ROWS * 2], x0[ROWS * 2], wanted[2], worst = 0;
    j = (journey){ .f = f, .rows = ROWS };
    rill_time_grid(0, 1, MOST_TIMES - 1, times, NULL);
    for (int k = 0; k < MOST_TIMES; k++)
        times[k] = k + 1 < MOST_TIMES ? f->from + (f->to - f->from) * pow(times[k], 1.3) : f->to;
    start(f, ROWS, x0);
    memcpy(x, x0, sizeof x);
    rill_ode_counts c = run(&j, solvers[_i % 2], 1e-6, times, MOST_TIMES, x);
    for (int k = 0; k < MOST_TIMES; k++)
        for (int i = 0; i < ROWS; i++) {
            f->exact(f->from, times[k], x0 + i * f->width, wanted);
            for (int n = 0; n < f->width; n++)
                worst = fmax(worst, fabs(j.told_x[k][i * f->width + n] - wanted[n]) /
                                        (1 + fabs(wanted[n])));
        }
    ck_assert_msg(worst <= 1e-4, "%s along %s: %.3g", solvers[_i % 2], f->name, worst);
    ck_assert_int_lt(c.accepted, ROWS * 2 * (MOST_TIMES - 1)); /* some times are within a step */
}
END_TEST

/* On the way back the estimate of a row often vanishes by chance: where that was believed, a row
 * would be hundreds of tolerances off, and some dozens of rows dozens in the mean. */
START_TEST(an_estimate_that_vanishes_is_not_believed)
{
    enum { MANY = 400 };
    static const field back = { "two modes, back", 1, 1, 0, two_modes, carried };
    static double x0[MANY], x[MANY], wanted[MANY];
    static journey j;
    int rows = _i / 2 ? MANY : ROWS;
    j = (journey){ .f = &back, .rows = rows };
    start(&back, rows, x0);
    for (int i = 0; i < rows; i++)
        carried(1, 0, x0 + i, wanted + i);
    rill_ode ode = { RILL_F64, rows, 1, velocity, NULL, &j };
    for (double tolerance = 1e-3; tolerance > 5e-9; tolerance /= 10) {
        double times[] = { 1, 0 }, sum = 0, worst = 0;
        rill_ode_options options = { .solver = rill_solver_find(solvers[_i % 2]),
                                     .tolerance = tolerance };
        memcpy(x, x0, sizeof x);
        ck_assert_int_eq(rill_ode_integrate(&ode, &options, times, 2, x, NULL), RILL_OK);
        for (int i = 0; i < rows; i++) {
            double error = fabs(x[i] - wanted[i]) / (1 + fabs(wanted[i]));
            sum += error * error / rows;
            worst = fmax(worst, error);
        }
        ck_assert_msg(sqrt(sum) <= 5 * tolerance && worst <= 30 * tolerance,
                      "%s, %d rows at %g: %.3g, at most %.3g", solvers[_i % 2], rows, tolerance,
                      sqrt(sum), worst);
    }
}
END_TEST

/* ---- What stops it. */

typedef struct stop {
    double after; /* this time the velocity is `value`, before it 1 */
    double value;
    rill_status status;
} stop;

static rill_status stopping(void *self, const double *t, const void *x, void *dxdt)
{
    const stop *s = self;
    (void)x;
    *(double *)dxdt = *t > s->after ? s->value : 1;
    return *t > s->after ? s->status : RILL_OK;
}

static rill_status try(stop s, rill_ode_options options, rill_message *message)
{
    double times[] = { 0, 1 }, x = 0;
    rill_ode ode = { RILL_F64, 1, 1, stopping, NULL, &s };
    options.solver = options.solver ? options.solver : rill_solver_find("dopri5");
    return rill_ode_integrate(&ode, &options, times, 2, &x, message);
}

START_TEST(what_stops_it_is_said)
{
    rill_message m;
    stop never = { 2, 1, RILL_OK }, nan_late = { .5, (double)NAN, RILL_OK };
    stop infinite = { .5, (double)INFINITY, RILL_OK }, fails = { .5, 1, RILL_INTERRUPTED };
    rill_ode_options good = { .tolerance = 1e-5 }, few = { .tolerance = 1e-5, .max_steps = 3 };
    rill_ode_options fixed = { .solver = rill_solver_find("rk4"), .tolerance = 1e-5 };
    rill_ode_options negative = { .tolerance = -1 }, none = { .tolerance = (double)NAN };
    rill_ode_options backward = { .tolerance = 1e-5, .first_step = -1 };
    ck_assert_int_eq(try(never, good, &m), RILL_OK);
    ck_assert_int_eq(try(nan_late, good, &m), RILL_NOT_FINITE);
    ck_assert_msg(strstr(m.text, "t = 0.5 keeps the tolerance 1e-05"), "%s", m.text);
    ck_assert_int_eq(try(infinite, good, &m), RILL_NOT_FINITE);
    ck_assert_int_eq(try(fails, good, &m), RILL_INTERRUPTED);
    ck_assert_int_eq(try(nan_late, few, &m), RILL_NOT_FINITE);
    ck_assert_msg(strstr(m.text, "after 3 steps"), "%s", m.text);
    ck_assert_int_eq(try(never, fixed, &m), RILL_BAD_ARGUMENT);
    ck_assert_msg(strstr(m.text, "rk4 does not estimate its error"), "%s", m.text);
    ck_assert_int_eq(try(never, negative, &m), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(try(never, none, &m), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(try(never, backward, NULL), RILL_BAD_ARGUMENT);
}
END_TEST

START_TEST(no_memory_is_a_clean_error)
{
    stop never = { 2, 1, RILL_OK };
    for (int i = 1; i <= 3; i++) {
        rill_alloc_fail(i, 0);
        rill_status status = try(never, (rill_ode_options){ .tolerance = 1e-5 }, NULL);
        rill_alloc_fail(0, 0);
        ck_assert_int_eq(status, RILL_NO_MEMORY);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adaptive");
    TCase *cases = tcase_create("steps");
    tcase_add_loop_test(cases, error_is_of_the_tolerance, 0, 2 * FIELDS);
    tcase_add_loop_test(cases, times_within_a_step_are_interpolated, 0, 2 * FIELDS);
    tcase_add_loop_test(cases, rows_do_not_know_of_each_other, 0, FIELDS);
    tcase_add_loop_test(cases, an_estimate_that_vanishes_is_not_believed, 0, 4);
    tcase_add_test(cases, what_stops_it_is_said);
    tcase_add_test(cases, no_memory_is_a_clean_error);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
