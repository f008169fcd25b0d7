/* test_floor.c - the least loss of flow matching: for mixtures by two integrals, for the
 * checkerboard and for pairs that correlate by what an exact field leaves of it. */
#include "evaluate.h"
#include "gaussian.h"
#include "mixtures.h"
#include "models/data/data.h"
#include "models/flow/flow.h"

static const uint64_t seed = 5;
static rill_store *store;
static rill_graph *g;

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* ---- Mixtures. */

/* The least loss at t: the mean of the conditional variance over x, by the trapezium rule, which
 * converges faster than any power for a smooth density. */
static double least_at(const rill_mixture *to, rill_mixing m)
{
    double total = 0, step = 0.02;
    for (int i = -500; i <= 500; i++) {
        rill_mixture_field f;
        double x = i * step;
        rill_mixture_field_at(&noise, to, m, &x, &f, NULL);
        total += f.density > 0 ? f.variance * f.density * step : 0;
    }
    return total;
}

/* The error that is left when x1 is told from r x1 + N(0,1), as the posterior of a mixture has it.
 */
static double mmse(const rill_mixture *to, double r)
{
    double total = 0, step = .02 * (1 + r);
    for (double y = -450 * step; y < 450.5 * step; y += step) {
        double weight = 0, mean = 0, square = 0;
        for (int64_t k = 0; k < to->count; k++) {
            double v = to->sd[k] * to->sd[k], all = 1 + r * r * v, off = y - r * to->mean[k];
            double w = to->weight[k] * exp(-off * off / (2 * all)) / sqrt(2 * M_PI * all);
            double at = to->mean[k] + r * v / all * off;
            weight += w, mean += w * at, square += w * (v / all + at * at);
        }
        total += weight > 0 ? step * (square - mean * mean / weight) : 0;
    }
    return total;
}

static const struct case_of_floor {
    const rill_mixture *to;
    rill_mixing (*mixing)(double);
    const char *law;
    double printed;
} floors[] = {
    { &modes, rill_mixing_linear, "uniform", 2.488939 },
    { &modes, rill_mixing_linear, "beta", 3.000110 },
    { &modes, rill_mixing_cosine, "uniform", 3.909616 },
    { &three, rill_mixing_linear, "uniform", 0 },
    { &uneven, rill_mixing_linear, "uniform", 0 },
    { &wide, rill_mixing_linear, "uniform", M_PI_2 * 1.7 }, /* (pi/2) s0 s1 */
    { &three, rill_mixing_linear, "beta", 0 },
    { &uneven, rill_mixing_linear, "beta", 0 },
    { &wide, rill_mixing_linear, "beta", 0 },
    { &three, rill_mixing_cosine, "uniform", 0 },
    { &uneven, rill_mixing_cosine, "uniform", 0 },
    { &wide, rill_mixing_cosine, "uniform", 0 },
    { &modes, power_mixing, "uniform", 0 },
    { &modes, rill_mixing_linear, "logit-normal", 0 },
    { &modes, rill_mixing_linear, "u-shaped", 0 },
    { &three, rill_mixing_cosine, "beta", 0 },
};

/* Times as a law draws them: its quantiles of Simpson's nodes in v, u = 3v^2 - 2v^3, which is flat
 * where quantiles are steep. */
enum { NODES = 401 };

static void quantiles(const rill_time_law *law, double *t, double *weight)
{
    for (int i = 0; i < NODES; i++) {
        double v = (double)i / (NODES - 1), simpson = i == 0 || i == NODES - 1 ? 1 : i % 2 ? 4 : 2;
        t[i] = fmin(fmax(v * v * (3 - 2 * v), 1e-12), 1 - 1e-12);
        weight[i] = 6 * v * (1 - v) * simpson / (3 * (NODES - 1));
    }
    evaluate(law->quantile(rill_constant(g, RILL_F64, RILL_SHAPE(NODES), t, NODES), law->self), t,
             NODES);
}

/* From N(0,1): dx_t/dt is s'/s x_t + W/s x1, so that the least loss at t is (W/s)^2 mmse(a/s). On
 * the linear path with uniform times its mean is the integral of mmse(r^2) over r = t/(1-t). */
START_TEST(floors_are_integrals_of_mmse)
{
    const struct case_of_floor *c = &floors[_i];
    const rill_time_law *law = rill_time_law_find(c->law);
    double t[NODES], weight[NODES], floor = 0, told = 0, by_r = 0;
    quantiles(law, t, weight);
    for (int i = 0; i < NODES; i++)
        floor += weight[i] * least_at(c->to, c->mixing(t[i]));
    for (int i = 0; i + 1 < NODES; i++) { /* midpoints in w, t = 3w^2 - 2w^3 */
        double w = (i + .5) / (NODES - 1), at = w * w * (3 - 2 * w),
               dt = 6 * w * (1 - w) / (NODES - 1);
        rill_mixing m = c->mixing(at);
        double turn = m.sigma * m.alpha_rate - m.alpha * m.sigma_rate,
               left = mmse(c->to, m.alpha / m.sigma);
        told += law->density(at, law->self) * dt * pow(turn / m.sigma, 2) * left;
        by_r += turn / pow(m.sigma, 2) * dt * left; /* dr = W/s^2 dt */
    }
    /* The midpoint rule with 400 nodes: h^2/24 = 3e-7 of second derivatives to a hundred. */
    ck_assert_double_eq_tol(floor, told, 3e-5);
    if (c->mixing == rill_mixing_linear && law == &rill_time_uniform)
        ck_assert_double_eq_tol(floor, by_r, 3e-5);
    if (c->printed > 0)
        ck_assert_double_eq_tol(floor, c->printed, 1e-6); /* six decimals are printed */
}
END_TEST

/* ---- The checkerboard: even where column and row are both even or both odd. */

/* Mass, first and second moment of N(centre, sd^2) on one axis of four squares: of the even [0] and
 * the odd [1]. */
typedef struct axis {
    double mass[2], moment[2], square[2];
} axis;

static axis axis_at(double c, double sd, double side)
{
    axis a = { 0 };
    for (int k = 0; k < 4; k++) {
        double l = ((k - 2) * side - c) / sd, h = ((k - 1) * side - c) / sd;
        double m = (l > 0 ? erfc(l * M_SQRT1_2) - erfc(h * M_SQRT1_2)
                          : erfc(-h * M_SQRT1_2) - erfc(-l * M_SQRT1_2)) /
                   2;
        double at_l = exp(-l * l / 2) / sqrt(2 * M_PI), at_h = exp(-h * h / 2) / sqrt(2 * M_PI);
        a.mass[k % 2] += m;
        a.moment[k % 2] += c * m + sd * (at_l - at_h);
        a.square[k % 2] +=
            (c * c + sd * sd) * m + 2 * c * sd * (at_l - at_h) + sd * sd * (l * at_l - h * at_h);
    }
    return a;
}

static double over(const double *here, const axis *other)
{
    return here[0] * other->mass[0] + here[1] * other->mass[1];
}

/* (W/s)^2 E|x1_0 - E[x1_0|x]|^2 over t and x, by grids: midpoints of w, t = 3w^2 - 2w^3. */
static double checkerboard_floor(double side)
{
    enum { TIMES = 60, PLACES = 600 };
    static axis axes[PLACES];
    double floor = 0;
    for (int k = 0; k < TIMES; k++) {
        double w = (k + .5) / TIMES, t = w * w * (3 - 2 * w), s = 1 - t, left = 0, all = 0;
        double reach = 2 * side * t + 6 * s, step = 2 * reach / PLACES;
        for (int i = 0; i < PLACES; i++)
            axes[i] = axis_at((-reach + (i + .5) * step) / t, s / t, side);
        for (int i = 0; i < PLACES; i++)
            for (int j = 0; j < PLACES; j++) {
                double mass = over(axes[i].mass, &axes[j]), moment = over(axes[i].moment, &axes[j]);
                all += mass;
                left += mass > 1e-200 ? over(axes[i].square, &axes[j]) - moment * moment / mass : 0;
            }
        floor += 6 * w * (1 - w) / TIMES * left / all / (s * s);
    }
    return floor;
}

static rill_tensor *nothing(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    return x;
}

/* Of the data set, as it is and on other scales: what quadrature says is what the exact field
 * leaves of the velocities of a batch that the loss draws. */
START_TEST(the_checkerboard_has_its_floor)
{
    enum { ROWS = 1 << 15 };
    static const double scales[] = { 1, .5, 1.5, 2 };
    static double x1[2 * ROWS], x[2 * ROWS], v[2 * ROWS], t[ROWS];
    double side = scales[_i] / .45, mean = 0, square = 0, floor = checkerboard_floor(side);
    rill_data_draw(rill_data_find("checkerboard"), seed, 0, 0, ROWS, x1, NULL, NULL);
    for (int i = 0; i < 2 * ROWS; i++)
        x1[i] *= scales[_i];
    rill_flow flow = { .net = { .velocity = nothing }, .stratified = 1 };
    rill_flow_batch batch = { .x1 = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 2), x1, 2 * ROWS) };
    rill_flow_parts p = rill_flow_build(&flow, batch);
    rill_tensor *outputs[] = { p.x, p.velocity, p.t };
    rill_program *program = compiled(g, outputs, 3);
    run(program);
    rill_read(program, p.x, x, 2 * ROWS);
    rill_read(program, p.velocity, v, 2 * ROWS);
    rill_read(program, p.t, t, ROWS);
    rill_program_free(program);
    for (int i = 0; i < 2 * ROWS; i++) {
        double s = 1 - t[i / 2];
        axis here = axis_at(x[i] / t[i / 2], s / t[i / 2], side);
        axis other = axis_at(x[i ^ 1] / t[i / 2], s / t[i / 2], side);
        double place = over(here.moment, &other) / over(here.mass, &other);
        double error = pow(v[i] - (place - x[i]) / s, 2);
        mean += error / (2 * ROWS), square += error * error / (2 * ROWS);
    }
    if (_i == 0)
        ck_assert_double_eq_tol(floor, 3.75, 5e-3); /* two decimals are printed */
    ck_assert_double_eq_tol(mean, floor, 5 * sqrt(square / (2 * ROWS))); /* five standard errors */
}
END_TEST

/* ---- Pairs that correlate: s0 s1 sqrt(1 - rho^2) arccos(rho) on the linear path. */

/* A mean of squares of what is linear in (z0, z1) is exact by three places an axis. */
static const double places[] = { -1.7320508075688772, 0, 1.7320508075688772 };
static const double masses[] = { 1. / 6, 2. / 3, 1. / 6 };
enum { TIMES = 201, ROWS = 9 * TIMES };

START_TEST(pairs_that_correlate_have_the_floor_of_the_formula)
{
    static const double numbers[][5] = { { 0, 1, 0, 1, 0 },       { 0, 1, 2, 1, .5 },
                                         { -1, .5, 3, 2, -.6 },   { .5, 2, -1, .3, .9 },
                                         { 1, 1.5, -2, .7, -.3 }, { 0, 1, 1, 2, 1 } };
    const double *n = numbers[_i];
    gaussian k = { &rill_path_linear, n[0], n[1], n[2], n[3], n[4] };
    static double x0[ROWS], x1[ROWS], t[ROWS], x[ROWS], v[ROWS];
    double floor = 0, slant = 0, own = sqrt(1 - k.rho * k.rho);
    for (int i = 0; i < ROWS; i++) {
        double z0 = places[i % 3], z1 = places[i / 3 % 3];
        x0[i] = k.m0 + k.s0 * z0, x1[i] = k.m1 + k.s1 * (k.rho * z0 + own * z1);
        t[i] = (double)(i / 9) / (TIMES - 1);
    }
    rill_flow flow = { .net = { .velocity = nothing } };
    rill_flow_parts p = rill_flow_build(
        &flow, (rill_flow_batch){ .x0 = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), x0, ROWS),
                                  .x1 = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), x1, ROWS),
                                  .t = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS), t, ROWS) });
    evaluate(p.x, x, ROWS);
    evaluate(p.velocity, v, ROWS);
    for (int i = 0; i < ROWS; i++) {
        double simpson = i / 9 == 0 || i / 9 == TIMES - 1 ? 1 : i / 9 % 2 ? 4 : 2;
        double w = simpson / (3 * (TIMES - 1)) * masses[i % 3] * masses[i / 3 % 3];
        double error = v[i] - velocity_at(&k, t[i], x[i]);
        floor += w * error * error;
        slant += w * error * x[i];
    }
    /* Simpson's rule: h^4/180 = 3e-12 of fourth derivatives of 1/V, which is from .05 (at rho = .9
     * from .09) on. */
    ck_assert_double_eq_tol(floor, k.s0 * k.s1 * own * acos(k.rho), 1e-6);
    ck_assert_double_eq_tol(slant, 0, 1e-12); /* nothing of x is left to learn */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("floor");
    TCase *all = tcase_create("floors");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_loop_test(all, floors_are_integrals_of_mmse, 0, sizeof floors / sizeof *floors);
    tcase_add_loop_test(all, the_checkerboard_has_its_floor, 0, 4);
    tcase_add_loop_test(all, pairs_that_correlate_have_the_floor_of_the_formula, 0, 6);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
