/* test_data.c - the built-in data sets: reproducible streams, and the distributions they promise.
 */
#include "models/data/data.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { N = 20000 };
static const uint64_t seed = 20240229;

static double x[N * 2];
static int32_t labels[N];

static const rill_data_set *find(const char *name)
{
    const rill_data_set *set = rill_data_find(name);
    ck_assert_msg(set != NULL, "no set named %s", name);
    return set;
}

/* The first N samples of a set to train on, in x and labels. */
static void draw(const char *name)
{
    ck_assert_int_eq(rill_data_draw(find(name), seed, 0, 0, N, x, labels, NULL), RILL_OK);
}

static double mean_of(const double *values, int stride)
{
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += values[i * stride];
    return sum / N;
}

START_TEST(names_are_found_and_unknown_ones_are_not)
{
    ck_assert_int_eq(rill_data_count(), 10);
    for (int i = 0; i < rill_data_count(); i++) {
        const rill_data_set *set = rill_data_at(i);
        ck_assert_ptr_eq(rill_data_find(set->name), set);
        ck_assert_int_gt((int)strlen(set->doc), 20);
        ck_assert_int_le(set->dim, RILL_DATA_MAX_DIM);
        ck_assert_int_ne(set->point == NULL, set->row == NULL);
    }
    ck_assert_ptr_null(rill_data_find("Moons"));
    ck_assert_ptr_null(rill_data_find(""));
    ck_assert_ptr_null(rill_data_find(NULL));
    ck_assert_ptr_null(rill_data_at(-1));
    ck_assert_ptr_null(rill_data_at(10));
}
END_TEST

/* Sample i depends on (seed, i) alone: drawing in chunks, or from the middle, gives the same bits.
 */
START_TEST(a_sample_depends_on_seed_and_index_alone)
{
    const rill_data_set *set = rill_data_at(_i);
    enum { ALL = 50 };
    double whole[ALL * RILL_DATA_MAX_DIM], part[ALL * RILL_DATA_MAX_DIM];
    int32_t whole_labels[ALL], part_labels[ALL];
    for (int held_out = 0; held_out < 2; held_out++) {
        ck_assert_int_eq(rill_data_draw(set, 7, held_out, 0, ALL, whole, whole_labels, NULL),
                         RILL_OK);
        for (int first = 0, n = 1; first < ALL;
             first += n, n = first + 2 * n < ALL ? 2 * n : ALL - first) {
            ck_assert_int_eq(rill_data_draw(set, 7, held_out, first, n, part, part_labels, NULL),
                             RILL_OK);
            size_t bytes = (size_t)(n * set->dim) * sizeof *part;
            ck_assert_mem_eq(part, whole + first * set->dim, bytes);
            ck_assert_mem_eq(part_labels, whole_labels + first, (size_t)n * sizeof *part_labels);
        }
    }
}
END_TEST

START_TEST(single_precision_is_the_same_sample_rounded)
{
    const rill_data_set *set = rill_data_at(_i);
    double wide[20 * RILL_DATA_MAX_DIM];
    float narrow[20 * RILL_DATA_MAX_DIM];
    int32_t wide_labels[20], narrow_labels[20];
    ck_assert_int_eq(rill_data_draw(set, 3, 1, 5, 20, wide, wide_labels, NULL), RILL_OK);
    ck_assert_int_eq(rill_data_draw_f32(set, 3, 1, 5, 20, narrow, narrow_labels, NULL), RILL_OK);
    for (int i = 0; i < 20 * set->dim; i++)
        ck_assert(narrow[i] == (float)wide[i]);
    ck_assert_mem_eq(wide_labels, narrow_labels, sizeof wide_labels);
}
END_TEST

/* Rows of a that are rows of b: none, for streams that are to be disjoint. */
static int shared_rows(const double *a, const double *b, int n, int64_t dim)
{
    int shared = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            shared += memcmp(a + i * dim, b + j * dim, (size_t)dim * sizeof *a) == 0;
    return shared;
}

START_TEST(held_out_and_other_seeds_share_no_sample)
{
    const rill_data_set *set = rill_data_at(_i);
    static double train[290 * RILL_DATA_MAX_DIM], other[290 * RILL_DATA_MAX_DIM];
    ck_assert_int_eq(rill_data_draw(set, 0, 0, 0, 290, train, NULL, NULL), RILL_OK);
    ck_assert_int_eq(rill_data_draw(set, 0, 1, 0, 290, other, NULL, NULL), RILL_OK);
    ck_assert_int_eq(shared_rows(train, other, 290, set->dim), 0);
    ck_assert_int_eq(rill_data_draw(set, 1, 0, 0, 290, other, NULL, NULL), RILL_OK);
    ck_assert_int_eq(shared_rows(train, other, 290, set->dim), set->row ? 290 : 0);
}
END_TEST

/* A label's share of N draws has standard deviation sqrt(p (1-p) / N) <= .0036; 5 of those. */
START_TEST(labels_are_in_range_and_equally_likely)
{
    const rill_data_set *set = rill_data_at(_i);
    if (set->row)
        return;
    int count[16] = { 0 };
    draw(set->name);
    for (int i = 0; i < N; i++) {
        ck_assert_int_ge(labels[i], 0);
        ck_assert_int_le(labels[i], set->classes ? set->classes - 1 : 0);
        count[labels[i]]++;
    }
    for (int k = 0; k < set->classes; k++)
        ck_assert_double_eq_tol((double)count[k] / N, 1.0 / set->classes, 0.018);
}
END_TEST

START_TEST(plane_sets_are_centred_and_of_order_one)
{
    const rill_data_set *set = rill_data_at(_i);
    if (set->dim != 2)
        return;
    draw(set->name);
    double limit = strcmp(set->name, "checkerboard") == 0 ? 2 / 0.45 : 4.0;
    for (int i = 0; i < 2 * N; i++)
        ck_assert_msg(fabs(x[i]) < limit, "%s: %g", set->name, x[i]);
    /* swissroll's centre is off by its nature: at most .6 */
    ck_assert_double_eq_tol(mean_of(x, 2), 0, 0.6);
    ck_assert_double_eq_tol(mean_of(x + 1, 2), 0, 0.6);
}
END_TEST

START_TEST(checkerboard_lies_on_the_even_squares_evenly)
{
    int count[4][4] = { { 0 } };
    draw("checkerboard");
    for (int i = 0; i < N; i++) {
        int column = (int)floor(x[2 * i] * 0.45), row = (int)floor(x[2 * i + 1] * 0.45);
        ck_assert_int_eq((column + row) & 1, 0);
        count[row + 2][column + 2]++;
    }
    for (int row = 0; row < 4; row++)
        for (int column = row & 1; column < 4; column += 2) /* sd of a share .0023; 5 of those */
            ck_assert_double_eq_tol((double)count[row][column] / N, 1.0 / 8, 0.012);
}
END_TEST

/* Mean 0 and variance 4 + .09: within 5 standard errors, 2.02/sqrt(N) and sqrt(1.5)/sqrt(N). */
START_TEST(mixture_has_two_modes)
{
    draw("1d-mixture");
    ck_assert_double_eq_tol(mean_of(x, 1), 0, 0.072);
    double square = 0, within = 0;
    for (int i = 0; i < N; i++) {
        double offset = x[i] - (labels[i] ? 2.0 : -2.0);
        square += x[i] * x[i];
        within += offset * offset;
    }
    ck_assert_double_eq_tol(square / N, 4.09, 0.05);
    /* relative standard error of a variance is sqrt(2/N) = .01 */
    ck_assert_double_eq_tol(within / N, 0.09, 0.0045);
}
END_TEST

START_TEST(gaussians_stand_at_their_angles)
{
    draw("8gaussians");
    double square = 0;
    for (int i = 0; i < N; i++) {
        double angle = 0.78539816339744831 * labels[i];
        double dx = x[2 * i] - 2 * cos(angle), dy = x[2 * i + 1] - 2 * sin(angle);
        square += dx * dx + dy * dy;
    }
    /* 2 sd^2 with 2N degrees of freedom: relative standard error sqrt(1/N) = .007; 5 of those */
    ck_assert_double_eq_tol(square / N, 0.02, 0.0007);
}
END_TEST

/* 6 sd of .08 is .48: only one draw in 10^8 is so far from its circle. */
START_TEST(circles_are_circles)
{
    draw("circles");
    for (int i = 0; i < N; i++)
        ck_assert_double_eq_tol(hypot(x[2 * i], x[2 * i + 1]), labels[i] ? 1.0 : 2.0, 0.5);
}
END_TEST

/* Distance of a moon's point to its half circle is the noise, sd .075: 6.7 of those. */
START_TEST(moons_are_half_circles)
{
    draw("moons");
    for (int i = 0; i < N; i++) {
        double dx = x[2 * i] - (labels[i] ? 0.75 : -0.75);
        double dy = x[2 * i + 1] - (labels[i] ? 0.375 : -0.375);
        ck_assert_double_eq_tol(hypot(dx, dy), 1.5, 0.5);
        ck_assert(labels[i] ? dy < 0.5 : dy > -0.5);
    }
}
END_TEST

/* The root in the radius spreads an arm evenly over the disc: half of it is within 2.25/sqrt(2). */
START_TEST(spirals_cover_the_disc_evenly_and_mirror_each_other)
{
    draw("2spirals");
    int inner = 0;
    double sum[2] = { 0, 0 };
    for (int i = 0; i < N; i++) {
        inner += hypot(x[2 * i], x[2 * i + 1]) < 2.25 / sqrt(2.0);
        sum[0] += labels[i] ? -x[2 * i] : x[2 * i];
        sum[1] += labels[i] ? -x[2 * i + 1] : x[2 * i + 1];
    }
    ck_assert_double_eq_tol((double)inner / N, 0.5, 0.018);
    /* arm 0's mean: 2.25 times the integral over (0,1) of 2 s^2 (cos, sin)(3 pi s) */
    double w = 9.42477796076938;
    double mean_cos = 2 * (2 * cos(w) / (w * w)),
           mean_sin = 2 * (-cos(w) / w + 2 * (cos(w) - 1) / (w * w * w));
    ck_assert_double_eq_tol(sum[0] / N, 2.25 * mean_cos, 0.06); /* 5 * 1.6/sqrt(N) */
    ck_assert_double_eq_tol(sum[1] / N, 2.25 * mean_sin, 0.06);
}
END_TEST

/* Distance to the nearest of 2,000 points along the curve is at most the noise and half a step. */
static double distance_to_curve(const double *at, void (*curve)(double s, double *out))
{
    double nearest = HUGE_VAL;
    for (int i = 0; i <= 2000; i++) {
        double on[2];
        curve(i / 2000.0, on);
        nearest = fmin(nearest, hypot(at[0] - on[0], at[1] - on[1]));
    }
    return nearest;
}

static void swissroll(double s, double *out)
{
    double turn = 1.0 / 3 + 2.0 / 3 * s;
    out[0] = 2.25 * turn * cos(14.137166941154069 * turn);
    out[1] = 2.25 * turn * sin(14.137166941154069 * turn);
}

static void scurve(double s, double *out)
{
    double angle = 9.42477796076938 * (s - 0.5);
    out[0] = 1.2 * sin(angle);
    out[1] = (angle < 0 ? -1.2 : 1.2) * (cos(angle) - 1);
}

START_TEST(rolls_and_curves_lie_along_their_formula)
{
    draw("swissroll");
    for (int i = 0; i < 500; i++)
        ck_assert(distance_to_curve(x + 2 * i, swissroll) < 0.35); /* 7 sd of .05 */
    draw("scurve");
    for (int i = 0; i < 500; i++)
        ck_assert(distance_to_curve(x + 2 * i, scurve) < 0.35);
}
END_TEST

/* Turning back by the arm's angle and the shear leaves N(1, .3^2) x N(0, .1^2). */
START_TEST(pinwheel_unwinds)
{
    draw("pinwheel");
    double across = 0, along = 0;
    int used = 0;
    for (int i = 0; i < N; i++) {
        double radius = hypot(x[2 * i], x[2 * i + 1]) / 1.4;
        double angle =
            atan2(x[2 * i + 1], x[2 * i]) - 6.2831853071795862 * labels[i] / 5 - 0.25 * exp(radius);
        along += radius;
        if (radius > 0.5 && radius < 1.5 && ++used)
            across += pow(radius * sin(angle), 2);
    }
    ck_assert_double_eq_tol(along / N, 1.0, 0.02);       /* radius exceeds `along` by about .01/2 */
    ck_assert_double_eq_tol(across / used, 0.01, 0.002); /* likewise, to second order in .1 */
}
END_TEST

static double square_distance(const float *a, const float *b)
{
    double sum = 0;
    for (int j = 0; j < 64; j++)
        sum += (double)((a[j] - b[j]) * (a[j] - b[j]));
    return sum;
}

START_TEST(digits_are_the_ones_of_the_uci)
{
    const rill_data_set *set = find("digits");
    static float train[1500 * 64], held_out[297 * 64];
    int32_t digit[1500], truth[297], agree = 0, count[10] = { 0 };
    ck_assert_int_eq(rill_data_draw_f32(set, 0, 0, 0, 1500, train, digit, NULL), RILL_OK);
    ck_assert_int_eq(rill_data_draw_f32(set, 9, 1, 0, 297, held_out, truth, NULL), RILL_OK);
    double ink = 0;
    for (int i = 0; i < 1500 * 64; i++) {
        ck_assert(train[i] >= -1 && train[i] <= 1 && train[i] * 8 == floorf(train[i] * 8));
        ink += (double)(train[i] + 1) * 8;
    }
    for (int i = 0; i < 297 * 64; i++)
        ink += (double)(held_out[i] + 1) * 8;
    ck_assert_double_eq(ink, 561718); /* the sum of the 1,797 images as the UCI publishes them */
    for (int i = 0; i < 297; i++) {
        int best = 0;
        for (int j = 1; j < 1500; j++)
            if (square_distance(held_out + 64 * i, train + 64 * j) <
                square_distance(held_out + 64 * i, train + 64 * best))
                best = j;
        agree += digit[best] == truth[i];
        count[truth[i]]++;
    }
    ck_assert_int_eq(agree, 294); /* the nearest neighbour's 99% */
    for (int k = 0; k < 10; k++)
        ck_assert_int_ge(count[k], 26);
}
END_TEST

static rill_status point_nowhere(const rill_data_set *set, int held_out, int64_t first, int64_t n)
{
    double out[64 * 2] = { 0 };
    rill_message message = { "" };
    rill_status status = rill_data_draw(set, 0, held_out, first, n, out, NULL, &message);
    ck_assert((status == RILL_OK) == (message.text[0] == '\0'));
    ck_assert_int_eq(rill_data_draw_f32(set, 0, held_out, first, 0, NULL, NULL, NULL),
                     rill_data_draw(set, 0, held_out, first, 0, NULL, NULL, NULL));
    return status;
}

START_TEST(wrong_arguments_are_refused)
{
    const rill_data_set *digits = find("digits"), *moons = find("moons");
    ck_assert_int_eq(point_nowhere(NULL, 0, 0, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(&(rill_data_set){ .name = "empty" }, 0, 0, 1),
                     RILL_BAD_ARGUMENT);
    rill_data_set wide = *moons;
    wide.dim = 65;
    ck_assert_int_eq(point_nowhere(&wide, 0, 0, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(moons, 0, -1, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(moons, 0, 0, -1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(moons, 0, INT64_MAX, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(digits, 0, 1500, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(digits, 1, 297, 1), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(digits, 1, 0, INT64_MAX), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_data_draw(moons, 0, 0, 0, 1, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_data_draw_f32(moons, 0, 0, 0, 1, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(point_nowhere(digits, 1, 296, 1), RILL_OK);
    ck_assert_int_eq(point_nowhere(moons, 1, INT64_MAX - 1, 1), RILL_OK);
}
END_TEST

START_TEST(a_refusal_names_what_there_is)
{
    double out[64];
    rill_message message;
    rill_data_draw(find("digits"), 0, 1, 250, 100, out, NULL, &message);
    ck_assert_str_eq(message.text,
                     "data: digits: asked for 100 samples from 250 on; those held out: 297");
}
END_TEST

static Suite *data_suite(void)
{
    Suite *suite = suite_create("data");
    TCase *streams = tcase_create("streams"), *shapes = tcase_create("distributions");
    int sets = rill_data_count();
    tcase_add_test(streams, names_are_found_and_unknown_ones_are_not);
    tcase_add_loop_test(streams, a_sample_depends_on_seed_and_index_alone, 0, sets);
    tcase_add_loop_test(streams, single_precision_is_the_same_sample_rounded, 0, sets);
    tcase_add_loop_test(streams, held_out_and_other_seeds_share_no_sample, 0, sets);
    tcase_add_test(streams, wrong_arguments_are_refused);
    tcase_add_test(streams, a_refusal_names_what_there_is);
    tcase_add_loop_test(shapes, labels_are_in_range_and_equally_likely, 0, sets);
    tcase_add_loop_test(shapes, plane_sets_are_centred_and_of_order_one, 0, sets);
    tcase_add_test(shapes, checkerboard_lies_on_the_even_squares_evenly);
    tcase_add_test(shapes, mixture_has_two_modes);
    tcase_add_test(shapes, gaussians_stand_at_their_angles);
    tcase_add_test(shapes, circles_are_circles);
    tcase_add_test(shapes, moons_are_half_circles);
    tcase_add_test(shapes, spirals_cover_the_disc_evenly_and_mirror_each_other);
    tcase_add_test(shapes, rolls_and_curves_lie_along_their_formula);
    tcase_add_test(shapes, pinwheel_unwinds);
    tcase_add_test(shapes, digits_are_the_ones_of_the_uci);
    suite_add_tcase(suite, streams);
    suite_add_tcase(suite, shapes);
    return suite;
}

int main(void)
{
    return run_suite(data_suite());
}
