/* test_transport.c - exact assignment: against all permutations, the Hungarian method, and the
 * prices that prove it, for each instruction set. */
#include "base/alloc.h"
#include "core/rng.h"
#include "models/transport/assignment_impl.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 400 };
static const uint64_t seed = 314159;

static double cost[MOST * MOST], row_prices[MOST], column_prices[MOST];
static int64_t permutation[MOST];

typedef struct matrix {
    const double *cost;
    int64_t n;
} matrix;

/* Rows by copy, so that both ways of giving them are used. */
static const double *matrix_row(const void *self, int64_t i, double *space)
{
    const matrix *m = self;
    memcpy(space, m->cost + i * m->n, (size_t)m->n * sizeof *space);
    return space;
}

/* Costs that are not distances; few whole values make nearly all of them tie. */
static void fill(int64_t n, int levels, int number)
{
    rill_stream_uniform(rill_stream_key(seed, "matrix"), 0, number, 0, n * n, cost);
    for (int64_t i = 0; i < n * n; i++)
        cost[i] = levels ? floor(cost[i] * levels) : 20 * cost[i] - 10;
}

static double sum_of(const double *costs, int64_t n, const int64_t *columns)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += costs[i * n + columns[i]];
    return sum;
}

/* Solves `cost` with an instruction set and returns the sum, proved the least by the prices. */
static double solve(int64_t n, const rill_sweep *sweep)
{
    rill_assignment *a = rill_assignment_new(n);
    a->sweep = sweep;
    matrix m = { cost, n };
    rill_cost rows = { n, matrix_row, &m };
    double slack, total, prices = 0;
    ck_assert_int_eq(
        rill_assignment_solve(a, &rows, permutation, &total, row_prices, column_prices, NULL),
        RILL_OK);
    ck_assert_int_eq(
        rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
        RILL_OK);
    ck_assert_double_le(slack, 1e-10); /* n^2 roundings of numbers below 100, relative to 1 */
    for (int64_t i = 0; i < n; i++)
        prices += row_prices[i] + column_prices[i];
    ck_assert_double_eq_tol(total, prices, 1e-10);
    ck_assert_double_eq_tol(total, sum_of(cost, n, permutation), 1e-10);
    rill_assignment_free(a);
    return total;
}

static double least_of_all(int64_t n, int64_t i, unsigned used)
{
    double least = i == n ? 0 : HUGE_VAL;
    for (int64_t j = 0; i < n && j < n; j++)
        if (!(used >> j & 1))
            least = fmin(least, cost[i * n + j] + least_of_all(n, i + 1, used | 1u << j));
    return least;
}

START_TEST(no_permutation_is_better)
{
    static const int levels[] = { 0, 2, 5 };
    for (int64_t n = 0; n <= 7; n++)
        for (int trial = 0; trial < 6; trial++) {
            fill(n, levels[trial % 3], trial);
            ck_assert_double_eq_tol(solve(n, rill_sweep_at(0)), least_of_all(n, 0, 0), 1e-12);
        }
}
END_TEST

/* The Hungarian method in O(n^3), row by row: Kuhn, "The Hungarian method for the assignment
 * problem", 1955.  Column 0 stands for the row that is being added. */
static double hungarian(int64_t n)
{
    static double u[MOST + 1], v[MOST + 1], least[MOST + 1];
    static int64_t row[MOST + 1], way[MOST + 1];
    static char used[MOST + 1];
    memset(u, 0, sizeof u), memset(v, 0, sizeof v), memset(row, 0, sizeof row);
    for (int64_t added = 1; added <= n; added++) {
        int64_t j = 0;
        row[0] = added;
        memset(used, 0, sizeof used);
        for (int64_t k = 0; k <= n; k++)
            least[k] = HUGE_VAL;
        while (row[j]) {
            int64_t next = 0;
            double step = HUGE_VAL;
            used[j] = 1;
            for (int64_t k = 1; k <= n; k++) {
                if (used[k])
                    continue;
                double reduced = cost[(row[j] - 1) * n + k - 1] - u[row[j]] - v[k];
                if (reduced < least[k])
                    least[k] = reduced, way[k] = j;
                if (least[k] < step)
                    step = least[k], next = k;
            }
            for (int64_t k = 0; k <= n; k++)
                if (used[k])
                    u[row[k]] += step, v[k] -= step;
                else
                    least[k] -= step;
            j = next;
        }
        for (; j; j = way[j])
            row[j] = row[way[j]];
    }
    double sum = 0;
    for (int64_t k = 1; k <= n; k++)
        sum += cost[(row[k] - 1) * n + k - 1];
    return sum;
}

/* Sizes about the widths of vectors and the sizes at which a part is solved first. */
START_TEST(it_equals_the_hungarian_method)
{
    static const int64_t sizes[] = {
        1, 2, 3, 8, 9, 31, 32, 33, 63, 64, 65, 97, 129, 200, 257, MOST
    };
    static const int levels[] = { 0, 20, 2 };
    int64_t n = sizes[_i % 16];
    fill(n, levels[_i / 16], _i);
    double least = hungarian(n);
    int64_t first[MOST];
    for (int k = 0; rill_sweep_at(k); k++) {
        ck_assert_double_eq_tol(solve(n, rill_sweep_at(k)), least, 1e-9 * (1 + fabs(least)));
        if (k == 0)
            memcpy(first, permutation, sizeof first);
        ck_assert_int_eq(memcmp(first, permutation, (size_t)n * sizeof *first), 0);
    }
}
END_TEST

START_TEST(a_hidden_permutation_is_found)
{
    fill(MOST, 0, 0);
    for (int64_t i = 0; i < MOST; i++)
        cost[i * MOST + (i * 171 + 5) % MOST] = -11;
    ck_assert_double_eq_tol(solve(MOST, rill_sweep_at(0)), -11 * MOST, 1e-9);
    for (int64_t i = 0; i < MOST; i++)
        ck_assert_int_eq(permutation[i], (i * 171 + 5) % MOST);
}
END_TEST

/* A column's cost whatever the row, as when all points of one sample coincide; counts the asking.
 */
static const double *same_rows(const void *self, int64_t i, double *space)
{
    (void)i;
    ++*(int64_t *)(uintptr_t)self;
    for (int64_t j = 0; j < MOST; j++)
        space[j] = (double)(j % 7);
    return space;
}

/* Any permutation is as good: every search ends at the first column it looks at.  Through columns
 * that are taken it would be n/2 rows long, and 10,000 points would take minutes. */
START_TEST(coincident_points_need_no_search)
{
    int64_t asked = 0;
    const rill_cost rows = { MOST, same_rows, &asked };
    rill_assignment *a = rill_assignment_new(MOST);
    ck_assert_int_eq(rill_assignment_solve(a, &rows, permutation, NULL, NULL, NULL, NULL), RILL_OK);
    ck_assert_int_le(asked, 8 * MOST); /* a check, a bid, a search, and the prices */
    rill_assignment_free(a);
}
END_TEST

/* Costs with an order to their rows and columns. */
static double product(double i, double j)
{
    return i * j;
}

static double apart(double i, double j)
{
    return -fabs(i - j);
}

static double logarithm(double i, double j)
{
    return log(i + j + 2);
}

/* Parts have nearly nothing to pay, and tell little. */
static double reversed_square(double i, double j)
{
    return (MOST - i - j) * (MOST - i - j);
}

typedef struct ordered {
    double (*at)(double i, double j);
    int64_t *asked;
} ordered;

static const double *ordered_row(const void *self, int64_t i, double *space)
{
    const ordered *of = self;
    ++*of->asked;
    for (int64_t j = 0; j < MOST; j++)
        space[j] = of->at((double)i, (double)j);
    return space;
}

/* Row by row each new one would displace all before it: n/4 rows are then asked for on the way of
 * each, 100 here.  From a part that is spread over all, paths are short; where that is found out
 * late, 40 are asked for before. */
START_TEST(ordered_costs_have_short_paths)
{
    static const struct {
        double (*at)(double, double);
        int most;
    } costs[] = { { product, 15 }, { apart, 15 }, { logarithm, 15 }, { reversed_square, 80 } };
    int64_t asked = 0;
    ordered of = { costs[_i].at, &asked };
    const rill_cost rows = { MOST, ordered_row, &of };
    rill_assignment *a = rill_assignment_new(MOST);
    double slack;
    ck_assert_int_eq(
        rill_assignment_solve(a, &rows, permutation, NULL, row_prices, column_prices, NULL),
        RILL_OK);
    ck_assert_msg(asked <= costs[_i].most * MOST, "%g a row", (double)asked / MOST);
    ck_assert_int_eq(
        rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
        RILL_OK);
    ck_assert_double_le(slack, 1e-9); /* n^2 roundings of numbers to 10 */
    rill_assignment_free(a);
}
END_TEST

START_TEST(a_wrong_assignment_has_slack)
{
    fill(50, 0, 1);
    matrix m = { cost, 50 };
    rill_cost rows = { 50, matrix_row, &m };
    double least = solve(50, rill_sweep_at(0)), slack;
    int64_t first = permutation[0];
    permutation[0] = permutation[1];
    ck_assert_int_eq(
        rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
        RILL_MISMATCH);
    permutation[1] = first;
    ck_assert_int_eq(
        rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
        RILL_OK);
    ck_assert_double_eq_tol(slack, sum_of(cost, 50, permutation) - least, 1e-11);
    permutation[1] = 50;
    ck_assert_int_eq(
        rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
        RILL_MISMATCH);
}
END_TEST

START_TEST(memory_is_asked_for_once)
{
    fill(100, 0, 2);
    rill_assignment *a = rill_assignment_new(100);
    double total, again;
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 100, permutation, &total, NULL), RILL_OK);
    int64_t before = rill_alloc_count();
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 70, permutation, &again, NULL), RILL_OK);
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 100, permutation, &again, NULL), RILL_OK);
    ck_assert_int_eq(rill_alloc_count(), before);
    ck_assert_double_eq(total, again);
    rill_assignment_free(a);
}
END_TEST

START_TEST(without_memory_nothing_is_lost)
{
    for (int n = 1; n <= 2; n++) {
        rill_alloc_fail(n, 0);
        ck_assert_ptr_null(rill_assignment_new(10));
    }
    rill_alloc_fail(0, 0);
    fill(3, 0, 3);
    solve(3, rill_sweep_at(0));
    matrix m = { cost, 3 };
    rill_cost rows = { 3, matrix_row, &m };
    for (int n = 1; n <= 2; n++) {
        double slack;
        rill_alloc_fail(n, 0);
        ck_assert_int_eq(
            rill_assignment_slack(&rows, permutation, row_prices, column_prices, &slack, NULL),
            RILL_NO_MEMORY);
    }
    rill_alloc_fail(0, 0);
    fill(100, 0, 3);
    rill_assignment *a = rill_assignment_new(100);
    double least = solve(100, rill_sweep_at(0)), total;
    rill_alloc_fail(1, 0); /* no room for a part */
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 100, permutation, &total, NULL), RILL_OK);
    rill_alloc_fail(0, 0);
    ck_assert_double_eq_tol(total, least, 1e-10);
    rill_assignment_free(a);
}
END_TEST

/* Where nothing but a rounding error sets costs apart, and where they are as large as may be. */
START_TEST(sizes_of_costs_do_not_matter)
{
    static const double scales[] = { 1e-300, 1e-16, 1e16, 4e288 };
    fill(90, 0, 4);
    double least = solve(90, rill_sweep_at(0)), total;
    rill_assignment *a = rill_assignment_new(90);
    for (int k = 0; k < 4; k++) {
        for (int64_t i = 0; i < 90 * 90; i++)
            cost[i] *= scales[k];
        ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 90, permutation, &total, NULL),
                         RILL_OK);
        ck_assert_double_eq_tol(total / scales[k], least, 1e-10);
        fill(90, 0, 4);
    }
    for (int64_t i = 0; i < 90 * 90; i++)
        cost[i] = 1 + 1e-16 * cost[i];
    ck_assert_int_eq(rill_assignment_of_matrix(a, cost, 90, permutation, &total, NULL), RILL_OK);
    ck_assert_double_eq_tol(total, 90, 1e-12);
    rill_assignment_free(a);
}
END_TEST

static void refused(rill_status expected, const char *text, rill_status status,
                    const rill_message *message)
{
    ck_assert_int_eq(status, expected);
    ck_assert_str_eq(message->text, text);
}

static const double *no_row(const void *self, int64_t i, double *space)
{
    (void)self, (void)i, (void)space;
    return NULL;
}

START_TEST(hostile_costs_are_refused)
{
    rill_message message = { "" };
    rill_assignment *a = rill_assignment_new(80);
    static const double hostile[] = { HUGE_VAL, -HUGE_VAL, (double)NAN, 1e300 };
    static const char *const said[] = { "inf", "-inf", "nan", "1e+300" };
    for (int k = 0; k < 4; k++) {
        char text[100];
        fill(80, 0, 5);
        cost[79 * 80 + 3] = hostile[k];
        snprintf(text, sizeof text, "assignment: cost %s in row 79, column 3; below 1e+290",
                 said[k]);
        refused(RILL_NOT_FINITE, text,
                rill_assignment_of_matrix(a, cost, 80, permutation, NULL, &message), &message);
    }
    refused(RILL_BAD_ARGUMENT, "assignment: no costs given",
            rill_assignment_of_matrix(a, NULL, 80, permutation, NULL, &message), &message);
    refused(RILL_BAD_ARGUMENT, "assignment: no memory given to solve it in",
            rill_assignment_of_matrix(NULL, cost, 80, permutation, NULL, &message), &message);
    refused(RILL_BAD_ARGUMENT, "assignment: no place to put the result",
            rill_assignment_of_matrix(a, cost, 80, NULL, NULL, &message), &message);
    refused(RILL_BAD_ARGUMENT, "assignment: 81 rows; 0 to 80",
            rill_assignment_of_matrix(a, cost, 81, permutation, NULL, &message), &message);
    refused(RILL_BAD_ARGUMENT, "assignment: -1 rows; 0 to 80",
            rill_assignment_of_matrix(a, cost, -1, permutation, NULL, &message), &message);
    ck_assert_int_eq(rill_assignment_solve(a, NULL, permutation, NULL, NULL, NULL, NULL),
                     RILL_BAD_ARGUMENT);
    const rill_cost nothing = { 2, no_row, NULL };
    refused(RILL_BAD_ARGUMENT, "assignment: row 0 of the costs is NULL",
            rill_assignment_solve(a, &nothing, permutation, NULL, NULL, NULL, &message), &message);
    ck_assert_int_eq(rill_assignment_slack(NULL, NULL, NULL, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
    rill_assignment_free(a);
    rill_assignment_free(NULL);
    ck_assert_ptr_null(rill_assignment_new(-1));
    ck_assert_ptr_null(rill_assignment_new(INT64_MAX));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transport");
    TCase *all = tcase_create("assignment");
    tcase_add_test(all, no_permutation_is_better);
    tcase_add_loop_test(all, it_equals_the_hungarian_method, 0, 48);
    tcase_add_test(all, a_hidden_permutation_is_found);
    tcase_add_test(all, coincident_points_need_no_search);
    tcase_add_loop_test(all, ordered_costs_have_short_paths, 0, 4);
    tcase_add_test(all, a_wrong_assignment_has_slack);
    tcase_add_test(all, memory_is_asked_for_once);
    tcase_add_test(all, without_memory_nothing_is_lost);
    tcase_add_test(all, sizes_of_costs_do_not_matter);
    tcase_add_test(all, hostile_costs_are_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
