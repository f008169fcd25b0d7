/* test_diffusion.c - diffusion is the same thing: its steps are those of flows, its losses are
 * weightings of theirs. */
#include "evaluate.h"
#include "models/flow/diffusion.h"
#include "models/flow/reschedule.h"
#include "models/ode/unroll.h"
#include "ops/elementwise.h"
#include "to_gaussian.h"

#include <math.h>

enum { ROWS = 16 };
static const uint64_t seed = 19;
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

static double vp_exponent(double t)
{
    return .5 * (1 - t) * (1 - t) * 19.9 + .1 * (1 - t);
}

/* alpha, sigma and their derivatives by hand, and the time of a log-SNR. */
typedef struct known {
    const rill_scheduler *scheduler;
    double (*alpha)(double t), (*sigma)(double t), (*time_of)(double log_snr);
} known;

static double linear_alpha(double t)
{
    return t;
}
static double linear_sigma(double t)
{
    return 1 - t;
}
static double linear_time(double l)
{
    return 1 / (1 + exp(-l / 2));
}
static double cosine_alpha(double t)
{
    return sin(M_PI_2 * t);
}
static double cosine_sigma(double t)
{
    return sin(M_PI_2 * (1 - t));
}
static double cosine_time(double l)
{
    return atan(exp(l / 2)) / M_PI_2;
}
static double linear_vp_sigma(double t)
{
    return sqrt(1 - t * t);
}
static double linear_vp_time(double l)
{
    return 1 / sqrt(1 + exp(-l));
}
static double vp_alpha(double t)
{
    return exp(-vp_exponent(t) / 2);
}
static double vp_sigma(double t)
{
    return sqrt(-expm1(-vp_exponent(t)));
}
/* alpha^2/(1 - alpha^2) = e^l, T = log(1 + e^-l), and the root of a square. */
static double vp_time(double l)
{
    double T = log1p(exp(-l));
    return 1 - (sqrt(.01 + 2 * 19.9 * T) - .1) / 19.9;
}

static const known paths[] = {
    { &rill_scheduler_linear, linear_alpha, linear_sigma, linear_time },
    { &rill_scheduler_cosine, cosine_alpha, cosine_sigma, cosine_time },
    { &rill_scheduler_linear_vp, linear_alpha, linear_vp_sigma, linear_vp_time },
    { &rill_scheduler_vp, vp_alpha, vp_sigma, vp_time },
};
enum { PATHS = sizeof paths / sizeof *paths };

static double log_snr(const known *k, double t)
{
    return 2 * log(k->alpha(t) / k->sigma(t));
}

/* The noise that the exact model sees at (x, t): x1 given x is normal. */
static double exact_noise(const known *k, double x, double t)
{
    double a = k->alpha(t), s = k->sigma(t), v = s * s + a * a * SPREAD * SPREAD;
    return s * (x - a * MEAN) / v;
}

static rill_tensor *moment(double t)
{
    return rill_full(g, RILL_F64, RILL_SHAPE(ROWS), t);
}

static void near_all(const double *got, const double *wanted, double tolerance, const char *what)
{
    for (int i = 0; i < ROWS; i++)
        ck_assert_msg(fabs(got[i] - wanted[i]) <= tolerance * (1 + fabs(wanted[i])),
                      "seed %d, %s, row %d: %.16g, expected %.16g", (int)seed, what, i, got[i],
                      wanted[i]);
}

/* Steps by DDIM from .1 to .9 of time, and the same in plain C as Euler's in x/(alpha + sigma), eta
 * = sigma/(alpha + sigma). */
START_TEST(ddim_is_euler)
{
    const known *k = &paths[_i / 2];
    int steps = _i % 2 ? 10 : 1;
    rill_diffusion d = { { exact, k->scheduler }, { .scheduler = k->scheduler } };
    double got[ROWS], wanted[ROWS];
    const double *start = normals(seed, 0, ROWS);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(ROWS, 1));
    for (int i = 0; i < steps; i++)
        x = rill_ddim_step(&d, x, moment(.1 + .8 * i / steps), moment(.1 + .8 * (i + 1) / steps),
                           NULL);
    evaluate(x, got, ROWS);
    for (int r = 0; r < ROWS; r++) {
        double z = start[r];
        for (int i = 0; i < steps; i++) {
            double t = .1 + .8 * i / steps, next = .1 + .8 * (i + 1) / steps;
            double a = k->alpha(t), s = k->sigma(t), b = k->alpha(next), u = k->sigma(next);
            double noise = exact_noise(k, z, t), data = (z - s * noise) / a;
            double y = z / (a + s) + (u / (b + u) - s / (a + s)) * (noise - data);
            z = y * (b + u);
        }
        wanted[r] = z;
    }
    near_all(got, wanted, 1e-12, k->scheduler->name);
}
END_TEST

/* ... and as the Euler solver of the library, on the field of the same model rescheduled to the
 * linear path, whose time is 1 - eta. */
START_TEST(ddim_is_euler_of_the_rescheduled_field)
{
    enum { STEPS = 10 };
    const known *k = &paths[_i];
    rill_diffusion d = { { exact, k->scheduler }, { .scheduler = k->scheduler } };
    rill_reschedule change = { d.field, k->scheduler, &rill_scheduler_linear };
    double got[ROWS], wanted[ROWS], times[STEPS + 1];
    rill_tensor *x = normal_constant(g, seed, 1, RILL_SHAPE(ROWS, 1)), *start = x;
    for (int i = 0; i <= STEPS; i++) {
        double t = .1 + .08 * i;
        times[i] = k->alpha(t) / (k->alpha(t) + k->sigma(t));
        if (i < STEPS)
            x = rill_ddim_step(&d, x, moment(t), moment(.1 + .08 * (i + 1)), NULL);
    }
    double first = k->alpha(.1) + k->sigma(.1), last = k->alpha(.9) + k->sigma(.9);
    rill_tensor *y = rill_ode_unroll(rill_rescheduled_field(&change), rill_solver_find("euler"),
                                     times, STEPS + 1, rill_scale(start, 1 / first), NULL);
    evaluate(x, got, ROWS);
    evaluate(rill_scale(y, last), wanted, ROWS);
    near_all(got, wanted, 1e-12, k->scheduler->name);
}
END_TEST

static const struct {
    double t, to;
} steps[] = { { .3, .5 }, { .1, .15 }, { .6, .9 }, { .05, .8 } };
enum { STEPS = sizeof steps / sizeof *steps };

/* A DDPM step is a DDIM step to the log-SNR 2 l_to - l_t, and noise back to l_to. */
START_TEST(ddpm_is_ddim_too_far_and_noise)
{
    const known *k = &paths[_i / STEPS];
    double t = steps[_i % STEPS].t, to = steps[_i % STEPS].to, mean[ROWS], sd[ROWS], wanted[ROWS];
    double far = k->time_of(2 * log_snr(k, to) - log_snr(k, t));
    rill_diffusion d = { { exact, k->scheduler }, { .scheduler = k->scheduler } };
    rill_tensor *x = normal_constant(g, seed, 2, RILL_SHAPE(ROWS, 1));
    rill_ddpm step = rill_ddpm_step(&d, x, moment(t), moment(to), NULL);
    evaluate(step.mean, mean, ROWS);
    evaluate(step.sd, sd, ROWS);
    evaluate(rill_ddim_step(&d, x, moment(t), moment(far), NULL), wanted, ROWS);
    double back = k->alpha(to) / k->alpha(far);
    double noise = sqrt(pow(k->sigma(to), 2) - pow(back * k->sigma(far), 2));
    for (int i = 0; i < ROWS; i++)
        wanted[i] *= back;
    near_all(mean, wanted, 1e-12, k->scheduler->name);
    for (int i = 0; i < ROWS; i++)
        wanted[i] = noise;
    near_all(sd, wanted, 1e-12, k->scheduler->name);
}
END_TEST

/* ... and the posterior of Ho et al., by the rule of Bayes: x_t given x_to is N(q x_to, w), x_to
 * given x1 is N(b x1, u^2). */
START_TEST(ddpm_is_the_posterior)
{
    const known *k = &paths[_i / STEPS];
    double t = steps[_i % STEPS].t, to = steps[_i % STEPS].to, mean[ROWS], sd[ROWS], wanted[ROWS];
    double a = k->alpha(t), s = k->sigma(t), b = k->alpha(to), u = k->sigma(to), q = a / b;
    double w = s * s - q * q * u * u, variance = 1 / (q * q / w + 1 / (u * u));
    const double *z = normals(seed, 3, ROWS);
    rill_diffusion d = { { exact, k->scheduler }, { .scheduler = k->scheduler } };
    rill_tensor *x = normal_constant(g, seed, 3, RILL_SHAPE(ROWS, 1));
    rill_ddpm step = rill_ddpm_step(&d, x, moment(t), moment(to), NULL);
    evaluate(step.mean, mean, ROWS);
    evaluate(step.sd, sd, ROWS);
    for (int i = 0; i < ROWS; i++) {
        double data = (z[i] - s * exact_noise(k, z[i], t)) / a;
        wanted[i] = variance * (q * z[i] / w + b * data / (u * u));
        ck_assert_double_eq_tol(sd[i], sqrt(variance), 1e-12);
    }
    near_all(mean, wanted, 1e-11, k->scheduler->name); /* w is a difference */
}
END_TEST

/* Down to the data: no noise is left there, and nothing divides by sigma. */
START_TEST(the_last_step_ends_at_the_data)
{
    const known *k = &paths[_i];
    double got[ROWS], wanted[ROWS], sd[ROWS];
    const double *z = normals(seed, 4, ROWS);
    rill_diffusion d = { { exact, k->scheduler }, { .scheduler = k->scheduler } };
    rill_tensor *x = normal_constant(g, seed, 4, RILL_SHAPE(ROWS, 1));
    rill_ddpm step = rill_ddpm_step(&d, x, moment(.8), moment(1), NULL);
    evaluate(step.mean, got, ROWS);
    evaluate(step.sd, sd, ROWS);
    for (int i = 0; i < ROWS; i++) {
        wanted[i] = (z[i] - k->sigma(.8) * exact_noise(k, z[i], .8)) / k->alpha(.8);
        ck_assert_double_eq_tol(sd[i], 0, 1e-15);
    }
    near_all(got, wanted, 1e-12, k->scheduler->name);
    evaluate(rill_ddim_step(&d, x, moment(.8), moment(1), NULL), got, ROWS);
    near_all(got, wanted, 1e-12, k->scheduler->name);
}
END_TEST

/* Noise of another sd scales what DDPM adds. */
START_TEST(the_source_has_a_width)
{
    double narrow[ROWS], wide[ROWS];
    rill_diffusion d = { { exact, &rill_scheduler_linear }, { 0 } }, e = d;
    e.conversion.source_sd = 3;
    rill_tensor *x = normal_constant(g, seed, 5, RILL_SHAPE(ROWS, 1));
    evaluate(rill_ddpm_step(&d, x, moment(.2), moment(.6), NULL).sd, narrow, ROWS);
    evaluate(rill_ddpm_step(&e, x, moment(.2), moment(.6), NULL).sd, wide, ROWS);
    for (int i = 0; i < ROWS; i++)
        ck_assert_double_eq_tol(wide[i], 3 * narrow[i], 1e-15);
}
END_TEST

static double factor(const rill_scheduler *scheduler, double t, rill_quantity quantity)
{
    double value;
    rill_tensor *when = rill_full(g, RILL_F64, RILL_SHAPE(1), t);
    rill_conversion conversion = { .scheduler = scheduler };
    evaluate(rill_loss_factor(&conversion, when, quantity), &value, 1);
    return value;
}

START_TEST(losses_have_the_printed_factors)
{
    ck_assert_double_eq_tol(factor(&rill_scheduler_vp, .7, RILL_VELOCITY), 15.25879, 5e-6);
    ck_assert_double_eq_tol(factor(&rill_scheduler_linear_vp, .2, RILL_VELOCITY), 26.04167, 5e-6);
}
END_TEST

/* e^-l as data; W^2/alpha^2, W by differences, as velocity; alpha^2 (e^-l + 1)^2 as alpha x0 -
 * sigma x1, made of both. */
START_TEST(losses_have_the_factors_of_the_formulas)
{
    static const double times[] = { .05, .3, .5, .7, .9 };
    const known *k = &paths[_i];
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        double t = times[i], a = k->alpha(t), s = k->sigma(t), h = 1e-5;
        double w = s * (k->alpha(t + h) - k->alpha(t - h)) / (2 * h) -
                   a * (k->sigma(t + h) - k->sigma(t - h)) / (2 * h);
        double l = log_snr(k, t), as_data = factor(k->scheduler, t, RILL_DATA);
        double as_velocity = factor(k->scheduler, t, RILL_VELOCITY);
        double as_v = pow(a + s * sqrt(as_data), 2), v = pow(a * (exp(-l) + 1), 2);
        ck_assert_double_eq_tol(as_data, exp(-l), 1e-12 * exp(-l));
        ck_assert_double_eq_tol(as_velocity, w * w / (a * a), 1e-7 * as_velocity); /* h^2 */
        ck_assert_double_eq_tol(as_v, v, 1e-12 * v);
        if (k->scheduler == &rill_scheduler_linear)
            ck_assert_double_eq_tol(as_velocity, pow(exp(-l / 2) + 1, 2), 1e-12 * as_velocity);
        ck_assert_double_eq(factor(k->scheduler, t, RILL_NOISE), 1);
    }
}
END_TEST

START_TEST(log_snr_is_that_of_the_path)
{
    const known *k = &paths[_i];
    double got[ROWS];
    rill_tensor *t = time_constant(g, RILL_SHAPE(ROWS, 1));
    evaluate(rill_log_snr(k->scheduler, t), got, ROWS);
    for (int i = 0; i < ROWS; i++) {
        double when = (i + .5) / ROWS;
        ck_assert_double_eq_tol(got[i], log_snr(k, when), 1e-12);
        ck_assert_double_eq_tol(k->time_of(got[i]), when, 1e-12);
    }
}
END_TEST

START_TEST(what_is_missing_is_refused)
{
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 1);
    rill_diffusion none = { 0 };
    ck_assert(rill_is_inert(rill_ddim_step(NULL, x, x, x, NULL)));
    ck_assert(rill_is_inert(rill_ddim_step(&none, x, x, x, NULL)));
    ck_assert(rill_is_inert(rill_ddpm_step(NULL, x, x, x, NULL).mean));
    ck_assert(rill_is_inert(rill_ddpm_step(&none, x, x, x, NULL).sd));
    ck_assert(rill_is_inert(rill_log_snr(NULL, x)));
    ck_assert(rill_is_inert(rill_loss_factor(NULL, x, RILL_QUANTITY_COUNT)));
    ck_assert(rill_is_inert(rill_loss_factor(NULL, NULL, RILL_DATA)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diffusion");
    TCase *cases = tcase_create("diffusion");
    tcase_add_checked_fixture(cases, begin, end);
    suite_add_tcase(suite, cases);
    tcase_add_loop_test(cases, ddim_is_euler, 0, 2 * PATHS);
    tcase_add_loop_test(cases, ddim_is_euler_of_the_rescheduled_field, 0, PATHS);
    tcase_add_loop_test(cases, ddpm_is_ddim_too_far_and_noise, 0, PATHS * STEPS);
    tcase_add_loop_test(cases, ddpm_is_the_posterior, 0, PATHS * STEPS);
    tcase_add_loop_test(cases, the_last_step_ends_at_the_data, 0, PATHS);
    tcase_add_test(cases, the_source_has_a_width);
    tcase_add_test(cases, losses_have_the_printed_factors);
    tcase_add_loop_test(cases, losses_have_the_factors_of_the_formulas, 0, PATHS);
    tcase_add_loop_test(cases, log_snr_is_that_of_the_path, 0, PATHS);
    tcase_add_test(cases, what_is_missing_is_refused);
    return run_suite(suite);
}
