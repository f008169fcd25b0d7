/* Rows by number, and what happens to numbers that name no row. */
#include "core/grad.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/reduce.h"
#include "value.h"

#include <math.h>

static rill_graph *g;
static rill_tensor *index3; /* [2,3]: rows of 4, two of them outside */

static const double places[] = { 3, 0, -1, 1, 3, 4 };

static void setup(void)
{
    g = rill_graph_new(NULL);
    index3 = numbers(g, RILL_I32, RILL_SHAPE(2, 3), places);
}

static void teardown(void)
{
    rill_graph_free(g);
}

static int inside(int i)
{
    return places[i] >= 0 && places[i] < 4;
}

START_TEST(gather_takes_rows)
{
    rill_dtype dtype = (rill_dtype)_i;
    rill_tensor *x = counting(g, dtype, RILL_SHAPE(4, 2));
    rill_tensor *y = rill_gather(x, index3), *z = rill_gather_or_zero(x, index3);
    double nan_outside[12], zero_outside[12];
    shape_is(y, "[2,3,2]");
    value(y, nan_outside, 12);
    value(z, zero_outside, 12);
    for (int i = 0; i < 12; i++) {
        double expected = inside(i / 2) ? 2 * places[i / 2] + i % 2 + 1 : 0;
        ck_assert(zero_outside[i] == expected);
        if (inside(i / 2) || dtype == RILL_I32)
            ck_assert(nan_outside[i] == expected);
        else
            ck_assert(isnan(nan_outside[i]));
    }
}
END_TEST

START_TEST(scatter_add_sums_in_order)
{
    rill_dtype dtype = (rill_dtype)_i;
    rill_tensor *updates = counting(g, dtype, RILL_SHAPE(2, 3, 2));
    double y[8], expected[8] = { 0 };
    rill_tensor *sums = rill_scatter_add(index3, updates, 4);
    shape_is(sums, "[4,2]");
    value(sums, y, 8);
    for (int i = 0; i < 12; i++)
        if (inside(i / 2))
            expected[2 * (int)places[i / 2] + i % 2] += i + 1;
    for (int i = 0; i < 8; i++)
        ck_assert(y[i] == expected[i]);
}
END_TEST

/* 1e8 + 1 - 1e8 depends on the order in f32: it is that of the index, on any number of threads. */
START_TEST(scatter_add_has_one_order)
{
    enum { N = 3000, D = 33 };
    double *values = malloc(N * D * sizeof *values), *at = malloc(N * sizeof *at);
    for (int i = 0; i < N * D; i++)
        values[i] = i / D % 3 == 0 ? 1e8 + i % 7 : i / D % 3 == 1 ? 1.0 / (1 + i % 11) : -1e8;
    for (int i = 0; i < N; i++)
        at[i] = i * 7 % 5;
    rill_tensor *index = numbers(g, RILL_I32, RILL_SHAPE(N), at);
    rill_tensor *y = rill_scatter_add(index, numbers(g, RILL_F32, RILL_SHAPE(N, D), values), 5);
    double expected[5 * D], got[5 * D];
    float sums[5 * D] = { 0 };
    for (int i = 0; i < N * D; i++)
        sums[(int)at[i / D] * D + i % D] += (float)values[i];
    for (int i = 0; i < 5 * D; i++)
        expected[i] = (double)sums[i];
    for (int threads = 1; threads <= 3; threads++) {
        rill_set_threads(threads);
        value(y, got, 5 * D);
        ck_assert(memcmp(got, expected, sizeof got) == 0);
    }
    free(values);
    free(at);
}
END_TEST

/* The gradient of sum(w * gather(x)) adds up the weights of each row's uses. */
START_TEST(gather_and_scatter_add_are_adjoint)
{
    rill_tensor *x = counting(g, RILL_F64, RILL_SHAPE(4, 2));
    rill_tensor *weight = counting(g, RILL_F64, RILL_SHAPE(2, 3, 2)), *gx, *gw;
    rill_tensor *loss = rill_sum_all(rill_mul(weight, rill_gather_or_zero(x, index3)));
    double a[12], b[12];
    rill_grad(loss, &x, 1, &gx);
    value(gx, a, 8);
    value(rill_scatter_add(index3, weight, 4), b, 8);
    ck_assert(memcmp(a, b, 8 * sizeof *a) == 0);
    loss = rill_sum_all(rill_mul(x, rill_scatter_add(index3, weight, 4)));
    rill_grad(loss, &weight, 1, &gw);
    value(gw, a, 12);
    value(rill_gather_or_zero(x, index3), b, 12);
    ck_assert(memcmp(a, b, 12 * sizeof *a) == 0);
}
END_TEST

START_TEST(one_hot_marks_the_index)
{
    rill_tensor *y = rill_one_hot(index3, 4, (rill_dtype)_i);
    double hot[24];
    shape_is(y, "[2,3,4]");
    ck_assert_int_eq(rill_dtype_of(y), _i);
    value(y, hot, 24);
    for (int i = 0; i < 24; i++)
        ck_assert(hot[i] == (places[i / 4] == i % 4));
}
END_TEST

START_TEST(iota_counts_along_an_axis)
{
    double y[24];
    value(rill_iota(g, (rill_dtype)_i, RILL_SHAPE(2, 3, 4), 1), y, 24);
    for (int i = 0; i < 24; i++)
        ck_assert(y[i] == i / 4 % 3);
    value(rill_iota(g, (rill_dtype)_i, RILL_SHAPE(5), -1), y, 5);
    for (int i = 0; i < 5; i++)
        ck_assert(y[i] == i);
}
END_TEST

static rill_tensor *gather_float(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_gather(x, x);
}
static rill_tensor *gather_scalar(rill_tensor *x, rill_tensor *i)
{
    return rill_gather(rill_scalar_like(x, 1), i);
}
static rill_tensor *scatter_float(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_scatter_add(x, x, 3);
}
static rill_tensor *scatter_shape(rill_tensor *x, rill_tensor *i)
{
    return rill_scatter_add(i, x, 3);
}
static rill_tensor *scatter_negative(rill_tensor *x, rill_tensor *i)
{
    return rill_scatter_add(i, rill_gather(x, i), -1);
}
static rill_tensor *scatter_huge(rill_tensor *x, rill_tensor *i)
{
    return rill_scatter_add(i, rill_gather(x, i), INT64_MAX);
}
static rill_tensor *hot_float(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_one_hot(x, 3, RILL_F32);
}
static rill_tensor *hot_dtype(rill_tensor *x, rill_tensor *i)
{
    (void)x;
    return rill_one_hot(i, 3, (rill_dtype)9);
}
static rill_tensor *hot_depth(rill_tensor *x, rill_tensor *i)
{
    (void)x;
    return rill_one_hot(i, -1, RILL_F32);
}
static rill_tensor *iota_axis(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_iota(rill_graph_of(x), RILL_F32, RILL_SHAPE(3), 1);
}
static rill_tensor *iota_dtype(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_iota(rill_graph_of(x), (rill_dtype)-1, RILL_SHAPE(3), 0);
}
static rill_tensor *iota_long(rill_tensor *x, rill_tensor *i)
{
    (void)i;
    return rill_iota(rill_graph_of(x), RILL_I32, RILL_SHAPE(INT64_C(1) << 40), 0);
}

static const struct {
    rill_tensor *(*build)(rill_tensor *x, rill_tensor *index); /* x [4,2] f32, index [2,3] */
    const char *words;
} wrong[] = {
    { gather_float, "the index is f32" },
    { gather_scalar, "a scalar has no rows" },
    { scatter_float, "the index is f32" },
    { scatter_shape, "updates [4,2] do not start with the index's shape [2,3]" },
    { scatter_negative, "-1 rows" },
    { scatter_huge, "out of range" },
    { hot_float, "the index is f32" },
    { hot_dtype, "9 is no dtype" },
    { hot_depth, "no new axis of -1" },
    { iota_axis, "there is no axis 1 in [3]" },
    { iota_dtype, "-1 is no dtype" },
    { iota_long, "do not fit i32" },
};

START_TEST(wrong_arguments_are_refused)
{
    rill_tensor *x = counting(g, RILL_F32, RILL_SHAPE(4, 2));
    ck_assert(rill_is_inert(wrong[_i].build(x, index3)));
    refused(g, wrong[_i].words);
}
END_TEST

START_TEST(null_is_inert)
{
    ck_assert(rill_is_inert(rill_gather(NULL, NULL)));
    ck_assert(rill_is_inert(rill_scatter_add(NULL, NULL, 1)));
    ck_assert(rill_is_inert(rill_one_hot(NULL, 1, RILL_F32)));
    ck_assert(rill_is_inert(rill_iota(NULL, RILL_F32, RILL_SHAPE(1), 0)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index");
    TCase *rows = tcase_create("rows");
    tcase_add_checked_fixture(rows, setup, teardown);
    tcase_add_loop_test(rows, gather_takes_rows, 0, RILL_DTYPE_COUNT);
    tcase_add_loop_test(rows, scatter_add_sums_in_order, 0, RILL_DTYPE_COUNT);
    tcase_add_test(rows, scatter_add_has_one_order);
    tcase_add_test(rows, gather_and_scatter_add_are_adjoint);
    tcase_add_loop_test(rows, one_hot_marks_the_index, 0, RILL_DTYPE_COUNT);
    tcase_add_loop_test(rows, iota_counts_along_an_axis, 0, RILL_DTYPE_COUNT);
    tcase_add_loop_test(rows, wrong_arguments_are_refused, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(rows, null_is_inert);
    suite_add_tcase(suite, rows);
    return run_suite(suite);
}
