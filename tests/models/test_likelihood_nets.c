/* test_likelihood_nets.c - log p under networks: the graph of likelihood.h, its derivatives, and a
 * density that was learned. */
#include "core/grad.h"
#include "models/flow/flow.h"
#include "models/flow/likelihood.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "scored.h"

#include <string.h>

enum { B = 7, D = 6 };

static const rill_net_size size = { .hidden = 16, .layers = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

/* Makes the parameters of the network, in samples of shape [rows, ...]. */
static void grow(rill_dtype dtype, rill_shape batch)
{
    rill_tensor *v = rill_net_velocity(&mlp, rill_full(g, dtype, batch, 1),
                                       rill_full(g, dtype, RILL_SHAPE(batch.dim[0], 1), .5), NULL);
    rill_program_free(compiled(g, &v, 1));
}

START_TEST(a_row_depends_on_itself_alone)
{
    enum { N = 11 };
    double x[N * D], log_p[3][N], error[3][N], times[11];
    memcpy(x, normals(seed, 0, N * D), sizeof x);
    rill_time_grid(1, 0, 10, times, NULL);
    grow(RILL_F64, RILL_SHAPE(2, 3, 2));
    for (int i = 0; i < 3; i++) {
        static const int64_t batch[] = { 4, 11, 3 }, first[] = { 0, 0, 5 };
        rill_scorer *s =
            scorer_of(rill_net_field(&mlp),
                      (rill_scorer_options){ { RILL_F64, RILL_SHAPE(3, 2), .batch = batch[i] },
                                             .probes = _i ? 2 : 0 });
        scored(s,
               (rill_sampling){ .times = times,
                                .time_count = 11,
                                .first = first[i],
                                .n = N - first[i],
                                .x0 = x + first[i] * D },
               (rill_scores){ log_p[i] + first[i], error[i] + first[i] });
        rill_scorer_free(s);
    }
    for (int i = 0; i < N; i++) {
        ck_assert_double_eq(log_p[0][i], log_p[1][i]);
        if (i >= 5)
            ck_assert_double_eq(log_p[0][i], log_p[2][i]);
        if (_i)
            ck_assert_double_eq(error[0][i], error[1][i]);
    }
}
END_TEST

/* The graph of likelihood.h, for points given as numbers, and probes that are the same each time.
 */
typedef struct built {
    rill_tensor *x, *probes[2];
    rill_likelihood_parts parts;
} built;

static built build(const double *x, int probes, int ascending)
{
    double times[9];
    rill_time_grid(ascending ? 0 : 1, ascending ? 1 : 0, 8, times, NULL);
    built b = { .x = rill_constant(g, RILL_F64, RILL_SHAPE(B, 3, 2), x, B * D) };
    for (int i = 0; i < 2; i++)
        b.probes[i] = normal_constant(g, seed, 3 + i, RILL_SHAPE(B, 3, 2));
    rill_likelihood l = { .field = rill_net_field(&mlp),
                          .solver = rill_solver_find("rk4"),
                          .times = times,
                          .time_count = 9,
                          .probes = b.probes,
                          .probe_count = probes };
    b.parts = rill_likelihood_build(&l, b.x, NULL);
    return b;
}

START_TEST(the_graph_and_the_scorer_agree)
{
    double x[B * D], by_graph[B], by_scorer[B], end[B * D];
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    built back = build(x, 0, 0);
    evaluate(back.parts.log_p, by_graph, B);
    ck_assert_ptr_null(back.parts.standard_error);
    rill_scorer *s = scorer_of(rill_net_field(&mlp),
                               (rill_scorer_options){ { RILL_F64, RILL_SHAPE(3, 2), .batch = B } });
    score(s, "rk4", 8, B, x, by_scorer);
    for (int i = 0; i < B; i++)
        NEAR(by_graph[i], by_scorer[i], 1e-13, i); /* the same arithmetic, fused otherwise */
    built up = build(x, 0, 1);
    evaluate(up.parts.log_p, by_graph, B);
    evaluate(up.parts.x, end, B * D);
    double times[9];
    rill_time_grid(0, 1, 8, times, NULL);
    double samples[B * D];
    scored(s,
           (rill_sampling){ .solver = rill_solver_find("rk4"),
                            .times = times,
                            .time_count = 9,
                            .n = B,
                            .x0 = x,
                            .samples = samples },
           (rill_scores){ by_scorer, NULL });
    for (int i = 0; i < B; i++)
        NEAR(by_graph[i], by_scorer[i], 1e-13, i);
    for (int i = 0; i < B * D; i++)
        NEAR(end[i], samples[i], 1e-13, i / D);
    rill_scorer_free(s);
}
END_TEST

/* By the probes that the scorer draws, given to the graph: the mean and its standard error. */
START_TEST(estimates_of_graph_and_scorer_agree)
{
    double x[B * D], e[2][B * D], log_p[2][B], error[2][B], times[9];
    uint64_t key = rill_stream_key(seed, "probes");
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    built b = build(x, 0, 0);
    rill_time_grid(1, 0, 8, times, NULL);
    for (int i = 0; i < 2; i++) {
        for (int row = 0; row < B; row++)
            rill_stream_normal(key, (uint32_t)i, row, 0, D, e[i] + row * D);
        b.probes[i] = rill_constant(g, RILL_F64, RILL_SHAPE(B, 3, 2), e[i], B * D);
    }
    rill_likelihood l = { .field = rill_net_field(&mlp),
                          .solver = rill_solver_find("rk4"),
                          .times = times,
                          .time_count = 9,
                          .probes = b.probes,
                          .probe_count = 2 };
    rill_likelihood_parts parts = rill_likelihood_build(&l, b.x, NULL);
    evaluate(parts.log_p, log_p[0], B);
    evaluate(parts.standard_error, error[0], B);
    rill_scorer *s = scorer_of(rill_net_field(&mlp),
                               (rill_scorer_options){ { RILL_F64, RILL_SHAPE(3, 2), .batch = 4 },
                                                      .probes = 2,
                                                      .law = RILL_GAUSSIAN });
    scored(s,
           (rill_sampling){
               .solver = l.solver, .times = times, .time_count = 9, .seed = seed, .n = B, .x0 = x },
           (rill_scores){ log_p[1], error[1] });
    for (int i = 0; i < B; i++) {
        NEAR(log_p[1][i], log_p[0][i], 1e-12, i); /* the same arithmetic, fused otherwise */
        NEAR(error[1][i], error[0][i], 1e-12, i);
        ck_assert_double_gt(error[0][i], 1e-3);
    }
    rill_scorer_free(s);
}
END_TEST

static double total(rill_tensor *log_p)
{
    double value;
    evaluate(rill_sum_all(log_p), &value, 1);
    return value;
}

/* Exact and by two probes; backwards and, of samples, forwards. */
START_TEST(gradients_with_respect_to_data_are_those_of_differences)
{
    int probes = _i & 1 ? 2 : 0, ascending = _i >> 1;
    double x[B * D], slope[B * D], h = 1e-5;
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    built b = build(x, probes, ascending);
    rill_tensor *grad;
    rill_grad(rill_sum_all(b.parts.log_p), &b.x, 1, &grad);
    evaluate(grad, slope, B * D);
    for (int i = 0; i < B * D; i += 5) {
        double at = x[i];
        x[i] = at + h;
        double up = total(build(x, probes, ascending).parts.log_p);
        x[i] = at - h;
        double down = total(build(x, probes, ascending).parts.log_p);
        x[i] = at;
        NEAR(slope[i], (up - down) / (2 * h), 1e-7, i / D); /* sums of 60, of rounding 1e-14/h */
    }
}
END_TEST

START_TEST(gradients_with_respect_to_parameters_are_those_of_differences)
{
    double x[B * D], w[16 * 16], slope[16 * 16], h = 1e-5;
    static const char name[] = "net.hidden1.weight";
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    built b = build(x, _i ? 2 : 0, 0);
    rill_tensor *grad, *params[16], *weight = NULL;
    int64_t n = rill_depends_on(&b.parts.log_p, 1, RILL_PARAMETER, params, 16);
    for (int64_t i = 0; i < n; i++)
        if (strcmp(rill_name_of(params[i]), name) == 0)
            weight = params[i];
    ck_assert_ptr_nonnull(weight);
    grow(RILL_F64, RILL_SHAPE(B, 3, 2));
    rill_grad(rill_sum_all(b.parts.log_p), &weight, 1, &grad);
    evaluate(grad, slope, 16 * 16);
    ck_assert_int_eq(rill_store_get(store, name, w, 16 * 16, NULL), RILL_OK);
    for (int i = 0; i < 16 * 16; i += 37) {
        double at = w[i], side[2];
        for (int k = 0; k < 2; k++) {
            w[i] = at + (k ? -h : h);
            ck_assert_int_eq(rill_store_set(store, name, w, 16 * 16, NULL), RILL_OK);
            side[k] = total(b.parts.log_p);
        }
        w[i] = at;
        NEAR(slope[i], (side[0] - side[1]) / (2 * h), 1e-7, i);
    }
}
END_TEST

/* Rows of a ring of radius 2 with a gap, of sd .3 around it. */
enum { ROWS = 128, ROUNDS = 300 };

static void ring(int round, float *x)
{
    double z[ROWS * 2], u[ROWS];
    rill_stream_normal(rill_stream_key(seed, "ring"), (uint32_t)round, 0, 0, ROWS * 2, z);
    rill_stream_uniform(rill_stream_key(seed, "angle"), (uint32_t)round, 0, 0, ROWS, u);
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = (float)(2 * cos(5 * u[i]) + .3 * z[2 * i]);
        x[2 * i + 1] = (float)(2 * sin(5 * u[i]) + .3 * z[2 * i + 1]);
    }
}

START_TEST(a_trained_density_integrates_to_one)
{
    enum { SIDE = 96, NODES = SIDE * SIDE };
    static float x[NODES * 2], rows[ROWS * 2];
    static double log_p[NODES];
    rill_flow flow = { .net = mlp };
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(ROWS, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_tensor *outputs[] = { loss, rill_adam(loss, (rill_adam_options){ .lr = 1e-2 }) };
    rill_program *p = compiled(g, outputs, 2);
    for (int round = 0; round < ROUNDS; round++) {
        ring(round, rows);
        rill_feed(p, x1, rows, ROWS * 2);
        run(p);
    }
    rill_program_free(p);
    double sum = 0, mass = 0, step = 12. / SIDE;
    for (int i = 0; i < NODES; i++) {
        x[2 * i] = (float)(-6 + (i % SIDE + .5) * step);
        x[2 * i + 1] = (float)(-6 + (i / SIDE + .5) * step);
    }
    rill_scorer *s =
        scorer_of(rill_flow_field(&flow), (rill_scorer_options){ { RILL_F32, RILL_SHAPE(2) } });
    score(s, "rk4", 20, NODES, x, log_p);
    for (int i = 0; i < NODES; i++) {
        double cell = exp(log_p[i]) * step * step;
        sum += cell;
        mass += cell * (fabs(hypot((double)x[2 * i], (double)x[2 * i + 1]) - 2) < .75);
    }
    NEAR(sum, 1, 1e-4, 0);
    ck_assert_double_ge(mass, .8); /* it learned something: of the data 98.8% are there */
    rill_scorer_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("likelihood_nets");
    TCase *nets = tcase_create("networks");
    tcase_add_checked_fixture(nets, begin, end);
    suite_add_tcase(suite, nets);
    tcase_add_loop_test(nets, a_row_depends_on_itself_alone, 0, 2);
    tcase_add_test(nets, the_graph_and_the_scorer_agree);
    tcase_add_test(nets, estimates_of_graph_and_scorer_agree);
    tcase_add_loop_test(nets, gradients_with_respect_to_data_are_those_of_differences, 0, 4);
    tcase_add_loop_test(nets, gradients_with_respect_to_parameters_are_those_of_differences, 0, 2);
    tcase_add_test(nets, a_trained_density_integrates_to_one);
    return run_suite(suite);
}
