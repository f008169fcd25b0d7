/* softmax, log_softmax, layer_norm and rms_norm against their definitions in long double. */
#include "core/rng.h"
#include "ops/norm.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "value.h"

#include <float.h>
#include <math.h>

enum { SEED = 11, ROWS = 6, WIDTH = 37, N = ROWS * WIDTH };

static rill_graph *g;
static double data[N];

static void setup(void)
{
    g = rill_graph_new(NULL);
    rill_stream_normal(rill_stream_key(SEED, "data"), 0, 0, 0, N, data);
    for (int i = 0; i < N; i++)
        data[i] = (double)(float)(30 * data[i]); /* exact in f32 too */
}

static void teardown(void)
{
    rill_graph_free(g);
}

typedef void row_rule(const long double *x, long double *y);

static void softmax_rule(const long double *x, long double *y)
{
    long double most = x[0], sum = 0;
    for (int i = 1; i < WIDTH; i++)
        most = fmaxl(most, x[i]);
    for (int i = 0; i < WIDTH; i++)
        sum += y[i] = expl(x[i] - most);
    for (int i = 0; i < WIDTH; i++)
        y[i] /= sum;
}

static void log_softmax_rule(const long double *x, long double *y)
{
    long double most = x[0], sum = 0;
    for (int i = 1; i < WIDTH; i++)
        most = fmaxl(most, x[i]);
    for (int i = 0; i < WIDTH; i++)
        sum += expl(x[i] - most);
    for (int i = 0; i < WIDTH; i++)
        y[i] = x[i] - most - logl(sum);
}

static void rms_rule_of(long double *y)
{
    long double square = 0;
    for (int i = 0; i < WIDTH; i++)
        square += y[i] * y[i] / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        y[i] /= sqrtl(square + 0.125L);
}

static void rms_rule(const long double *x, long double *y)
{
    for (int i = 0; i < WIDTH; i++)
        y[i] = x[i];
    rms_rule_of(y);
}

static void layer_rule(const long double *x, long double *y)
{
    long double mean = 0;
    for (int i = 0; i < WIDTH; i++)
        mean += x[i] / WIDTH;
    for (int i = 0; i < WIDTH; i++)
        y[i] = x[i] - mean;
    rms_rule_of(y);
}

/* Against the rule, row by row: some tens of roundings of numbers up to `scale`, mostly of much
 * smaller ones. */
static void follows(rill_tensor *y, row_rule *rule, double scale)
{
    static double got[N];
    long double x[WIDTH], expected[WIDTH];
    double epsilon = rill_dtype_of(y) == RILL_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    value(y, got, N);
    for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < WIDTH; i++)
            x[i] = (long double)data[WIDTH * row + i];
        rule(x, expected);
        for (int i = 0; i < WIDTH; i++) {
            double want = (double)expected[i], is = got[WIDTH * row + i];
            double allowed = 4 * epsilon * scale + 8 * epsilon * fabs(want);
            ck_assert_msg(fabs(is - want) <= allowed, "seed %d, row %d: %g, not %g", SEED, row, is,
                          want);
        }
    }
}

START_TEST(rows_follow_their_definitions)
{
    rill_dtype dtype = (rill_dtype)_i;
    rill_tensor *x = numbers(g, dtype, RILL_SHAPE(ROWS, WIDTH), data);
    follows(rill_softmax(x, -1), softmax_rule, 1);
    follows(rill_log_softmax(x, 1), log_softmax_rule, 200);
    follows(rill_layer_norm(x, 0.125), layer_rule, 10);
    follows(rill_rms_norm(x, 0.125), rms_rule, 10);
}
END_TEST

/* Along axis 0 of x is along axis 1 of its transpose. */
START_TEST(any_axis)
{
    rill_tensor *x = numbers(g, RILL_F64, RILL_SHAPE(ROWS, WIDTH), data);
    static double a[N], b[N];
    value(rill_softmax(x, 0), a, N);
    value(rill_transpose(rill_softmax(rill_transpose(x), -1)), b, N);
    ck_assert(memcmp(a, b, sizeof a) == 0);
    value(rill_log_softmax(x, -2), a, N);
    value(rill_transpose(rill_log_softmax(rill_transpose(x), 1)), b, N);
    ck_assert(memcmp(a, b, sizeof a) == 0);
}
END_TEST

/* By the kernels and by the expansions. */
START_TEST(extremes)
{
    const uint32_t passes = _i ? RILL_EXPAND : 0;
    const double inf = HUGE_VAL;
    const double x[] = { 1e30, 1e30, -inf, -1e30, -1e30, -2e30, -inf, -inf, -inf, 0, inf, 0 };
    rill_tensor *logits = numbers(g, RILL_F32, RILL_SHAPE(4, 3), x);
    double p[12], log_p[12];
    value_under(rill_softmax(logits, 1), passes, p, 12);
    value_under(rill_log_softmax(logits, 1), passes, log_p, 12);
    for (int i = 0; i < 6; i++)
        ck_assert(p[i] == (i % 3 == 2 ? 0 : 0.5));
    ck_assert(log_p[0] < -0.69 && log_p[0] > -0.7 && log_p[2] == -inf);
    for (int i = 6; i < 12; i++)
        ck_assert(isnan(p[i]) && isnan(log_p[i]));
}
END_TEST

START_TEST(equal_elements_normalise_to_zero)
{
    double y[6];
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, 3), 4);
    value(rill_layer_norm(x, 1e-5), y, 6);
    for (int i = 0; i < 6; i++)
        ck_assert(y[i] == 0);
    value(rill_rms_norm(rill_full(g, RILL_F64, RILL_SHAPE(2, 3), 0), 1e-5), y, 6);
    for (int i = 0; i < 6; i++)
        ck_assert(y[i] == 0);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, 3), 1);
    rill_tensor *whole = rill_full(g, RILL_I32, RILL_SHAPE(2, 3), 1);
    rill_tensor *one = rill_full(g, RILL_F32, RILL_SCALAR, 1);
    rill_tensor *none = rill_full(g, RILL_F32, RILL_SHAPE(2, 0), 1);
    struct {
        rill_tensor *(*build)(rill_tensor *, int);
        rill_tensor *(*norm)(rill_tensor *, double);
        rill_tensor *x;
        double number;
        const char *words;
    } const wrong[] = {
        { rill_softmax, NULL, x, 2, "there is no axis 2 in [2,3]" },
        { rill_softmax, NULL, x, -3, "there is no axis -3 in [2,3]" },
        { rill_log_softmax, NULL, whole, 0, "not i32" },
        { rill_softmax, NULL, one, -1, "there is no axis -1 in []" },
        { NULL, rill_layer_norm, x, -1, "epsilon is -1" },
        { NULL, rill_rms_norm, x, (double)NAN, "epsilon is nan" },
        { NULL, rill_rms_norm, whole, 1, "not i32" },
        { NULL, rill_layer_norm, one, 1, "there is no axis -1 in []" },
        { NULL, rill_layer_norm, none, 1, "the last axis is empty" },
        { rill_softmax, NULL, NULL, 0, NULL },
        { NULL, rill_rms_norm, NULL, 0, NULL },
    };
    rill_tensor *y = wrong[_i].build ? wrong[_i].build(wrong[_i].x, (int)wrong[_i].number)
                                     : wrong[_i].norm(wrong[_i].x, wrong[_i].number);
    ck_assert(rill_is_inert(y));
    if (wrong[_i].words)
        refused(g, wrong[_i].words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("softmax_norm");
    TCase *rows = tcase_create("rows");
    tcase_add_checked_fixture(rows, setup, teardown);
    tcase_add_loop_test(rows, rows_follow_their_definitions, RILL_F32, RILL_F64 + 1);
    tcase_add_test(rows, any_axis);
    tcase_add_loop_test(rows, extremes, 0, 2);
    tcase_add_test(rows, equal_elements_normalise_to_zero);
    tcase_add_loop_test(rows, wrong_arguments_are_refused, 0, 11);
    suite_add_tcase(suite, rows);
    return run_suite(suite);
}
