/* test_trajectory.c - what is travelled, against closed forms and quadrature. */
#include "tools/metrics/trajectory.h"

#include "models/flow/coupling.h"
#include "models/flow/mixture.h"
#include "models/ode/integrate.h"
#include "tests/suite.h"
#include "tools/metrics/metrics.h"

#include <check.h>
#include <math.h>

/* A trajectory of K even steps is measured to (2 K^2)^-1 of the squared acceleration or less. */
enum { STEPS = 400, COUNT = 400 };

static double x[(STEPS + 1) * COUNT];

/* ---- The exact flow of mixtures in one dimension, from quantiles. */

/* Where a distribution function is p, by bisection. */
static double quantile_of(const rill_mixture *m, double p)
{
    double low = -30, high = 30;
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high), below = 0;
        for (int64_t k = 0; k < m->count; k++)
            below += m->weight[k] * 0.5 * erfc((m->mean[k] - middle) / m->sd[k] / M_SQRT2);
        *(below < p ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

typedef struct pair {
    rill_mixture source, target;
} pair;

static rill_status exact_velocity(void *self, const double *t, const void *at, void *dxdt)
{
    const pair *p = self;
    for (int i = 0; i < COUNT; i++) {
        rill_mixture_field field;
        rill_status status = rill_mixture_field_at(&p->source, &p->target, rill_mixing_linear(t[i]),
                                                   (const double *)at + i, &field, NULL);
        if (status)
            return status;
        ((double *)dxdt)[i] = field.velocity[0];
    }
    return RILL_OK;
}

static rill_status keep(void *self, int64_t row, int64_t index, const void *at)
{
    (void)self;
    x[index * COUNT + row] = *(const double *)at;
    return RILL_OK;
}

static rill_travel travel_of(const pair *p)
{
    double times[STEPS + 1], at[COUNT];
    rill_message message = { "" };
    rill_ode ode = { RILL_F64, COUNT, 1, exact_velocity, keep, (void *)(uintptr_t)p };
    rill_ode_options options = { .solver = rill_solver_find("rk4") };
    rill_time_grid(0, 1, STEPS, times, NULL);
    for (int i = 0; i < COUNT; i++)
        at[i] = quantile_of(&p->source, (i + 0.5) / COUNT);
    ck_assert_msg(!rill_ode_integrate(&ode, &options, times, STEPS + 1, at, &message), "%s",
                  message.text);
    rill_trajectory trajectory = { .x = x, .time_count = STEPS + 1, .count = COUNT, .dim = 1 };
    rill_travel travel;
    ck_assert_msg(!rill_trajectory_measure(&trajectory, &travel, &message), "%s", message.text);
    return travel;
}

/* E|u|^2 over time and space, by the midpoint rule: nothing is followed along any trajectory. */
static double mean_squared_speed(const pair *p)
{
    enum { TIMES = 200, PLACES = 4000 };
    double sum = 0, width = 20.0 / PLACES;
    for (int k = 0; k < TIMES; k++)
        for (int i = 0; i < PLACES; i++) {
            double place = -10 + (i + 0.5) * width;
            rill_mixture_field f;
            rill_mixture_field_at(&p->source, &p->target, rill_mixing_linear((k + 0.5) / TIMES),
                                  &place, &f, NULL);
            if (f.density > 0)
                sum += f.density * f.velocity[0] * f.velocity[0] * width / TIMES;
        }
    return sum;
}

/* Ways on the line do not cross: quantiles go to quantiles, and W2 is between them. */
static double squared_w2(const pair *p)
{
    enum { MANY = 20000 };
    double sum = 0;
    for (int i = 0; i < MANY; i++)
        sum += pow(quantile_of(&p->target, (i + 0.5) / MANY) -
                       quantile_of(&p->source, (i + 0.5) / MANY),
                   2);
    return sum / MANY;
}

static const double halves[] = { 0.5, 0.5 }, thirds[] = { 1 / 3., 2 / 3. }, one[] = { 1 };
static const double at_two[] = { -2, 2 }, at_one[] = { -1, 1.5 }, origin[] = { 0 };
static const double sd3[] = { 0.3, 0.3 }, sd57[] = { 0.5, 0.7 }, unit[] = { 1 }, two[] = { 2 };

static const pair mixtures[] = {
    { { 1, 1, one, origin, unit }, { 1, 2, halves, at_two, sd3 } },
    { { 1, 1, one, origin, unit }, { 1, 2, thirds, at_one, sd57 } },
    { { 1, 1, one, origin, two }, { 1, 2, halves, at_one, sd57 } },
    { { 1, 2, thirds, at_one, sd57 }, { 1, 2, halves, at_two, sd57 } },
};

/* Along ways that do not cross, the integral of E|x_1 - x_0 - u|^2 is that of E|u|^2 less W2^2.
 * 400 quantiles leave out tails, of 1/400 of the mass and some units away. */
START_TEST(straightness_of_mixtures_is_what_quadrature_says)
{
    const pair *p = &mixtures[_i];
    rill_travel travel = travel_of(p);
    double speed = mean_squared_speed(p), least = squared_w2(p);
    ck_assert_double_eq_tol(travel.squared_speed, speed, 0.01 * speed);
    ck_assert_double_eq_tol(travel.straightness, speed - least, 0.01 * (speed - least));
    if (_i > 0)
        return;
    ck_assert_double_eq_tol(speed - least, 1.051, 5e-4);
    ck_assert_double_eq_tol(travel.straightness, 1.051, 5e-4 + 5e-4); /* and the tails */
}
END_TEST

/* ---- Gaussians, whose ways are known: x_t = mean_t + sd_t z. */

static const struct gaussian {
    double mean0, sd0, mean1, sd1, rho;
} gaussians[] = { { 0, 1, 2, 1, 0 },
                  { 0, 1, 2, 1, 1 },
                  { 1, .5, -1, 2, 0 },
                  { 0, 1, 3, .2, 0 },
                  { -2, 1.5, 1, .5, .5 } };

static double variance_at(const struct gaussian *g, double t)
{
    double s0 = (1 - t) * g->sd0, s1 = t * g->sd1;
    return s0 * s0 + s1 * s1 + 2 * g->rho * s0 * s1;
}

/* Of COUNT values of z whose mean is 0 and whose variance is 1; `dim` 2 has two such at once. */
static rill_travel gaussian_travel(const struct gaussian *g, int dim)
{
    double times[STEPS + 1];
    rill_message message = { "" };
    for (int k = 0; k <= STEPS; k++) {
        double t = times[k] = pow((double)k / STEPS, 1.2); /* not even */
        double mean = (1 - t) * g->mean0 + t * g->mean1, sd = sqrt(variance_at(g, t));
        for (int i = 0; i < COUNT; i++)
            x[k * COUNT + i] = mean + (i / dim % 2 ? sd : -sd);
    }
    rill_trajectory trajectory = { x, times, STEPS + 1, COUNT / dim, dim };
    rill_travel travel;
    ck_assert_msg(!rill_trajectory_measure(&trajectory, &travel, &message), "%s", message.text);
    return travel;
}

/* The integral of (d sd_t/dt)^2 = V'^2 / (4 V), by Simpson's rule. */
static double squared_growth(const struct gaussian *g)
{
    enum { N = 20000 };
    double sum = 0;
    for (int k = 0; k <= N; k++) {
        double t = (double)k / N, d = 1e-6;
        double rate = (variance_at(g, t + d) - variance_at(g, t - d)) / (2 * d);
        double weight = k == 0 || k == N ? 1 : k % 2 ? 4 : 2;
        sum += weight * rate * rate / (4 * variance_at(g, t)) / (3.0 * N);
    }
    return sum;
}

/* Steps of 1/400 leave 1e-5 or so of what bends; differences of V are good to 1e-9. */
START_TEST(gaussians_travel_as_their_formulas_say)
{
    const struct gaussian *g = &gaussians[_i];
    double growth = squared_growth(g), move = g->mean1 - g->mean0, widen = g->sd1 - g->sd0;
    double w2 = sqrt(move * move + widen * widen);
    for (int dim = 1; dim <= 2; dim++) {
        rill_travel travel = gaussian_travel(g, dim);
        double speed = dim * (move * move + growth), bend = dim * (growth - widen * widen);
        ck_assert_double_eq_tol(travel.squared_speed, speed, 1e-4 * speed);
        ck_assert_double_eq_tol(travel.straightness, bend, 1e-4 * speed);
        ck_assert_double_eq_tol(rill_normalized_path_energy(travel.squared_speed, sqrt(dim) * w2),
                                (growth - widen * widen) / (w2 * w2), 1e-4 * speed / (w2 * w2));
    }
    double energy = rill_normalized_path_energy(move * move + growth, w2);
    if (_i < 2)
        ck_assert_double_eq_tol(energy, _i == 0 ? .107300918 : 0, 1e-9);
}
END_TEST

/* ---- Pairs of optimal transport: their lines do not cross, so that the velocity at a place is
 * that of the one line there, and the flow is straight and travels W2 and no more.  Lines of other
 * pairs cross. */

enum { PAIRS = 64 };

/* The pairs of a coupling at uneven times, and how many exchanges of order there are. */
static int lay_out(const rill_coupling *coupling, const float *from, const float *to, double *ways)
{
    int64_t from0[PAIRS], from1[PAIRS];
    rill_coupling_batch batch = { .rows = PAIRS, .width = 1, .x0 = from, .x1 = to };
    rill_pairing *pairing = rill_pairing_new(coupling, PAIRS, NULL);
    ck_assert_int_eq(rill_pairing_find(pairing, &batch, from0, from1, NULL), RILL_OK);
    rill_pairing_free(pairing);
    int crossings = 0;
    for (int k = 0; k <= 8; k++)
        for (int i = 0; i < PAIRS; i++) {
            double a = (double)from[from0[i]], b = (double)to[from1[i]];
            ways[k * PAIRS + i] = a + k / 8. * (b - a);
            for (int j = 0; k == 8 && j < PAIRS; j++)
                crossings +=
                    ways[j] < ways[i] && ways[8 * PAIRS + j] > ways[8 * PAIRS + i] && j < i;
        }
    return crossings;
}

START_TEST(pairs_of_ot_go_straight)
{
    float from[PAIRS], to[PAIRS];
    double ways[9 * PAIRS], ends[PAIRS], energy[2];
    for (int i = 0; i < PAIRS; i++) { /* in an order that says nothing */
        from[i] = (float)quantile_of(&mixtures[_i].source, (i * 37 % PAIRS + .5) / PAIRS);
        to[i] = (float)quantile_of(&mixtures[_i].target, (i * 11 % PAIRS + .5) / PAIRS);
        ends[i] = (double)to[i];
    }
    for (int k = 0; k < 2; k++) {
        int crossings = lay_out(k ? &rill_coupling_ot : &rill_coupling_independent, from, to, ways);
        rill_trajectory lines = { .x = ways, .time_count = 9, .count = PAIRS, .dim = 1 };
        rill_travel travel;
        rill_distance w2;
        ck_assert_int_eq(rill_trajectory_measure(&lines, &travel, NULL), RILL_OK);
        ck_assert_int_eq(rill_w2(&(rill_points){ ways, PAIRS, 1 }, &(rill_points){ ends, PAIRS, 1 },
                                 0, &w2, NULL),
                         RILL_OK);
        energy[k] = rill_normalized_path_energy(travel.squared_speed, w2.value);
        ck_assert_double_eq_tol(travel.straightness, 0, 1e-12); /* of 64 lines, rounded */
        ck_assert(k ? crossings == 0 : crossings > PAIRS);
    }
    ck_assert_double_gt(energy[0], .1);
    ck_assert_double_eq_tol(energy[1], 0, 1e-12);
}
END_TEST

/* ---- Straight ways, and what is no trajectory. */

START_TEST(what_moves_evenly_has_no_defect)
{
    static const double places[] = { 0, 1, 1, 3, 2, 5 }, uneven[] = { 0, .5, 1 };
    rill_trajectory even = { places, NULL, 3, 1, 2 };
    rill_travel travel;
    ck_assert_int_eq(rill_trajectory_measure(&even, &travel, NULL), RILL_OK);
    ck_assert_double_eq(travel.straightness, 0);
    ck_assert_double_eq(travel.squared_speed, 20);
    /* The same places reached late: half the way in a tenth of the time. */
    static const double late[] = { 0, .9, 1 };
    even.times = uneven;
    ck_assert_int_eq(rill_trajectory_measure(&even, &travel, NULL), RILL_OK);
    ck_assert_double_eq(travel.straightness, 0);
    even.times = late;
    ck_assert_int_eq(rill_trajectory_measure(&even, &travel, NULL), RILL_OK);
    double slow = 1 - .5 / .9, fast = .5 / .1 - 1;
    ck_assert_double_eq_tol(travel.straightness, 20 * (.9 * slow * slow + .1 * fast * fast), 1e-12);
}
END_TEST

START_TEST(what_cannot_be_measured_is_refused)
{
    static const double places[] = { 0, 1, 2, 3 }, back[] = { 1, 0 }, nan_at[] = { 0, (double)NAN },
                        broken[] = { 0, 1, (double)INFINITY, 3 };
    const rill_trajectory wrong[] = {
        { NULL, NULL, 2, 2, 1 },    { places, NULL, 1, 4, 1 }, { places, NULL, 2, 0, 1 },
        { places, NULL, 2, 2, 0 },  { places, back, 2, 2, 1 }, { places, nan_at, 2, 2, 1 },
        { places, NULL, -2, 2, 1 },
    };
    rill_travel travel;
    rill_message message;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_int_eq(rill_trajectory_measure(&wrong[i], &travel, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_trajectory_measure(NULL, &travel, &message), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(
        rill_trajectory_measure(&(rill_trajectory){ places, NULL, 2, 2, 1 }, NULL, &message),
        RILL_BAD_ARGUMENT);
    ck_assert_int_eq(
        rill_trajectory_measure(&(rill_trajectory){ broken, NULL, 2, 2, 1 }, &travel, &message),
        RILL_NOT_FINITE);
    ck_assert_str_eq(message.text, "trajectory: sample 0 is not finite at time 1 (counted from 0)");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trajectory");
    TCase *all = tcase_create("trajectory");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, straightness_of_mixtures_is_what_quadrature_says, 0,
                        (int)(sizeof mixtures / sizeof *mixtures));
    tcase_add_loop_test(all, gaussians_travel_as_their_formulas_say, 0,
                        (int)(sizeof gaussians / sizeof *gaussians));
    tcase_add_loop_test(all, pairs_of_ot_go_straight, 0, (int)(sizeof mixtures / sizeof *mixtures));
    tcase_add_test(all, what_moves_evenly_has_no_defect);
    tcase_add_test(all, what_cannot_be_measured_is_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
