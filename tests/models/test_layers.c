/* test_layers.c - layers against the same formula in plain C, their parameters' names and starts.
 */
#include "evaluate.h"
#include "models/layers/embedding.h"
#include "models/layers/linear.h"
#include "models/layers/norm.h"
#include "models/layers/time_features.h"

#include <math.h>
#include <string.h>

static const uint64_t seed = 7;
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

/* Overwrites an entry with deviates of a row of the test's stream, and returns them. */
static const double *set_entry(const char *name, int row, int64_t n)
{
    const double *values = normals(seed, row, n);
    ck_assert_int_eq(rill_store_set(store, name, values, n, NULL), RILL_OK);
    return values;
}

/* The value of y after its parameters, made by a first compilation, were set by `set`. */
static void materialise(rill_tensor *y)
{
    rill_program_free(compiled(g, &y, 1));
}

START_TEST(long_names_that_differ_are_two_layers)
{
    char name[400];
    rill_tensor *y = normal_constant(g, seed, 0, RILL_SHAPE(2, 3));
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        name[sizeof name - 2] = (char)('a' + i);
        y = rill_linear(y, 3, "%s", name);
    }
    ck_assert_ptr_null(rill_error(g));
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_PARAMETER, NULL, 0), 4);
}
END_TEST

START_TEST(linear_is_a_matrix_product_and_a_bias)
{
    enum { ROWS = 6, IN = 3, OUT = 5 };
    double y[ROWS * OUT];
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(2, 3, IN));
    rill_tensor *out = rill_linear(x, OUT, "layer%d", 4);
    ck_assert_int_eq(rill_rank(out), 3);
    ck_assert_int_eq(rill_dim(out, 1), 3);
    materialise(out);
    const double *w = set_entry("layer4.weight", 1, IN * OUT);
    const double *b = set_entry("layer4.bias", 2, OUT);
    const double *in = normals(seed, 0, ROWS * IN);
    evaluate(out, y, ROWS * OUT);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < OUT; j++) {
            double sum = b[j];
            for (int k = 0; k < IN; k++)
                sum += in[i * IN + k] * w[k * OUT + j];
            /* Four terms of order one, added in another order. */
            ck_assert_double_eq_tol(y[i * OUT + j], sum, 1e-14);
        }
}
END_TEST

START_TEST(linear_keeps_the_scale_of_its_input)
{
    enum { IN = 16, OUT = 200 };
    static double w[IN * OUT], b[OUT];
    materialise(rill_linear(normal_constant(g, seed, 0, RILL_SHAPE(2, IN)), OUT, "wide"));
    ck_assert_int_eq(rill_store_get(store, "wide.weight", w, IN * OUT, NULL), RILL_OK);
    ck_assert_int_eq(rill_store_get(store, "wide.bias", b, OUT, NULL), RILL_OK);
    double square = 0;
    for (int i = 0; i < IN * OUT; i++)
        square += w[i] * w[i];
    /* The mean square is 1/in with a relative sd of sqrt(2/3200) = .025; four of them. */
    ck_assert_double_eq_tol(square / OUT, 1, .1);
    for (int i = 0; i < OUT; i++)
        ck_assert_double_eq(b[i], 0);
}
END_TEST

START_TEST(a_name_used_twice_is_one_layer)
{
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(4, 2));
    rill_tensor *a = rill_linear(x, 2, "same"), *b = rill_linear(x, 2, "same");
    ck_assert_ptr_eq(a, b);
    ck_assert_int_eq(rill_depends_on(&a, 1, RILL_PARAMETER, NULL, 0), 2);
}
END_TEST

START_TEST(linear_refuses_what_has_no_rows)
{
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(4));
    ck_assert(rill_is_inert(rill_linear(x, 2, "flat")));
    ck_assert_ptr_nonnull(strstr(rill_error(g), "rank 1"));
    ck_assert(rill_is_inert(rill_linear(NULL, 2, "none")));
    ck_assert(rill_is_inert(rill_linear(x, -1, "negative")));
}
END_TEST

START_TEST(norms_scale_and_offset_rows)
{
    enum { ROWS = 3, D = 7 };
    double y[ROWS * D], r[ROWS * D];
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(ROWS, D));
    rill_tensor *layer = rill_layer_norm_layer(x, "a%d", 0), *rms = rill_rms_norm_layer(x, "b");
    materialise(layer);
    materialise(rms);
    const double *scale = set_entry("a0.scale", 1, D), *offset = set_entry("a0.offset", 2, D);
    const double *in = normals(seed, 0, ROWS * D);
    evaluate(layer, y, ROWS * D);
    evaluate(rms, r, ROWS * D);
    for (int i = 0; i < ROWS; i++) {
        double mean = 0, square = 0;
        for (int j = 0; j < D; j++) {
            mean += in[i * D + j] / D;
            square += in[i * D + j] * in[i * D + j] / D;
        }
        double sd = sqrt(square - mean * mean + 1e-5);
        for (int j = 0; j < D; j++) {
            double at = in[i * D + j];
            /* A dozen roundings on numbers of order one. */
            ck_assert_double_eq_tol(y[i * D + j], (at - mean) / sd * scale[j] + offset[j], 1e-13);
            ck_assert_double_eq_tol(r[i * D + j], at / sqrt(square + 1e-5), 1e-13);
        }
    }
}
END_TEST

START_TEST(embedding_looks_rows_up)
{
    double y[4 * 3];
    int32_t rows[] = { 2, 0, 2, 5 };
    rill_tensor *index = rill_constant(g, RILL_I32, RILL_SHAPE(4), rows, 4);
    rill_tensor *out = rill_embedding(index, RILL_F64, 5, 3, "words");
    materialise(out);
    const double *table = set_entry("words.table", 1, 15);
    evaluate(out, y, 12);
    for (int j = 0; j < 3; j++) {
        ck_assert_double_eq(y[j], table[6 + j]);
        ck_assert_double_eq(y[3 + j], table[j]);
        ck_assert_double_eq(y[6 + j], table[6 + j]);
        ck_assert_msg(isnan(y[9 + j]), "a row outside the table is not NaN");
    }
}
END_TEST

START_TEST(two_times_have_features_each)
{
    enum { ROWS = 3, N = 2, C = 2, WIDTH = C + 2 * C * N };
    const double times[ROWS * C] = { 0, 1, .25, .5, .7, .1 };
    double y[ROWS * WIDTH];
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, C), times, ROWS * C);
    evaluate(rill_time_features(t, N), y, ROWS * WIDTH);
    for (int i = 0; i < ROWS * C; i++)
        for (int k = 1; k <= N; k++) {
            const double *row = y + i / C * WIDTH, *waves = row + C + i % C * N;
            ck_assert_double_eq(row[i % C], times[i]);
            ck_assert_double_eq_tol(waves[k - 1], sin(2 * M_PI * k * times[i]), 1e-14);
            ck_assert_double_eq_tol(waves[C * N + k - 1], cos(2 * M_PI * k * times[i]), 1e-14);
        }
}
END_TEST

START_TEST(time_features_are_waves_and_t)
{
    enum { ROWS = 5, N = 3, WIDTH = 1 + 2 * N };
    double y[ROWS * WIDTH];
    rill_tensor *t = time_constant(g, RILL_SHAPE(ROWS, 1));
    ck_assert_ptr_eq(rill_time_features(t, 0), t);
    evaluate(rill_time_features(t, N), y, ROWS * WIDTH);
    for (int i = 0; i < ROWS; i++) {
        double at = (i + .5) / ROWS;
        ck_assert_double_eq(y[i * WIDTH], at);
        for (int k = 1; k <= N; k++) {
            /* Angles up to 6 pi, with an error of a rounding of them. */
            ck_assert_double_eq_tol(y[i * WIDTH + k], sin(2 * M_PI * k * at), 1e-14);
            ck_assert_double_eq_tol(y[i * WIDTH + N + k], cos(2 * M_PI * k * at), 1e-14);
        }
    }
    ck_assert(rill_is_inert(rill_time_features(t, -1)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layers");
    TCase *cases = tcase_create("layers");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, linear_is_a_matrix_product_and_a_bias);
    tcase_add_test(cases, long_names_that_differ_are_two_layers);
    tcase_add_test(cases, linear_keeps_the_scale_of_its_input);
    tcase_add_test(cases, a_name_used_twice_is_one_layer);
    tcase_add_test(cases, linear_refuses_what_has_no_rows);
    tcase_add_test(cases, norms_scale_and_offset_rows);
    tcase_add_test(cases, embedding_looks_rows_up);
    tcase_add_test(cases, time_features_are_waves_and_t);
    tcase_add_test(cases, two_times_have_features_each);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
