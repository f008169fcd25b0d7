/* test_mixture.c - the closed forms between mixtures of Gaussians, against figures worked out apart
 * and by quadrature. */
#include "mixtures.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

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

/* ---- The same by quadrature: sums over a grid of x1, of which x0 = (x - alpha x1)/sigma follows.
 * The trapezium rule, of integrands that vanish with all derivatives at both ends: exact to
 * rounding, in which the grid of 161 places 0.1 apart resolves an sd of 0.4. */

static double density_of(const rill_mixture *m, const double *x)
{
    double sum = 0;
    for (int64_t k = 0; k < m->count; k++) {
        double distance = 0;
        for (int64_t i = 0; i < m->dim; i++)
            distance += pow((x[i] - m->mean[k * m->dim + i]) / m->sd[k], 2);
        sum += m->weight[k] * exp(-distance / 2) /
               pow(2 * M_PI * m->sd[k] * m->sd[k], .5 * (double)m->dim);
    }
    return sum;
}

typedef struct seen {
    double density, velocity[2], variance;
} seen;

static seen by_quadrature(const rill_mixture *from, const rill_mixture *to, rill_mixing m,
                          const double *x)
{
    enum { PLACES = 161 };
    int64_t dim = from->dim;
    double square = 0, x0[2], x1[2], h = .1;
    seen s = { 0, { 0, 0 }, 0 };
    for (int i = 0; i < (dim > 1 ? PLACES * PLACES : PLACES); i++) {
        for (int64_t j = 0; j < dim; j++) {
            x1[j] = h * ((j ? i / PLACES : i % PLACES) - PLACES / 2);
            x0[j] = (x[j] - m.alpha * x1[j]) / m.sigma;
        }
        double w = pow(h / m.sigma, (double)dim) * density_of(from, x0) * density_of(to, x1);
        s.density += w;
        for (int64_t j = 0; j < dim; j++) {
            double rate = m.sigma_rate * x0[j] + m.alpha_rate * x1[j];
            s.velocity[j] += w * rate;
            square += w * rate * rate;
        }
    }
    s.variance = square / s.density;
    for (int64_t j = 0; j < dim; j++) {
        s.velocity[j] /= s.density;
        s.variance -= s.velocity[j] * s.velocity[j];
    }
    return s;
}

static const struct {
    const rill_mixture *from, *to;
    rill_mixing (*mixing)(double);
    double t, x[2];
} settings[] = {
    { &noise, &three, rill_mixing_linear, .4, { .6, 0 } },
    { &noise, &uneven, rill_mixing_cosine, .7, { -.3, 0 } },
    { &wide, &three, power_mixing, .6, { 1.2, 0 } },
    { &plane, &plane_three, rill_mixing_linear, .5, { .37, -.21 } },
    { &plane, &plane_two, linear_vp_mixing, .3, { -.8, .4 } },
    { &three, &uneven, rill_mixing_linear, .35, { -1, 0 } },
    { &uneven, &three, rill_mixing_cosine, .55, { .4, 0 } },
    { &plane_two, &plane_three, rill_mixing_linear, .45, { .37, -.21 } },
    { &plane_three, &plane_two, rill_mixing_cosine, .6, { -.5, .9 } },
    { &three, &uneven, rill_mixing_linear, 0, { .5, 0 } },
};
enum { SETTINGS = sizeof settings / sizeof *settings };

START_TEST(the_field_is_the_conditional_mean_by_quadrature)
{
    const rill_mixture *from = settings[_i].from, *to = settings[_i].to;
    rill_mixing m = settings[_i].mixing(settings[_i].t);
    const double *x = settings[_i].x;
    double h = 1e-4, divergence = 0;
    rill_mixture_field f;
    ck_assert_int_eq(rill_mixture_field_at(from, to, m, x, &f, NULL), RILL_OK);
    seen s = by_quadrature(from, to, m, x);
    for (int64_t i = 0; i < from->dim; i++) {
        double up[2] = { x[0], x[1] }, down[2] = { x[0], x[1] };
        up[i] += h, down[i] -= h;
        divergence += (by_quadrature(from, to, m, up).velocity[i] -
                       by_quadrature(from, to, m, down).velocity[i]) /
                      (2 * h);
        ck_assert_double_eq_tol(f.velocity[i], s.velocity[i], 1e-9); /* of the quadrature */
    }
    ck_assert_double_eq_tol(f.density, s.density, 1e-9);
    ck_assert_double_eq_tol(f.variance, s.variance, 1e-8);
    ck_assert_double_eq_tol(f.divergence, divergence, 1e-5); /* h^2 of third derivatives to 100 */
}
END_TEST

START_TEST(one_gaussian_to_another_is_linear)
{
    static const double numbers[][4] = { /* m0, s0, m1, s1 */
                                         { .7, 1.3, -1.1, .4 },
                                         { 0, 1, 2, 1 },
                                         { -.5, .6, 1, 2 },
                                         { 2, 1, 0, .1 }
    };
    const double *p = numbers[_i % 4];
    rill_mixing (*mixing)(double) = _i / 4 ? rill_mixing_cosine : rill_mixing_linear;
    rill_mixture from = { 1, 1, (double[]){ 1 }, p, p + 1 },
                 to = { 1, 1, (double[]){ 1 }, p + 2, p + 3 };
    double s0 = p[1] * p[1], s1 = p[3] * p[3], x = .3;
    for (double t = 0; t <= 1; t += .125) {
        rill_mixing m = mixing(t);
        double s = m.sigma, a = m.alpha, v = s * s * s0 + a * a * s1;
        double c = s * m.sigma_rate * s0 + a * m.alpha_rate * s1;
        double turn = _i / 4 ? M_PI_2 : 1; /* W */
        double u = m.sigma_rate * p[0] + m.alpha_rate * p[2] + c / v * (x - s * p[0] - a * p[2]);
        rill_mixture_field f = at(&from, &to, m, x);
        /* A handful of roundings on numbers up to c/v. */
        ck_assert_double_eq_tol(f.velocity[0], u, 1e-13 * (1 + fabs(c / v)) * (1 + fabs(u)));
        ck_assert_double_eq_tol(f.divergence, c / v, 1e-13 * (1 + fabs(c / v)) * (1 + fabs(u)));
        ck_assert_double_eq_tol(f.variance, s0 * s1 * turn * turn / v, 1e-12 * (1 + u * u));
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
    rill_mixture vast = noise, flat = noise, empty = noise;
    vast.dim = RILL_MIXTURE_MAX_DIM + 1, flat.dim = 2, empty.count = 0;
    rill_mixing m = rill_mixing_linear(.5);
    ck_assert_int_eq(rill_mixture_field_at(NULL, &modes, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&noise, &flat, m, x, &f, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_mixture_field_at(&vast, &vast, m, x, &f, NULL), RILL_BAD_ARGUMENT);
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
    tcase_add_loop_test(forms, the_field_is_the_conditional_mean_by_quadrature, 0, SETTINGS);
    tcase_add_loop_test(forms, one_gaussian_to_another_is_linear, 0, 8);
    tcase_add_test(forms, divergence_is_the_derivative_of_the_velocity);
    tcase_add_test(forms, wrong_arguments_are_refused);
    suite_add_tcase(suite, forms);
    return run_suite(suite);
}
