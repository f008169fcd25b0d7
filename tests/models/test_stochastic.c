/* test_stochastic.c - sampling with noise added on the way: the marginals between Gaussians by
 * closed form, the loop against the unrolled form, and rows that depend on their number alone. */
#include "base/threads.h"
#include "core/grad.h"
#include "evaluate.h"
#include "models/flow/stochastic.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "to_gaussian.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const uint64_t seed = 11;
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

static int level_count(void)
{
    int n = 0;
    while (rill_noise_level_at(n))
        n++;
    return n;
}

/* ---- The marginals. */

enum { STEPS = 64 };

typedef struct moments {
    double mean, sd;
} moments;

/* Those of x at the end of a grid from t = 0: it is linear in x0 and the z of each step, so that
 * derivatives tell its variance without drawing any. */
static moments unrolled_moments(const rill_stochastic *s, const char *solver, const double *times,
                                int steps)
{
    rill_tensor *free[STEPS + 1], *slopes[STEPS + 1];
    double mean, variance = 0;
    rill_tensor *nothing = rill_full(g, RILL_F64, RILL_SHAPE(1, 1), 0);
    for (int i = 0; i <= steps; i++) {
        char name[16]; /* inputs of one name are one node */
        snprintf(name, sizeof name, "z%d", i);
        free[i] = rill_input(g, name, RILL_F64, RILL_SHAPE(1, 1));
    }
    rill_tensor *x = rill_stochastic_unroll(s, rill_solver_find(solver), times, steps + 1,
                                            free[steps], NULL, free);
    rill_grad(rill_sum_all(x), free, steps + 1, slopes);
    rill_tensor *square = nothing;
    for (int i = 0; i <= steps; i++)
        square = rill_add(square, rill_square(slopes[i]));
    rill_tensor *outputs[] = { x, square };
    rill_program *p = compiled(g, outputs, 2);
    double zero = 0;
    for (int i = 0; i <= steps; i++)
        ck_assert_int_eq(rill_feed(p, free[i], &zero, 1), RILL_OK);
    run(p);
    rill_read(p, x, &mean, 1);
    rill_read(p, square, &variance, 1);
    rill_program_free(p);
    return (moments){ mean, sqrt(variance) };
}

static const double strengths[] = { 0, .3, 1, 2 };
static const char *const names[] = { "linear", "cosine", "linear-vp" };
enum { STRENGTHS = 4, NAMES = 3 };

/* At every time the mean and sd of x_t, whatever the noise: alpha m, sqrt(sigma^2 + alpha^2 s^2).
 */
START_TEST(noise_leaves_the_marginals)
{
    const rill_scheduler *scheduler = rill_scheduler_find(names[_i % NAMES]);
    double c = strengths[_i / NAMES % STRENGTHS];
    rill_noise_level level = *rill_noise_level_at(_i / NAMES / STRENGTHS);
    static const double ends[] = { .3, .7, .95 };
    level.self = &c;
    rill_stochastic s = { { exact, scheduler }, { .scheduler = scheduler }, &level };
    for (int i = 0; i < 3; i++) {
        double times[STEPS + 1], alpha, sigma;
        rill_time_grid(0, ends[i], STEPS, times, NULL);
        moments got = unrolled_moments(&s, "heun", times, STEPS);
        rill_scheduler_point at =
            rill_scheduler_at(scheduler, rill_full(g, RILL_F64, RILL_SHAPE(1, 1), ends[i]));
        evaluate(at.alpha, &alpha, 1);
        evaluate(at.sigma, &sigma, 1);
        double sd = sqrt(sigma * sigma + SPREAD * SPREAD * alpha * alpha);
        /* h^2 = 2e-4, times the rates of the equation: above 10 at c = 2 near the end. */
        ck_assert_msg(fabs(got.mean - alpha * MEAN) < 3e-3 && fabs(got.sd - sd) < 3e-3,
                      "%s, %s:%g at %g: %.6f %.6f, expected %.6f %.6f", scheduler->name, level.name,
                      c, ends[i], got.mean, got.sd, alpha * MEAN, sd);
    }
}
END_TEST

/* ---- A score of its own, on a path whose velocity does not tell it. */

enum { NOISE = 1 }; /* of the bridge x_t = (1-t) x0 + t x1 + NOISE sqrt(t(1-t)) e */

static double bridge_variance(double t)
{
    return (1 - t) * (1 - t) + t * t * SPREAD * SPREAD + NOISE * NOISE * t * (1 - t);
}

static rill_tensor *bridge_variance_at(rill_tensor *t)
{
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1), t);
    rill_tensor *ends = rill_add(rill_square(rest), rill_scale(rill_square(t), SPREAD * SPREAD));
    return rill_add(ends, rill_scale(rill_mul(t, rest), NOISE * NOISE));
}

static rill_tensor *bridge_score(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                 const void *self)
{
    (void)cond, (void)self;
    t = rill_time_for("bridge", t, x);
    return rill_div(rill_sub(rill_scale(t, MEAN), x), bridge_variance_at(t));
}

/* MEAN + v'/2v (x - t MEAN), v the variance of x_t. */
static rill_tensor *bridge_velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                    const void *self)
{
    t = rill_time_for("bridge", t, x);
    rill_tensor *ones = rill_shift(rill_scale(t, 0), 1);
    rill_tensor *rate = rill_jvp(bridge_variance_at(t), t, ones);
    rill_tensor *pull = rill_mul(rill_scale(rate, -.5), bridge_score(x, t, cond, self));
    return rill_shift(pull, MEAN);
}

START_TEST(a_learned_score_leaves_the_marginals)
{
    double c = strengths[_i % STRENGTHS];
    rill_noise_level level = *rill_noise_level_at(_i / STRENGTHS);
    level.self = &c;
    rill_stochastic s = { { bridge_velocity }, { 0 }, &level, { bridge_score } };
    static const double ends[] = { .3, .7, 1 };
    for (int i = 0; i < 3; i++) {
        double times[STEPS + 1];
        rill_time_grid(0, ends[i], STEPS, times, NULL);
        moments got = unrolled_moments(&s, "heun", times, STEPS);
        double sd = sqrt(bridge_variance(ends[i]));
        /* h^2 = 2e-4, times the square of the rates of the equation, 12 at c = 2 at the end. */
        ck_assert_msg(fabs(got.mean - ends[i] * MEAN) < 1e-2 && fabs(got.sd - sd) < 1e-2,
                      "%s:%g at %g: %.6f %.6f, expected %.6f %.6f", level.name, c, ends[i],
                      got.mean, got.sd, ends[i] * MEAN, sd);
    }
}
END_TEST

/* Halving the step halves the error of the sd by euler, and quarters that by heun. */
START_TEST(solvers_have_their_orders)
{
    static const struct {
        const char *solver;
        double order;
    } cases[] = { { "euler", 1 }, { "heun", 2 } };
    double c = 1, error[2];
    rill_noise_level level = rill_noise_root;
    level.self = &c;
    rill_stochastic s = { { exact, &rill_scheduler_linear }, { 0 }, &level };
    for (int i = 0; i < 2; i++) {
        double times[STEPS + 1];
        int steps = i == 0 ? STEPS / 2 : STEPS;
        rill_time_grid(0, .8, steps, times, NULL);
        moments got = unrolled_moments(&s, cases[_i].solver, times, steps);
        error[i] = fabs(got.sd - sqrt(.2 * .2 + .8 * .8 * SPREAD * SPREAD));
    }
    double slope = log2(error[0] / error[1]);
    ck_assert_msg(fabs(slope - cases[_i].order) < .2, "%s: order %.3f", cases[_i].solver, slope);
}
END_TEST

/* ---- The sampler. */

static rill_stochastic_sampler *sampler_of(const rill_stochastic *s, rill_dtype dtype,
                                           int64_t batch, int64_t width)
{
    rill_message message = { "" };
    rill_sampler_options options = { .dtype = dtype, .sample = RILL_SHAPE(width), .batch = batch };
    rill_stochastic_sampler *sampler = rill_stochastic_sampler_new(store, s, &options, &message);
    ck_assert_msg(sampler != NULL, "%s", message.text);
    return sampler;
}

static void sample(rill_stochastic_sampler *sampler, const rill_sampling *sampling)
{
    rill_message message = { "" };
    ck_assert_msg(rill_stochastic_sampler_run(sampler, sampling, &message) == RILL_OK, "%s",
                  message.text);
}

static const rill_stochastic plain = { { exact, &rill_scheduler_linear }, { 0 }, &rill_noise_root };

START_TEST(drawn_samples_have_the_marginals)
{
    enum { N = 20000, K = 100 };
    static double way[(K + 1) * N], samples[N], times[K + 1];
    double c = 1;
    rill_noise_level level = *rill_noise_level_at(_i);
    level.self = &c;
    rill_stochastic s = plain;
    s.level = &level;
    rill_stochastic_sampler *sampler = sampler_of(&s, RILL_F64, 0, 1);
    rill_time_grid(0, 1, K, times, NULL);
    sample(sampler, &(rill_sampling){ .solver = rill_solver_find("heun"),
                                      .times = times,
                                      .time_count = K + 1,
                                      .seed = seed,
                                      .n = N,
                                      .samples = samples,
                                      .trajectory = way });
    ck_assert_mem_eq(samples, way + K * N, sizeof samples);
    for (int k = 0; k <= K; k += K / 4) {
        double t = times[k], sum = 0, square = 0;
        double sd = sqrt((1 - t) * (1 - t) + t * t * SPREAD * SPREAD);
        for (int i = 0; i < N; i++) {
            sum += way[k * N + i];
            square += way[k * N + i] * way[k * N + i];
        }
        double mean = sum / N, got = sqrt(square / N - mean * mean);
        /* Four standard errors, and as much again for the steps. */
        ck_assert_msg(fabs(mean - t * MEAN) < 8 * sd / sqrt(N) && fabs(got / sd - 1) < 4 / sqrt(N),
                      "seed %d, %s, t = %g: %.5f %.5f, expected %.5f %.5f", (int)seed, level.name,
                      t, mean, got, t * MEAN, sd);
    }
    rill_stochastic_sampler_free(sampler);
}
END_TEST

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

START_TEST(unrolled_and_looped_are_equal_bit_for_bit)
{
    enum { B = 8, D = 3, K = 4 };
    static const double grid[K + 1] = { 0, .2, .45, .8, 1 };
    const rill_solver *solver = rill_solver_at(_i);
    double looped[B * D], unrolled[B * D], x0[B * D], z[D * B];
    rill_tensor *noise[K];
    rill_stochastic_sampler *sampler = sampler_of(&plain, RILL_F64, B, D);
    sample(sampler, &(rill_sampling){ .solver = solver,
                                      .times = grid,
                                      .time_count = K + 1,
                                      .seed = 7,
                                      .n = B,
                                      .samples = looped,
                                      .noise = x0 });
    for (int k = 0; k < K; k++) {
        for (int i = 0; i < B; i++)
            rill_stream_normal(rill_stream_key(7, "steps"), (uint32_t)k, i, 0, D, z + i * D);
        noise[k] = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), z, B * D);
    }
    rill_tensor *x = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), x0, B * D);
    rill_tensor *y = rill_stochastic_unroll(&plain, solver, grid, K + 1, x, NULL, noise);
    /* Constants folded by what would have run, and nothing rearranged. */
    rill_compile_options options = { .passes_off = RILL_NO_FUSE | RILL_NO_SIMPLIFY };
    rill_program *p = rill_compile_outputs(g, &y, 1, &options);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    run(p);
    rill_read(p, y, unrolled, B * D);
    rill_program_free(p);
    for (int i = 0; i < B * D; i++)
        ck_assert_double_eq(unrolled[i], looped[i]);
    rill_stochastic_sampler_free(sampler);
}
END_TEST

START_TEST(a_sample_depends_on_seed_and_number_alone)
{
    enum { MANY = 70, FEW = 21, K = 5, D = 2 };
    float many[MANY * D], few[FEW * D], later[FEW * D], other[MANY * D];
    double times[K + 1];
    rill_time_grid(0, 1, K, times, NULL);
    rill_stochastic_sampler *wide = sampler_of(&plain, RILL_F32, 64, D);
    rill_stochastic_sampler *narrow = sampler_of(&plain, RILL_F32, 8, D);
    rill_sampling sampling = { .times = times, .time_count = K + 1, .seed = 9 };
    sampling.n = MANY, sampling.samples = many;
    sample(wide, &sampling);
    sampling.n = FEW, sampling.samples = few;
    sample(narrow, &sampling);
    sampling.first = MANY - FEW, sampling.samples = later;
    sample(narrow, &sampling);
    ck_assert_mem_eq(many, few, sizeof few);
    ck_assert_mem_eq(many + (MANY - FEW) * D, later, sizeof later);
    sampling.first = 0, sampling.n = MANY, sampling.samples = other, sampling.seed = 10;
    sample(wide, &sampling);
    ck_assert_mem_ne(many, other, sizeof many);
    rill_stochastic_sampler_free(wide);
    rill_stochastic_sampler_free(narrow);
}
END_TEST

/* Nine chunks of 8 rows, of which threads take some each. */
START_TEST(threads_make_no_difference)
{
    enum { N = 70, K = 5, D = 2 };
    static float x[N * D], path[(K + 1) * N * D], alone[N * D], path_alone[(K + 1) * N * D];
    double times[K + 1];
    rill_time_grid(0, 1, K, times, NULL);
    rill_sampling sampling = { .times = times, .time_count = K + 1, .seed = 9, .n = N };
    for (int threads = 1; threads <= 5; threads++) {
        rill_ode_counts counts = { 0 };
        rill_set_threads(threads);
        rill_stochastic_sampler *sampler = sampler_of(&plain, RILL_F32, 8, D);
        sampling.samples = threads == 1 ? alone : x, sampling.counts = &counts;
        sampling.trajectory = threads == 1 ? path_alone : path;
        sample(sampler, &sampling);
        rill_stochastic_sampler_free(sampler);
        ck_assert_int_eq(counts.evaluations, N * K);
        ck_assert(threads == 1 ||
                  (memcmp(x, alone, sizeof x) == 0 && memcmp(path, path_alone, sizeof path) == 0));
    }
    rill_set_threads(0);
}
END_TEST

START_TEST(without_noise_it_is_the_deterministic_sampler)
{
    enum { N = 10, K = 6 };
    double silent[N], wanted[N], times[K + 1], c = 0;
    rill_noise_level level = *rill_noise_level_at(_i);
    level.self = &c;
    rill_stochastic s = plain;
    s.level = &level;
    rill_message message = { "" };
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(1), .batch = 4 };
    rill_time_grid(0, 1, K, times, NULL);
    rill_sampling sampling = { .times = times, .time_count = K + 1, .n = N, .samples = wanted };
    rill_sampler *sure = rill_sampler_new(store, s.field, &options, &message);
    ck_assert_int_eq(rill_sampler_run(sure, &sampling, &message), RILL_OK);
    rill_stochastic_sampler *sampler = sampler_of(&s, RILL_F64, 4, 1);
    sampling.samples = silent;
    sample(sampler, &sampling);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq(silent[i], wanted[i]);
    rill_sampler_free(sure);
    rill_stochastic_sampler_free(sampler);
}
END_TEST

/* The score is infinite at t = 1 for some data, and the conversion to it divides by 0. */
START_TEST(both_ends_are_finite_in_single_precision)
{
    const rill_scheduler *scheduler = rill_scheduler_built_in(_i);
    float ends[] = { 0, 1 }, got[2];
    rill_stochastic s = { { exact, scheduler }, { .scheduler = scheduler }, &rill_noise_constant };
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, 1), 1);
    rill_tensor *t = rill_constant(g, RILL_F32, RILL_SHAPE(2, 1), ends, 2);
    rill_field drift = rill_stochastic_drift(&s);
    evaluate(drift.at(x, t, NULL, drift.self), got, 2);
    ck_assert_msg(isfinite(got[0]) && isfinite(got[1]), "%s: %g, %g", scheduler->name,
                  (double)got[0], (double)got[1]);
}
END_TEST

START_TEST(levels_are_what_they_say)
{
    static const double times[] = { 0, .19, .75, 1 };
    double c = 2, root[4], constant[4], linear[4];
    rill_noise_level level = rill_noise_root;
    level.self = &c;
    ck_assert_int_eq(rill_noise_level_values(&level, times, 4, root, NULL), RILL_OK);
    level.at = rill_noise_constant.at;
    ck_assert_int_eq(rill_noise_level_values(&level, times, 4, constant, NULL), RILL_OK);
    level.at = rill_noise_linear.at;
    ck_assert_int_eq(rill_noise_level_values(&level, times, 4, linear, NULL), RILL_OK);
    for (int i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(root[i], 2 * sqrt(1 - times[i]), 1e-15);
        ck_assert_double_eq(constant[i], 2);
        ck_assert_double_eq_tol(linear[i], 2 * (1 - times[i]), 1e-15);
    }
    for (int i = 0; i < level_count(); i++)
        ck_assert_ptr_eq(rill_noise_level_find(rill_noise_level_at(i)->name),
                         rill_noise_level_at(i));
    ck_assert_ptr_null(rill_noise_level_find("no such"));
    ck_assert_ptr_null(rill_noise_level_find(NULL));
    ck_assert_ptr_null(rill_noise_level_at(-1));
}
END_TEST

static void refused(rill_stochastic_sampler *sampler, rill_sampling sampling, const char *why)
{
    rill_message message = { "" };
    ck_assert_int_eq(rill_stochastic_sampler_run(sampler, &sampling, &message), RILL_BAD_ARGUMENT);
    ck_assert_msg(strstr(message.text, why) != NULL, "'%s' lacks '%s'", message.text, why);
}

START_TEST(what_cannot_be_is_refused)
{
    static const double up[] = { 0, 1 }, down[] = { 1, 0 }, still[] = { .5, .5 },
                        nan[] = { 0, (double)NAN };
    double x[2], c = -1;
    int32_t label = 0;
    rill_noise_level negative = rill_noise_constant;
    negative.self = &c;
    rill_stochastic s = plain;
    s.level = &negative;
    rill_stochastic_sampler *good = sampler_of(&plain, RILL_F64, 4, 1);
    rill_stochastic_sampler *bad = sampler_of(&s, RILL_F64, 4, 1);
    rill_sampling fine = { .times = up, .time_count = 2, .n = 2, .samples = x }, r = fine;
    refused(bad, fine, "it is -1 at t = 0");
    refused(NULL, fine, "NULL");
    r.times = down, refused(good, r, "ascend"), r.times = still, refused(good, r, "ascend");
    r.times = nan, refused(good, r, "ascend"), r.times = NULL, refused(good, r, "times");
    r = fine, r.n = -1, refused(good, r, "negative");
    r = fine, r.samples = NULL, refused(good, r, "NULL");
    r = fine, r.first = -1, refused(good, r, "first");
    r = fine, r.cond = &label, refused(good, r, "no condition");
    ck_assert_int_eq(rill_stochastic_sampler_run(good, NULL, NULL), RILL_BAD_ARGUMENT);
    r = fine, r.n = 0, r.samples = NULL;
    ck_assert_int_eq(rill_stochastic_sampler_run(good, &r, NULL), RILL_OK);
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(1) };
    ck_assert_ptr_null(rill_stochastic_sampler_new(store, NULL, &options, NULL));
    s.level = NULL;
    ck_assert_ptr_null(rill_stochastic_sampler_new(store, &s, &options, NULL));
    rill_stochastic_sampler_free(good);
    rill_stochastic_sampler_free(bad);
    rill_stochastic_sampler_free(NULL);
}
END_TEST

START_TEST(what_cannot_be_unrolled_is_refused)
{
    static const double down[] = { 1, 0 };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 1);
    const rill_solver *euler = rill_solver_find("euler");
    ck_assert(rill_is_inert(rill_stochastic_unroll(&plain, euler, down, 2, x, NULL, NULL)));
    ck_assert(rill_is_inert(rill_stochastic_unroll(NULL, euler, down, 2, x, NULL, NULL)));
    ck_assert(rill_is_inert(rill_stochastic_unroll(&plain, NULL, down, 2, x, NULL, NULL)));
    ck_assert(rill_is_inert(rill_stochastic_unroll(&plain, euler, NULL, 2, x, NULL, NULL)));
    ck_assert(rill_is_inert(rill_stochastic_drift(NULL).at(x, x, NULL, NULL)));
}
END_TEST

static void add_cases(TCase *cases)
{
    int levels = level_count(), schedulers = 0;
    while (rill_scheduler_built_in(schedulers))
        schedulers++;
    tcase_add_loop_test(cases, noise_leaves_the_marginals, 0, NAMES * STRENGTHS * levels);
    tcase_add_loop_test(cases, a_learned_score_leaves_the_marginals, 0, STRENGTHS * levels);
    tcase_add_loop_test(cases, solvers_have_their_orders, 0, 2);
    tcase_add_loop_test(cases, drawn_samples_have_the_marginals, 0, levels);
    tcase_add_loop_test(cases, unrolled_and_looped_are_equal_bit_for_bit, 0, solver_count());
    tcase_add_test(cases, a_sample_depends_on_seed_and_number_alone);
    tcase_add_test(cases, threads_make_no_difference);
    tcase_add_loop_test(cases, without_noise_it_is_the_deterministic_sampler, 0, levels);
    tcase_add_loop_test(cases, both_ends_are_finite_in_single_precision, 0, schedulers);
    tcase_add_test(cases, levels_are_what_they_say);
    tcase_add_test(cases, what_cannot_be_is_refused);
    tcase_add_test(cases, what_cannot_be_unrolled_is_refused);
}

int main(void)
{
    Suite *suite = suite_create("stochastic");
    TCase *cases = tcase_create("stochastic");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_set_timeout(cases, 30);
    suite_add_tcase(suite, cases);
    add_cases(cases);
    return run_suite(suite);
}
