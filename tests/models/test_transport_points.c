/* test_transport_points.c - assignment of points: on the line, in space, and with labels. */
#include "base/alloc.h"
#include "core/rng.h"
#include "models/transport/assignment.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 300, MOST_DIM = 5 };
static const uint64_t seed = 161803;

static double x0[MOST * MOST_DIM], x1[MOST * MOST_DIM], cost[MOST * MOST];
static int64_t permutation[MOST];

/* Normal points; rounded to halves, so that points and distances repeat, if `coarse`. */
static void draw(int64_t count, int number, int coarse)
{
    double *samples[] = { x0, x1 };
    for (int k = 0; k < 2; k++) {
        rill_stream_normal(rill_stream_key(seed, k ? "x1" : "x0"), 0, number, 0, count, samples[k]);
        for (int64_t i = 0; i < count && coarse; i++)
            samples[k][i] = round(2 * samples[k][i]) / 2;
    }
}

static void fill_costs(const rill_point_pairs *p)
{
    for (int64_t i = 0; i < p->n; i++)
        for (int64_t j = 0; j < p->n; j++) {
            double sum = p->labels0 && p->labels0[i] != p->labels1[j] ? p->weight : 0;
            for (int64_t k = 0; k < p->dim; k++)
                sum += pow(x0[i * p->dim + k] - x1[j * p->dim + k], 2);
            cost[i * p->n + j] = sum;
        }
}

/* Each column once: drawing partners with replacement would lose some of the data. */
static void is_permutation(int64_t n)
{
    char seen[MOST] = { 0 };
    for (int64_t i = 0; i < n; i++) {
        ck_assert_int_ge(permutation[i], 0);
        ck_assert_int_lt(permutation[i], n);
        ck_assert_int_eq(seen[permutation[i]]++, 0);
    }
}

static double assign(rill_assignment *a, const rill_point_pairs *p)
{
    double total;
    rill_message message = { "" };
    ck_assert_msg(rill_assignment_of_points(a, p, permutation, &total, &message) == RILL_OK, "%s",
                  message.text);
    is_permutation(p->n);
    return total;
}

static double assign_matrix(rill_assignment *a, int64_t n)
{
    double total;
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, n, permutation, &total, NULL), RILL_OK);
    return total;
}

START_TEST(points_cost_their_squared_distance)
{
    static const int64_t sizes[] = { 0, 1, 2, 7, 64, 100, MOST };
    rill_assignment *a = rill_assignment_new(MOST);
    int64_t n = sizes[_i % 7], dim = 1 + _i / 7 % 5;
    for (int trial = 0; trial < 4; trial++) {
        rill_point_pairs p = { x0, x1, RILL_F64, n, dim, NULL, NULL, 0 };
        draw(n * dim, 10 * _i + trial, trial % 2);
        fill_costs(&p);
        double total = assign(a, &p);
        ck_assert_double_eq_tol(total, assign_matrix(a, n), 1e-11 * (1 + total));
    }
    rill_assignment_free(a);
}
END_TEST

START_TEST(f32_points_are_those_very_numbers)
{
    static float y0[2 * MOST], y1[2 * MOST];
    draw(2 * MOST, 1, 0);
    for (int i = 0; i < 2 * MOST; i++) {
        y0[i] = (float)x0[i], x0[i] = (double)y0[i];
        y1[i] = (float)x1[i], x1[i] = (double)y1[i];
    }
    rill_assignment *a = rill_assignment_new(MOST);
    rill_point_pairs p = { x0, x1, RILL_F64, MOST, 2, NULL, NULL, 0 };
    rill_point_pairs q = { y0, y1, RILL_F32, MOST, 2, NULL, NULL, 0 };
    ck_assert_double_eq(assign(a, &p), assign(a, &q));
    rill_assignment_free(a);
}
END_TEST

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

START_TEST(on_the_line_it_is_sorting)
{
    double pairs[MOST][2], sorted[MOST];
    rill_assignment *a = rill_assignment_new(MOST);
    for (int trial = 0; trial < 20; trial++) {
        int64_t n = MOST - 13 * trial;
        draw(n, 100 + trial, trial % 2);
        assign(a, &(rill_point_pairs){ x0, x1, RILL_F64, n, 1, NULL, NULL, 0 });
        for (int64_t i = 0; i < n; i++)
            pairs[i][0] = x0[i], pairs[i][1] = x1[permutation[i]];
        qsort(pairs, (size_t)n, sizeof *pairs, compare);
        memcpy(sorted, x1, (size_t)n * sizeof *sorted);
        qsort(sorted, (size_t)n, sizeof *sorted, compare);
        for (int64_t i = 0; i < n; i++) /* points alike may have partners in any order */
            if ((i == 0 || pairs[i][0] != pairs[i - 1][0]) &&
                (i == n - 1 || pairs[i][0] != pairs[i + 1][0]))
                ck_assert_double_eq(pairs[i][1], sorted[i]);
    }
    rill_assignment_free(a);
}
END_TEST

/* E z_(k) of `count` normal deviates, by the trapezoidal rule: the integrand and all its
 * derivatives vanish at both ends, so that the rule is exact to rounding. */
static double expected_order_statistic(int k, int count)
{
    double sum = 0, scale = lgamma(count + 1) - lgamma(k) - lgamma(count - k + 1);
    for (double z = -9; z < 9; z += 1.0 / 64)
        sum += z / 64 *
               exp(scale - z * z / 2 + (k - 1) * log(erfc(-z / sqrt(2)) / 2) +
                   (count - k) * log(erfc(z / sqrt(2)) / 2)) /
               sqrt(2 * M_PI);
    return sum;
}

/* The correlation of N(0,1) paired with N(0,1): the mean square of the expected order statistics.
 */
START_TEST(pairs_correlate_as_order_statistics_say)
{
    static const struct {
        int batch;
        double known, digits;
    } cases[] = { { 2, 1 / M_PI, 1e-12 },  { 8, 0.750, 5e-4 },    { 32, 0.923, 5e-4 },
                  { 128, 0.978, 5e-4 },    { 3, (double)NAN, 0 }, { 20, (double)NAN, 0 },
                  { 256, (double)NAN, 0 }, { 1, 0, 1e-12 } };
    int batch = cases[_i].batch;
    double expected = 0, sum = 0, squares = 0;
    for (int k = 1; k <= batch; k++)
        expected += pow(expected_order_statistic(k, batch), 2) / batch;
    if (!isnan(cases[_i].known))
        ck_assert_double_eq_tol(expected, cases[_i].known, cases[_i].digits);
    int trials = 30000 / (batch + 10);
    rill_assignment *a = rill_assignment_new(batch);
    for (int trial = 0; trial < trials; trial++) {
        double product = 0;
        draw(batch, 1000 + trial, 0);
        assign(a, &(rill_point_pairs){ x0, x1, RILL_F64, batch, 1, NULL, NULL, 0 });
        for (int i = 0; i < batch; i++)
            product += x0[i] * x1[permutation[i]] / batch;
        sum += product, squares += product * product;
    }
    double mean = sum / trials, error = sqrt((squares / trials - mean * mean) / trials);
    ck_assert_double_eq_tol(mean, expected, 4 * error); /* of one draw, by its seed */
    rill_assignment_free(a);
}
END_TEST

static int unlike(const int32_t *labels0, const int32_t *labels1, int64_t n)
{
    int count = 0;
    for (int64_t i = 0; i < n; i++)
        count += labels0[i] != labels1[permutation[i]];
    return count;
}

/* From distance alone, by a weight, to labels first.  The more it weighs the fewer are unlike. */
START_TEST(unlike_labels_cost_the_weight)
{
    static const double weights[] = { 0, 0.3, 3, 1e6 };
    int32_t labels0[MOST], labels1[MOST];
    rill_assignment *a = rill_assignment_new(MOST);
    int64_t dim = 1 + _i;
    draw(MOST * dim, 50 + _i, 0);
    for (int i = 0; i < MOST; i++)
        labels0[i] = i % 3, labels1[i] = i / 7 % 3;
    int fewest = MOST, most_alike = 0;
    for (int label = 0; label < 3; label++) {
        int count0 = 0, count1 = 0;
        for (int i = 0; i < MOST; i++)
            count0 += labels0[i] == label, count1 += labels1[i] == label;
        most_alike += count0 < count1 ? count0 : count1;
    }
    for (int k = 0; k < 4; k++) {
        rill_point_pairs p = { x0, x1, RILL_F64, MOST, dim, labels0, labels1, weights[k] };
        fill_costs(&p);
        double total = assign(a, &p);
        ck_assert_int_le(unlike(labels0, labels1, MOST), fewest);
        fewest = unlike(labels0, labels1, MOST);
        ck_assert_double_eq_tol(total, assign_matrix(a, MOST), 1e-10 * (1 + total));
    }
    ck_assert_int_eq(fewest, MOST - most_alike);
    rill_assignment_free(a);
}
END_TEST

/* More rows than costs are stored for.  All moved by the same: a coupling that is optimal. */
START_TEST(many_points_are_assigned)
{
    enum { MANY = 4100 };
    static double from[2 * MANY], to[2 * MANY];
    static int64_t moved[MANY];
    double total;
    rill_stream_normal(rill_stream_key(seed, "many"), 0, 0, 0, 2 * MANY, from);
    for (int64_t i = 0; i < MANY; i++)
        for (int k = 0; k < 2; k++)
            to[2 * ((i * 7 + 3) % MANY) + k] = from[2 * i + k] + 0.25;
    rill_assignment *a = rill_assignment_new(MANY);
    rill_point_pairs p = { from, to, RILL_F64, MANY, 2, NULL, NULL, 0 };
    ck_assert_int_eq(rill_assignment_of_points(a, &p, moved, &total, NULL), RILL_OK);
    ck_assert_double_eq_tol(total / MANY, 0.125, 1e-12);
    rill_assignment_free(a);
}
END_TEST

START_TEST(duplicates_go_with_their_like)
{
    rill_assignment *a = rill_assignment_new(MOST);
    draw(2 * MOST, 7, 0);
    for (int i = 0; i < MOST; i++)
        for (int k = 0; k < 2; k++) {
            x0[2 * i + k] = x0[2 * (i % 10) + k];
            x1[2 * i + k] = x0[2 * ((MOST - 1 - i) % 10) + k];
        }
    rill_point_pairs p = { x0, x1, RILL_F64, MOST, 2, NULL, NULL, 0 };
    ck_assert_double_eq(assign(a, &p), 0);
    rill_assignment_free(a);
}
END_TEST

START_TEST(memory_is_asked_for_once)
{
    rill_assignment *a = rill_assignment_new(MOST);
    draw(2 * MOST, 8, 0);
    rill_point_pairs p = { x0, x1, RILL_F64, MOST, 2, NULL, NULL, 0 };
    rill_alloc_fail(1, 0);
    ck_assert_int_eq(rill_assignment_of_points(a, &p, permutation, NULL, NULL), RILL_NO_MEMORY);
    rill_alloc_fail(0, 0);
    double first = assign(a, &p);
    int64_t before = rill_alloc_count();
    ck_assert_double_eq(assign(a, &p), first);
    ck_assert_int_eq(rill_alloc_count(), before);
    rill_assignment_free(a);
}
END_TEST

static void refused(rill_assignment *a, rill_point_pairs p, rill_status expected, const char *text)
{
    rill_message message = { "" };
    ck_assert_int_eq(rill_assignment_of_points(a, &p, permutation, NULL, &message), expected);
    ck_assert_str_eq(message.text, text);
}

START_TEST(wrong_points_are_refused)
{
    int32_t labels[4] = { 0 };
    rill_assignment *a = rill_assignment_new(4);
    draw(8, 9, 0);
    const rill_point_pairs good = { x0, x1, RILL_F64, 4, 2, labels, labels, 1 };
    rill_point_pairs p = good;
    refused(NULL, p, RILL_BAD_ARGUMENT, "assignment: memory to solve it in not given");
    p.x1 = NULL;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: points not given");
    p = good, p.dtype = RILL_I32;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: points of i32; f32 or f64");
    p = good, p.n = 5;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: points [5,2]; 0 to 4 rows of at least 1 number");
    p = good, p.n = -1;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: points [-1,2]; 0 to 4 rows of at least 1 number");
    p = good, p.dim = 0;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: points [4,0]; 0 to 4 rows of at least 1 number");
    p = good, p.dim = INT64_MAX;
    refused(a, p, RILL_BAD_ARGUMENT,
            "assignment: points [4,9223372036854775807]; 0 to 4 rows of at least 1 number");
    p = good, p.labels1 = NULL;
    refused(a, p, RILL_BAD_ARGUMENT, "assignment: labels of one side only");
    p = good, p.weight = (double)NAN;
    refused(a, p, RILL_NOT_FINITE, "assignment: weight nan of unlike labels");
    x1[5] = HUGE_VAL;
    refused(a, good, RILL_NOT_FINITE, "assignment: x1 has inf in row 2, column 1");
    x0[0] = -HUGE_VAL;
    refused(a, good, RILL_NOT_FINITE, "assignment: x0 has -inf in row 0, column 0");
    x0[0] = 1e200, x1[5] = 0;
    refused(a, good, RILL_NOT_FINITE, "assignment: cost inf in row 0, column 0; below 1e+290");
    ck_assert_int_eq(rill_assignment_of_points(a, NULL, permutation, NULL, NULL),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_assignment_of_points(a, &good, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
    rill_assignment_free(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transport_points");
    TCase *all = tcase_create("points");
    tcase_add_loop_test(all, points_cost_their_squared_distance, 0, 35);
    tcase_add_test(all, f32_points_are_those_very_numbers);
    tcase_add_test(all, on_the_line_it_is_sorting);
    tcase_add_loop_test(all, pairs_correlate_as_order_statistics_say, 0, 8);
    tcase_add_loop_test(all, unlike_labels_cost_the_weight, 0, 3);
    tcase_add_test(all, many_points_are_assigned);
    tcase_add_test(all, duplicates_go_with_their_like);
    tcase_add_test(all, memory_is_asked_for_once);
    tcase_add_test(all, wrong_points_are_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
