/* Vector functions against libm in more precision: f32 in f64, f64 in long double. */
#include "ops/cpu/cpu.h"
#include "ops/elementwise.h"
#include "ulp.h"
#include "value.h"

typedef double f64_unary(double);
typedef long double wide_unary(long double);
typedef double f64_binary(double, double);
typedef long double wide_binary(long double, long double);

/* What vecmath.h promises, in ulps, and where arguments of interest lie. */
static const struct unary {
    const rill_op *op;
    f64_unary *exact;
    wide_unary *wide;
    double f32_bound, f64_bound;
    double low, high;
} unary[] = {
    { &rill_exp_op, exp, expl, 2, 2, -104, 89 },
    { &rill_exp_op, exp, expl, 2, 2, -746, 710 },
    { &rill_expm1_op, expm1, expm1l, 2, 2, -5, 5 },
    { &rill_log_op, log, logl, 2, 2, 0, 4 },
    { &rill_log1p_op, log1p, log1pl, 2, 2, -1, 3 },
    { &rill_sin_op, sin, sinl, 2, 2, -20, 20 },
    { &rill_sin_op, sin, sinl, 2, 2, -12500, 12500 },
    { &rill_cos_op, cos, cosl, 2, 2, -20, 20 },
    { &rill_cos_op, cos, cosl, 2, 2, -6.2e6, 6.2e6 },
    { &rill_tan_op, tan, tanl, 2, 2, -9, 9 },
    { &rill_asin_op, asin, asinl, 2, 2, -1, 1 },
    { &rill_acos_op, acos, acosl, 2, 2, -1, 1 },
    { &rill_atan_op, atan, atanl, 2, 2, -4, 4 },
    { &rill_sinh_op, sinh, sinhl, 2, 2, -4, 4 },
    { &rill_cosh_op, cosh, coshl, 2, 2, -90, 90 },
    { &rill_tanh_op, tanh, tanhl, 2, 2, -3, 3 },
    { &rill_erf_op, erf, erfl, 2, 2, -4, 4 },
    { &rill_erfc_op, erfc, erfcl, 2, 2, -6, 28 },
    { &rill_sqrt_op, sqrt, sqrtl, 0.5, 0.5, 0, 9 },
    { &rill_floor_op, floor, floorl, 0, 0, -9, 9 },
    { &rill_round_op, rint, rintl, 0, 0, -9, 9 },
    { &rill_abs_op, fabs, fabsl, 0, 0, -9, 9 },
};

static const struct binary {
    const rill_op *op;
    f64_binary *exact;
    wide_binary *wide;
    double f32_bound, f64_bound;
    double low, high, second_low, second_high;
} binary[] = {
    { &rill_pow_op, pow, powl, 2, 2, 0, 3, -60, 60 },
    { &rill_pow_op, pow, powl, 2, 2, 0, 1e4, -9, 9 },
    { &rill_atan2_op, atan2, atan2l, 2, 2, -2, 2, -2, 2 },
};

enum { MANY = 8000 };

/* Argument i of MANY: the special ones, any number, then the range of interest. */
static double argument(int i, double low, double high, int greatest, uint64_t *state)
{
    if (i < SPECIALS)
        return special_numbers[i];
    return i % 4 == 0 ? random_number(state, greatest) : random_between(state, low, high);
}

static void run_f32(const rill_cpu_isa *isa, const rill_op *op, float *y, const float *a,
                    const float *b)
{
    rill_map *map = rill_cpu_find_map(isa, op, RILL_F32);
    ck_assert_msg(map != NULL, "%s has no %s", isa->name, op->name);
    map(y, (const void *const[]){ a, b }, NULL, MANY);
}

static void run_f64(const rill_cpu_isa *isa, const rill_op *op, double *y, const double *a,
                    const double *b)
{
    rill_map *map = rill_cpu_find_map(isa, op, RILL_F64);
    ck_assert_msg(map != NULL, "%s has no %s", isa->name, op->name);
    map(y, (const void *const[]){ a, b }, NULL, MANY);
}

START_TEST(unary_f32_is_accurate)
{
    const struct unary *f = &unary[_i];
    static float a[MANY], y[MANY];
    uint64_t state = (uint64_t)_i;
    for (int i = 0; i < MANY; i++)
        a[i] = (float)argument(i, f->low, f->high, 150, &state);
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        run_f32(*isa, f->op, y, a, a);
        for (int i = 0; i < MANY; i++) {
            double exact = f->exact((double)a[i]), error = ulps_f32(y[i], exact);
            if (!(error <= f->f32_bound))
                ck_abort_msg("%s %s(%.9g) = %.9g, not %.9g: %.3g ulp", (*isa)->name, f->op->name,
                             (double)a[i], (double)y[i], exact, error);
        }
    }
}
END_TEST

START_TEST(unary_f64_is_accurate)
{
    const struct unary *f = &unary[_i];
    static double a[MANY], y[MANY];
    uint64_t state = (uint64_t)_i;
    for (int i = 0; i < MANY; i++)
        a[i] = argument(i, f->low, f->high, 1073, &state);
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        run_f64(*isa, f->op, y, a, a);
        for (int i = 0; i < MANY; i++) {
            long double exact = f->wide((long double)a[i]);
            double error = ulps_f64(y[i], exact);
            if (!(error <= f->f64_bound))
                ck_abort_msg("%s %s(%.17g) = %.17g, not %.19Lg: %.3g ulp", (*isa)->name,
                             f->op->name, a[i], y[i], exact, error);
        }
    }
}
END_TEST

/* Argument pair i: every pair of special numbers, then the range of interest. */
static void argument_pair(int i, const struct binary *f, int greatest, uint64_t *state, double *a,
                          double *b)
{
    int special = i < SPECIALS * SPECIALS;
    *a = special ? special_numbers[i / SPECIALS] : argument(i, f->low, f->high, greatest, state);
    *b = special ? special_numbers[i % SPECIALS]
                 : argument(i, f->second_low, f->second_high, greatest, state);
}

START_TEST(binary_f32_is_accurate)
{
    const struct binary *f = &binary[_i];
    static float a[MANY], b[MANY], y[MANY];
    uint64_t state = (uint64_t)_i;
    for (int i = 0; i < MANY; i++) {
        double first, second;
        argument_pair(i, f, 150, &state, &first, &second);
        a[i] = (float)first;
        b[i] = (float)second;
    }
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        run_f32(*isa, f->op, y, a, b);
        for (int i = 0; i < MANY; i++) {
            double exact = f->exact((double)a[i], (double)b[i]), error = ulps_f32(y[i], exact);
            if (!(error <= f->f32_bound))
                ck_abort_msg("%s %s(%.9g, %.9g) = %.9g, not %.9g: %.3g ulp", (*isa)->name,
                             f->op->name, (double)a[i], (double)b[i], (double)y[i], exact, error);
        }
    }
}
END_TEST

START_TEST(binary_f64_is_accurate)
{
    const struct binary *f = &binary[_i];
    static double a[MANY], b[MANY], y[MANY];
    uint64_t state = (uint64_t)_i;
    for (int i = 0; i < MANY; i++)
        argument_pair(i, f, 1073, &state, &a[i], &b[i]);
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        run_f64(*isa, f->op, y, a, b);
        for (int i = 0; i < MANY; i++) {
            long double exact = f->wide((long double)a[i], (long double)b[i]);
            double error = ulps_f64(y[i], exact);
            ck_assert_msg(error <= f->f64_bound,
                          "%s %s(%.17g, %.17g) = %.17g, not %.19Lg: %.3g ulp", (*isa)->name,
                          f->op->name, a[i], b[i], y[i], exact, error);
        }
    }
}
END_TEST

int main(void)
{
    const int unaries = sizeof unary / sizeof *unary, binaries = sizeof binary / sizeof *binary;
    Suite *suite = suite_create("vecmath");
    TCase *accuracy = tcase_create("accuracy");
    tcase_add_loop_test(accuracy, unary_f32_is_accurate, 0, unaries);
    tcase_add_loop_test(accuracy, unary_f64_is_accurate, 0, unaries);
    tcase_add_loop_test(accuracy, binary_f32_is_accurate, 0, binaries);
    tcase_add_loop_test(accuracy, binary_f64_is_accurate, 0, binaries);
    suite_add_tcase(suite, accuracy);
    return run_suite(suite);
}
