/* test_transport_sinkhorn.c - plans with entropy: closed forms, the equations they solve, the
 * limits of the regularization, and pairs drawn from them. */
#include "base/alloc.h"
#include "core/rng.h"
#include "models/transport/plan.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 120 };
static const uint64_t seed = 577215;

static double cost[MOST * MOST], a[MOST], b[MOST];

static void fill(int64_t n, int64_t m, int number)
{
    rill_stream_uniform(rill_stream_key(seed, "cost"), 0, number, 0, n * m, cost);
}

/* Weights between 1 and 2, over their sum. */
static void weigh(double *weights, int64_t count, const char *name)
{
    double sum = 0;
    rill_stream_uniform(rill_stream_key(seed, name), 0, 0, 0, count, weights);
    for (int64_t i = 0; i < count; i++)
        sum += weights[i] += 1;
    for (int64_t i = 0; i < count; i++)
        weights[i] /= sum;
}

static rill_sinkhorn_report plan_for(rill_plan *plan, rill_sinkhorn_options options)
{
    rill_sinkhorn_report report;
    rill_message message = { "" };
    ck_assert_msg(rill_plan_sinkhorn(plan, cost, &options, &report, &message) == RILL_OK, "%s",
                  message.text);
    for (int64_t k = 0; k < plan->n * plan->m; k++)
        ck_assert(isfinite(plan->matrix[k]) && plan->matrix[k] >= 0);
    ck_assert(isfinite(report.cost) && isfinite(report.mass));
    return report;
}

static double row_sum(const rill_plan *p, int64_t i)
{
    double sum = 0;
    for (int64_t j = 0; j < p->m; j++)
        sum += p->matrix[i * p->m + j];
    return sum;
}

static double column_sum(const rill_plan *p, int64_t j)
{
    double sum = 0;
    for (int64_t i = 0; i < p->n; i++)
        sum += p->matrix[i * p->m + j];
    return sum;
}

/* Two by two: with P11 = x the product of odds x (1-p-q+x) / ((p-x) (q-x)) is k = exp(-(c11 + c22 -
 * c12 - c21) / e), a quadratic for x. */
START_TEST(two_by_two_solves_a_quadratic)
{
    static const double regs[] = { 0.03, 0.2, 1, 10, 1e5 };
    double p = 0.3, q = 0.6, e = regs[_i];
    static const double given[] = { 0.2, 0.9, 0.7, 0.6 };
    memcpy(cost, given, sizeof given);
    a[0] = p, a[1] = 1 - p, b[0] = q, b[1] = 1 - q;
    rill_plan *plan = rill_plan_new(2, 2);
    rill_sinkhorn_report report = plan_for(
        plan, (rill_sinkhorn_options){ .regularization = e, .tolerance = 1e-14, .a = a, .b = b });
    ck_assert_int_eq(report.converged, 1);
    double k = exp(-(0.2 + 0.6 - 0.9 - 0.7) / e);
    /* (1-k) x^2 + (1 - p - q + k (p+q)) x - k p q = 0 */
    double half = (1 - p - q + k * (p + q)) / 2;
    double x = k * p * q / (half + sqrt(half * half + (1 - k) * k * p * q));
    ck_assert_double_eq_tol(plan->matrix[0], x, 1e-12);
    ck_assert_double_eq_tol(plan->matrix[1], p - x, 1e-12);
    ck_assert_double_eq_tol(plan->matrix[2], q - x, 1e-12);
    rill_plan_free(plan);
}
END_TEST

/* One by one, with a relaxation r: (e + 2r) log P = e log(ab) + r log a + r log b - c. */
START_TEST(one_by_one_has_a_mass_of_its_own)
{
    static const double settings[][5] = {
        { 0.1, 1, 2, 3, 0.5 }, { 1, 0.1, 0.5, 1, 2 }, { 0.01, 5, 1, 1, 0 }, { 3, 3, 1, 7, 1e3 }
    };
    double e = settings[_i][0], r = settings[_i][1];
    a[0] = settings[_i][2], b[0] = settings[_i][3], cost[0] = settings[_i][4];
    rill_plan *plan = rill_plan_new(1, 1);
    rill_sinkhorn_report report = plan_for(plan, (rill_sinkhorn_options){ .regularization = e,
                                                                          .relaxation = r,
                                                                          .tolerance = 1e-14,
                                                                          .max_iterations = 100000,
                                                                          .a = a,
                                                                          .b = b });
    double log_mass = ((e + r) * (log(a[0]) + log(b[0])) - cost[0]) / (e + 2 * r);
    ck_assert_int_eq(report.converged, 1);
    ck_assert_double_eq_tol(report.mass / exp(log_mass), 1, 1e-10);
    rill_plan_free(plan);
}
END_TEST

/* N(0, s^2) to N(0, t^2) with squared distance: the plan is Gaussian, and its covariance is
 * (sqrt(4 s^2 t^2 + e^2/4) - e/2) / 2.  Janati et al., "Entropic optimal transport between
 * unbalanced Gaussian measures has a closed form", 2020, with e = 2 sigma^2.  On a grid out to 7 sd
 * the sums are the integrals to rounding; the tolerance is of the iteration. */
START_TEST(gaussians_have_a_closed_form)
{
    static const double settings[][3] = {
        { 1, 1, 1 }, { 1, 1, 10 }, { 1, 0.6, 0.5 }, { 2, 0.7, 3 }
    };
    double s = settings[_i][0], t = settings[_i][1], e = settings[_i][2], covariance = 0;
    double x[MOST], y[MOST], sum_a = 0, sum_b = 0;
    for (int i = 0; i < MOST; i++) {
        double z = 14.0 * i / (MOST - 1) - 7;
        x[i] = s * z, y[i] = t * z;
        sum_a += a[i] = exp(-z * z / 2);
        sum_b += b[i] = exp(-z * z / 2);
    }
    for (int i = 0; i < MOST; i++)
        a[i] /= sum_a, b[i] /= sum_b;
    for (int i = 0; i < MOST * MOST; i++)
        cost[i] = pow(x[i / MOST] - y[i % MOST], 2);
    rill_plan *plan = rill_plan_new(MOST, MOST);
    rill_sinkhorn_report report = plan_for(
        plan, (rill_sinkhorn_options){ .regularization = e, .tolerance = 1e-10, .a = a, .b = b });
    ck_assert_int_eq(report.converged, 1);
    for (int i = 0; i < MOST * MOST; i++)
        covariance += plan->matrix[i] * x[i / MOST] * y[i % MOST];
    double expected = (sqrt(4 * s * s * t * t + e * e / 4) - e / 2) / 2;
    ck_assert_double_eq_tol(covariance, expected, 1e-7);
    ck_assert_double_eq_tol(report.cost, s * s + t * t - 2 * expected, 1e-7);
    rill_plan_free(plan);
}
END_TEST

/* The derivative of what is least: c + e log(P / ab) is a number of the row plus one of the column,
 * and marginals are exact; or, with a relaxation r, -r log(P 1 / a) - r log(P^T 1 / b). */
START_TEST(plans_solve_their_equations)
{
    static const double relaxations[] = { 0, 0.05, 1, 20 };
    double e = _i / 4 ? 0.02 : 0.5, r = relaxations[_i % 4];
    int64_t n = 40, m = 33;
    fill(n, m, _i);
    weigh(a, n, "a"), weigh(b, m, "b");
    for (int64_t i = 0; i < n && r > 0; i++)
        a[i] *= 3; /* sums may differ */
    rill_plan *plan = rill_plan_new(n, m);
    rill_sinkhorn_report report = plan_for(plan, (rill_sinkhorn_options){ .regularization = e,
                                                                          .relaxation = r,
                                                                          .tolerance = 1e-12,
                                                                          .max_iterations = 20000,
                                                                          .a = a,
                                                                          .b = b });
    ck_assert_int_eq(report.converged, 1);
    double first = 0, mass = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            double p = plan->matrix[i * m + j], p0 = plan->matrix[i * m], p1 = plan->matrix[j];
            double left = cost[i * m + j] + e * log(p / (a[i] * b[j]));
            if (i == 0 && j == 0)
                first = left;
            double row = cost[i * m] + e * log(p0 / (a[i] * b[0]));
            double column = cost[j] + e * log(p1 / (a[0] * b[j]));
            double right = r > 0 ? -r * log(row_sum(plan, i) / a[i] * column_sum(plan, j) / b[j])
                                 : row + column - first;
            ck_assert_double_eq_tol(left, right, 1e-8);
            mass += p;
        }
    ck_assert_double_eq_tol(report.mass, mass, 1e-12);
    for (int64_t i = 0; i < n && r == 0; i++)
        ck_assert_double_eq_tol(row_sum(plan, i), a[i], 1e-11);
    for (int64_t j = 0; j < m && r == 0; j++)
        ck_assert_double_eq_tol(column_sum(plan, j), b[j], 1e-13);
    rill_plan_free(plan);
}
END_TEST

/* The plan of an assignment s has KL(s | ab) = log n, so that the cost is at most e log n above the
 * least, and never below. */
START_TEST(small_regularization_tends_to_the_assignment)
{
    enum { N = 60 };
    int64_t permutation[N];
    double least, last = HUGE_VAL;
    fill(N, N, 100);
    rill_assignment *assignment = rill_assignment_new(N);
    ck_assert_int_eq(rill_assignment_of_matrix(assignment, cost, N, permutation, &least, NULL),
                     RILL_OK);
    rill_plan *plan = rill_plan_new(N, N);
    static const double regs[] = { 1, 0.1, 0.01, 0.001 };
    for (int k = 0; k < 4; k++) {
        rill_sinkhorn_report report = plan_for(
            plan, (rill_sinkhorn_options){
                      .regularization = regs[k], .tolerance = 1e-4, .max_iterations = 20000 });
        ck_assert_int_eq(report.converged, 1);
        ck_assert_double_lt(report.cost, last);
        /* Costs are at most 1, and marginals off by the tolerance. */
        ck_assert_double_le(report.cost, least / N + regs[k] * log(N) + 1e-4);
        ck_assert_double_ge(report.cost, least / N - 1e-4);
        last = report.cost;
    }
    rill_assignment_free(assignment);
    rill_plan_free(plan);
}
END_TEST

START_TEST(large_regularization_forgets_the_costs)
{
    int64_t n = 20, m = 30;
    fill(n, m, 101);
    weigh(a, n, "a"), weigh(b, m, "b");
    rill_plan *plan = rill_plan_new(n, m);
    static const double regs[] = { 1e6, 1e12, 1e300 };
    for (int k = 0; k < 3; k++) {
        plan_for(plan, (rill_sinkhorn_options){ .regularization = regs[k], .a = a, .b = b });
        for (int64_t i = 0; i < n * m; i++)
            ck_assert_double_eq_tol(plan->matrix[i], a[i / m] * b[i % m], 1 / regs[k] + 1e-15);
    }
    rill_plan_free(plan);
}
END_TEST

/* Any costs and any regularization: plan_for() asks that all be finite. */
START_TEST(nothing_overflows)
{
    static const double scales[] = { 1e-300, 1e-10, 1, 1e10, 1e200, 1e289 };
    static const double regs[] = { 1e-308, 1e-100, 1e-5, 1, 1e100, 1e308 };
    int64_t n = 9, m = 13;
    rill_plan *plan = rill_plan_new(n, m);
    for (int k = 0; k < 36; k++)
        for (int relaxed = 0; relaxed < 3; relaxed++) {
            fill(n, m, k);
            for (int64_t i = 0; i < n * m; i++)
                cost[i] *= scales[k / 6] * (i % 2 && !relaxed ? -1 : 1);
            rill_sinkhorn_report report = plan_for(
                plan, (rill_sinkhorn_options){ .regularization = regs[k % 6],
                                               .relaxation = relaxed == 0   ? 0
                                                             : relaxed == 1 ? scales[k / 6]
                                                                            : 1e-3 * regs[k % 6],
                                               .max_iterations = 30 });
            ck_assert_int_le(report.iterations, 30);
            if (!relaxed)
                ck_assert_double_eq_tol(report.mass, 1, 0.1); /* converged or not: columns are */
        }
    rill_plan_free(plan);
}
END_TEST

START_TEST(a_weight_of_zero_takes_no_part)
{
    fill(6, 5, 102);
    weigh(a, 6, "a"), weigh(b, 5, "b");
    a[0] += a[2], a[2] = 0, b[1] += b[4], b[4] = 0;
    rill_plan *plan = rill_plan_new(6, 5);
    rill_sinkhorn_report report =
        plan_for(plan, (rill_sinkhorn_options){ .regularization = 0.05, .a = a, .b = b });
    ck_assert_int_eq(report.converged, 1);
    for (int64_t i = 0; i < 6; i++)
        ck_assert_double_eq_tol(row_sum(plan, i), a[i], 1e-8);
    ck_assert_double_eq(row_sum(plan, 2), 0);
    ck_assert_double_eq(column_sum(plan, 4), 0);
    rill_plan_free(plan);
}
END_TEST

/* Costs u_i + v_j have the potentials u/e and v/e, up to a constant: those of one regularization,
 * in the unit of the next, solve that as well.  The first takes an iteration and one to see it, the
 * others the one that sees it. */
START_TEST(potentials_go_on_to_the_next_regularization)
{
    enum { N = 5, M = 7 };
    fill(N, M, 105);
    weigh(a, N, "a"), weigh(b, M, "b");
    for (int i = N - 1; i >= 0; i--) /* of the first row and column */
        for (int j = M - 1; j >= 0; j--)
            cost[i * M + j] = cost[i * M] + cost[j];
    double largest = 0;
    for (int k = 0; k < N * M; k++)
        largest = fmax(largest, cost[k]);
    rill_plan *plan = rill_plan_new(N, M);
    for (int levels = 1; levels <= 4; levels++) {
        double e = largest / pow(4, levels);
        rill_sinkhorn_report report =
            plan_for(plan, (rill_sinkhorn_options){ .regularization = e, .a = a, .b = b });
        ck_assert_int_eq(report.iterations, levels + 1);
        /* A few roundings of exponents up to 4^4. */
        ck_assert_double_lt(report.error, 1e-12);
    }
    rill_plan_free(plan);
}
END_TEST

START_TEST(what_is_not_converged_is_said)
{
    fill(50, 50, 103);
    rill_plan *plan = rill_plan_new(50, 50);
    rill_sinkhorn_report few =
        plan_for(plan, (rill_sinkhorn_options){ .regularization = 1e-4, .max_iterations = 5 });
    ck_assert_int_eq(few.converged, 0);
    ck_assert_int_eq(few.iterations, 5);
    ck_assert_double_gt(few.error, 1e-9);
    rill_sinkhorn_report enough =
        plan_for(plan, (rill_sinkhorn_options){ .regularization = 0.1, .max_iterations = 2000 });
    double error = 0;
    for (int64_t i = 0; i < 50; i++)
        error += fabs(row_sum(plan, i) - 0.02);
    ck_assert_int_eq(enough.converged, 1);
    ck_assert_double_le(error,
                        1e-9 + 1e-13); /* which is what `error` bounds, before the last update */
    rill_plan_free(plan);
}
END_TEST

/* Counts of 200,000 pairs against the plan: each within 5 of its standard errors. */
START_TEST(pairs_are_drawn_as_the_plan_says)
{
    enum { COUNT = 200000, N = 6, M = 4 };
    static double uniforms[2 * COUNT];
    static int64_t rows[COUNT], columns[COUNT];
    int counts[N * M] = { 0 };
    fill(N, M, 104);
    rill_plan *plan = rill_plan_new(N, M);
    double mass =
        plan_for(plan, (rill_sinkhorn_options){ .regularization = 0.2, .relaxation = 0.3 }).mass;
    rill_stream_uniform(rill_stream_key(seed, "pairs"), 0, 0, 0, 2 * COUNT, uniforms);
    ck_assert_int_eq(rill_plan_draw(plan, uniforms, COUNT, rows, columns, NULL), RILL_OK);
    for (int k = 0; k < COUNT; k++)
        counts[rows[k] * M + columns[k]]++;
    for (int k = 0; k < N * M; k++) {
        double p = plan->matrix[k] / mass;
        ck_assert_double_eq_tol(counts[k] / (double)COUNT, p, 5 * sqrt(p * (1 - p) / COUNT));
    }
    double ends[] = { 0, 0, 1, 1 };
    ck_assert_int_eq(rill_plan_draw(plan, ends, 2, rows, columns, NULL), RILL_OK);
    ck_assert(rows[0] == 0 && columns[0] == 0 && rows[1] == N - 1 && columns[1] == M - 1);
    rill_plan_free(plan);
}
END_TEST

START_TEST(costs_of_points_are_what_assignment_takes)
{
    static const double x0[] = { 0, 0, 1, 2 }, x1[] = { 3, 4, 1, 1 };
    static const int32_t labels[] = { 1, 2 };
    rill_point_pairs points = { x0, x1, RILL_F64, 2, 2, labels, labels, 10 };
    rill_assignment *assignment = rill_assignment_new(2);
    ck_assert_int_eq(rill_costs_of_points(assignment, &points, cost, NULL), RILL_OK);
    ck_assert_double_eq(cost[0], 25);
    ck_assert_double_eq(cost[1], 2 + 10);
    ck_assert_double_eq(cost[2], 8 + 10);
    ck_assert_double_eq(cost[3], 1);
    ck_assert_int_eq(rill_costs_of_points(assignment, &points, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_costs_of_points(NULL, &points, cost, NULL), RILL_BAD_ARGUMENT);
    rill_assignment_free(assignment);
}
END_TEST

/* The exponential of the sweeps, through a sum of one: log(exp(z)) is z to rounding. */
START_TEST(sweeps_sum_exponentials)
{
    static double offset[MOST];
    fill(MOST, 1, 105);
    rill_stream_normal(rill_stream_key(seed, "offset"), 0, 0, 0, MOST, offset);
    for (int k = 0; rill_sweep_at(k); k++)
        for (int64_t n = 1; n <= MOST; n += 7) {
            const rill_sweep *sweep = rill_sweep_at(k);
            double sum = 0, most[MOST], sums[MOST] = { 0 };
            for (int64_t j = 0; j < n; j++) {
                sum += exp(10 * offset[j] - 3 * cost[j]);
                most[j] = -HUGE_VAL;
            }
            double ten[MOST];
            for (int64_t j = 0; j < n; j++)
                ten[j] = 10 * offset[j];
            ck_assert_double_eq_tol(sweep->log_sum_exp(cost, ten, 3, n), log(sum), 1e-13);
            for (int i = 0; i < 5; i++)
                sweep->raise(cost, offset[i], 3, n, most);
            for (int i = 0; i < 5; i++)
                sweep->add_exp(cost, offset[i], 3, most, n, sums);
            for (int64_t j = 0; j < n; j++) {
                double expected = 0, top = -HUGE_VAL;
                for (int i = 0; i < 5; i++) {
                    top = fmax(top, offset[i] - 3 * cost[j]);
                    expected += exp(offset[i] - 3 * cost[j]);
                }
                ck_assert_double_eq(most[j], top);
                ck_assert_double_eq_tol(sums[j] * exp(top) / expected, 1, 1e-14);
            }
        }
}
END_TEST

static void refused(rill_plan *plan, rill_sinkhorn_options options, rill_status expected,
                    const char *text)
{
    rill_message message = { "" };
    ck_assert_int_eq(rill_plan_sinkhorn(plan, cost, &options, NULL, &message), expected);
    ck_assert_str_eq(message.text, text);
}

START_TEST(wrong_arguments_are_refused)
{
    double uniforms[] = { 0.5, 1.5 };
    int64_t row, column;
    rill_plan *plan = rill_plan_new(2, 3);
    fill(2, 3, 106);
    a[0] = 0.5, a[1] = 0.5, b[0] = 1, b[1] = 1, b[2] = -1;
    ck_assert_int_eq(rill_plan_draw(plan, uniforms, 1, &row, &column, NULL), RILL_BAD_ARGUMENT);
    refused(NULL, (rill_sinkhorn_options){ .regularization = 1 }, RILL_BAD_ARGUMENT,
            "sinkhorn: a plan not given");
    refused(plan, (rill_sinkhorn_options){ 0 }, RILL_BAD_ARGUMENT,
            "sinkhorn: regularization 0; above 0");
    refused(plan, (rill_sinkhorn_options){ .regularization = (double)NAN }, RILL_BAD_ARGUMENT,
            "sinkhorn: regularization nan; above 0");
    refused(plan, (rill_sinkhorn_options){ .regularization = 1, .relaxation = -1 },
            RILL_BAD_ARGUMENT, "sinkhorn: relaxation -1; 0 or above");
    refused(plan, (rill_sinkhorn_options){ .regularization = 1, .max_iterations = -1 },
            RILL_BAD_ARGUMENT, "sinkhorn: tolerance 0, -1 iterations; 0 or above");
    refused(plan, (rill_sinkhorn_options){ .regularization = 1, .b = b }, RILL_BAD_ARGUMENT,
            "sinkhorn: weights b; numbers from 0 on, not all 0");
    b[2] = 0;
    refused(plan, (rill_sinkhorn_options){ .regularization = 1, .a = a, .b = b }, RILL_MISMATCH,
            "sinkhorn: weights of sum 1 and 2 have no plan without a relaxation");
    cost[4] = (double)NAN;
    refused(plan, (rill_sinkhorn_options){ .regularization = 1 }, RILL_NOT_FINITE,
            "sinkhorn: cost nan in row 1, column 1; below 1e+290");
    cost[4] = 0;
    plan_for(plan, (rill_sinkhorn_options){ .regularization = 1 });
    ck_assert_int_eq(rill_plan_draw(plan, uniforms, 1, &row, &column, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_plan_draw(NULL, uniforms, 1, &row, &column, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_plan_sinkhorn(plan, NULL, NULL, NULL, NULL), RILL_BAD_ARGUMENT);
    rill_plan_free(plan);
    rill_plan_free(NULL);
    ck_assert_ptr_null(rill_plan_matrix(NULL));
    ck_assert_ptr_null(rill_plan_new(0, 1));
    ck_assert_ptr_null(rill_plan_new(1, INT64_MAX));
    for (int n = 1; n <= 2; n++) {
        rill_alloc_fail(n, 0);
        ck_assert_ptr_null(rill_plan_new(3, 3));
    }
    rill_alloc_fail(0, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transport_sinkhorn");
    TCase *all = tcase_create("sinkhorn");
    tcase_add_loop_test(all, two_by_two_solves_a_quadratic, 0, 5);
    tcase_add_loop_test(all, one_by_one_has_a_mass_of_its_own, 0, 4);
    tcase_add_loop_test(all, gaussians_have_a_closed_form, 0, 4);
    tcase_add_loop_test(all, plans_solve_their_equations, 0, 8);
    tcase_add_test(all, small_regularization_tends_to_the_assignment);
    tcase_add_test(all, large_regularization_forgets_the_costs);
    tcase_add_test(all, nothing_overflows);
    tcase_add_test(all, a_weight_of_zero_takes_no_part);
    tcase_add_test(all, potentials_go_on_to_the_next_regularization);
    tcase_add_test(all, what_is_not_converged_is_said);
    tcase_add_test(all, pairs_are_drawn_as_the_plan_says);
    tcase_add_test(all, costs_of_points_are_what_assignment_takes);
    tcase_add_test(all, sweeps_sum_exponentials);
    tcase_add_test(all, wrong_arguments_are_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
