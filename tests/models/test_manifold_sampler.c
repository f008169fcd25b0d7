/* test_manifold_sampler.c - solvers that stay on manifolds, looped and unrolled. */
#include "base/alloc.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/manifold/geodesic.h"
#include "models/manifold/sampler.h"
#include "models/manifold/unroll.h"
#include "models/nets/built_in.h"
#include "ops/cast.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "points.h"

#include <string.h>

enum { B = 24 };
static const uint64_t seed = 71;
static const rill_net_size size = { .hidden = 16, .layers = 2, .classes = 3 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };
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

static rill_tensor *column(rill_tensor *x, int i)
{
    return rill_slice(x, 1, i, i + 1, 1);
}

/* On "sphere:3,torus:2,euclidean:1": the sphere turns about (1,2,2)/3 by an angle of 2 sin t, the
 * torus moves by x' = -sin(x) and y' = x' + cos t, the line by z' = z cos t. */
static rill_tensor *turning(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    rill_tensor *a = column(x, 0), *b = column(x, 1), *c = column(x, 2), *rate = rill_cos(t);
    rill_tensor *turn[3] = { rill_sub(rill_scale(c, 2. / 3), rill_scale(b, 2. / 3)),
                             rill_sub(rill_scale(a, 2. / 3), rill_scale(c, 1. / 3)),
                             rill_sub(rill_scale(b, 1. / 3), rill_scale(a, 2. / 3)) };
    rill_tensor *pull = rill_neg(rill_sin(column(x, 3)));
    rill_tensor *v[6] = { rill_mul(turn[0], rill_scale(rate, 2)),
                          rill_mul(turn[1], rill_scale(rate, 2)),
                          rill_mul(turn[2], rill_scale(rate, 2)),
                          pull,
                          rill_add(pull, rate),
                          rill_mul(column(x, 5), rate) };
    return rill_concat_array(v, 6, 1);
}

static rill_manifold *product(void)
{
    return rill_manifold_parse("sphere:3,torus:2,euclidean:1", NULL);
}

static const rill_net turning_net = { turning, NULL, "turning" };

/* Where it goes from t = 0 to 1: by Rodrigues' formula, tan(x/2) e^-t, ... */
static void turned_to(const double *x, double *y)
{
    double k[3] = { 1. / 3, 2. / 3, 2. / 3 }, angle = 2 * sin(1), c = cos(angle), s = sin(angle);
    double across[3] = { k[1] * x[2] - k[2] * x[1], k[2] * x[0] - k[0] * x[2],
                         k[0] * x[1] - k[1] * x[0] };
    for (int j = 0; j < 3; j++)
        y[j] = c * x[j] + s * across[j] + (1 - c) * dot(k, x, 3) * k[j];
    y[3] = 2 * atan(exp(-1) * tan(x[3] / 2));
    double far = x[4] + (y[3] - x[3]) + sin(1);
    y[4] = atan2(sin(far), cos(far));
    y[5] = x[5] * exp(sin(1));
}

static rill_manifold_sampler *sampler_of(const rill_net *net, const rill_manifold *m, int64_t n,
                                         rill_dtype dtype, int64_t batch)
{
    rill_message message = { "" };
    rill_sampler_options options = { .dtype = dtype, .sample = RILL_SHAPE(n), .batch = batch };
    rill_manifold_sampler *s =
        rill_manifold_sampler_new(store, rill_net_field(net), m, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    return s;
}

static void sample(rill_manifold_sampler *s, const rill_sampling *sampling)
{
    rill_message message = { "" };
    ck_assert_msg(rill_manifold_sampler_run(s, sampling, &message) == RILL_OK, "%s", message.text);
}

enum { N6 = 6, MOST_STEPS = 64 };

/* The largest error at t = 1 over B rows, and how far x is from the manifold at any step. */
static double error_of(rill_manifold_sampler *s, const rill_solver *solver, int steps,
                       double *off_manifold)
{
    static double path[(MOST_STEPS + 1) * B * N6];
    double times[MOST_STEPS + 1], x0[B * N6], x[B * N6], wanted[N6], worst = 0;
    rill_time_grid(0, 1, steps, times, NULL);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = times,
                                .time_count = steps + 1,
                                .seed = seed,
                                .n = B,
                                .samples = x,
                                .noise = x0,
                                .trajectory = path });
    for (int i = 0; i < B; i++) {
        turned_to(x0 + i * N6, wanted);
        for (int j = 0; j < N6; j++) {
            double apart = x[i * N6 + j] - wanted[j];
            worst = fmax(worst, fabs(j == 3 || j == 4 ? atan2(sin(apart), cos(apart)) : apart));
        }
    }
    for (int i = 0; i < (steps + 1) * B; i++) {
        const double *at = path + i * N6;
        *off_manifold = fmax(*off_manifold, fabs(sqrt(dot(at, at, 3)) - 1));
        *off_manifold = fmax(*off_manifold, fmax(fabs(at[3]), fabs(at[4])) - M_PI);
    }
    return worst;
}

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

START_TEST(every_solver_keeps_its_order_and_stays_on_the_manifold)
{
    double off = 0;
    const rill_solver *solver = rill_solver_at(_i);
    rill_manifold *m = product();
    rill_manifold_sampler *s = sampler_of(&turning_net, m, N6, RILL_F64, B);
    double coarse = error_of(s, solver, 32, &off), fine = error_of(s, solver, 64, &off);
    double order = log2(coarse / fine);
    /* The next term of the error's expansion, of relative size 1/32, shifts the slope by that. */
    ck_assert_msg(fabs(order - solver->order) < .1, "%s: order %.3f, errors %.3g and %.3g",
                  solver->name, order, coarse, fine);
    ck_assert_msg(off <= 1e-12, "%s: %.3g off the manifold", solver->name, off);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

/* log_x(c)/(1-t) leads to c along a geodesic at even speed: in normal coordinates that is a
 * straight line, on which no solver errs. */
static rill_tensor *to_a_point(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond;
    double c[3] = { .6, 0, -.8 };
    rill_tensor *at = rill_broadcast(
        rill_constant(rill_graph_of(x), RILL_F64, RILL_SHAPE(1, 3), c, 3), rill_shape_of(x));
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1), t);
    return rill_div(rill_manifold_log(self, x, at), rest);
}

START_TEST(geodesics_are_followed_exactly)
{
    double times[] = { 0, .3, .35, .9 }, x0[B * 3], x[B * 3], target[B * 3];
    const rill_net net = { to_a_point, &rill_sphere, "to a point" };
    rill_manifold_sampler *s = sampler_of(&net, &rill_sphere, 3, RILL_F64, B);
    sample(s, &(rill_sampling){ .solver = rill_solver_at(_i),
                                .times = times,
                                .time_count = 4,
                                .seed = seed,
                                .n = B,
                                .samples = x,
                                .noise = x0 });
    rill_tensor *from = rill_constant(g, RILL_F64, RILL_SHAPE(B, 3), x0, B * 3);
    rill_tensor *zero = rill_full(g, RILL_F64, RILL_SHAPE(B, 1), 0);
    rill_tensor *way = to_a_point(from, zero, NULL, &rill_sphere);
    evaluate(rill_manifold_exp(&rill_sphere, from, rill_scale(way, .9)), target, B * 3);
    for (int i = 0; i < B * 3; i++)
        /* Roundings, over 1 - t = .1 at the end, with weights of up to 12. */
        NEAR(x[i], target[i], 1e-13, seed, i / 3);
    rill_manifold_sampler_free(s);
}
END_TEST

static void make_parameters(const rill_net *net, const rill_manifold *m, int64_t n,
                            rill_dtype dtype, rill_tensor *labels)
{
    rill_tensor *x = rill_cast(points(g, m, seed, 0, B, n), dtype);
    rill_tensor *t = rill_cast(time_constant(g, RILL_SHAPE(B)), dtype);
    rill_tensor *v = rill_net_velocity(net, x, t, labels);
    rill_program_free(compiled(g, &v, 1));
}

START_TEST(looped_and_unrolled_agree)
{
    double times[] = { 1, .45, .2, 0 }, x0[B * N6], x[B * N6], y[B * N6];
    const rill_solver *solver = rill_solver_at(_i);
    rill_manifold *m = product();
    rill_tangent_net tangent = { m, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, m, N6, RILL_F64, NULL);
    rill_manifold_sampler *s = sampler_of(&net, m, N6, RILL_F64, 16);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = times,
                                .time_count = 4,
                                .seed = 5,
                                .n = B,
                                .samples = x,
                                .noise = x0 });
    rill_tensor *from = rill_constant(g, RILL_F64, RILL_SHAPE(B, N6), x0, B * N6);
    rill_field field = rill_net_field(&net);
    evaluate(rill_manifold_unroll(m, field, solver, times, 4, from, NULL), y, B * N6);
    for (int i = 0; i < B * N6; i++)
        NEAR(x[i], y[i], 1e-13, seed, i / N6); /* the same, but for what compiling simplifies */
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(in_flat_space_solvers_are_the_usual_ones)
{
    double times[] = { 0, .2, .45, 1 }, x[B * 3], y[B * 3], noise[B * 3], flat_noise[B * 3];
    make_parameters(&mlp, &rill_euclidean, 3, RILL_F64, NULL);
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(3), .batch = 16 };
    rill_sampler *flat = rill_sampler_new(store, rill_net_field(&mlp), &options, NULL);
    rill_manifold_sampler *s = sampler_of(&mlp, &rill_euclidean, 3, RILL_F64, 16);
    rill_sampling sampling = {
        .solver = rill_solver_at(_i), .times = times, .time_count = 4, .seed = 3, .n = B, .first = 7
    };
    sampling.samples = x, sampling.noise = noise;
    sample(s, &sampling);
    sampling.samples = y, sampling.noise = flat_noise;
    ck_assert_int_eq(rill_sampler_run(flat, &sampling, NULL), RILL_OK);
    ck_assert_mem_eq(noise, flat_noise, sizeof noise);
    for (int i = 0; i < B * 3; i++)
        NEAR(x[i], y[i], 1e-14, seed, i / 3); /* sums in another order */
    rill_sampler_free(flat);
    rill_manifold_sampler_free(s);
}
END_TEST

START_TEST(back_along_the_same_grid)
{
    double times[33], back[33], x0[B * N6], x[B * N6], again[B * N6];
    rill_manifold *m = product();
    rill_manifold_sampler *s = sampler_of(&turning_net, m, N6, RILL_F64, 7);
    rill_time_grid(0, 1, 32, times, NULL);
    for (int i = 0; i <= 32; i++)
        back[i] = times[32 - i];
    rill_sampling sampling = { .solver = rill_solver_find("rk4"),
                               .times = times,
                               .time_count = 33,
                               .seed = 3,
                               .n = B,
                               .samples = x,
                               .noise = x0 };
    sample(s, &sampling);
    sampling.times = back, sampling.x0 = x, sampling.samples = again, sampling.noise = NULL;
    sample(s, &sampling);
    for (int i = 0; i < B * N6; i++) /* 1/32^4 = 1e-6 times some tenths, there and back */
        NEAR(again[i], x0[i], 1e-6, seed, i / N6);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(a_sample_depends_on_seed_and_number_alone)
{
    enum { MANY = 37, FEW = 11 };
    double times[] = { 0, .5, 1 };
    float many[MANY * N6], few[FEW * N6], other[MANY * N6], noise[MANY * N6];
    rill_manifold *m = product();
    rill_tangent_net tangent = { m, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, m, N6, RILL_F32, NULL);
    rill_manifold_sampler *s = sampler_of(&net, m, N6, RILL_F32, 16);
    rill_sampling sampling = { .times = times, .time_count = 3, .seed = 9 };
    sampling.n = MANY, sampling.samples = many, sampling.noise = noise;
    sample(s, &sampling);
    sampling.n = FEW, sampling.samples = few, sampling.first = 20, sampling.noise = NULL;
    sample(s, &sampling);
    ck_assert_mem_eq(many + 20 * N6, few, sizeof few);
    sampling.n = MANY, sampling.samples = other, sampling.first = 0;
    for (int threads = 1; threads <= 3; threads++) {
        rill_set_threads(threads);
        sample(s, &sampling);
        ck_assert_mem_eq(many, other, sizeof many);
    }
    sampling.seed = 10;
    sample(s, &sampling);
    ck_assert_mem_ne(many, other, sizeof many);
    for (int i = 0; i < MANY; i++) { /* noise: the base of the stream that flat samplers have */
        double z[N6], length = 0;
        rill_stream_normal(rill_stream_key(9, "noise"), 0, i, 0, N6, z);
        for (int j = 0; j < 3; j++)
            length += z[j] * z[j];
        for (int j = 0; j < 3; j++) /* some roundings of f32 */
            NEAR((double)noise[i * N6 + j], z[j] / sqrt(length), 4e-7, seed, i);
        NEAR((double)noise[i * N6 + 3], M_PI * erf(z[3] * M_SQRT1_2), 2e-6, seed, i);
        ck_assert_double_eq((double)noise[i * N6 + 5], (double)(float)z[5]);
    }
    sampling.n = 0, sampling.samples = NULL;
    sample(s, &sampling);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

/* Rows of several batches, the last one padded: each is told where it belongs, and no padding
 * counts.
 */
START_TEST(a_trajectory_goes_from_noise_to_samples)
{
    enum { N = 37, STEPS = 2, BATCH = 16 };
    static double way[(STEPS + 1) * N * N6], x[N * N6], noise[N * N6];
    double times[] = { 0, .4, 1 };
    rill_ode_counts counts = { 0 };
    rill_manifold *m = product();
    rill_manifold_sampler *s = sampler_of(&turning_net, m, N6, RILL_F64, BATCH);
    const rill_solver *solver = rill_solver_find("heun");
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = times,
                                .time_count = STEPS + 1,
                                .seed = 3,
                                .n = N,
                                .counts = &counts,
                                .samples = x,
                                .noise = noise,
                                .trajectory = way });
    ck_assert_mem_eq(way, noise, sizeof noise);
    ck_assert_mem_eq(way + STEPS * N * N6, x, sizeof x);
    ck_assert_int_eq(counts.calls, (N + BATCH - 1) / BATCH * STEPS * solver->stages);
    ck_assert_int_eq(counts.evaluations, N * STEPS * solver->stages);
    ck_assert_int_eq(counts.accepted, N * STEPS);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(what_is_given_is_projected)
{
    double x0[] = { 3, 0, 4, 0, 0, 0 }, x[6], start = .5;
    rill_net net = { to_a_point, &rill_sphere, "to a point" };
    rill_manifold_sampler *s = sampler_of(&net, &rill_sphere, 3, RILL_F64, 4);
    sample(s, &(rill_sampling){ .times = &start, .time_count = 1, .n = 2, .x0 = x0, .samples = x });
    static const double wanted[] = { .6, 0, .8, 1, 0, 0 };
    for (int i = 0; i < 6; i++)
        NEAR(x[i], wanted[i], 1e-15, seed, i / 3);
    rill_manifold_sampler_free(s);
}
END_TEST

START_TEST(each_row_has_its_own_label)
{
    enum { N = 21 };
    double times[] = { 0, .5, 1 };
    float together[N * 3], alone[N * 3];
    int32_t labels[N], same[N];
    rill_message message = { "" };
    rill_tangent_net tangent = { &rill_sphere, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, &rill_sphere, 3, RILL_F32, rill_full(g, RILL_I32, RILL_SHAPE(B), 0));
    rill_sampler_options options = { .sample = RILL_SHAPE(3), .batch = 8, .labels = 1 };
    rill_manifold_sampler *s =
        rill_manifold_sampler_new(store, rill_net_field(&net), &rill_sphere, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    for (int i = 0; i < N; i++)
        labels[i] = i % 4 - 1;
    rill_sampling sampling = { .times = times, .time_count = 3, .n = N };
    sampling.samples = together, sampling.cond = labels;
    sample(s, &sampling);
    for (int label = -1; label < 3; label++) {
        for (int i = 0; i < N; i++)
            same[i] = label;
        sampling.samples = alone, sampling.cond = same;
        sample(s, &sampling);
        for (int i = 0; i < N; i++)
            if (labels[i] == label)
                ck_assert_mem_eq(alone + i * 3, together + i * 3, 3 * sizeof *alone);
    }
    sampling.cond = NULL;
    ck_assert_int_eq(rill_manifold_sampler_run(s, &sampling, &message), RILL_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(message.text, "needs a condition"));
    rill_manifold_sampler_free(s);
}
END_TEST

/* ---- What is refused. */

static const rill_net to_a_point_net = { to_a_point, &rill_sphere, "to a point" };

START_TEST(samplers_refuse_nonsense)
{
    double x[3], times[] = { 0, 1 }, bad[] = { 0, (double)INFINITY };
    rill_message message;
    rill_sampler_options good = { .dtype = RILL_F64, .sample = RILL_SHAPE(3) }, wrong[6];
    for (int i = 0; i < 6; i++)
        wrong[i] = good;
    wrong[0].dtype = RILL_I32, wrong[1].sample = RILL_SHAPE(3, 1), wrong[2].batch = -1;
    wrong[3].sample = RILL_SHAPE(1), wrong[4].dtype = RILL_F32 /* the field has f64 in it */;
    wrong[5].batch = INT64_MAX;
    const rill_net *net = &to_a_point_net;
    for (int i = 0; i < 6; i++) {
        ck_assert_msg(!rill_manifold_sampler_new(store, rill_net_field(net), &rill_sphere,
                                                 &wrong[i], &message),
                      "%d was accepted", i);
        ck_assert_int_gt((int)strlen(message.text), 0);
    }
    ck_assert_ptr_null(
        rill_manifold_sampler_new(NULL, rill_net_field(net), &rill_sphere, &good, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, (rill_field){ NULL, NULL }, &rill_sphere, &good, NULL));
    ck_assert_ptr_null(rill_manifold_sampler_new(store, rill_net_field(net), NULL, &good, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, rill_net_field(net), &rill_sphere, NULL, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, rill_net_field(&mlp), &rill_sphere, &good, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "net.hidden0.weight is not in the store"));
    rill_manifold_sampler *s = sampler_of(net, &rill_sphere, 3, RILL_F64, 4);
    rill_sampling fine = { .times = times, .time_count = 2, .n = 1, .samples = x }, sampling[6];
    for (int i = 0; i < 6; i++)
        sampling[i] = fine;
    sampling[0].times = NULL, sampling[1].time_count = 0, sampling[2].n = -1;
    sampling[3].first = -1, sampling[4].times = bad, sampling[5].n = INT64_MAX;
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(rill_manifold_sampler_run(s, &sampling[i], NULL), RILL_BAD_ARGUMENT);
    fine.cond = x;
    ck_assert_int_eq(rill_manifold_sampler_run(s, &fine, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_manifold_sampler_run(s, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_manifold_sampler_run(NULL, &fine, NULL), RILL_BAD_ARGUMENT);
    rill_manifold_sampler_free(s);
    rill_manifold_sampler_free(NULL);
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    double times[] = { 0, .5 }, x[3 * 3];
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(3), .batch = 2 };
    rill_sampling sampling = { .times = times, .time_count = 2, .n = 3, .samples = x };
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_manifold_sampler *s = rill_manifold_sampler_new(store, rill_net_field(&to_a_point_net),
                                                             &rill_sphere, &options, &message);
        rill_status status = s ? rill_manifold_sampler_run(s, &sampling, &message) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        rill_manifold_sampler_free(s);
        if (status == RILL_OK)
            break;
        ck_assert_msg(message.text[0], "allocation %d: no message", n);
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold_sampler");
    TCase *solvers = tcase_create("solvers"), *wrong = tcase_create("mistakes");
    TCase *cases[] = { solvers, wrong };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], begin, end);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(solvers, every_solver_keeps_its_order_and_stays_on_the_manifold, 0,
                        solver_count());
    tcase_add_loop_test(solvers, geodesics_are_followed_exactly, 0, solver_count());
    tcase_add_loop_test(solvers, looped_and_unrolled_agree, 0, solver_count());
    tcase_add_loop_test(solvers, in_flat_space_solvers_are_the_usual_ones, 0, solver_count());
    tcase_add_test(solvers, back_along_the_same_grid);
    tcase_add_test(solvers, a_sample_depends_on_seed_and_number_alone);
    tcase_add_test(solvers, a_trajectory_goes_from_noise_to_samples);
    tcase_add_test(solvers, what_is_given_is_projected);
    tcase_add_test(solvers, each_row_has_its_own_label);
    tcase_add_test(wrong, samplers_refuse_nonsense);
    tcase_add_test(wrong, no_memory_anywhere_is_a_clean_failure);
    return run_suite(suite);
}
