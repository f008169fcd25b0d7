/* test_integrate.c - the fixed-step solvers on plain arrays: their order, and closed forms of their
 * errors. */
#include "base/alloc.h"
#include "models/flow/mixture.h"
#include "models/ode/integrate.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

/* dx/dt = x cos t, x(0) = 1: x = exp(sin t).  It depends on both x and t, so that a wrong c shows.
 */
static rill_status growth(void *self, double t, const void *x, void *dxdt)
{
    (void)self;
    ((double *)dxdt)[0] = ((const double *)x)[0] * cos(t);
    return RILL_OK;
}

static double error_of(const rill_solver *solver, int steps)
{
    double times[257], x = 1;
    rill_ode ode = { .dtype = RILL_F64, .count = 1, .velocity = growth };
    ck_assert_int_eq(rill_time_grid(0, 1, steps, times, NULL), RILL_OK);
    ck_assert_int_eq(rill_ode_integrate(&ode, solver, times, steps + 1, &x, NULL), RILL_OK);
    return fabs(x - exp(sin(1)));
}

START_TEST(error_falls_with_the_order)
{
    const rill_solver *solver = rill_solver_at(_i);
    double order = log2(error_of(solver, 64) / error_of(solver, 128));
    /* The next term of the error's expansion, of relative size about 1/64, shifts the slope by
     * that. */
    ck_assert_double_eq_tol(order, solver->order, .05);
}
END_TEST

START_TEST(tableaus_are_consistent)
{
    const rill_solver *s = rill_solver_at(_i);
    double b = 0;
    for (int i = 0; i < s->stages; i++) {
        double row = 0;
        for (int j = 0; j < i; j++)
            row += s->a[i * (i - 1) / 2 + j];
        /* Sums of at most four numbers of at most one: some units of the last place. */
        ck_assert_double_eq_tol(row, s->c[i], 1e-15);
        b += s->b[i];
    }
    ck_assert_double_eq_tol(b, 1, 1e-15);
    ck_assert_ptr_eq(rill_solver_find(s->name), s);
    ck_assert_ptr_nonnull(s->doc);
}
END_TEST

/* The exact field from N(0,1) to itself: u = (C/V) x. */
static rill_status gaussian(void *self, double t, const void *x, void *dxdt)
{
    (void)self;
    double v = (1 - t) * (1 - t) + t * t, c = 2 * t - 1;
    ((double *)dxdt)[0] = c / v * ((const double *)x)[0];
    return RILL_OK;
}

START_TEST(euler_shrinks_a_gaussian_as_computed)
{
    static const struct {
        int steps;
        double sd, tolerance;
    } rows[] = {
        /* sd = prod (1 + C/(N V)); as many decimals as are published. */
        { 1, 0, 1e-15 },       { 2, .5, 1e-15 },       { 5, .7705, 5e-5 },
        { 10, .878984, 5e-7 }, { 100, .987228, 5e-7 },
    };
    double times[101], x = 1; /* the field is linear: x is the sd */
    rill_ode ode = { .dtype = RILL_F64, .count = 1, .velocity = gaussian };
    rill_time_grid(0, 1, rows[_i].steps, times, NULL);
    rill_ode_integrate(&ode, rill_solver_find("euler"), times, rows[_i].steps + 1, &x, NULL);
    ck_assert_double_eq_tol(x, rows[_i].sd, rows[_i].tolerance);
}
END_TEST

/* The exact field to two modes, for many points at once. */
enum { POINTS = 2000 };

static const rill_mixture noise = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, (double[]){ 1 } };
static const rill_mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                                    (double[]){ .3, .3 } };

static rill_status two_modes(void *self, double t, const void *x, void *dxdt)
{
    rill_mixture_field field;
    (void)self;
    for (int i = 0; i < POINTS; i++) {
        rill_mixture_field_at(&noise, &modes, rill_mixing_linear(t), (const double *)x + i, &field,
                              NULL);
        ((double *)dxdt)[i] = field.velocity[0];
    }
    return RILL_OK;
}

/* The quantile of N(0,1) at p, by bisection: slow and plain. */
static double normal_quantile(double p)
{
    double low = -9, high = 9;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (.5 * erfc(-middle / sqrt(2)) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

START_TEST(ten_steps_beat_one_as_computed)
{
    static const struct {
        int steps;
        double sd;
    } rows[] = { { 1, 0 }, { 2, 1.507 }, { 3, 1.764 }, { 5, 1.860 }, { 10, 1.938 }, { 20, 1.979 } };
    static double x[POINTS];
    double times[21], square = 0;
    for (int i = 0; i < POINTS; i++)
        x[i] = normal_quantile((i + .5) / POINTS);
    rill_ode ode = { .dtype = RILL_F64, .count = POINTS, .velocity = two_modes };
    rill_time_grid(0, 1, rows[_i].steps, times, NULL);
    rill_ode_integrate(&ode, rill_solver_find("euler"), times, rows[_i].steps + 1, x, NULL);
    for (int i = 0; i < POINTS; i++)
        square += x[i] * x[i] / POINTS;
    /* Three decimals are published, and quantiles miss that much of the variance in the tails. */
    ck_assert_double_eq_tol(sqrt(square), rows[_i].sd, 2e-3);
}
END_TEST

START_TEST(a_descending_grid_runs_backwards)
{
    double times[] = { 0, .1, .3, .35, .7, 1 }, back[6], x = 1;
    for (int i = 0; i < 6; i++)
        back[i] = times[5 - i];
    rill_ode ode = { .dtype = RILL_F64, .count = 1, .velocity = growth };
    const rill_solver *rk4 = rill_solver_find("rk4");
    rill_ode_integrate(&ode, rk4, times, 6, &x, NULL);
    rill_ode_integrate(&ode, rk4, back, 6, &x, NULL);
    /* Largest step .35: the local error of order five is about .35^5/120 = 4e-5, there and back. */
    ck_assert_double_eq_tol(x, 1, 1e-4);
}
END_TEST

typedef struct trace {
    double t[8], x[8];
    int count;
} trace;

static rill_status watched_growth(void *self, double t, const void *x, void *dxdt)
{
    (void)self;
    return growth(NULL, t, x, dxdt);
}

static rill_status record(void *self, int64_t index, double t, const void *x)
{
    trace *seen = self;
    ck_assert_int_eq(index, seen->count);
    seen->t[seen->count] = t;
    seen->x[seen->count++] = *(const double *)x;
    return index == 3 ? RILL_INTERRUPTED : RILL_OK;
}

START_TEST(the_observer_sees_each_time_and_can_stop)
{
    double times[] = { 0, .25, .5, .75, 1 }, x = 1;
    trace seen = { .count = 0 };
    rill_message message;
    rill_ode ode = { RILL_F64, 1, watched_growth, record, &seen };
    rill_status status = rill_ode_integrate(&ode, rill_solver_at(0), times, 5, &x, &message);
    ck_assert_int_eq(status, RILL_INTERRUPTED);
    ck_assert_int_eq(seen.count, 4);
    ck_assert_double_eq(seen.x[0], 1);
    ck_assert_double_eq(seen.x[1], 1.25);
    ck_assert_double_eq(seen.t[3], .75);
}
END_TEST

static rill_status f32_growth(void *self, double t, const void *x, void *dxdt)
{
    (void)self;
    ((float *)dxdt)[0] = ((const float *)x)[0] * (float)cos(t);
    return RILL_OK;
}

START_TEST(single_precision_follows_double)
{
    double times[65];
    float x = 1;
    rill_ode ode = { .dtype = RILL_F32, .count = 1, .velocity = f32_growth };
    rill_time_grid(0, 1, 64, times, NULL);
    rill_ode_integrate(&ode, rill_solver_find("rk4"), times, 65, &x, NULL);
    /* 64 steps of some roundings of 6e-8 each, on 2.3. */
    ck_assert_double_eq_tol((double)x, exp(sin(1)), 2e-5);
}
END_TEST

START_TEST(grids_are_exact_at_both_ends)
{
    double times[11];
    ck_assert_int_eq(rill_time_grid(.1, .7, 10, times, NULL), RILL_OK);
    ck_assert_double_eq(times[0], .1);
    ck_assert_double_eq(times[10], .7);
    ck_assert_int_eq(rill_time_grid(0, 1, 0, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, 1, -5, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, (double)NAN, 5, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, 1, 5, NULL, NULL), RILL_BAD_ARGUMENT);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    double times[] = { 0, 1 }, bad_times[] = { 0, (double)INFINITY }, x = 1;
    const rill_solver *euler = rill_solver_at(0);
    rill_ode good = { .dtype = RILL_F64, .count = 1, .velocity = growth };
    rill_ode integers = good, negative = good, silent = good, vast = good;
    integers.dtype = RILL_I32, negative.count = -1, silent.velocity = NULL, vast.count = INT64_MAX;
    ck_assert_int_eq(rill_ode_integrate(NULL, euler, times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&good, NULL, times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&good, euler, NULL, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&good, euler, times, 0, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&good, euler, times, 2, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&good, euler, bad_times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&integers, euler, times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&negative, euler, times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&silent, euler, times, 2, &x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_ode_integrate(&vast, euler, times, 2, &x, NULL), RILL_NO_MEMORY);
    ck_assert_ptr_null(rill_solver_find("dopri"));
    ck_assert_ptr_null(rill_solver_find(NULL));
    ck_assert_ptr_null(rill_solver_at(-1));
}
END_TEST

START_TEST(no_memory_is_a_clean_error)
{
    double times[] = { 0, 1 }, x = 1;
    rill_ode ode = { .dtype = RILL_F64, .count = 1, .velocity = growth };
    rill_alloc_fail(1, 1);
    rill_status status = rill_ode_integrate(&ode, rill_solver_at(0), times, 2, &x, NULL);
    rill_alloc_fail(0, 0);
    ck_assert_int_eq(status, RILL_NO_MEMORY);
    ck_assert_double_eq(x, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("integrate");
    TCase *cases = tcase_create("solvers");
    tcase_add_loop_test(cases, error_falls_with_the_order, 0, solver_count());
    tcase_add_loop_test(cases, tableaus_are_consistent, 0, solver_count());
    tcase_add_loop_test(cases, euler_shrinks_a_gaussian_as_computed, 0, 5);
    tcase_add_loop_test(cases, ten_steps_beat_one_as_computed, 0, 6);
    tcase_add_test(cases, a_descending_grid_runs_backwards);
    tcase_add_test(cases, the_observer_sees_each_time_and_can_stop);
    tcase_add_test(cases, single_precision_follows_double);
    tcase_add_test(cases, grids_are_exact_at_both_ends);
    tcase_add_test(cases, wrong_arguments_are_refused);
    tcase_add_test(cases, no_memory_is_a_clean_error);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
