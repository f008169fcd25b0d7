/* test_sampler.c - solvers as nodes against the host loop, bit for bit, and sampling in chunks. */
#include "base/alloc.h"
#include "evaluate.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/nets/built_in.h"
#include "models/ode/unroll.h"

#include <math.h>
#include <string.h>

enum { B = 16, D = 2, STEPS = 4 };
static const uint64_t seed = 23;
static const rill_net_size size = { .hidden = 16, .layers = 2, .classes = 3 };
static const rill_flow flow = { .net = { rill_mlp, &size, "mlp" } };
static rill_store *store;

/* A store with the weights of `net`, as they start. */
static void begin(void)
{
    store = rill_store_new(seed);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(1, D), 0);
    rill_tensor *t = rill_full(g, RILL_F32, RILL_SHAPE(1), 0);
    rill_tensor *v = rill_net_velocity(&flow.net, x, t, NULL);
    rill_program_free(compiled(g, &v, 1));
    rill_graph_free(g);
}

static void end(void)
{
    rill_store_free(store);
}

static rill_sampler *sampler_of(int64_t batch)
{
    rill_message message;
    rill_sampler_options options = { .sample = RILL_SHAPE(D), .batch = batch };
    rill_sampler *s = rill_sampler_new(store, rill_flow_field(&flow), &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    return s;
}

static void sample(rill_sampler *s, const rill_sampling *sampling)
{
    rill_message message;
    ck_assert_msg(rill_sampler_run(s, sampling, &message) == RILL_OK, "%s", message.text);
}

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

static const double grid[STEPS + 1] = { 0, .2, .45, .8, 1 };

START_TEST(unrolled_and_looped_are_equal_bit_for_bit)
{
    float x0[B * D], looped[B * D], unrolled[B * D];
    const rill_solver *solver = rill_solver_at(_i);
    rill_sampler *s = sampler_of(B);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = grid,
                                .time_count = STEPS + 1,
                                .seed = 1,
                                .n = B,
                                .samples = looped,
                                .noise = x0 });
    rill_sampler_free(s);

    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_constant(g, RILL_F32, RILL_SHAPE(B, D), x0, B * D);
    rill_tensor *y = rill_ode_unroll(rill_flow_field(&flow), solver, grid, STEPS + 1, x, NULL);
    rill_compile_options plain = { .passes_off = RILL_NO_FUSE };
    rill_program *p = rill_compile_outputs(g, &y, 1, &plain);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    run(p);
    rill_read(p, y, unrolled, B * D);
    ck_assert_mem_eq(looped, unrolled, sizeof looped);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

/* In f64, with weights of their own: fused kernels may round otherwise, and by no more. */
START_TEST(fused_and_looped_are_equal_to_rounding)
{
    double x0[B * D], looped[B * D], unrolled[B * D];
    const rill_solver *solver = rill_solver_at(_i);
    rill_message message;
    rill_store *wide = rill_store_new(seed);
    rill_graph *g = rill_graph_new(wide);
    for (int i = 0; i < B * D; i++)
        x0[i] = cos(1.7 * i);
    rill_tensor *x = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), x0, B * D);
    rill_tensor *y = rill_ode_unroll(rill_flow_field(&flow), solver, grid, STEPS + 1, x, NULL);
    rill_program *p = compiled(g, &y, 1);
    run(p);
    rill_read(p, y, unrolled, B * D);
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(D), .batch = B };
    rill_sampler *s = rill_sampler_new(wide, rill_flow_field(&flow), &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = grid,
                                .time_count = STEPS + 1,
                                .n = B,
                                .x0 = x0,
                                .samples = looped });
    for (int i = 0; i < B * D; i++)
        ck_assert_double_eq_tol(unrolled[i], looped[i], 1e-13 * (1 + fabs(looped[i])));
    rill_sampler_free(s);
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(wide);
}
END_TEST

/* Padded chunks too: a row that is none costs nothing, and the rest take their own steps. */
START_TEST(chosen_steps_are_of_the_sample_alone)
{
    enum { MANY = 70, FEW = 21 };
    float many[MANY * D], few[FEW * D];
    rill_ode_counts all = { 0 }, first = { 0 };
    rill_sampler *s = sampler_of(B);
    rill_sampling sampling = { .solver = rill_solver_find("dopri5"),
                               .times = (double[]){ 0, 1 },
                               .time_count = 2,
                               .tolerance = 1e-5,
                               .seed = 9 };
    sampling.n = MANY, sampling.samples = many, sampling.counts = &all;
    sample(s, &sampling);
    sampling.n = FEW, sampling.samples = few, sampling.counts = &first;
    sample(s, &sampling);
    ck_assert_mem_eq(many, few, sizeof few);
    ck_assert_int_eq(all.evaluations, 2 * MANY + 6 * (all.accepted + all.rejected));
    ck_assert_int_eq(first.evaluations, 2 * FEW + 6 * (first.accepted + first.rejected));
    rill_sampler_free(s);
}
END_TEST

START_TEST(a_sample_depends_on_seed_and_number_alone)
{
    enum { MANY = 70, FEW = 21 };
    float many[MANY * D], few[FEW * D], other[MANY * D];
    rill_sampler *s = sampler_of(B);
    rill_sampling sampling = { .times = grid, .time_count = STEPS + 1, .seed = 9 };
    sampling.n = MANY, sampling.samples = many;
    sample(s, &sampling);
    sampling.n = FEW, sampling.samples = few;
    sample(s, &sampling);
    ck_assert_mem_eq(many, few, sizeof few);
    sampling.n = MANY, sampling.samples = other, sampling.seed = 10;
    sample(s, &sampling);
    ck_assert_mem_ne(many, other, sizeof many);
    sampling.n = 0, sampling.samples = NULL;
    sample(s, &sampling);
    rill_sampler_free(s);
}
END_TEST

START_TEST(noise_is_the_stream_of_the_seed)
{
    enum { N = 19 };
    float x0[N * D], x[N * D];
    double wanted[D];
    rill_sampler *s = sampler_of(8);
    double start = 0;
    sample(s, &(rill_sampling){
                  .times = &start, .time_count = 1, .seed = 4, .n = N, .samples = x, .noise = x0 });
    for (int i = 0; i < N; i++) {
        rill_stream_normal(rill_stream_key(4, "noise"), 0, i, 0, D, wanted);
        for (int j = 0; j < D; j++)
            ck_assert_double_eq((double)x0[i * D + j], (double)(float)wanted[j]);
    }
    ck_assert_mem_eq(x, x0, sizeof x); /* one time is no step */
    rill_sampler_free(s);
}
END_TEST

START_TEST(a_trajectory_goes_from_noise_to_samples)
{
    enum { N = 19 };
    static float path[(STEPS + 1) * N * D], again[N * D];
    float x0[N * D], x[N * D];
    rill_sampler *s = sampler_of(8);
    rill_sampling sampling = { .times = grid,
                               .time_count = STEPS + 1,
                               .seed = 4,
                               .n = N,
                               .samples = x,
                               .noise = x0,
                               .trajectory = path };
    sample(s, &sampling);
    ck_assert_mem_eq(path, x0, sizeof x0);
    ck_assert_mem_eq(path + STEPS * N * D, x, sizeof x);
    rill_sampling given = sampling;
    given.x0 = x0, given.samples = again, given.seed = 77, given.trajectory = NULL;
    given.noise = NULL;
    sample(s, &given);
    ck_assert_mem_eq(again, x, sizeof x);
    rill_sampler_free(s);
}
END_TEST

START_TEST(the_field_at_points_is_the_first_euler_step)
{
    enum { N = 19 };
    static float path[2 * N * D], v[N * D], x0[N * D], x[N * D];
    double times[] = { .25, .75 }, t[N];
    rill_sampler *s = sampler_of(8);
    sample(s, &(rill_sampling){ .times = times,
                                .time_count = 2,
                                .n = N,
                                .samples = x,
                                .noise = x0,
                                .trajectory = path });
    for (int i = 0; i < N; i++)
        t[i] = .25;
    ck_assert_int_eq(rill_sampler_velocity(s, N, x0, t, NULL, v, NULL), RILL_OK);
    for (int i = 0; i < N * D; i++)
        ck_assert_double_eq((double)x[i], (double)(x0[i] + v[i] * .5f));
    rill_sampler_free(s);
}
END_TEST

/* ---- Threads: each takes chunks of its own, and the last are done by all. */

typedef struct drawn {
    float x[70 * D], x0[70 * D], path[(STEPS + 1) * 70 * D], v[70 * D];
    rill_ode_counts counts;
} drawn;

static void draw_by(int threads, double tolerance, drawn *d)
{
    double t[70];
    rill_sampler *s = sampler_of(8);
    memset(d, 0, sizeof *d);
    rill_set_threads(threads);
    sample(s, &(rill_sampling){ .solver = rill_solver_find("dopri5"),
                                .times = grid,
                                .time_count = STEPS + 1,
                                .tolerance = tolerance,
                                .counts = &d->counts,
                                .seed = 5,
                                .n = 70,
                                .samples = d->x,
                                .noise = d->x0,
                                .trajectory = d->path });
    for (int i = 0; i < 70; i++)
        t[i] = i / 70.;
    ck_assert_int_eq(rill_sampler_velocity(s, 70, d->x, t, NULL, d->v, NULL), RILL_OK);
    rill_set_threads(0);
    rill_sampler_free(s);
}

START_TEST(threads_make_no_difference)
{
    static drawn alone, shared;
    const double tolerance = _i ? 1e-5 : 0;
    draw_by(1, tolerance, &alone);
    for (int threads = 2; threads <= 5; threads++) {
        draw_by(threads, tolerance, &shared);
        ck_assert_mem_eq(&shared, &alone, sizeof alone);
    }
}
END_TEST

/* ---- Conditions. */

START_TEST(each_row_has_its_own_label)
{
    enum { N = 21 };
    float together[N * D], alone[N * D];
    int32_t labels[N], same[N];
    rill_message message;
    rill_store *own = rill_store_new(seed); /* labels widen the first layer */
    rill_graph *h = rill_graph_new(own);
    rill_tensor *x = rill_full(h, RILL_F32, RILL_SHAPE(1, D), 0);
    rill_tensor *t = rill_full(h, RILL_F32, RILL_SHAPE(1), 0);
    rill_tensor *v = rill_net_velocity(&flow.net, x, t, rill_full(h, RILL_I32, RILL_SHAPE(1), 0));
    rill_program_free(compiled(h, &v, 1));
    rill_sampler_options options = { .sample = RILL_SHAPE(D), .batch = 8, .labels = 1 };
    rill_sampler *s = rill_sampler_new(own, rill_flow_field(&flow), &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    for (int i = 0; i < N; i++)
        labels[i] = i % 4 - 1;
    rill_sampling sampling = { .times = grid, .time_count = STEPS + 1, .n = N };
    sampling.samples = together, sampling.cond = labels;
    sample(s, &sampling);
    for (int label = -1; label < 3; label++) {
        for (int i = 0; i < N; i++)
            same[i] = label;
        sampling.samples = alone, sampling.cond = same;
        sample(s, &sampling);
        for (int i = 0; i < N; i++)
            if (labels[i] == label)
                ck_assert_mem_eq(alone + i * D, together + i * D, D * sizeof *alone);
    }
    sampling.cond = NULL;
    ck_assert_int_eq(rill_sampler_run(s, &sampling, &message), RILL_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(message.text, "needs a condition"));
    rill_sampler_free(s);
    rill_graph_free(h);
    rill_store_free(own);
}
END_TEST

/* ---- What is refused. */

START_TEST(a_missing_weight_is_named)
{
    rill_message message;
    rill_store *empty = rill_store_new(seed);
    rill_sampler_options options = { .sample = RILL_SHAPE(D) };
    ck_assert_ptr_null(rill_sampler_new(empty, rill_flow_field(&flow), &options, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "net.hidden0.weight"));
    rill_store_free(empty);
}
END_TEST

START_TEST(mistakes_are_refused)
{
    const rill_field none = { NULL, NULL };
    float x[D];
    double t = .5;
    rill_message message;
    rill_sampler_options good = { .sample = RILL_SHAPE(D) }, bad[8];
    for (int i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].dtype = RILL_I32, bad[1].sample = RILL_SCALAR, bad[2].batch = -1;
    bad[3].batch = INT64_MAX, bad[4].labels = 1, bad[4].vector = 2, bad[5].vector = -2;
    bad[6].sample = RILL_SHAPE(D + 1) /* the store has other weights */, bad[7].dtype = RILL_F64;
    for (int i = 0; i < 8; i++) {
        ck_assert_msg(!rill_sampler_new(store, rill_flow_field(&flow), &bad[i], &message),
                      "%d was accepted", i);
        ck_assert_int_gt((int)strlen(message.text), 0);
    }
    ck_assert_ptr_null(rill_sampler_new(NULL, rill_flow_field(&flow), &good, NULL));
    ck_assert_ptr_null(rill_sampler_new(store, none, &good, NULL));
    ck_assert_ptr_null(rill_sampler_new(store, rill_flow_field(&flow), NULL, NULL));
    rill_sampler *s = sampler_of(4);
    ck_assert_int_eq(rill_sampler_run(s, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_sampler_run(NULL, &(rill_sampling){ .n = 1 }, NULL), RILL_BAD_ARGUMENT);
    rill_sampling sampling = { .n = 1, .samples = x };
    ck_assert_int_eq(rill_sampler_run(s, &sampling, NULL), RILL_BAD_ARGUMENT);
    sampling.times = &t, sampling.time_count = 1, sampling.n = INT64_MAX;
    ck_assert_int_eq(rill_sampler_run(s, &sampling, NULL), RILL_BAD_ARGUMENT);
    sampling.n = -1;
    ck_assert_int_eq(rill_sampler_run(s, &sampling, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_sampler_velocity(s, 1, NULL, &t, NULL, x, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_sampler_velocity(s, 1, x, &t, x, x, NULL), RILL_BAD_ARGUMENT);
    rill_sampler_free(s);
    rill_sampler_free(NULL);
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    rill_sampler_options options = { .sample = RILL_SHAPE(D), .batch = 4 };
    float x[3 * D];
    rill_sampling sampling = { .times = grid, .time_count = 2, .n = 3, .samples = x };
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_sampler *s = rill_sampler_new(store, rill_flow_field(&flow), &options, &message);
        rill_status status = s ? rill_sampler_run(s, &sampling, &message) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        rill_sampler_free(s);
        if (status == RILL_OK)
            break;
        ck_assert_msg(message.text[0], "allocation %d: no message", n);
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

START_TEST(unrolling_refuses_nonsense)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, D), 0);
    const rill_solver *euler = rill_solver_at(0);
    double bad[] = { 0, (double)NAN };
    rill_field field = rill_flow_field(&flow), none = { NULL, NULL };
    ck_assert(rill_is_inert(rill_ode_unroll(none, euler, grid, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_ode_unroll(field, NULL, grid, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_ode_unroll(field, euler, NULL, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_ode_unroll(field, euler, grid, 0, x, NULL)));
    ck_assert(rill_is_inert(rill_ode_unroll(field, euler, bad, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_ode_unroll(field, euler, grid, 2, NULL, NULL)));
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sampler");
    TCase *solvers = tcase_create("solvers"), *samples = tcase_create("samples");
    TCase *wrong = tcase_create("mistakes");
    TCase *all[] = { solvers, samples, wrong };
    for (int i = 0; i < 3; i++) {
        tcase_add_checked_fixture(all[i], begin, end);
        suite_add_tcase(suite, all[i]);
    }
    tcase_add_loop_test(solvers, unrolled_and_looped_are_equal_bit_for_bit, 0, solver_count());
    tcase_add_loop_test(solvers, fused_and_looped_are_equal_to_rounding, 0, solver_count());
    tcase_add_test(samples, chosen_steps_are_of_the_sample_alone);
    tcase_add_test(samples, a_sample_depends_on_seed_and_number_alone);
    tcase_add_test(samples, noise_is_the_stream_of_the_seed);
    tcase_add_test(samples, a_trajectory_goes_from_noise_to_samples);
    tcase_add_test(samples, the_field_at_points_is_the_first_euler_step);
    tcase_add_loop_test(samples, threads_make_no_difference, 0, 2);
    tcase_add_test(samples, each_row_has_its_own_label);
    tcase_add_test(wrong, a_missing_weight_is_named);
    tcase_add_test(wrong, mistakes_are_refused);
    tcase_add_test(wrong, no_memory_anywhere_is_a_clean_failure);
    tcase_add_test(wrong, unrolling_refuses_nonsense);
    return run_suite(suite);
}
