/* test_mixture.c - the closed forms between mixtures of Gaussians, against figures worked out apart
 * and against each other by quadrature. */
#include "models/flow/mixture.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* N(0,1) to two modes at +-2 of sd .3. */
static const rill_mixture noise = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, (double[]){ 1 } };
static const rill_mixture modes = { 1, 2, (double[]){ .5, .5 }, (double[]){ -2, 2 },
                                    (double[]){ .3, .3 } };

static rill_mixture_field at(const rill_mixture *from, const rill_mixture *to, rill_mixing mixing,
                             double x)
{
    rill_mixture_field field;
    ck_assert_int_eq(rill_mixture_field_at(from, to, mixing, &x, &field, NULL), RILL_OK);
    return field;
}

START_TEST(two_modes_have_the_published_field)
{
    static const double rows[][6] = {
        /* t, x, u, divergence, conditional variance, density */
        { .25, .5, .451962816, .645483498, 5.936450495, .374400759 },
        { .5, .5, 2.652475502, -.364370421, 1.635629579, .247689636 },
        { .75, -1, -2.806629834, -1.613259668, .795580111, .196434320 },
    };
    const double *row = rows[_i];
    rill_mixture_field f = at(&noise, &modes, rill_mixing_linear(row[0]), row[1]);
    /* The table has nine decimals. */
    ck_assert_double_eq_tol(f.velocity[0], row[2], 1e-9);
    ck_assert_double_eq_tol(f.divergence, row[3], 1e-9);
    ck_assert_double_eq_tol(f.variance, row[4], 1e-9);
    ck_assert_double_eq_tol(f.density, row[5], 1e-9);
}
END_TEST

/* The least loss at t: the mean of the conditional variance over x, by the trapezium rule, which
 * converges faster than any power for a smooth density. */
static double floor_at(rill_mixing mixing)
{
    double total = 0, step = 0.01;
    for (int i = -600; i <= 600; i++) {
        rill_mixture_field f = at(&noise, &modes, mixing, i * step);
        total += f.variance * f.density * step;
    }
    return total;
}

/* Over t with a density: Simpson's rule. */
static double floor_of(rill_mixing (*mixing)(double), double (*density)(double), int n)
{
    double total = 0;
    for (int i = 0; i <= n; i++) {
        double t = (double)i / n, w = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
        total += w * density(t) * floor_at(mixing(t)) / (3.0 * n);
    }
    return total;
}

static double uniform_density(double t)
{
    (void)t;
    return 1;
}

START_TEST(the_least_loss_is_the_published_floor)
{
    /* Six decimals are published; Simpson's error with 200 intervals is below 1e-7 here. */
    ck_assert_double_eq_tol(floor_of(rill_mixing_linear, uniform_density, 200), 2.488939, 1e-6);
    ck_assert_double_eq_tol(floor_of(rill_mixing_cosine, uniform_density, 200), 3.909616, 1e-6);
}
END_TEST

START_TEST(the_beta_law_prefers_noisy_times)
{
    /* t = .999 (1 - b), b ~ Beta(1.5, 1): with b = r^2 its density 1.5 sqrt(b) db is 3 r^2 dr,
     * smooth. */
    double total = 0;
    int n = 200;
    for (int i = 0; i <= n; i++) {
        double r = (double)i / n, w = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
        total += w * 3 * r * r * floor_at(rill_mixing_linear(.999 * (1 - r * r))) / (3.0 * n);
    }
    ck_assert_double_eq_tol(total, 3.000110, 1e-6);
}
END_TEST

START_TEST(one_gaussian_to_another_is_linear)
{
    rill_mixture from = { 1, 1, (double[]){ 1 }, (double[]){ .7 }, (double[]){ 1.3 } };
    rill_mixture to = { 1, 1, (double[]){ 1 }, (double[]){ -1.1 }, (double[]){ .4 } };
    for (double t = 0; t <= 1; t += .125) {
        double s = 1 - t, mean = s * .7 - t * 1.1, v = s * s * 1.69 + t * t * .16;
        double c = -s * 1.69 + t * .16, x = .3;
        rill_mixture_field f = at(&from, &to, rill_mixing_linear(t), x);
        /* A handful of roundings on numbers of order one. */
        ck_assert_double_eq_tol(f.velocity[0], -1.8 + c / v * (x - mean), 1e-13);
        ck_assert_double_eq_tol(f.divergence, c / v, 1e-13);
        ck_assert_double_eq_tol(f.variance, 1.69 * .16 / v, 1e-13);
    }
}
END_TEST

START_TEST(divergence_is_the_derivative_of_the_velocity)
{
    rill_mixture from = { 2, 2, (double[]){ .3, .7 }, (double[]){ -1, 0, 1, .5 },
                          (double[]){ .6, .9 } };
    rill_mixture to = { 2, 3, (double[]){ .2, .5, .3 }, (double[]){ 1, 1, -1, 2, 0, -2 },
                        (double[]){ .4, .5, .6 } };
    double x[2] = { .37, -.21 }, h = 1e-5, sum = 0;
    rill_mixing mixing = rill_mixing_cosine(.45);
    rill_mixture_field f, up, down;
    ck_assert_int_eq(rill_mixture_field_at(&from, &to, mixing, x, &f, NULL), RILL_OK);
    for (int i = 0; i < 2; i++) {
        double a[2] = { x[0], x[1] }, b[2] = { x[0], x[1] };
        a[i] += h, b[i] -= h;
        rill_mixture_field_at(&from, &to, mixing, a, &up, NULL);
        rill_mixture_field_at(&from, &to, mixing, b, &down, NULL);
        sum += (up.velocity[i] - down.velocity[i]) / (2 * h);
    }
    /* Central differences: rounding eps/h = 2e-11 and truncation h^2 = 1e-10, on third derivatives
     * of order ten. */
    ck_assert_double_eq_tol(f.divergence, sum, 1e-8);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    double x[2] = { 0, 0 };
    rill_mixture_field f;
    rill_mixture wide = noise, plane = noise, empty = noise;
    wide.dim = RILL_MIXTURE_MAX_DIM + 1, plane.dim = 2, empty.count = 0;
    rill_mixing m = rill_mixing_linear(.5);
    ck_assert_int_eq(rill_mixture_field_at(NULL, &modes, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&noise, &plane, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&wide, &wide, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&empty, &modes, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&noise, &modes, m, NULL, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&noise, &modes, m, x, NULL, NULL), RILL_BAD_ARGUMENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mixture");
    TCase *forms = tcase_create("closed forms");
    tcase_add_loop_test(forms, two_modes_have_the_published_field, 0, 3);
    tcase_add_test(forms, the_least_loss_is_the_published_floor);
    tcase_add_test(forms, the_beta_law_prefers_noisy_times);
    tcase_add_test(forms, one_gaussian_to_another_is_linear);
    tcase_add_test(forms, divergence_is_the_derivative_of_the_velocity);
    tcase_add_test(forms, wrong_arguments_are_refused);
    suite_add_tcase(suite, forms);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
