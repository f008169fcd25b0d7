/* test_integrate.c - solvers with fixed steps on plain arrays: their tableaus and their order. */
#include "base/alloc.h"
#include "models/ode/integrate.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

static rill_status integrate(const rill_ode *ode, const rill_solver *solver, const double *times,
                             int64_t count, void *x)
{
    return rill_ode_integrate(ode, &(rill_ode_options){ .solver = solver }, times, count, x, NULL);
}

/* dx/dt = x cos t, x(0) = 1: x = exp(sin t).  It depends on both x and t, so that a wrong c shows.
 */
static rill_status growth(void *self, const double *t, const void *x, void *dxdt)
{
    (void)self;
    ((double *)dxdt)[0] = ((const double *)x)[0] * cos(*t);
    return RILL_OK;
}

enum { PLACES = 8 };

/* dx/dt = (1 + x^2) cos t: x = tan(sin t + constant). */
static rill_status bend(void *self, const double *t, const void *x, void *dxdt)
{
    (void)self;
    const double *at = x;
    for (int i = 0; i < PLACES; i++)
        ((double *)dxdt)[i] = (1 + at[i] * at[i]) * cos(t[i]);
    return RILL_OK;
}

/* The error at the end of a grid that is uneven by `power`, from `from` to `to`; over several ways,
 * since on one the leading term of the error may happen to vanish. */
static double error_of(const rill_solver *solver, int steps, double from, double to, double power)
{
    double times[129], x[PLACES], square = 0;
    rill_ode ode = { .dtype = RILL_F64, .rows = PLACES, .width = 1, .velocity = bend };
    ck_assert_int_eq(rill_time_grid(0, 1, steps, times, NULL), RILL_OK);
    for (int i = 0; i <= steps; i++)
        times[i] = from + (to - from) * pow(times[i], power);
    for (int i = 0; i < PLACES; i++)
        x[i] = tan(sin(from) - .1 * i);
    ck_assert_int_eq(integrate(&ode, solver, times, steps + 1, x), RILL_OK);
    for (int i = 0; i < PLACES; i++)
        square += pow(x[i] - tan(sin(to) - .1 * i), 2);
    return sqrt(square);
}

/* By least squares over three halvings. */
START_TEST(error_falls_with_the_order)
{
    static const double grids[][3] = {
        { .3, 1.4, 1 }, { .3, 1.4, 1.5 }, { 1.4, .3, 1 }, { 1.4, .3, 1.5 }
    };
    static const double lever[] = { -1.5, -.5, .5, 1.5 };
    const rill_solver *solver = rill_solver_at(_i / 4);
    const double *grid = grids[_i % 4];
    /* From where the leading term leads to where rounding does not show. */
    int coarsest = solver->order < 5 ? 16 : 8;
    double slope = 0;
    for (int i = 0; i < 4; i++)
        slope -= lever[i] / 5 * log2(error_of(solver, coarsest << i, grid[0], grid[1], grid[2]));
    ck_assert_msg(slope >= solver->order - .1, "%s from %g to %g: order %.3f", solver->name,
                  grid[0], grid[1], slope);
}
END_TEST

/* ---- Tableaus, by the theory of rooted trees: node i > 0 hangs on parent[i] < i. */

enum { MOST_NODES = 5, MOST_STAGES = RILL_SOLVER_MAX_STAGES + 1 };

typedef struct tree {
    int nodes, parent[MOST_NODES];
} tree;

static int size_of(const tree *t, int node)
{
    int size = 1;
    for (int i = node + 1; i < t->nodes; i++)
        size += t->parent[i] == node ? size_of(t, i) : 0;
    return size;
}

/* The product of the sizes of all subtrees. */
static double density_of(const tree *t)
{
    double density = 1;
    for (int i = 0; i < t->nodes; i++)
        density *= size_of(t, i);
    return density;
}

static double a_of(const rill_solver *s, int i, int j)
{
    return i == s->stages ? s->b[j] : s->a[i * (i - 1) / 2 + j]; /* the last is at the step's end */
}

/* What the subtree at a node contributes at a stage. */
static double weight_at(const rill_solver *s, const tree *t, int node, int stage)
{
    double product = 1;
    for (int child = node + 1; child < t->nodes; child++) {
        double sum = 0;
        for (int j = 0; j < stage && t->parent[child] == node; j++)
            sum += a_of(s, stage, j) * weight_at(s, t, child, j);
        product *= t->parent[child] == node ? sum : 1;
    }
    return product;
}

/* The next way to hang nodes; 0 after the last. */
static int next_tree(tree *t)
{
    for (int i = 1; i < t->nodes; i++) {
        if (++t->parent[i] < i)
            return 1;
        t->parent[i] = 0;
    }
    return 0;
}

/* sum_i w_i Phi_i = share^nodes / density for every tree of at most `order` nodes: Hairer, Norsett,
 * Wanner, theorem II.2.13. */
static void has_order(const rill_solver *s, const double *w, int stages, int order, double share)
{
    for (int nodes = 1; nodes <= order; nodes++) {
        tree t = { .nodes = nodes };
        do {
            double sum = 0;
            for (int i = 0; i < stages; i++)
                sum += w[i] * weight_at(s, &t, 0, i);
            /* Terms of up to about 30 that cancel, of coefficients rounded to 16 digits. */
            ck_assert_msg(fabs(sum - pow(share, nodes) / density_of(&t)) < 2e-14,
                          "%s: a tree of %d nodes at %g: %.17g", s->name, nodes, share, sum);
        } while (next_tree(&t));
    }
}

START_TEST(tableaus_have_their_order)
{
    const rill_solver *s = rill_solver_at(_i);
    for (int i = 0; i < s->stages; i++) {
        double row = 0;
        for (int j = 0; j < i; j++)
            row += a_of(s, i, j);
        /* Sums of a few numbers of at most 12. */
        ck_assert_double_eq_tol(row, s->c[i], 1e-14);
    }
    has_order(s, s->b, s->stages, s->order, 1);
    ck_assert_ptr_eq(rill_solver_find(s->name), s);
    ck_assert_ptr_nonnull(s->doc);
}
END_TEST

/* x' less its error, and x between the ends, are of one order less. */
START_TEST(estimates_and_interpolants_have_their_order)
{
    const rill_solver *s = rill_solver_at(_i);
    int last = s->stages;
    double w[MOST_STAGES], less_error = 0;
    if (!rill_solver_is_adaptive(s))
        return;
    for (int i = 0; i <= last; i++)
        w[i] = (i < last ? s->b[i] : 0) - s->e[i];
    has_order(s, w, last + 1, s->order - 1, 1);
    for (double share = .125; share <= 1; share += .125) {
        for (int i = 0; i <= last; i++) {
            double b = i < last ? s->b[i] : 0, rest = 1 - share;
            double bump = 2 * b - (i == 0) - (i == last) + rest * s->d[i];
            w[i] = share * (b + rest * ((i == 0) - b + share * bump));
        }
        has_order(s, w, last + 1, s->order - 1, share);
    }
    for (int i = 0; i <= last; i++)
        less_error += fabs(s->e[i]);
    ck_assert_double_gt(less_error, .01); /* an estimate of zero has any order */
}
END_TEST

static rill_status counted_bend(void *self, const double *t, const void *x, void *dxdt)
{
    ++*(int64_t *)self;
    return bend(NULL, t, x, dxdt);
}

START_TEST(evaluations_told_are_those_made)
{
    enum { STEPS = 3 };
    double times[STEPS + 1] = { .3, .4, .9, 1.4 }, x[PLACES] = { 0 };
    int64_t made = 0;
    rill_ode_counts counts = { 0 };
    rill_ode ode = {
        .dtype = RILL_F64, .rows = PLACES, .width = 1, .velocity = counted_bend, .self = &made
    };
    rill_ode_options options = { .solver = rill_solver_at(_i), .counts = &counts };
    ck_assert_int_eq(rill_ode_integrate(&ode, &options, times, STEPS + 1, x, NULL), RILL_OK);
    ck_assert_int_eq(made, STEPS * options.solver->stages);
    ck_assert_int_eq(counts.calls, made);
    ck_assert_int_eq(counts.evaluations, PLACES * made); /* a row's each */
    ck_assert_int_eq(counts.accepted, PLACES * STEPS);
    ck_assert_int_eq(counts.rejected, 0);
}
END_TEST

START_TEST(a_descending_grid_runs_backwards)
{
    double times[] = { 0, .1, .3, .35, .7, 1 }, back[6], x = 1;
    for (int i = 0; i < 6; i++)
        back[i] = times[5 - i];
    rill_ode ode = { .dtype = RILL_F64, .rows = 1, .width = 1, .velocity = growth };
    const rill_solver *rk4 = rill_solver_find("rk4");
    integrate(&ode, rk4, times, 6, &x);
    integrate(&ode, rk4, back, 6, &x);
    /* Largest step .35: the local error of order five is about .35^5/120 = 4e-5, there and back. */
    ck_assert_double_eq_tol(x, 1, 1e-4);
}
END_TEST

typedef struct trace {
    double x[8];
    int count;
} trace;

static rill_status watched_growth(void *self, const double *t, const void *x, void *dxdt)
{
    (void)self;
    return growth(NULL, t, x, dxdt);
}

static rill_status record(void *self, int64_t row, int64_t index, const void *x)
{
    trace *seen = self;
    ck_assert_int_eq(row, 0);
    ck_assert_int_eq(index, seen->count);
    seen->x[seen->count++] = *(const double *)x;
    return index == 3 ? RILL_INTERRUPTED : RILL_OK;
}

START_TEST(the_observer_sees_each_time_and_can_stop)
{
    double times[] = { 0, .25, .5, .75, 1 }, x = 1;
    trace seen = { .count = 0 };
    rill_message message;
    rill_ode ode = { RILL_F64, 1, 1, watched_growth, record, &seen };
    rill_status status = rill_ode_integrate(&ode, NULL, times, 5, &x, &message);
    ck_assert_int_eq(status, RILL_INTERRUPTED);
    ck_assert_int_eq(seen.count, 4);
    ck_assert_double_eq(seen.x[0], 1);
    ck_assert_double_eq(seen.x[1], 1.25);
    ck_assert_double_eq_tol(
        seen.x[3], 1.25 + .25 * 1.25 * cos(.25) + .25 * (1.25 + .25 * 1.25 * cos(.25)) * cos(.5),
        1e-15);
}
END_TEST

static rill_status f32_growth(void *self, const double *t, const void *x, void *dxdt)
{
    (void)self;
    ((float *)dxdt)[0] = ((const float *)x)[0] * (float)cos(*t);
    return RILL_OK;
}

START_TEST(single_precision_follows_double)
{
    double times[65];
    float x = 1;
    rill_ode ode = { .dtype = RILL_F32, .rows = 1, .width = 1, .velocity = f32_growth };
    rill_time_grid(0, 1, 64, times, NULL);
    integrate(&ode, rill_solver_find("rk4"), times, 65, &x);
    /* 64 steps of some roundings of 6e-8 each, on 2.3. */
    ck_assert_double_eq_tol((double)x, exp(sin(1)), 2e-5);
}
END_TEST

START_TEST(grids_are_exact_at_both_ends)
{
    double times[11];
    ck_assert_int_eq(rill_time_grid(.1, .7, 10, times, NULL), RILL_OK);
    ck_assert_double_eq(times[0], .1);
    ck_assert_double_eq(times[10], .7);
    ck_assert_int_eq(rill_time_grid(0, 1, 0, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, 1, -5, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, (double)NAN, 5, times, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid(0, 1, 5, NULL, NULL), RILL_BAD_ARGUMENT);
}
END_TEST

START_TEST(shifted_grids_follow_their_formula)
{
    double times[11], plain[11];
    for (double shift = .25; shift < 8; shift *= 2) {
        rill_time_grid(0, 1, 10, plain, NULL);
        rill_time_grid(0, 1, 10, times, NULL);
        ck_assert_int_eq(rill_time_grid_shift(shift, times, 11, NULL), RILL_OK);
        ck_assert_double_eq(times[0], 0);
        ck_assert_double_eq(times[10], 1);
        for (int i = 0; i < 11; i++)
            ck_assert_double_eq_tol(times[i], plain[i] / (shift - (shift - 1) * plain[i]), 1e-15);
    }
    ck_assert_int_eq(rill_time_grid_shift(0, times, 11, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid_shift((double)NAN, times, 11, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_time_grid_shift(2, NULL, 11, NULL), RILL_BAD_ARGUMENT);
    times[3] = 1.5;
    ck_assert_int_eq(rill_time_grid_shift(2, times, 11, NULL), RILL_BAD_ARGUMENT);
}
END_TEST

/* Never sorted, never skipped: what does not go one way is refused. */
START_TEST(grids_go_one_way)
{
    static const double bad[][4] = {
        { 0, .5, .3, 1 }, { 1, .5, .7, 0 }, { 0, .5, .5, 1 },
        { 0, 0, .5, 1 },  { 0, .5, 1, 0 },  { 0, .5, (double)NAN, 1 }
    };
    double x = 1;
    rill_message message;
    rill_ode ode = { .dtype = RILL_F64, .rows = 1, .width = 1, .velocity = growth };
    rill_ode_options options = { .solver = rill_solver_find("dopri5"), .tolerance = _i % 2 * 1e-3 };
    const double *times = bad[_i / 2];
    ck_assert_int_eq(rill_ode_integrate(&ode, &options, times, 4, &x, &message), RILL_BAD_ARGUMENT);
    ck_assert_msg(strstr(message.text, "time grid: time"), "%s", message.text);
    ck_assert_double_eq(x, 1);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    double times[] = { 0, 1 }, bad_times[] = { 0, (double)INFINITY }, x = 1;
    const rill_solver *euler = rill_solver_at(0);
    rill_ode good = { .dtype = RILL_F64, .rows = 1, .width = 1, .velocity = growth };
    rill_ode integers = good, negative = good, silent = good, vast = good, wide = good;
    integers.dtype = RILL_I32, negative.rows = -1, silent.velocity = NULL;
    vast.rows = INT64_MAX, wide.width = INT64_MAX;
    ck_assert_int_eq(integrate(NULL, euler, times, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&good, euler, NULL, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&good, euler, times, 0, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&good, euler, times, 2, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&good, euler, bad_times, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&integers, euler, times, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&negative, euler, times, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&silent, euler, times, 2, &x), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(integrate(&vast, euler, times, 2, &x), RILL_NO_MEMORY);
    ck_assert_int_eq(integrate(&wide, euler, times, 2, &x), RILL_NO_MEMORY);
    ck_assert_int_eq(integrate(&good, NULL, times, 2, &x), RILL_OK); /* euler */
    ck_assert_ptr_null(rill_solver_find("dopri"));
    ck_assert_ptr_null(rill_solver_find(NULL));
    ck_assert_ptr_null(rill_solver_at(-1));
}
END_TEST

START_TEST(no_memory_is_a_clean_error)
{
    double times[] = { 0, 1 }, x = 1;
    rill_ode ode = { .dtype = RILL_F64, .rows = 1, .width = 1, .velocity = growth };
    rill_alloc_fail(1, 1);
    rill_status status = integrate(&ode, rill_solver_at(0), times, 2, &x);
    rill_alloc_fail(0, 0);
    ck_assert_int_eq(status, RILL_NO_MEMORY);
    ck_assert_double_eq(x, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("integrate");
    TCase *cases = tcase_create("solvers");
    tcase_add_loop_test(cases, error_falls_with_the_order, 0, 4 * solver_count());
    tcase_add_loop_test(cases, tableaus_have_their_order, 0, solver_count());
    tcase_add_loop_test(cases, estimates_and_interpolants_have_their_order, 0, solver_count());
    tcase_add_loop_test(cases, evaluations_told_are_those_made, 0, solver_count());
    tcase_add_test(cases, a_descending_grid_runs_backwards);
    tcase_add_test(cases, the_observer_sees_each_time_and_can_stop);
    tcase_add_test(cases, single_precision_follows_double);
    tcase_add_test(cases, grids_are_exact_at_both_ends);
    tcase_add_test(cases, shifted_grids_follow_their_formula);
    tcase_add_loop_test(cases, grids_go_one_way, 0, 12);
    tcase_add_test(cases, wrong_arguments_are_refused);
    tcase_add_test(cases, no_memory_is_a_clean_error);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
