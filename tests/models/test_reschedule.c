/* test_reschedule.c - another scheduler after training: every pair of them, between Gaussians,
 * where the flow of each has a closed form. */
#include "core/grad.h"
#include "evaluate.h"
#include "models/flow/reschedule.h"
#include "models/ode/integrate.h"
#include "models/ode/unroll.h"
#include "to_gaussian.h"

#include <math.h>
#include <string.h>

enum { ROWS = 16, STEPS = 400 };
static const uint64_t seed = 3;
static rill_store *store;
static rill_graph *g;

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

static int scheduler_count(void)
{
    int n = 0;
    while (rill_scheduler_built_in(n))
        n++;
    return n;
}

/* Where that flow has carried x0 of time `from` by time t: mu + sqrt(V_t/V_from) (x0 - mu_from). */
static double carried(double alpha0, double sigma0, double alpha, double sigma, double x0)
{
    double v0 = sigma0 * sigma0 + SPREAD * SPREAD * alpha0 * alpha0;
    double v = sigma * sigma + SPREAD * SPREAD * alpha * alpha;
    return alpha * MEAN + sqrt(v / v0) * (x0 - alpha0 * MEAN);
}

typedef struct compiled_field {
    rill_program *p;
    rill_tensor *x, *r, *v;
    double seen[STEPS + 1][ROWS]; /* the states at the times of a grid */
} compiled_field;

static rill_status velocity(void *self, const double *t, const void *x, void *dxdt)
{
    compiled_field *f = self;
    rill_feed(f->p, f->x, x, ROWS);
    rill_feed(f->p, f->r, t, ROWS);
    rill_status status = rill_run(f->p);
    return status ? status : rill_read(f->p, f->v, dxdt, ROWS);
}

static rill_status record(void *self, int64_t row, int64_t index, const void *x)
{
    ((compiled_field *)self)->seen[index][row] = *(const double *)x;
    return RILL_OK;
}

static compiled_field compile_field(rill_field field)
{
    compiled_field f = { .x = rill_input(g, "x", RILL_F64, RILL_SHAPE(ROWS, 1)),
                         .r = rill_input(g, "r", RILL_F64, RILL_SHAPE(ROWS, 1)) };
    f.v = field.at(f.x, f.r, NULL, field.self);
    f.p = compiled(g, &f.v, 1);
    return f;
}

/* Numbers of a node of one time. */
static double number(rill_tensor *x)
{
    double value;
    evaluate(x, &value, 1);
    return value;
}

/* Factors and times of the map at the times of a grid, and the trained scheduler there. */
typedef struct mapped {
    double c[STEPS + 1], alpha[STEPS + 1], sigma[STEPS + 1];
} mapped;

/* The map takes one path to the other: wherever both are, c alpha(t_r) and c sigma(t_r) are the
 * wanted alpha and sigma.  A sigma that is a root of 1 - t moves by an ulp of t over itself. */
static void map_times(const rill_scheduler *trained, const rill_scheduler *wanted,
                      const double *times, mapped *m)
{
    double alpha[STEPS + 1], sigma[STEPS + 1];
    rill_tensor *r = rill_constant(g, RILL_F64, RILL_SHAPE(STEPS + 1, 1), times, STEPS + 1);
    rill_rescheduled at = rill_reschedule_at(trained, wanted, r);
    rill_scheduler_point here = rill_scheduler_at(trained, at.t),
                         there = rill_scheduler_at(wanted, r);
    evaluate(at.c, m->c, STEPS + 1);
    evaluate(here.alpha, m->alpha, STEPS + 1);
    evaluate(here.sigma, m->sigma, STEPS + 1);
    evaluate(there.alpha, alpha, STEPS + 1);
    evaluate(there.sigma, sigma, STEPS + 1);
    for (int k = 0; k <= STEPS; k++) {
        double ulp = fmin(0x1p-51 / fabs(sigma[k]), 0x1p-26);
        ck_assert_double_eq_tol(m->c[k] * m->alpha[k], alpha[k], 1e-14);
        ck_assert_double_eq_tol(m->c[k] * m->sigma[k], sigma[k], 1e-14 + ulp);
    }
}

/* All ordered pairs: from the mapped start, the states of the new path, mapped back (x/c at t_r),
 * are those of the trained one, by its closed form. */
START_TEST(mapped_back_it_is_the_trained_flow)
{
    const rill_scheduler *trained = rill_scheduler_built_in(_i / scheduler_count());
    const rill_scheduler *wanted = rill_scheduler_built_in(_i % scheduler_count());
    rill_reschedule change = { { exact, trained }, trained, wanted };
    static compiled_field f;
    static mapped m;
    f = compile_field(rill_rescheduled_field(&change));
    /* Where the wanted path comes to where the trained one begins. */
    rill_tensor *zero = rill_full(g, RILL_F64, RILL_SHAPE(1, 1), 0);
    double begins = number(rill_reschedule_at(wanted, trained, zero).t);
    double times[STEPS + 1], x[ROWS];
    const double *x0 = normals(seed, 0, ROWS);
    /* Steps that are short at both ends, where some schedulers move by roots of t. */
    for (int k = 0; k <= STEPS; k++) {
        double rise = pow(sin(M_PI_2 * k / STEPS), 4), fall = pow(cos(M_PI_2 * k / STEPS), 4);
        times[k] = begins + (1 - begins) * rise / (rise + fall);
    }
    map_times(trained, wanted, times, &m);
    for (int i = 0; i < ROWS; i++)
        x[i] = m.c[0] * x0[i];
    rill_ode ode = { RILL_F64, ROWS, 1, velocity, record, &f };
    rill_ode_options options = { .solver = rill_solver_find("rk4") };
    ck_assert_int_eq(rill_ode_integrate(&ode, &options, times, STEPS + 1, x, NULL), RILL_OK);
    for (int k = 0; k <= STEPS; k++)
        for (int i = 0; i < ROWS; i++) {
            double back = f.seen[k][i] / m.c[k];
            double original = carried(m.alpha[0], m.sigma[0], m.alpha[k], m.sigma[k], x0[i]);
            ck_assert_msg(fabs(back - original) < 1e-5, "%s to %s at %g: %.9g, not %.9g",
                          trained->name, wanted->name, times[k], back, original);
        }
    rill_program_free(f.p);
}
END_TEST

/* The mean of `exact` from t until a later time. */
static rill_tensor *exact_average(rill_tensor *x, rill_tensor *t, rill_tensor *until,
                                  rill_tensor *cond, const void *self)
{
    rill_scheduler_point a = rill_scheduler_at(self, rill_time_for("exact", t, x));
    rill_scheduler_point b = rill_scheduler_at(self, rill_time_for("exact", until, x));
    rill_tensor *s1 = rill_scalar_like(x, SPREAD * SPREAD), *h = rill_sub(until, t);
    rill_tensor *va = rill_add(rill_square(a.sigma), rill_mul(s1, rill_square(a.alpha)));
    rill_tensor *vb = rill_add(rill_square(b.sigma), rill_mul(s1, rill_square(b.alpha)));
    rill_tensor *off = rill_sub(x, rill_scale(a.alpha, MEAN));
    rill_tensor *there =
        rill_add(rill_scale(b.alpha, MEAN), rill_mul(rill_sqrt(rill_div(vb, va)), off));
    return rill_where(rill_ne(h, rill_scalar_like(h, 0)), rill_div(rill_sub(there, x), h),
                      exact(x, t, cond, self));
}

/* All ordered pairs: a step of mean velocities, of any length, ends where the flow does.  The
 * tolerance is of an angle near a right one, whose cosine is divided by a sigma of 1e-5 and more.
 */
START_TEST(steps_of_mean_velocities_are_exact)
{
    static const double grids[][4] = { { 0, 1 }, { 0, .3, .9, 1 } };
    const rill_scheduler *trained = rill_scheduler_built_in(_i / scheduler_count());
    const rill_scheduler *wanted = rill_scheduler_built_in(_i % scheduler_count());
    rill_reschedule change = { { exact, trained, exact_average }, trained, wanted };
    rill_field field = rill_rescheduled_field(&change);
    rill_tensor *x = normal_constant(g, seed, 2, RILL_SHAPE(ROWS, 1));
    double x0[ROWS], got[ROWS];
    evaluate(x, x0, ROWS);
    for (int k = 0; k < 2; k++) {
        rill_tensor *ends = rill_constant(g, RILL_F64, RILL_SHAPE(2), (double[]){ 0, 1 }, 2);
        rill_rescheduled at = rill_reschedule_at(trained, wanted, ends);
        rill_scheduler_point point = rill_scheduler_at(trained, at.t);
        double c[2], alpha[2], sigma[2];
        evaluate(at.c, c, 2), evaluate(point.alpha, alpha, 2), evaluate(point.sigma, sigma, 2);
        rill_tensor *y =
            rill_ode_unroll(field, rill_solver_find("euler"), grids[k], k ? 4 : 2, x, NULL);
        evaluate(y, got, ROWS);
        for (int i = 0; i < ROWS; i++) {
            double there = carried(alpha[0], sigma[0], alpha[1], sigma[1], x0[i] / c[0]);
            ck_assert_msg(fabs(got[i] - c[1] * there) < 1e-10, "%s to %s: %.12g, not %.12g",
                          trained->name, wanted->name, got[i], c[1] * there);
        }
    }
}
END_TEST

/* With nowhere to go the mean is the velocity. */
START_TEST(a_mean_over_no_time_is_the_velocity)
{
    const rill_scheduler *trained = rill_scheduler_built_in(_i / scheduler_count());
    const rill_scheduler *wanted = rill_scheduler_built_in(_i % scheduler_count());
    rill_reschedule change = { { exact, trained, exact_average }, trained, wanted };
    rill_field field = rill_rescheduled_field(&change);
    double r[ROWS], got[ROWS], expected[ROWS];
    for (int i = 0; i < ROWS; i++)
        r[i] = (double)i / (ROWS - 1);
    rill_tensor *x = normal_constant(g, seed, 1, RILL_SHAPE(ROWS, 1));
    rill_tensor *when = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), r, ROWS);
    evaluate(field.average(x, when, when, NULL, field.self), got, ROWS);
    evaluate(field.at(x, when, NULL, field.self), expected, ROWS);
    for (int i = 0; i < ROWS; i++)
        ck_assert_double_eq_tol(got[i], expected[i], 1e-13 * (1 + fabs(expected[i])));
    change.field.average = NULL;
    ck_assert(!rill_rescheduled_field(&change).average);
}
END_TEST

/* The field is that of training on the wanted path, at the ends too, where both paths start at
 * noise: between Gaussians either has a closed form. */
START_TEST(it_is_the_field_of_the_wanted_path)
{
    static const char *const names[] = { "linear", "cosine", "power" };
    const rill_scheduler *trained = rill_scheduler_find(names[_i / 3]);
    const rill_scheduler *wanted = rill_scheduler_find(names[_i % 3]);
    double r[ROWS], got[ROWS], expected[ROWS];
    for (int i = 0; i < ROWS; i++)
        r[i] = (double)i / (ROWS - 1);
    rill_tensor *x = normal_constant(g, seed, 1, RILL_SHAPE(ROWS, 1));
    rill_tensor *when = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), r, ROWS);
    rill_reschedule change = { { exact, trained }, trained, wanted };
    rill_field field = rill_rescheduled_field(&change);
    evaluate(field.at(x, when, NULL, field.self), got, ROWS);
    evaluate(exact(x, when, NULL, wanted), expected, ROWS);
    for (int i = 0; i < ROWS; i++)
        /* The limit at a start at rest is taken at 1e-7; elsewhere only roundings. */
        ck_assert_msg(fabs(got[i] - expected[i]) <= (trained->starts_at_rest ? 1e-6 : 1e-11),
                      "%s to %s at %g: %.12g, not %.12g", trained->name, wanted->name, r[i], got[i],
                      expected[i]);
}
END_TEST

/* dt_r/dr of the inverse, by the implicit function theorem, is the central difference of t_r. */
START_TEST(the_inverse_is_differentiable)
{
    const rill_scheduler *trained = rill_scheduler_built_in(_i / scheduler_count());
    const rill_scheduler *wanted = rill_scheduler_built_in(_i % scheduler_count());
    double h = 1e-6, rate[ROWS], gradient[ROWS], up[ROWS], down[ROWS];
    rill_tensor *r = time_constant(g, RILL_SHAPE(ROWS, 1)), *slope;
    rill_rescheduled at = rill_reschedule_at(trained, wanted, r);
    rill_vjp(at.t, rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 1), 1), &r, 1, &slope);
    evaluate(at.t_rate, rate, ROWS);
    evaluate(slope, gradient, ROWS);
    evaluate(rill_reschedule_at(trained, wanted, rill_shift(r, h)).t, up, ROWS);
    evaluate(rill_reschedule_at(trained, wanted, rill_shift(r, -h)).t, down, ROWS);
    for (int i = 0; i < ROWS; i++) {
        double difference = (up[i] - down[i]) / (2 * h);
        ck_assert_double_eq(gradient[i], rate[i]);
        /* Truncation h^2 of third derivatives up to 1e4 near the ends, rounding 1e-16/h. */
        ck_assert_msg(fabs(rate[i] - difference) <= 1e-6 * (1 + fabs(rate[i])),
                      "%s to %s at %g: %.9g, not %.9g", trained->name, wanted->name,
                      (i + .5) / ROWS, rate[i], difference);
    }
}
END_TEST

/* VP does not start at noise: it begins where the linear path has alpha/sigma = a/s, at t =
 * a/(a+s), and as far out as a + s of that.  Published for the standard numbers. */
START_TEST(vp_begins_late_on_the_linear_path)
{
    static const double numbers[][2] = { { .1, 20 }, { .5, 10 }, { 1, 30 }, { 2, 2.5 } };
    double T = (numbers[_i][0] + numbers[_i][1]) / 2, a = exp(-T / 2), s = sqrt(-expm1(-T));
    rill_scheduler vp = rill_scheduler_vp;
    vp.self = numbers[_i];
    rill_tensor *start = rill_full(g, RILL_F64, RILL_SHAPE(1, 1), 0);
    rill_rescheduled at = rill_reschedule_at(&rill_scheduler_linear, &vp, start);
    ck_assert_double_eq_tol(number(at.t), a / (a + s), 1e-14);
    ck_assert_double_eq_tol(number(at.c), a + s, 1e-14);
    if (_i > 0)
        return;
    ck_assert_double_eq_tol(number(at.t), .0065288, 5e-8);
    ck_assert_double_eq_tol(number(at.c), 1.00655, 5e-6);
}
END_TEST

START_TEST(both_ends_are_finite_in_single_precision)
{
    const rill_scheduler *trained = rill_scheduler_built_in(_i / scheduler_count());
    const rill_scheduler *wanted = rill_scheduler_built_in(_i % scheduler_count());
    float ends[] = { 0, 1 }, got[2];
    rill_reschedule change = { { exact, trained }, trained, wanted };
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, 1), 1);
    rill_tensor *r = rill_constant(g, RILL_F32, RILL_SHAPE(2), ends, 2);
    rill_field field = rill_rescheduled_field(&change);
    evaluate(field.at(x, r, NULL, field.self), got, 2);
    ck_assert_msg(isfinite(got[0]) && isfinite(got[1]), "%s to %s: %g, %g", trained->name,
                  wanted->name, (double)got[0], (double)got[1]);
}
END_TEST

START_TEST(what_is_missing_is_refused)
{
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 1);
    rill_reschedule none = { { exact, &rill_scheduler_linear }, NULL, &rill_scheduler_linear };
    rill_reschedule no_field = { { NULL, NULL }, &rill_scheduler_linear, &rill_scheduler_linear };
    ck_assert(rill_is_inert(rill_rescheduled_field(&none).at(x, x, NULL, &none)));
    ck_assert(rill_is_inert(rill_rescheduled_field(&no_field).at(x, x, NULL, &no_field)));
    ck_assert(rill_is_inert(rill_rescheduled_field(NULL).at(x, x, NULL, NULL)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reschedule");
    TCase *cases = tcase_create("schedulers");
    int n = scheduler_count();
    tcase_add_checked_fixture(cases, begin, end);
    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, mapped_back_it_is_the_trained_flow, 0, n * n);
    tcase_add_loop_test(cases, steps_of_mean_velocities_are_exact, 0, n * n);
    tcase_add_loop_test(cases, a_mean_over_no_time_is_the_velocity, 0, n * n);
    tcase_add_loop_test(cases, it_is_the_field_of_the_wanted_path, 0, 9);
    tcase_add_loop_test(cases, the_inverse_is_differentiable, 0, n * n);
    tcase_add_loop_test(cases, vp_begins_late_on_the_linear_path, 0, 4);
    tcase_add_loop_test(cases, both_ends_are_finite_in_single_precision, 0, n * n);
    tcase_add_test(cases, what_is_missing_is_refused);
    return run_suite(suite);
}
