/* test_metrics.c - distances between samples, against brute force, closed forms and their own
 * axioms. */
#include "core/rng.h"
#include "tests/suite.h"
#include "tools/metrics/metrics.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t seed = 271828;

/* Sums of a few hundred numbers of order one, and a square root of each: 1e-12 is 4,000 roundings.
 */
static const double tolerance = 1e-12;

/* `count` normal points of `dim` numbers, told apart by `name`. */
static rill_points normals(double *x, const char *name, int64_t count, int64_t dim)
{
    rill_stream_normal(rill_stream_key(seed, name), 0, 0, 0, count * dim, x);
    return (rill_points){ x, count, dim };
}

/* As normals(), rounded to halves, so that points and distances repeat. */
static rill_points grid(double *x, const char *name, int64_t count, int64_t dim)
{
    rill_points points = normals(x, name, count, dim);
    for (int64_t i = 0; i < count * dim; i++)
        x[i] = round(2 * x[i]) / 2;
    return points;
}

static double value(int metric, const rill_points *a, const rill_points *b)
{
    rill_distance out;
    rill_message message = { "" };
    ck_assert_msg(rill_metric_at(metric)->distance(a, b, 0, &out, &message) == RILL_OK, "%s",
                  message.text);
    ck_assert_double_ge(out.value, 0);
    return out.value;
}

static double between(const rill_points *a, int64_t i, const rill_points *b, int64_t j)
{
    double sum = 0;
    for (int64_t k = 0; k < a->dim; k++)
        sum += pow(a->x[i * a->dim + k] - b->x[j * a->dim + k], 2);
    return sqrt(sum);
}

/* The least sum of |x - y|^p over all ways to give points i.. of a the points of b not used yet. */
static double least_sum(const rill_points *a, const rill_points *b, int p, int64_t i, unsigned used)
{
    double least = i == a->count ? 0 : HUGE_VAL;
    for (int64_t j = 0; i < a->count && j < b->count; j++)
        if (!(used >> j & 1))
            least = fmin(least,
                         pow(between(a, i, b, j), p) + least_sum(a, b, p, i + 1, used | 1u << j));
    return least;
}

START_TEST(assignment_is_the_best_of_all_permutations)
{
    double x[24], y[24];
    int64_t count = 1 + _i % 7, dim = 1 + _i / 7 % 3;
    char name[32];
    for (int trial = 0; trial < 4; trial++) {
        snprintf(name, sizeof name, "brute %d.%d", _i, trial);
        rill_points (*points)(double *, const char *, int64_t, int64_t) =
            trial % 2 ? grid : normals;
        rill_points a = points(x, name, count, dim);
        rill_points b = points(y, name + 1, count, dim);
        ck_assert_double_eq_tol(value(0, &a, &b), least_sum(&a, &b, 1, 0, 0) / (double)count,
                                tolerance);
        ck_assert_double_eq_tol(value(1, &a, &b), sqrt(least_sum(&a, &b, 2, 0, 0) / (double)count),
                                tolerance);
    }
}
END_TEST

/* The same points with a zero added have the same distances, but go another way: all pairs and
 * assignment instead of sorting. */
START_TEST(sorting_equals_the_general_way)
{
    double line_x[300], line_y[300], plane_x[600] = { 0 }, plane_y[600] = { 0 };
    rill_points a = (_i ? grid : normals)(line_x, "line a", 300, 1);
    rill_points b = (_i ? grid : normals)(line_y, "line b", 300, 1);
    for (int i = 0; i < 300; i++) {
        line_y[i] += 0.3;
        plane_x[2 * i] = line_x[i];
        plane_y[2 * i] = line_y[i];
    }
    rill_points flat_a = { plane_x, 300, 2 }, flat_b = { plane_y, 300, 2 };
    for (int metric = 0; metric < rill_metric_count(); metric++)
        ck_assert_double_eq_tol(value(metric, &a, &b), value(metric, &flat_a, &flat_b), 1e-10);
    b.count = flat_b.count = 200; /* energy and MMD take samples of different sizes */
    for (int metric = 2; metric < rill_metric_count(); metric++)
        ck_assert_double_eq_tol(value(metric, &a, &b), value(metric, &flat_a, &flat_b), 1e-10);
}
END_TEST

/* Points twice are the same distribution: W1, W2 and energy in one dimension do not change. */
START_TEST(sizes_may_differ_on_the_line)
{
    double x[120], y[70], twice[240];
    rill_points a = normals(x, "sizes a", 120, 1), b = normals(y, "sizes b", 70, 1);
    for (int i = 0; i < 240; i++)
        twice[i] = x[i / 2];
    rill_points doubled = { twice, 240, 1 };
    for (int metric = 0; metric < 3; metric++) {
        ck_assert_double_eq_tol(value(metric, &a, &doubled), 0, tolerance);
        ck_assert_double_eq_tol(value(metric, &a, &b), value(metric, &doubled, &b), tolerance);
    }
    static const double zero[] = { 0 }, three[] = { 1, 2, 6 };
    rill_points one = { zero, 1, 1 }, few = { three, 3, 1 };
    ck_assert_double_eq_tol(value(0, &one, &few), 3, tolerance);
    ck_assert_double_eq_tol(value(1, &few, &one), sqrt(41.0 / 3), tolerance);
}
END_TEST

/* 2 E|X-Y| - E|X-X'| - E|Y-Y'| and the kernel means, written down as they are defined. */
START_TEST(pairwise_sums_are_as_defined)
{
    static const int64_t sizes[][3] = {
        { 20, 15, 3 }, { 30, 30, 1 }, { 12, 12, 5 }, { 25, 25, 2 }, { 7, 40, 1 }
    };
    double x[60], y[60], mean[3] = { 0 }, kernel[3] = { 0 };
    rill_points a = normals(x, "pairs a", sizes[_i][0], sizes[_i][2]);
    rill_points b = normals(y, "pairs b", sizes[_i][1], sizes[_i][2]);
    const rill_points *pairs[3][2] = { { &a, &a }, { &b, &b }, { &a, &b } };
    rill_distance mmd;
    ck_assert_int_eq(rill_mmd(&a, &b, 0, &mmd, NULL), RILL_OK);
    for (int k = 0; k < 3; k++) {
        const rill_points *p = pairs[k][0], *q = pairs[k][1];
        for (int64_t i = 0; i < p->count; i++)
            for (int64_t j = 0; j < q->count; j++) {
                double distance = between(p, i, q, j);
                mean[k] += distance / (double)(p->count * q->count);
                kernel[k] += exp(-distance * distance / (2 * mmd.bandwidth * mmd.bandwidth)) /
                             (double)(p->count * q->count);
            }
    }
    ck_assert_double_eq_tol(value(2, &a, &b), sqrt(2 * mean[2] - mean[0] - mean[1]), tolerance);
    ck_assert_double_eq_tol(mmd.value, sqrt(kernel[0] + kernel[1] - 2 * kernel[2]), tolerance);
}
END_TEST

START_TEST(bandwidth_is_the_median_distance)
{
    static const double x[] = { 0, 1 }, y[] = { 3, 7 }, same[] = { 5, 5, 5, 5, 5, 6 };
    rill_points a = { x, 2, 1 }, b = { y, 2, 1 }, c = { same, 6, 1 }, d = { same, 2, 1 };
    rill_distance out; /* distances 1 2 3 4 6 7 */
    ck_assert_int_eq(rill_mmd(&a, &b, 0, &out, NULL), RILL_OK);
    ck_assert_double_eq(out.bandwidth, 3.5);
    ck_assert_int_eq(rill_mmd(&c, &d, 0, &out, NULL),
                     RILL_OK); /* 7 of 28 distances are 1, others 0 */
    ck_assert_double_eq(out.bandwidth, 0.25);
    ck_assert_int_eq(rill_mmd(&d, &d, 0, &out, NULL), RILL_OK);
    ck_assert_double_eq(out.value, 0);
}
END_TEST

/* W1 and W2 between a sample and the sample moved by s are |s|: the move is an optimal coupling. */
START_TEST(a_shift_costs_its_length)
{
    double x[600], y[600];
    int64_t dim = 1 + _i;
    rill_points a = normals(x, "shift", 600 / dim, dim), b = { y, 600 / dim, dim };
    double length = 0;
    for (int64_t k = 0; k < dim; k++)
        length += pow(0.25 * (double)(k + 1), 2);
    for (int64_t i = 0; i < 600 / dim * dim; i++)
        y[i] = x[i] + 0.25 * (double)(i % dim + 1);
    ck_assert_double_eq_tol(value(0, &a, &b), sqrt(length), tolerance);
    ck_assert_double_eq_tol(value(1, &a, &b), sqrt(length), tolerance);
}
END_TEST

/* A scale by a power of two acts exactly, to the ends of what a double holds: on W1 and W2 by
 * itself, on the energy distance by its root, on MMD not at all. */
START_TEST(axioms_and_invariances)
{
    double x[400], y[400], z[400];
    int64_t dim = _i / 4 ? 4 : 1, count = 400 / dim;
    int metric = _i % 4;
    rill_points a = normals(x, "axiom a", count, dim), b = normals(y, "axiom b", count, dim);
    rill_points c = normals(z, "axiom c", count, dim);
    double ab = value(metric, &a, &b);
    ck_assert_double_gt(ab, 1e-3);
    ck_assert_double_eq(value(metric, &a, &a), 0);
    ck_assert_double_eq_tol(value(metric, &b, &a), ab, tolerance);
    if (metric != 3) /* each MMD has a bandwidth of its own */
        ck_assert_double_le(ab, value(metric, &a, &c) + value(metric, &c, &b) + tolerance);
    double reversed[400];
    for (int64_t i = 0; i < 400; i++)
        reversed[i] = x[(count - 1 - i / dim) * dim + i % dim];
    ck_assert_double_eq_tol(value(metric, &(rill_points){ reversed, count, dim }, &b), ab,
                            tolerance);
    static const int powers[] = { 1000, -1000 };
    for (int k = 0; k < 2; k++) {
        double big[400], other[400];
        for (int i = 0; i < 400; i++) {
            big[i] = ldexp(x[i], powers[k]);
            other[i] = ldexp(y[i], powers[k]);
        }
        double scaled =
            value(metric, &(rill_points){ big, count, dim }, &(rill_points){ other, count, dim });
        static const double share[] = { 1, 1, 0.5, 0 };
        ck_assert_double_eq(scaled, ldexp(ab, (int)(powers[k] * share[metric])));
    }
}
END_TEST

/* On the quantiles (i+.5)/n: W1 of N(0,1) and N(1,1) is 1, W2^2 of N(0,1) and N(1,4) is 1 + 1, and
 * the energy distance of the first pair is below.  Cutting the tails costs less than the
 * tolerances. */
START_TEST(closed_forms_between_gaussians)
{
    enum { FINE = 2000 };
    static double unit[FINE], moved[FINE], wide[FINE];
    for (int i = 0; i < FINE; i++) { /* invert the normal distribution by bisection */
        double low = -8, high = 8;
        for (int step = 0; step < 60; step++) {
            double middle = 0.5 * (low + high);
            *(0.5 * erfc(-middle / sqrt(2.0)) < (i + 0.5) / FINE ? &low : &high) = middle;
        }
        unit[i] = low, moved[i] = low + 1, wide[i] = 1 + 2 * low;
    }
    rill_points a = { unit, FINE, 1 }, b = { moved, FINE, 1 }, c = { wide, FINE, 1 };
    ck_assert_double_eq_tol(value(0, &a, &b), 1, tolerance);
    ck_assert_double_eq_tol(value(1, &a, &c), sqrt(2.0), 2e-3); /* quantiles cut both tails */
    /* E|N(m,2)| = 2 exp(-m^2/4)/sqrt(pi) + m erf(m/2); the squared distance is 2 E|.|(1) - 2
     * E|.|(0) */
    double energy = sqrt(2 * (2 * exp(-0.25) / sqrt(M_PI) + erf(0.5)) - 4 / sqrt(M_PI));
    ck_assert_double_eq_tol(value(2, &a, &b), energy, 1e-3);
}
END_TEST

START_TEST(sub_samples_are_said_and_are_the_same_for_the_same_seed)
{
    double x[300 * 2], y[200 * 2];
    rill_points a = normals(x, "sub a", 300, 2), b = normals(y, "sub b", 200, 2);
    rill_distance once, again, other;
    ck_assert_int_eq(rill_w2(&a, &b, 1, &once, NULL), RILL_OK);
    ck_assert_int_eq(rill_w2(&a, &b, 1, &again, NULL), RILL_OK);
    ck_assert_int_eq(rill_w2(&a, &b, 2, &other, NULL), RILL_OK);
    ck_assert_int_eq(once.count_a, 200);
    ck_assert_int_eq(once.count_b, 200);
    ck_assert_double_eq(once.value, again.value);
    ck_assert_double_ne(once.value, other.value);
    ck_assert_int_eq(rill_energy_distance(&a, &b, 1, &once, NULL), RILL_OK);
    ck_assert_int_eq(once.count_a, 300);
    ck_assert_int_eq(once.count_b, 200);
}
END_TEST

static void refused(const rill_points *a, const rill_points *b, rill_status status,
                    const char *text)
{
    for (int metric = 0; metric < rill_metric_count(); metric++) {
        rill_distance out;
        rill_message message = { "" };
        ck_assert_int_eq(rill_metric_at(metric)->distance(a, b, 0, &out, &message), status);
        ck_assert_str_eq(message.text, text);
    }
}

START_TEST(wrong_samples_are_refused_by_name)
{
    double x[] = { 0, 1, 2, 3 }, broken[] = { 0, 1, 2, nan("") },
           endless[] = { 0, 1, -HUGE_VAL, 1 };
    rill_points good = { x, 2, 2 }, line = { x, 4, 1 };
    refused(NULL, &good, RILL_BAD_ARGUMENT, "sample A: not given");
    refused(&good, NULL, RILL_BAD_ARGUMENT, "sample B: not given");
    refused(&good, &(rill_points){ NULL, 2, 2 }, RILL_BAD_ARGUMENT, "sample B: not given");
    refused(&(rill_points){ x, 0, 2 }, &good, RILL_BAD_ARGUMENT,
            "sample A: shape [0,2]; at least [1,1]");
    refused(&(rill_points){ x, -1, 1 }, &line, RILL_BAD_ARGUMENT,
            "sample A: shape [-1,1]; at least [1,1]");
    refused(&(rill_points){ x, 2, 0 }, &good, RILL_BAD_ARGUMENT,
            "sample A: shape [2,0]; at least [1,1]");
    refused(&(rill_points){ x, INT64_MAX, 2 }, &good, RILL_BAD_ARGUMENT,
            "sample A: shape [9223372036854775807,2] is too large");
    refused(&good, &line, RILL_MISMATCH, "samples have 2 and 1 numbers a point");
    refused(&(rill_points){ broken, 2, 2 }, &good, RILL_NOT_FINITE,
            "sample A: nan in row 1, column 1");
    refused(&line, &(rill_points){ endless, 4, 1 }, RILL_NOT_FINITE,
            "sample B: -inf in row 2, column 0");
    for (int metric = 0; metric < rill_metric_count(); metric++)
        ck_assert_int_eq(rill_metric_at(metric)->distance(&good, &good, 0, NULL, NULL),
                         RILL_BAD_ARGUMENT);
    ck_assert_ptr_null(rill_metric_at(-1));
    ck_assert_ptr_null(rill_metric_at(rill_metric_count()));
}
END_TEST

static Suite *metrics_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *samples = tcase_create("samples");
    tcase_add_loop_test(samples, assignment_is_the_best_of_all_permutations, 0, 21);
    tcase_add_loop_test(samples, sorting_equals_the_general_way, 0, 2);
    tcase_add_test(samples, sizes_may_differ_on_the_line);
    tcase_add_loop_test(samples, pairwise_sums_are_as_defined, 0, 5);
    tcase_add_test(samples, bandwidth_is_the_median_distance);
    tcase_add_loop_test(samples, a_shift_costs_its_length, 0, 3);
    tcase_add_loop_test(samples, axioms_and_invariances, 0, 8);
    tcase_add_test(samples, closed_forms_between_gaussians);
    tcase_add_test(samples, sub_samples_are_said_and_are_the_same_for_the_same_seed);
    tcase_add_test(samples, wrong_samples_are_refused_by_name);
    suite_add_tcase(suite, samples);
    return suite;
}

int main(void)
{
    return run_suite(metrics_suite());
}
