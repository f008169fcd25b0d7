/* test_exact_flow.c - solvers along fields that are known: where the flow between Gaussians leads,
 * lines that do not cross, what a number of Euler steps makes of it, and time that runs the other
 * way. */
#include "evaluate.h"
#include "mixtures.h"
#include "models/ode/integrate.h"

#include <string.h>

enum { POINTS = 4000, STEPS = 200 };

/* The exact field, for many points at once; `back` tells its time and its velocity the other way:
 * noise at t = 1. */
typedef struct journey {
    const rill_mixture *from, *to;
    rill_mixing (*mixing)(double);
    int points, back;
} journey;

static double seen[STEPS + 1][POINTS]; /* by the last journey */

static rill_status velocity(void *self, const double *t, const void *x, void *dxdt)
{
    const journey *j = self;
    for (int i = 0; i < j->points; i++) {
        rill_mixture_field f;
        rill_mixing m = j->mixing(j->back ? 1 - t[i] : t[i]);
        rill_status status =
            rill_mixture_field_at(j->from, j->to, m, (const double *)x + i, &f, NULL);
        if (status)
            return status;
        ((double *)dxdt)[i] = j->back ? -f.velocity[0] : f.velocity[0];
    }
    return RILL_OK;
}

static rill_status record(void *self, int64_t row, int64_t index, const void *x)
{
    (void)self;
    seen[index][row] = *(const double *)x;
    return RILL_OK;
}

static void travel(journey *j, const rill_solver *solver, double tolerance, const double *times,
                   int count, double *x)
{
    rill_message message = { "" };
    rill_ode ode = { RILL_F64, j->points, 1, velocity, record, j };
    rill_ode_options options = { .solver = solver, .tolerance = tolerance };
    ck_assert_msg(!rill_ode_integrate(&ode, &options, times, count, x, &message), "%s",
                  message.text);
}

/* F_t: the sum over pairs. */
static double share_below(const journey *j, double t, double x)
{
    rill_mixing m = j->mixing(t);
    double sum = 0;
    for (int64_t a = 0; a < j->from->count; a++)
        for (int64_t b = 0; b < j->to->count; b++) {
            double mean = m.sigma * j->from->mean[a] + m.alpha * j->to->mean[b];
            double sd = hypot(m.sigma * j->from->sd[a], m.alpha * j->to->sd[b]);
            sum += j->from->weight[a] * j->to->weight[b] * erfc((mean - x) / sd * M_SQRT1_2) / 2;
        }
    return sum;
}

static double quantile_of(const journey *j, double t, double p)
{
    double low = -20, high = 20;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(share_below(j, t, middle) < p ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

static void start_at(journey *j, double t, int points, double *x)
{
    j->points = points;
    for (int i = 0; i < points; i++)
        x[i] = quantile_of(j, t, (i + .5) / points);
}

static void start(journey *j, int points, double *x)
{
    start_at(j, 0, points, x);
}

/* ---- Where the flow leads. */

static const struct {
    const rill_mixture *from, *to;
    rill_mixing (*mixing)(double);
} flows[] = {
    { &noise, &modes, rill_mixing_linear }, { &noise, &three, rill_mixing_cosine },
    { &wide, &uneven, rill_mixing_linear }, { &three, &uneven, power_mixing },
    { &noise, &wide, rill_mixing_linear },  { &uneven, &modes, rill_mixing_linear },
};
enum { FLOWS = sizeof flows / sizeof *flows };

static journey along(int i)
{
    return (journey){ .from = flows[i].from, .to = flows[i].to, .mixing = flows[i].mixing };
}

/* Lines do not cross: F_t(phi_t(x)) stays the same at every time of a grid, by any solver, from t =
 * 0 or .5.  The last of them choose their steps, and tell times within them. */
START_TEST(a_point_keeps_its_share_below)
{
    int solvers = 0;
    while (rill_solver_at(solvers))
        solvers++;
    static journey j;
    static const double bounds[] = { 0, 2e-2, 3e-4, 0, 1e-6, 5e-6 }; /* by order; 200 steps, or
                                                                      * what interpolants leave */
    const rill_solver *solver = rill_solver_at(_i / FLOWS / 2 % solvers);
    double from = _i / FLOWS % 2 ? .5 : 0, chosen = _i / FLOWS / 2 < solvers ? 0 : 1e-8, x[20],
           times[STEPS + 1];
    if (chosen > 0 && !rill_solver_is_adaptive(solver))
        return;
    j = along(_i % FLOWS);
    start_at(&j, from, 20, x);
    rill_time_grid(from, 1, chosen > 0 ? 17 : STEPS, times, NULL);
    int count = chosen > 0 ? 18 : STEPS + 1;
    travel(&j, solver, chosen, times, count, x);
    for (int k = 0; k<count; k += chosen> 0 ? 1 : 20)
        for (int i = 0; i < 20; i++) {
            double share = share_below(&j, times[k], seen[k][i]);
            ck_assert_msg(fabs(share - (i + .5) / 20) <= bounds[solver->order],
                          "%s, flow %d, t = %g: %.9g, not %.9g", solver->name, _i % FLOWS, times[k],
                          share, (i + .5) / 20);
        }
}
END_TEST

/* phi_t(x) = mu_t + sqrt(V_t/V_0) (x - m0). */
START_TEST(between_gaussians_the_flow_is_affine)
{
    static const double numbers[][4] = {
        { 0, 1, 2, 1 }, { .7, 1.3, -1.1, .4 }, { -.5, .6, 1, 2 }, { 2, 1, 0, .5 }
    };
    static journey j;
    const double *p = numbers[_i / 2];
    rill_mixture from = { 1, 1, (double[]){ 1 }, p, p + 1 },
                 to = { 1, 1, (double[]){ 1 }, p + 2, p + 3 };
    j = (journey){ .from = &from,
                   .to = &to,
                   .mixing = _i % 2 ? rill_mixing_cosine : rill_mixing_linear };
    double x[8], x0[8], times[STEPS + 1];
    start(&j, 8, x);
    memcpy(x0, x, sizeof x);
    rill_time_grid(0, 1, STEPS, times, NULL);
    travel(&j, rill_solver_find("rk4"), 0, times, STEPS + 1, x);
    for (int k = 0; k <= STEPS; k += 50)
        for (int i = 0; i < 8; i++) {
            rill_mixing m = j.mixing(times[k]);
            double spread = hypot(m.sigma * p[1], m.alpha * p[3]) / p[1];
            double wanted = m.sigma * p[0] + m.alpha * p[2] + spread * (x0[i] - p[0]);
            ck_assert_double_eq_tol(seen[k][i], wanted, 1e-7); /* h^4 = 6e-10, of rates to 10 */
        }
}
END_TEST

/* ---- Euler. */

/* N steps from N(0,1) to N(0,s1^2): std = prod (1 + C/(N V)) at t = k/N. */
START_TEST(euler_shrinks_a_gaussian_as_computed)
{
    static const struct {
        int steps;
        double s1, sd, tolerance; /* as many decimals as are printed */
    } rows[] = {
        { 1, 1, 0, 1e-15 },       { 2, 1, .5, 1e-15 },       { 5, 1, .7705, 5e-5 },
        { 10, 1, .878984, 5e-7 }, { 100, 1, .987228, 5e-7 }, { 3, .5, 0, 0 },
        { 7, 2, 0, 0 },           { 20, .3, 0, 0 },          { 50, 3, 0, 0 },
    };
    static journey j;
    double times[STEPS + 1], x = 1, product = 1, s1 = rows[_i].s1;
    rill_mixture to = { 1, 1, (double[]){ 1 }, (double[]){ 0 }, &s1 };
    j = (journey){ .from = &noise, .to = &to, .mixing = rill_mixing_linear, .points = 1 };
    int n = rows[_i].steps;
    for (int k = 0; k < n; k++) {
        double t = (double)k / n, s = 1 - t;
        product *= 1 + (t * s1 * s1 - s) / (s * s + t * t * s1 * s1) / n;
    }
    rill_time_grid(0, 1, n, times, NULL);
    travel(&j, rill_solver_find("euler"), 0, times, n + 1,
           &x); /* the field is linear: x is the sd */
    ck_assert_double_eq_tol(x, product, 1e-14);
    if (rows[_i].tolerance > 0)
        ck_assert_double_eq_tol(x, rows[_i].sd, rows[_i].tolerance);
}
END_TEST

/* E[x1 | x_t = x] of a mixture from N(0,1) on the linear path: u = (E[x1|x] - x)/(1-t). */
static double expected_end(const rill_mixture *to, double t, double x)
{
    double all = 0, sum = 0;
    for (int64_t k = 0; k < to->count; k++) {
        double v = (1 - t) * (1 - t) + t * t * to->sd[k] * to->sd[k], off = x - t * to->mean[k];
        double w = to->weight[k] * exp(-off * off / (2 * v)) / sqrt(v);
        all += w, sum += w * (to->mean[k] + t * to->sd[k] * to->sd[k] / v * off);
    }
    return sum / all;
}

/* Mean |sorted x - quantiles|; x goes up, but for rounding. */
static double distance_to_data(const journey *j, const double *x)
{
    double sum = 0;
    for (int i = 0; i < POINTS; i++)
        sum += fabs(x[i] - quantile_of(j, 1, (i + .5) / POINTS)) / POINTS;
    return sum;
}

static double spread_of(const double *x)
{
    double sum = 0, square = 0;
    for (int i = 0; i < POINTS; i++)
        sum += x[i] / POINTS, square += x[i] * x[i] / POINTS;
    return sqrt(fmax(0, square - sum * sum));
}

START_TEST(ten_steps_beat_one_as_computed)
{
    static const struct {
        int steps;
        const rill_mixture *to;
        double w1, digit, sd; /* digit: half of the last one of w1; sd has three decimals */
    } rows[] = {
        { 1, &modes, 2.000, 5e-4, 0 },
        { 2, &modes, .608, 5e-4, 1.507 },
        { 3, &modes, .274, 5e-4, 1.764 },
        { 5, &modes, .166, 5e-4, 1.860 },
        { 10, &modes, .085, 5e-4, 1.938 },
        { 20, &modes, .043, 5e-4, 1.979 },
        { 100, &modes, .0088, 5e-5, 2.014 },
        { 1, &three, 0, 0, 0 },
        { 4, &three, 0, 0, 0 },
        { 10, &uneven, 0, 0, 0 },
        { 7, &wide, 0, 0, 0 },
    };
    static journey j;
    static double x[POINTS], y[POINTS];
    double times[STEPS + 1];
    int n = rows[_i].steps;
    j = (journey){ .from = &noise, .to = rows[_i].to, .mixing = rill_mixing_linear };
    start(&j, POINTS, x);
    memcpy(y, x, sizeof y);
    rill_time_grid(0, 1, n, times, NULL);
    travel(&j, rill_solver_find("euler"), 0, times, n + 1, x);
    for (int i = 0; i < POINTS; i++) {
        for (int k = 0; k < n; k++)
            y[i] += (expected_end(j.to, (double)k / n, y[i]) - y[i]) / (1 - (double)k / n) / n;
        ck_assert_double_eq_tol(x[i], y[i], 1e-12); /* two ways to write it; 100 steps */
    }
    if (j.to != &modes)
        return;
    /* And the tails that 4,000 quantiles leave out. */
    ck_assert_double_eq_tol(distance_to_data(&j, x), rows[_i].w1, rows[_i].digit + 5e-6);
    ck_assert_double_eq_tol(spread_of(x), rows[_i].sd, 5e-4 + 5e-5);
}
END_TEST

/* ---- Noise at t = 1: t' = 1 - t, v' = -v, the same noise. */

START_TEST(time_may_run_the_other_way)
{
    static journey here, there;
    const rill_solver *solver;
    for (int i = 0; (solver = rill_solver_at(i)); i++) {
        double x[20], y[20], times[33], back[33];
        here = along(_i), there = along(_i);
        there.back = 1;
        start(&here, 20, x);
        start(&there, 20, y);
        for (int k = 0; k <= 32; k++)
            times[k] = pow(k / 32., 1.3), back[k] = 1 - times[k];
        travel(&here, solver, 0, times, 33, x);
        travel(&there, solver, 0, back, 33, y);
        for (int k = 0; k < 20; k++)
            ck_assert_msg(fabs(x[k] - y[k]) <= 1e-12, "%s, flow %d: %.17g, %.17g", solver->name, _i,
                          x[k], y[k]);
    }
}
END_TEST

int main(void)
{
    int solvers = 0;
    while (rill_solver_at(solvers))
        solvers++;
    Suite *suite = suite_create("exact_flow");
    TCase *all = tcase_create("flows");
    tcase_add_loop_test(all, a_point_keeps_its_share_below, 0, 4 * solvers * FLOWS);
    tcase_add_loop_test(all, between_gaussians_the_flow_is_affine, 0, 8);
    tcase_add_loop_test(all, euler_shrinks_a_gaussian_as_computed, 0, 9);
    tcase_add_loop_test(all, ten_steps_beat_one_as_computed, 0, 11);
    tcase_add_loop_test(all, time_may_run_the_other_way, 0, FLOWS);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
