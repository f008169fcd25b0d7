/* test_manifold_smooth.c - functions of a length that are smooth in its square, at zero too. */
#include "core/grad.h"
#include "models/manifold/smooth.h"
#include "ops/reduce.h"
#include "points.h"

static const uint64_t seed = 20240611;
static rill_graph *g;

static void begin(void)
{
    g = rill_graph_new(NULL);
}

static void end(void)
{
    rill_graph_free(g);
}

typedef struct smooth_case {
    rill_tensor *(*of)(rill_tensor *s);
    /* The function and its first two derivatives by s, from r; series by power for small r. */
    double (*value)(double r), (*first)(double r), (*second)(double r);
    double series[4]; /* of the value: 1 + a s + b s^2 + c s^3 + ... */
} smooth_case;

static double cos_of(double r)
{
    return cos(r);
}

static double cos_first(double r)
{
    return -sin(r) / (2 * r);
}

static double cos_second(double r)
{
    return (sin(r) - r * cos(r)) / (4 * r * r * r);
}

static double sinc_of(double r)
{
    return sin(r) / r;
}

static double sinc_first(double r)
{
    return (r * cos(r) - sin(r)) / (2 * r * r * r);
}

static double sinc_second(double r)
{
    return (3 * sin(r) - 3 * r * cos(r) - r * r * sin(r)) / (4 * r * r * r * r * r);
}

static double atan_of(double r)
{
    return atan(r) / r;
}

static double atan_first(double r)
{
    return (r / (1 + r * r) - atan(r)) / (2 * r * r * r);
}

static double atan_second(double r)
{
    double s = r * r, d = 1 + s;
    return (3 * atan(r) - r * (3 + 5 * s) / (d * d)) / (4 * s * s * r);
}

static const smooth_case smooth_cases[] = {
    { rill_smooth_cos, cos_of, cos_first, cos_second, { 1, -1. / 2, 1. / 24, -1. / 720 } },
    { rill_smooth_sinc, sinc_of, sinc_first, sinc_second, { 1, -1. / 6, 1. / 120, -1. / 5040 } },
    { rill_smooth_atan, atan_of, atan_first, atan_second, { 1, -1. / 3, 1. / 5, -1. / 7 } },
};
enum { SMOOTH_CASES = sizeof smooth_cases / sizeof *smooth_cases };

START_TEST(smooth_functions_have_smooth_derivatives)
{
    enum { N = 320 };
    double s[N], y[N], y1[N], y2[N];
    const smooth_case *c = &smooth_cases[_i];
    for (int i = 0; i < N; i++)
        s[i] = i == 0 ? 0 : pow(10, -300 + i); /* 1e-299 to 1e19 */
    rill_tensor *in = rill_constant(g, RILL_F64, RILL_SHAPE(N, 1), s, N), *d, *d2;
    rill_tensor *out = c->of(in);
    rill_grad(rill_sum_all(out), &in, 1, &d);
    rill_grad(rill_sum_all(d), &in, 1, &d2);
    evaluate(out, y, N);
    evaluate(d, y1, N);
    evaluate(d2, y2, N);
    for (int i = 0; i < N; i++) {
        const double *a = c->series;
        double r = sqrt(s[i]), x = s[i], near = x < 1e-5;
        double value = near ? a[0] + x * (a[1] + x * (a[2] + x * a[3])) : c->value(r);
        double first = near ? a[1] + x * (2 * a[2] + 3 * x * a[3]) : c->first(r);
        double second = near ? 2 * a[2] + 6 * x * a[3] : c->second(r);
        /* The oracle's own derivatives lose eps/s and eps/s^2 to cancellation from s = 1e-5 on, and
         * its series x^2 of the second; sin and cos of large r are both ways those of one r. */
        NEAR(y[i], value, 1e-15, seed, i);
        NEAR(y1[i], first, near ? 1e-14 : 2e-16 / x + 1e-12, seed, i);
        NEAR(y2[i], second, near ? 1e-9 : 2e-15 / (x * x) + 1e-9, seed, i);
    }
}
END_TEST

START_TEST(the_root_is_flat_at_zero)
{
    double s[] = { 0, 1e-300, 1e-24, 4 }, y[4], slope[4], bend[4];
    rill_tensor *in = rill_constant(g, RILL_F64, RILL_SHAPE(4), s, 4), *d, *d2;
    rill_tensor *out = rill_smooth_root(in);
    rill_grad(rill_sum_all(out), &in, 1, &d);
    rill_grad(rill_sum_all(d), &in, 1, &d2);
    evaluate(out, y, 4);
    evaluate(d, slope, 4);
    evaluate(d2, bend, 4);
    ck_assert(y[0] == 0 && y[1] == 0 && y[2] == 1e-12 && y[3] == 2);
    ck_assert(slope[0] == 0 && slope[1] == 0 && slope[3] == .25);
    ck_assert(all_finite(slope, 4) && all_finite(bend, 4));
    float narrow[2];
    rill_tensor *x = rill_constant(g, RILL_F32, RILL_SHAPE(2), (float[]){ 1e-24f, NAN }, 2);
    evaluate(rill_smooth_root(x), narrow, 2);
    ck_assert_msg(isnan(narrow[1]), "a NaN became %g", (double)narrow[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold_smooth");
    TCase *all = tcase_create("smooth");
    tcase_add_checked_fixture(all, begin, end);
    suite_add_tcase(suite, all);
    tcase_add_loop_test(all, smooth_functions_have_smooth_derivatives, 0, SMOOTH_CASES);
    tcase_add_test(all, the_root_is_flat_at_zero);
    return run_suite(suite);
}
