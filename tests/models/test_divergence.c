/* test_divergence.c - divergences of fields that are known, for samples of several shapes: exact,
 * by probes, and their derivatives. */
#include "base/alloc.h"
#include "core/grad.h"
#include "evaluate.h"
#include "models/flow/divergence.h"
#include "models/nets/built_in.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <math.h>
#include <string.h>

enum { B = 6, MOST = 24 };
static const uint64_t seed = 30;
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

/* Samples: a number, a vector (square with the batch), a matrix, one of many axes. */
static rill_shape shape_number(int i)
{
    const rill_shape shapes[] = { RILL_SHAPE(B, 1), RILL_SHAPE(B, B), RILL_SHAPE(B, 3, 2),
                                  RILL_SHAPE(B, 2, 1, 3, 4) };
    return shapes[i];
}
enum { SHAPES = 4 };

static int width_of(rill_shape shape)
{
    return (int)(rill_shape_count(&shape) / B);
}

#define NEAR(got, wanted, tolerance, row)                                                          \
    ck_assert_msg(fabs((got) - (wanted)) <= (tolerance),                                           \
                  "seed %llu, row %d: %.17g, expected %.17g", (unsigned long long)seed,            \
                  (int)(row), (double)(got), (double)(wanted))

/* ---- Exact. */

/* x A' for a random A [D,D], of any shape. */
static rill_tensor *linear_field(rill_tensor *x, int width)
{
    rill_tensor *rows = rill_reshape(x, RILL_SHAPE(B, width));
    rill_tensor *a = normal_constant(g, seed, 1, RILL_SHAPE(width, width));
    return rill_reshape(rill_matmul(rows, a), rill_shape_of(x));
}

START_TEST(a_linear_field_has_the_trace_everywhere)
{
    rill_shape shape = shape_number(_i);
    int width = width_of(shape);
    double div[B], trace = 0;
    for (int i = 0; i < width; i++)
        trace += normals(seed, 1, (int64_t)width * width)[i * width + i];
    rill_tensor *x = normal_constant(g, seed, 0, shape);
    evaluate(rill_divergence(linear_field(x, width), x), div, B);
    for (int i = 0; i < B; i++)
        NEAR(div[i], trace, 1e-14 * MOST, i); /* as many roundings of numbers of order one */
}
END_TEST

/* sin(x_i) sum_j x_j: du_i/dx_i = cos(x_i) s + sin(x_i). */
START_TEST(a_field_that_mixes_the_numbers_of_a_row)
{
    rill_shape shape = shape_number(_i);
    int width = width_of(shape);
    double div[B];
    const double *at = normals(seed, 0, (int64_t)B * width);
    rill_tensor *x = normal_constant(g, seed, 0, shape);
    rill_tensor *rows = rill_reshape(x, RILL_SHAPE(B, width));
    rill_tensor *s = rill_sum(rows, RILL_AXES(1), 1);
    rill_tensor *u =
        rill_mul(rill_sin(x), rill_reshape(rill_broadcast(s, RILL_SHAPE(B, width)), shape));
    evaluate(rill_divergence(u, x), div, B);
    for (int i = 0; i < B; i++) {
        double sum = 0, wanted = 0;
        for (int j = 0; j < width; j++)
            sum += at[i * width + j];
        for (int j = 0; j < width; j++)
            wanted += cos(at[i * width + j]) * sum + sin(at[i * width + j]);
        NEAR(div[i], wanted, 1e-13 * MOST, i); /* roundings of numbers up to 10 */
    }
}
END_TEST

static const rill_net_size size = { .hidden = 16, .layers = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

static void network_divergence(rill_tensor *x, double *div)
{
    rill_tensor *u = rill_net_velocity(&mlp, x, time_constant(g, RILL_SHAPE(B)), NULL);
    evaluate(rill_divergence(u, x), div, B);
}

START_TEST(a_network_has_the_divergence_of_differences)
{
    enum { D = 6 };
    double x[B * D], up[B * D], down[B * D], div[B], wanted[B] = { 0 }, h = 1e-5;
    rill_shape shape = RILL_SHAPE(B, 3, 2);
    memcpy(x, normals(seed, 0, B * D), sizeof x);
    network_divergence(rill_constant(g, RILL_F64, shape, x, B * D), div);
    for (int k = 0; k < D; k++)
        for (int side = 1; side >= -1; side -= 2) {
            double moved[B * D];
            memcpy(moved, x, sizeof x);
            for (int i = 0; i < B; i++)
                moved[i * D + k] += side * h;
            rill_tensor *y = rill_constant(g, RILL_F64, shape, moved, B * D);
            rill_tensor *u = rill_net_velocity(&mlp, y, time_constant(g, RILL_SHAPE(B)), NULL);
            evaluate(u, side > 0 ? up : down, B * D);
            for (int i = 0; i < B && side < 0; i++)
                wanted[i] += (up[i * D + k] - down[i * D + k]) / (2 * h);
        }
    for (int i = 0; i < B; i++)
        NEAR(div[i], wanted[i], 1e-8, i); /* rounding 1e-16/h and h^2 = 1e-10, six times */
}
END_TEST

/* d/dx of div (x^3) = sum 3 x^2 is 6 x; and a parameter p of u = p x^2 has d/dp sum 2 p x. */
START_TEST(a_divergence_is_differentiable_again)
{
    rill_shape shape = RILL_SHAPE(B, 3, 2);
    double slope[B * 6], of_p, sum = 0;
    const double *at = normals(seed, 0, B * 6);
    rill_tensor *x = normal_constant(g, seed, 0, shape), *grads[2];
    rill_tensor *p =
        rill_param(g, RILL_F64, RILL_SCALAR, (rill_init){ RILL_INIT_CONSTANT, .7 }, "p");
    rill_tensor *cube = rill_mul(x, rill_square(x));
    rill_grad(rill_sum_all(rill_divergence(cube, x)), &x, 1, grads);
    evaluate(grads[0], slope, B * 6);
    for (int i = 0; i < B * 6; i++) {
        NEAR(slope[i], 6 * at[i], 1e-14, i);
        sum += 2 * at[i];
    }
    rill_grad(rill_sum_all(rill_divergence(rill_mul(p, rill_square(x)), x)), &p, 1, grads);
    evaluate(grads[0], &of_p, 1);
    NEAR(of_p, sum, 1e-13, 0);
}
END_TEST

START_TEST(a_field_that_ignores_x_does_not_spread)
{
    double div[B];
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 3));
    evaluate(rill_divergence(rill_full(g, RILL_F64, rill_shape_of(x), .3), x), div, B);
    for (int i = 0; i < B; i++)
        ck_assert_double_eq(div[i], 0);
}
END_TEST

/* ---- By probes. */

/* With one number a sample, e (du/dx) e = e^2 du/dx: exact when e is -1 or 1. */
START_TEST(in_one_dimension_a_probe_scales_by_its_square)
{
    double exact[B], by_sign[B], by_normal[B], probe[B];
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 1)), *u = rill_sin(rill_scale(x, 2));
    rill_tensor *sign = rill_probe_draw(x, RILL_RADEMACHER),
                *normal = rill_probe_draw(x, RILL_GAUSSIAN);
    rill_tensor *outputs[] = { rill_divergence(u, x),
                               rill_divergence_by_probes(u, x, &sign, 1).mean,
                               rill_divergence_by_probes(u, x, &normal, 1).mean, normal };
    double *into[] = { exact, by_sign, by_normal, probe };
    rill_program *p = compiled(g, outputs, 4);
    run(p);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(rill_read(p, outputs[i], into[i], B), RILL_OK);
    rill_program_free(p);
    for (int i = 0; i < B; i++) {
        ck_assert_double_eq(by_sign[i], exact[i]);
        NEAR(by_normal[i], probe[i] * probe[i] * exact[i], 1e-14 * (1 + fabs(by_normal[i])), i);
    }
}
END_TEST

/* Probes of a law: their numbers have mean 0, variance 1 and fourth moments 1 or 3, and numbers of
 * a row, rows and calls are not the same. */
START_TEST(probes_have_the_moments_of_their_law)
{
    enum { ROWS = 20000, N = ROWS * 3 };
    static double e[N], other[N];
    rill_probe_law law = _i ? RILL_GAUSSIAN : RILL_RADEMACHER;
    rill_tensor *like = rill_full(g, RILL_F64, RILL_SHAPE(ROWS, 3), 0);
    evaluate(rill_probe_draw(like, law), e, N);
    evaluate(rill_probe_draw(like, law), other, N);
    double mean = 0, square = 0, fourth = 0, across = 0, along = 0, calls = 0;
    for (int i = 0; i < N; i++) {
        mean += e[i] / N, square += e[i] * e[i] / N, fourth += pow(e[i], 4) / N;
        across += e[i] * e[(i + 1) % N] / N, along += e[i] * e[(i + 3) % N] / N;
        calls += e[i] * other[i] / N;
    }
    double four_sigma = 4 / sqrt(N); /* of means of numbers of variance one */
    NEAR(mean, 0, four_sigma, 0);
    NEAR(across, 0, four_sigma, 0);
    NEAR(along, 0, four_sigma, 0);
    NEAR(calls, 0, four_sigma, 0);
    NEAR(square, 1, _i ? four_sigma * sqrt(2) : 1e-10,
         0); /* of squares of variance two, and none */
    NEAR(fourth, _i ? 3 : 1, _i ? four_sigma * sqrt(96) : 1e-10, 0);
}
END_TEST

enum { PROBES = 256 };

/* Estimates of n probes each and their standard errors, for a sample of shape [3,2]. */
static void estimate(rill_probe_law law, int n, double *exact, double *mean, double *error)
{
    rill_shape shape = RILL_SHAPE(B, 3, 2);
    rill_tensor *x = normal_constant(g, seed, 0, shape), *u = linear_field(rill_tanh(x), 6);
    rill_tensor *probes[PROBES];
    for (int i = 0; i < n; i++)
        probes[i] = rill_probe_draw(x, law);
    rill_estimate by = rill_divergence_by_probes(u, x, probes, n);
    rill_tensor *outputs[] = { rill_divergence(u, x), by.mean, by.standard_error };
    double *into[] = { exact, mean, error };
    rill_program *p = compiled(g, outputs, 3);
    run(p);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(rill_read(p, outputs[i], into[i], B), RILL_OK);
    rill_program_free(p);
}

START_TEST(estimates_are_within_their_errors_which_fall_as_the_root)
{
    rill_probe_law law = _i ? RILL_GAUSSIAN : RILL_RADEMACHER;
    double exact[B], mean[B], error[B], few = 0, many = 0;
    for (int n = PROBES; n >= PROBES / 16; n /= 16) {
        estimate(law, n, exact, mean, error);
        for (int i = 0; i < B && n == PROBES; i++)
            NEAR(mean[i], exact[i], 3 * error[i], i); /* the bar: three of its own */
        for (int i = 0; i < B; i++)
            *(n == PROBES ? &many : &few) += error[i] / B;
    }
    /* A standard error from 16 probes is itself uncertain by 1 in sqrt(2 x 16), a mean of six by
     * 7%, more with long tails. */
    ck_assert_double_ge(few / many, 4 * .7);
    ck_assert_double_le(few / many, 4 * 1.3);
}
END_TEST

START_TEST(standard_errors_are_those_of_the_formula)
{
    enum { N = 5 };
    const double *values = normals(seed, 2, B * N);
    double mean[B], error[B];
    rill_estimate of = rill_estimate_of(normal_constant(g, seed, 2, RILL_SHAPE(B, N)));
    evaluate(of.mean, mean, B);
    evaluate(of.standard_error, error, B);
    for (int i = 0; i < B; i++) {
        double sum = 0, square = 0;
        for (int j = 0; j < N; j++)
            sum += values[i * N + j] / N;
        for (int j = 0; j < N; j++)
            square += pow(values[i * N + j] - sum, 2);
        NEAR(mean[i], sum, 1e-15, i);
        NEAR(error[i], sqrt(square / (N - 1) / N), 1e-15, i);
    }
    ck_assert_ptr_null(
        rill_estimate_of(normal_constant(g, seed, 2, RILL_SHAPE(B, 1))).standard_error);
}
END_TEST

/* ---- What is refused. */

START_TEST(mistakes_are_failures_of_the_graph)
{
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 2)),
                *narrow = normal_constant(g, seed, 0, RILL_SHAPE(B, 1)),
                *label = rill_full(g, RILL_I32, RILL_SHAPE(B, 2), 1);
    ck_assert(rill_is_inert(rill_divergence(NULL, NULL)));
    ck_assert(rill_is_inert(rill_divergence(x, NULL)));
    ck_assert(rill_is_inert(rill_divergence(NULL, x)));
    ck_assert(rill_is_inert(rill_divergence(x, narrow)));
    ck_assert_ptr_nonnull(strstr(rill_error(g), "divergence"));
    ck_assert(rill_is_inert(rill_divergence(label, label)));
    ck_assert(rill_is_inert(rill_divergence(rill_scalar_like(x, 1), rill_scalar_like(x, 1))));
    ck_assert(rill_is_inert(rill_divergence_along(x, x, narrow)));
    ck_assert(rill_is_inert(rill_divergence_along(x, x, NULL)));
    ck_assert(rill_is_inert(rill_axis_like(x, 2)));
    ck_assert(rill_is_inert(rill_axis_like(x, -1)));
    ck_assert(rill_is_inert(rill_axis_like(NULL, 0)));
    ck_assert(rill_is_inert(rill_probe_draw(x, (rill_probe_law)7)));
    ck_assert(rill_is_inert(rill_probe_draw(NULL, RILL_GAUSSIAN)));
    ck_assert(rill_is_inert(rill_divergence_by_probes(x, x, NULL, 1).mean));
    ck_assert(rill_is_inert(rill_divergence_by_probes(x, x, &x, 0).mean));
    ck_assert(rill_is_inert(rill_divergence_by_probes(x, x, &narrow, 1).mean));
    ck_assert(rill_is_inert(rill_estimate_of(NULL).mean));
    ck_assert(rill_is_inert(rill_estimate_of(rill_scalar_like(x, 1)).mean));
}
END_TEST

START_TEST(a_sample_without_numbers_spreads_nothing)
{
    double div[B];
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(B, 0), 0);
    evaluate(rill_divergence(x, x), div, B);
    for (int i = 0; i < B; i++)
        ck_assert_double_eq(div[i], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("divergence");
    TCase *exact = tcase_create("exact"), *probes = tcase_create("probes"),
          *wrong = tcase_create("mistakes");
    TCase *cases[] = { exact, probes, wrong };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], begin, end);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(exact, a_linear_field_has_the_trace_everywhere, 0, SHAPES);
    tcase_add_loop_test(exact, a_field_that_mixes_the_numbers_of_a_row, 0, SHAPES);
    tcase_add_test(exact, a_network_has_the_divergence_of_differences);
    tcase_add_test(exact, a_divergence_is_differentiable_again);
    tcase_add_test(exact, a_field_that_ignores_x_does_not_spread);
    tcase_add_test(probes, in_one_dimension_a_probe_scales_by_its_square);
    tcase_add_loop_test(probes, probes_have_the_moments_of_their_law, 0, 2);
    tcase_add_loop_test(probes, estimates_are_within_their_errors_which_fall_as_the_root, 0, 2);
    tcase_add_test(probes, standard_errors_are_those_of_the_formula);
    tcase_add_test(wrong, mistakes_are_failures_of_the_graph);
    tcase_add_test(wrong, a_sample_without_numbers_spreads_nothing);
    return run_suite(suite);
}
