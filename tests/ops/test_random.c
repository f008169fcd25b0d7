/* Random tensors: equal to the host's streams, independent of batch and threads, and distributed as
 * they say.  Seeds are fixed, so that a test of a distribution either always passes or always
 * fails; its thresholds are those that a right generator passes 999 times in 1000. */
#include "core/rng.h"
#include "core/store.h"
#include "ops/elementwise.h"
#include "ops/random.h"
#include "value.h"

#include <math.h>

enum { SEED = 7 };

static rill_store *store;
static rill_graph *g;

static void setup(void)
{
    store = rill_store_new(SEED);
    g = rill_graph_new(store);
}

static void teardown(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

static uint64_t key_of(const rill_tensor *y)
{
    uint64_t key;
    ck_assert_int_eq(rill_op_of(y)->attrs[0].kind, RILL_ATTR_KEY);
    memcpy(&key, (const char *)rill_attrs_of(y) + rill_op_of(y)->attrs[0].offset, sizeof key);
    return key;
}

/* One value of y, without comparing passes: a random node runs as it is. */
static void draw(rill_tensor *y, double *out, int64_t count)
{
    value_under(y, 0, out, count);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov's distance, times sqrt n: below 1.95 with probability 0.999. */
static double ks(double *x, int64_t n, double (*cdf)(double))
{
    double worst = 0;
    qsort(x, (size_t)n, sizeof *x, ascending);
    for (int64_t i = 0; i < n; i++) {
        double f = cdf(x[i]);
        worst = fmax(worst, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return worst * sqrt((double)n);
}

START_TEST(uniform_is_the_host_stream)
{
    rill_tensor *y = rill_uniform(g, RILL_F64, RILL_SHAPE(5, 3, 7));
    double got[105], expected[21];
    draw(y, got, 105);
    for (int row = 0; row < 5; row++) {
        rill_stream_uniform(key_of(y), 0, row, 0, 21, expected);
        ck_assert(memcmp(got + 21 * row, expected, sizeof expected) == 0);
    }
}
END_TEST

START_TEST(normal_is_the_host_stream)
{
    rill_tensor *wide = rill_normal(g, RILL_F64, RILL_SHAPE(3, 601));
    rill_tensor *narrow = rill_normal(g, RILL_F32, RILL_SHAPE(301, 2));
    rill_tensor *scalar = rill_normal(g, RILL_F64, RILL_SCALAR);
    static double got[1803], expected[601];
    draw(wide, got, 1803);
    for (int row = 0; row < 3; row++) {
        rill_stream_normal(key_of(wide), 0, row, 0, 601, expected);
        ck_assert(memcmp(got + 601 * row, expected, sizeof expected) == 0);
    }
    draw(narrow, got, 602);
    for (int row = 0; row < 301; row++) { /* f32 is made in f32: within 8 ulp */
        rill_stream_normal(key_of(narrow), 0, row, 0, 2, expected);
        for (int c = 0; c < 2; c++)
            ck_assert(fabs(got[2 * row + c] - expected[c]) <= 8 * 0x1p-23 * fabs(expected[c]));
    }
    draw(scalar, got, 1);
    rill_stream_normal(key_of(scalar), 0, 0, 0, 1, expected);
    ck_assert(got[0] == expected[0]);
}
END_TEST

/* Word c of row r at step s is that of the Philox block with counter (c / 4, r, s). */
START_TEST(words_are_philox_of_the_place)
{
    rill_tensor *y = rill_uniform(g, RILL_F32, RILL_SHAPE(4, 6));
    uint64_t key = key_of(y);
    const int32_t step = 9;
    double got[24];
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    ck_assert_int_eq(rill_store_set(store, "step", &step, 1, NULL), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    read_numbers(p, y, got, 24);
    for (uint32_t r = 0; r < 4; r++)
        for (uint32_t c = 0; c < 6; c++) {
            const uint32_t counter[4] = { c / 4, r, 0, 9 };
            const uint32_t halves[2] = { (uint32_t)key, (uint32_t)(key >> 32) };
            uint32_t words[4];
            rill_philox4x32(counter, halves, words);
            ck_assert(got[6 * r + c] == (double)rill_uniform_f32(words[c % 4]));
        }
    rill_program_free(p);
}
END_TEST

START_TEST(each_call_has_a_stream_of_its_own)
{
    rill_tensor *a = rill_normal(g, RILL_F32, RILL_SHAPE(4)),
                *b = rill_normal(g, RILL_F32, RILL_SHAPE(4));
    ck_assert_ptr_ne(a, b);
    ck_assert(key_of(a) != key_of(b));
    rill_graph *again = rill_graph_new(store);
    ck_assert(key_of(rill_normal(again, RILL_F32, RILL_SHAPE(4))) == key_of(a));
    rill_graph_free(again);
}
END_TEST

static rill_tensor *made(int kind, int64_t rows)
{
    rill_graph *own = rill_graph_new(store);
    rill_tensor *y[] = {
        rill_uniform(own, RILL_F32, RILL_SHAPE(rows, 5)),
        rill_normal(own, RILL_F64, RILL_SHAPE(rows, 5)),
        rill_integers(own, RILL_SHAPE(rows, 5), -4, 9),
        rill_beta(own, RILL_F64, RILL_SHAPE(rows, 5), 1.5, 1),
        rill_beta(own, RILL_F64, RILL_SHAPE(rows, 5), 0.5, 2.5),
        rill_categorical(rill_full(own, RILL_F32, RILL_SHAPE(rows, 5, 3), 0)),
    };
    return y[kind];
}

/* Rows 40.. of a batch of 100 are rows 0.. of a batch of 30 drawn from row 40, on any threads. */
START_TEST(rows_do_not_depend_on_the_batch)
{
    rill_tensor *all = made(_i, 100), *part = made(_i, 30);
    rill_graph *first = rill_graph_of(all), *second = rill_graph_of(part);
    rill_tensor *from_40 = rill_random_at(part, rill_full(second, RILL_I32, RILL_SCALAR, 40));
    double whole[500], some[150];
    rill_set_threads(1);
    draw(all, whole, 500);
    draw(part, some, 150);
    ck_assert(memcmp(some, whole, sizeof some) == 0);
    rill_set_threads(3);
    draw(from_40, some, 150);
    ck_assert(memcmp(some, whole + 200, sizeof some) == 0);
    rill_graph_free(first);
    rill_graph_free(second);
}
END_TEST

static double uniform_cdf(double x)
{
    return x;
}

static double normal_cdf(double x)
{
    return erfc(-x * sqrt(0.5)) / 2;
}

static double power_cdf(double x) /* of Beta(1.5, 1) */
{
    return x * sqrt(x);
}

static double arcsine_cdf(double x) /* of Beta(0.5, 0.5) */
{
    return 2 * asin(sqrt(x)) / 3.14159265358979323846;
}

static double cubic_cdf(double x) /* of Beta(2, 2) */
{
    return x * x * (3 - 2 * x);
}

static double one_three_cdf(double x) /* of Beta(1, 3) */
{
    return 1 - (1 - x) * (1 - x) * (1 - x);
}

START_TEST(distributions_are_right)
{
    enum { N = 100000 };
    static double x[N];
    rill_shape shape = RILL_SHAPE(N / 4, 4);
    struct {
        rill_tensor *y;
        double (*cdf)(double);
    } laws[] = {
        { rill_uniform(g, RILL_F32, shape), uniform_cdf },
        { rill_uniform(g, RILL_F64, RILL_SHAPE(N)), uniform_cdf },
        { rill_normal(g, RILL_F64, shape), normal_cdf },
        { rill_normal(g, RILL_F32, RILL_SHAPE(N)), normal_cdf },
        { rill_beta(g, RILL_F64, shape, 1.5, 1), power_cdf },
        { rill_beta(g, RILL_F64, shape, 1, 3), one_three_cdf },
        { rill_beta(g, RILL_F64, shape, 0.5, 0.5), arcsine_cdf },
        { rill_beta(g, RILL_F64, shape, 2, 2), cubic_cdf },
    };
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        draw(laws[i].y, x, N);
        double distance = ks(x, N, laws[i].cdf);
        ck_assert_msg(distance < 1.95, "seed %d, law %zu: %g", SEED, i, distance);
    }
}
END_TEST

/* The four words of a block, and neighbouring blocks and rows, are uncorrelated: a correlation over
 * N pairs has standard deviation 1/sqrt N; 4 of them. */
START_TEST(neighbours_are_uncorrelated)
{
    enum { ROWS = 2000, COLUMNS = 48, N = ROWS * COLUMNS };
    static double x[N];
    static const int lags[] = { 1, 2, 3, 4, COLUMNS };
    draw(rill_normal(g, RILL_F64, RILL_SHAPE(ROWS, COLUMNS)), x, N);
    for (size_t k = 0; k < sizeof lags / sizeof *lags; k++) {
        double sum = 0;
        for (int i = 0; i + lags[k] < N; i++)
            sum += x[i] * x[i + lags[k]];
        ck_assert_msg(fabs(sum / N) < 4 / sqrt(N), "seed %d, lag %d: %g", SEED, lags[k], sum / N);
    }
}
END_TEST

/* Mean a / (a + b) and variance ab / ((a + b)^2 (a + b + 1)): 4 standard errors (the variance's is
 * at most that of a two-point law, sqrt(variance / N)). */
START_TEST(beta_has_its_moments)
{
    enum { N = 50000 };
    static double x[N];
    static const double laws[][2] = {
        { 2, 5 }, { 0.1, 0.3 }, { 30, 4 }, { 0.01, 2 }, { 500, 500 }
    };
    double a = laws[_i][0], b = laws[_i][1], mean = 0, square = 0;
    draw(rill_beta(g, RILL_F64, RILL_SHAPE(N), a, b), x, N);
    double expected = a / (a + b), variance = expected * b / (a + b) / (a + b + 1);
    for (int i = 0; i < N; i++) {
        ck_assert(x[i] >= 0 && x[i] <= 1);
        mean += x[i] / N;
        square += (x[i] - expected) * (x[i] - expected) / N;
    }
    ck_assert_msg(fabs(mean - expected) < 4 * sqrt(variance / N), "seed %d: %g", SEED, mean);
    ck_assert_msg(fabs(square - variance) < 4 * sqrt(variance / N), "seed %d: %g", SEED, square);
}
END_TEST

/* Pearson's statistic of counts against probabilities. */
static double chi_square(const double *counts, const double *expected, int cells)
{
    double sum = 0;
    for (int k = 0; k < cells; k++)
        sum += (counts[k] - expected[k]) * (counts[k] - expected[k]) / expected[k];
    return sum;
}

START_TEST(integers_are_equally_likely)
{
    enum { N = 70000 };
    static double x[N];
    double counts[7] = { 0 }, expected[7];
    draw(rill_integers(g, RILL_SHAPE(N / 7, 7), -3, 4), x, N);
    for (int i = 0; i < N; i++) {
        ck_assert(x[i] >= -3 && x[i] <= 3);
        counts[(int)x[i] + 3]++;
    }
    for (int k = 0; k < 7; k++)
        expected[k] = N / 7.0;
    ck_assert_double_lt(chi_square(counts, expected, 7), 22.5); /* 6 degrees of freedom, 0.999 */
    draw(rill_integers(g, RILL_SHAPE(N), INT32_MIN, INT64_C(1) + INT32_MAX), x, N);
    double mean = 0;
    for (int i = 0; i < N; i++)
        mean += x[i] / N;
    ck_assert_double_lt(fabs(mean), 4 * 0x1p32 / sqrt(12.0 * N));
}
END_TEST

START_TEST(permutation_is_one)
{
    enum { N = 1000 };
    static double x[N];
    int seen[N] = { 0 }, fixed = 0;
    draw(rill_permutation(g, N), x, N);
    for (int i = 0; i < N; i++) {
        ck_assert(x[i] >= 0 && x[i] < N);
        seen[(int)x[i]]++;
        fixed += x[i] == i;
    }
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(seen[i], 1);
    ck_assert_int_le(fixed, 8); /* Poisson of mean 1: more with probability 1e-6 */
    draw(rill_permutation(g, 1), x, 1);
    ck_assert(x[0] == 0);
    draw(rill_permutation(g, 0), x, 0);
}
END_TEST

/* Each of the 24 orders of four, over 24,000 draws of 0 to 3. */
START_TEST(permutations_are_equally_likely)
{
    enum { N = 6000 };
    double counts[24] = { 0 }, expected[24], x[4];
    rill_tensor *row = rill_input(g, "row", RILL_I32, RILL_SCALAR);
    rill_tensor *y = rill_random_at(rill_permutation(g, 4), row);
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    for (int32_t i = 0; i < N; i++) {
        ck_assert_int_eq(rill_feed(p, row, &i, 1), RILL_OK);
        ck_assert_int_eq(rill_run(p), RILL_OK);
        read_numbers(p, y, x, 4);
        int order = 0;
        for (int j = 0; j < 3; j++) {
            int later = 0;
            for (int k = j + 1; k < 4; k++)
                later += x[k] < x[j];
            order = order * (4 - j) + later;
        }
        counts[order]++;
    }
    for (int k = 0; k < 24; k++)
        expected[k] = N / 24.0;
    ck_assert_double_lt(chi_square(counts, expected, 24), 49.8); /* 23 degrees of freedom, 0.999 */
    rill_program_free(p);
}
END_TEST

START_TEST(categorical_follows_its_logits)
{
    enum { N = 40000 };
    static double logits[4 * N], x[N];
    const double probability[] = { 0.1, 0.2, 0, 0.7 };
    double counts[3] = { 0 }, expected[3] = { 0.1 * N, 0.2 * N, 0.7 * N };
    for (int i = 0; i < 4 * N; i++)
        logits[i] = 300 + log(probability[i % 4]); /* an offset changes nothing; log 0 = -inf */
    draw(rill_categorical(numbers(g, RILL_F64, RILL_SHAPE(N / 2, 2, 4), logits)), x, N);
    for (int i = 0; i < N; i++) {
        ck_assert(x[i] == 0 || x[i] == 1 || x[i] == 3);
        counts[x[i] == 3 ? 2 : (int)x[i]]++;
    }
    ck_assert_double_lt(chi_square(counts, expected, 3), 13.9); /* 2 degrees of freedom, 0.999 */
}
END_TEST

START_TEST(no_distribution_no_choice)
{
    const double inf = HUGE_VAL;
    const double logits[] = { (double)NAN, 0, -inf, -inf, inf, 0, -inf, 0 };
    double x[4];
    draw(rill_categorical(numbers(g, RILL_F32, RILL_SHAPE(4, 2), logits)), x, 4);
    ck_assert(x[0] == -1 && x[1] == -1 && x[2] == -1 && x[3] == 1);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    static const char *const words[] = {
        "gives f32 or f64, not i32",
        "the shape",
        "no i32 lies in 3 <= n < 3",
        "of -1 numbers",
        "takes logits of f32",
        "have no last axis",
        "a = 0 and b = 1",
        "draws nothing",
        "the row is f32",
        "a = 1 and b = nan",
    };
    rill_tensor *i32 = rill_full(g, RILL_I32, RILL_SHAPE(3), 0);
    rill_tensor *f32 = rill_full(g, RILL_F32, RILL_SCALAR, 0), *y = NULL;
    switch (_i) {
    case 0:
        y = rill_normal(g, RILL_I32, RILL_SHAPE(3));
        break;
    case 1:
        y = rill_uniform(g, RILL_F32, RILL_SHAPE(-1, 3));
        break;
    case 2:
        y = rill_integers(g, RILL_SHAPE(3), 3, 3);
        break;
    case 3:
        y = rill_permutation(g, -1);
        break;
    case 4:
        y = rill_categorical(i32);
        break;
    case 5:
        y = rill_categorical(f32);
        break;
    case 6:
        y = rill_beta(g, RILL_F32, RILL_SHAPE(3), 0, 1);
        break;
    case 7:
        y = rill_random_at(i32, i32);
        break;
    case 8:
        y = rill_random_at(rill_normal(g, RILL_F32, RILL_SHAPE(3)), f32);
        break;
    default:
        y = rill_beta(g, RILL_F32, RILL_SHAPE(3), 1, (double)NAN);
        break;
    }
    ck_assert(rill_is_inert(y));
    refused(g, words[_i]);
}
END_TEST

START_TEST(null_is_inert)
{
    ck_assert(rill_is_inert(rill_uniform(NULL, RILL_F32, RILL_SHAPE(2))));
    ck_assert(rill_is_inert(rill_integers(NULL, RILL_SHAPE(2), 0, 1)));
    ck_assert(rill_is_inert(rill_permutation(NULL, 3)));
    ck_assert(rill_is_inert(rill_categorical(NULL)));
    ck_assert(rill_is_inert(rill_beta(NULL, RILL_F32, RILL_SHAPE(2), 1, 1)));
    ck_assert_ptr_nonnull(rill_random_at(NULL, NULL));
    ck_assert(rill_is_inert(rill_random_at(NULL, NULL)));
    ck_assert(rill_is_inert(rill_random_at(rill_normal(g, RILL_F32, RILL_SHAPE(2)), NULL)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *streams = tcase_create("streams");
    tcase_add_checked_fixture(streams, setup, teardown);
    tcase_add_test(streams, uniform_is_the_host_stream);
    tcase_add_test(streams, normal_is_the_host_stream);
    tcase_add_test(streams, words_are_philox_of_the_place);
    tcase_add_test(streams, each_call_has_a_stream_of_its_own);
    tcase_add_loop_test(streams, rows_do_not_depend_on_the_batch, 0, 6);
    suite_add_tcase(suite, streams);
    TCase *laws = tcase_create("laws");
    tcase_set_timeout(laws, 60);
    tcase_add_checked_fixture(laws, setup, teardown);
    tcase_add_test(laws, distributions_are_right);
    tcase_add_test(laws, neighbours_are_uncorrelated);
    tcase_add_loop_test(laws, beta_has_its_moments, 0, 5);
    tcase_add_test(laws, integers_are_equally_likely);
    tcase_add_test(laws, permutation_is_one);
    tcase_add_test(laws, permutations_are_equally_likely);
    tcase_add_test(laws, categorical_follows_its_logits);
    tcase_add_test(laws, no_distribution_no_choice);
    suite_add_tcase(suite, laws);
    TCase *refusals = tcase_create("refusals");
    tcase_add_checked_fixture(refusals, setup, teardown);
    tcase_add_loop_test(refusals, wrong_arguments_are_refused, 0, 10);
    tcase_add_test(refusals, null_is_inert);
    suite_add_tcase(suite, refusals);
    return run_suite(suite);
}
