/* test_objectives.c - objectives of mean velocities: what they ask the network for is the exact
 * flow's. */
#include "core/grad.h"
#include "gaussian.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/nets/built_in.h"
#include "models/ode/unroll.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <string.h>

enum { B = 16, D = 3 };
static const uint64_t seed = 31;
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

/* ---- The exact mean velocity of a Gaussian's flow, as a network told [t, how far]. */

static rill_tensor *exact_average(rill_tensor *x, rill_tensor *times, rill_tensor *cond,
                                  const void *self)
{
    const gaussian *k = self;
    (void)cond;
    rill_tensor *t = rill_slice(times, 1, 0, 1, 1), *far = rill_slice(times, 1, 1, 2, 1);
    rill_tensor *there = flow_nodes(k, t, rill_add(t, far), x);
    return rill_div(rill_sub(there, x), far);
}

static double average_of(const gaussian *k, double t, double until, double x)
{
    return (flow_of(k, t, until, x) - x) / (until - t);
}

/* Pairs of rows through points of the path, at times t < until. */
typedef struct rows {
    double x0[B], x1[B], x[B], t[B], until[B];
} rows;

static rows rows_through(const gaussian *k)
{
    rows r;
    for (int i = 0; i < B; i += 2) {
        double t = .06 * i, until = t + (1 - t) * (i + 2) / B, x0[2], x1[2];
        double x = mean_at(k, t) + (.3 * i - 2) * sqrt(variance_at(k, t));
        pairs_through(k, t, x, .7 * (k->rho < 1), x0, x1);
        for (int j = 0; j < 2; j++) {
            r.x0[i + j] = x0[j], r.x1[i + j] = x1[j], r.x[i + j] = x;
            r.t[i + j] = t, r.until[i + j] = until;
        }
    }
    return r;
}

static rill_tensor *column(const double *values)
{
    return rill_constant(g, RILL_F64, RILL_SHAPE(B, 1), values, B);
}

static rill_flow_batch batch_of(const rows *r)
{
    return (rill_flow_batch){
        .x0 = column(r->x0), .x1 = column(r->x1), .t = column(r->t), .until = column(r->until)
    };
}

static const double owns[] = { 0, .3, 1 };

/* share, power, how much of the velocity is the network's own, and ends. */
static rill_objective meanflow_of(const double *numbers)
{
    rill_objective objective = rill_objective_meanflow;
    objective.self = numbers;
    return objective;
}

/* The target's mean over the pairs through a point is the exact mean velocity, which the identity
 * of MeanFlow says.  Roundings: a dozen, of values to 10, divided by variances from .09. */
START_TEST(the_exact_mean_velocity_is_the_target_of_meanflow)
{
    const gaussian *k = &gaussians[_i];
    const double numbers[] = { .1, .5, 0, 0 };
    double target[B], said[B];
    rows r = rows_through(k);
    rill_objective objective = meanflow_of(numbers);
    rill_flow flow = { .path = k->path,
                       .net = { exact_average, k, "exact" },
                       .objective = &objective };
    rill_flow_parts p = rill_flow_build(&flow, batch_of(&r));
    evaluate(p.target, target, B);
    evaluate(p.prediction, said, B);
    for (int i = 0; i < B; i += 2) {
        double wanted = average_of(k, r.t[i], r.until[i], r.x[i]);
        ck_assert_double_eq_tol((target[i] + target[i + 1]) / 2, wanted, 1e-11);
        ck_assert_double_eq_tol(said[i], wanted, 1e-11);
        if (k->rho == 0)
            ck_assert_double_ge(fabs(target[i] - target[i + 1]), 1e-3);
    }
}
END_TEST

/* Two half steps of an exact flow are the step, whatever the pair. */
START_TEST(the_exact_mean_velocity_is_the_target_of_shortcut)
{
    const gaussian *k = &gaussians[_i];
    double target[B];
    rows r = rows_through(k);
    rill_flow flow = { .path = k->path,
                       .net = { exact_average, k, "exact" },
                       .objective = &rill_objective_shortcut };
    rill_flow_parts p = rill_flow_build(&flow, batch_of(&r));
    evaluate(p.target, target, B);
    for (int i = 0; i < B; i++)
        ck_assert_double_eq_tol(target[i], average_of(k, r.t[i], r.until[i], r.x[i]), 1e-11);
}
END_TEST

START_TEST(exact_averages_sample_in_any_number_of_steps)
{
    const gaussian *k = &gaussians[_i];
    static const double grids[][4] = { { 0, 1 }, { 0, .3, .9, 1 } };
    const rill_objective *objectives[] = { &rill_objective_meanflow, &rill_objective_shortcut };
    double x[B];
    const double *x0 = normals(seed, 0, B);
    for (int j = 0; j < 4; j++) {
        rill_flow flow = { .path = k->path,
                           .net = { exact_average, k, "exact" },
                           .objective = objectives[j / 2] };
        rill_tensor *y = rill_ode_unroll(rill_flow_field(&flow), rill_solver_find("euler"),
                                         grids[j % 2], j % 2 ? 4 : 2, column(x0), NULL);
        evaluate(y, x, B);
        for (int i = 0; i < B; i++)
            ck_assert_double_eq_tol(x[i], flow_of(k, 0, 1, x0[i]), 1e-12);
    }
}
END_TEST

/* ---- Networks that learn. */

static const rill_net_size size = { .hidden = 16, .layers = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

static rill_flow_batch random_batch(double far)
{
    rill_tensor *t = rill_scale(time_constant(g, RILL_SHAPE(B, 1)), .5);
    return (rill_flow_batch){ .x0 = normal_constant(g, seed, 0, RILL_SHAPE(B, D)),
                              .x1 = normal_constant(g, seed, 1, RILL_SHAPE(B, D)),
                              .t = t,
                              .until = rill_shift(t, far) };
}

/* Loss, and its gradient in every parameter, one after the other; their number. */
static int64_t gradients(rill_tensor *loss, double *out)
{
    rill_tensor *params[16], *grads[16];
    int64_t n = rill_depends_on(&loss, 1, RILL_PARAMETER, params, 16), used = 1;
    ck_assert(n > 0 && n <= 16);
    rill_grad(loss, params, n, grads);
    evaluate(loss, out, 1);
    for (int64_t i = 0; i < n; used += rill_count(grads[i]), i++)
        evaluate(grads[i], out + used, rill_count(grads[i]));
    return used;
}

enum { MOST_GRADIENTS = 1024 };

/* Sums of a few dozen terms that are about 1, in another order. */
static void expect_equal_gradients(rill_tensor *a, rill_tensor *b)
{
    static double x[MOST_GRADIENTS], y[MOST_GRADIENTS];
    int64_t n = gradients(a, x);
    ck_assert_int_eq(n, gradients(b, y));
    for (int64_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(x[i], y[i], 1e-13);
}

/* The network that is told a time alone, as one that has no way to go. */
static rill_tensor *told_no_way(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    return rill_mlp(x, rill_concat(t, rill_scale(t, 0), -1), cond, self);
}

static const double plain[] = { .25, 0, 0 }; /* share, power, own */
static const double halving[] = { .25, 7 };

static rill_objective objective_at(int i)
{
    rill_objective o = i ? rill_objective_shortcut : rill_objective_meanflow;
    o.self = i ? halving : plain;
    return o;
}

START_TEST(with_nowhere_to_go_it_is_flow_matching)
{
    rill_objective objective = objective_at(_i);
    rill_flow flow = { .net = mlp, .objective = &objective };
    rill_flow velocity = { .net = { told_no_way, &size, "mlp" } };
    rill_flow_batch batch = random_batch(0);
    rill_tensor *loss = rill_flow_loss(&flow, batch);
    batch.until = NULL;
    expect_equal_gradients(loss, rill_flow_loss(&flow, batch)); /* until is t where t is given */
    expect_equal_gradients(loss, rill_flow_loss(&velocity, batch));
    rill_tensor *x = batch.x0, *t = batch.t;
    double a[B * D], b[B * D];
    evaluate(rill_flow_velocity(&flow, x, t, NULL), a, B * D);
    evaluate(rill_flow_velocity(&velocity, x, t, NULL), b, B * D);
    ck_assert_mem_eq(a, b, sizeof a);
}
END_TEST

START_TEST(targets_are_not_differentiated)
{
    double target[B * D];
    rill_objective objective = objective_at(_i);
    rill_flow flow = { .net = mlp, .objective = &objective };
    rill_flow_parts p = rill_flow_build(&flow, random_batch(.5));
    evaluate(p.target, target, B * D);
    rill_tensor *fixed = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), target, B * D);
    expect_equal_gradients(p.loss, rill_mean_all(rill_square(rill_sub(p.prediction, fixed))));
}
END_TEST

static rill_tensor *said(rill_tensor *x, rill_tensor *t, rill_tensor *until)
{
    return rill_net_velocity(&mlp, x, rill_concat(t, rill_sub(until, t), -1), NULL);
}

/* The velocity along which MeanFlow goes. */
static rill_tensor *followed(const rill_flow_parts *p, double own)
{
    return rill_add(rill_scale(p->velocity, 1 - own), rill_scale(said(p->x, p->t, p->t), own));
}

/* Central differences of step 1e-5: their error is of the order of 1e-10 in a smooth network. */
START_TEST(the_target_of_meanflow_follows_the_network_along_the_path)
{
    enum { N = B * D };
    double target[N], v[N], before[N], after[N], t[B], until[B];
    const double e = 1e-5, numbers[] = { .1, .5, owns[_i], 0 };
    rill_objective objective = meanflow_of(numbers);
    rill_flow flow = { .path = &rill_path_curved, .net = mlp, .objective = &objective };
    rill_flow_batch batch = random_batch(.3);
    rill_flow_parts p = rill_flow_build(&flow, batch);
    rill_tensor *velocity = followed(&p, owns[_i]);
    evaluate(p.target, target, N);
    evaluate(velocity, v, N);
    evaluate(p.t, t, B);
    evaluate(p.until, until, B);
    rill_tensor *step = rill_scale(velocity, e);
    evaluate(said(rill_sub(p.x, step), rill_shift(p.t, -e), p.until), before, N);
    evaluate(said(rill_add(p.x, step), rill_shift(p.t, e), p.until), after, N);
    for (int i = 0; i < N; i++) {
        double rate = (after[i] - before[i]) / (2 * e);
        ck_assert_double_eq_tol(target[i], v[i] + (until[i / D] - t[i / D]) * rate, 1e-8);
    }
}
END_TEST

/* Where its own velocity takes part, that is taught as by flow matching, and no more. */
START_TEST(meanflow_learns_the_velocity_that_it_follows)
{
    enum { N = B * D };
    double target[N], v[N];
    const double numbers[] = { .1, 0, owns[_i], 0 };
    rill_objective objective = meanflow_of(numbers);
    rill_flow flow = { .net = mlp, .objective = &objective };
    rill_flow_parts p = rill_flow_build(&flow, random_batch(.3));
    evaluate(p.target, target, N);
    evaluate(p.velocity, v, N);
    rill_tensor *fixed = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), target, N);
    rill_tensor *data = rill_constant(g, RILL_F64, RILL_SHAPE(B, D), v, N);
    rill_tensor *loss = rill_mean_all(rill_square(rill_sub(p.prediction, fixed)));
    rill_tensor *here = rill_mean_all(rill_square(rill_sub(said(p.x, p.t, p.t), data)));
    expect_equal_gradients(p.loss, owns[_i] > 0 ? rill_add(loss, here) : loss);
}
END_TEST

START_TEST(the_target_of_shortcut_is_the_mean_of_two_half_steps)
{
    enum { N = B * D };
    double target[N], wanted[N];
    for (int round = 0; round < 2; round++) {
        double far = round ? 1. / 64 : .5; /* halves of the least step are told to be none */
        rill_flow flow = { .net = mlp, .objective = &rill_objective_shortcut };
        rill_flow_parts p = rill_flow_build(&flow, random_batch(far));
        rill_tensor *middle = rill_shift(p.t, far / 2);
        rill_tensor *first = said(p.x, p.t, round ? p.t : middle);
        rill_tensor *y = rill_add(p.x, rill_scale(first, far / 2));
        rill_tensor *second = said(y, middle, round ? middle : p.until);
        evaluate(p.target, target, N);
        evaluate(rill_scale(rill_add(first, second), .5), wanted, N);
        for (int i = 0; i < N; i++)
            ck_assert_double_eq_tol(target[i], wanted[i], 1e-13); /* t + far - t is rounded */
    }
}
END_TEST

START_TEST(a_power_divides_the_error)
{
    enum { N = B * D };
    double target[N], guess[N], loss;
    for (int i = 0; i < 5; i++) {
        double with[] = { .5, .25 * i, 0, 0 }, wanted = 0;
        rill_objective objective = meanflow_of(with);
        rill_flow flow = { .net = mlp, .objective = &objective };
        rill_flow_parts p = rill_flow_build(&flow, random_batch(.3));
        evaluate(p.target, target, N);
        evaluate(p.prediction, guess, N);
        evaluate(p.loss, &loss, 1);
        for (int row = 0; row < B; row++) {
            double square = 0;
            for (int j = row * D; j < row * D + D; j++)
                square += (target[j] - guess[j]) * (target[j] - guess[j]);
            wanted += square / pow(square + 1e-3, .25 * i) / N;
        }
        ck_assert_double_eq_tol(loss, wanted, 1e-13 * (1 + wanted)); /* 48 terms, and a power */
    }
}
END_TEST

/* ---- Times that are drawn. */

static rill_flow_parts drawn(const rill_objective *objective, int64_t count)
{
    rill_flow flow = { .net = mlp, .objective = objective };
    rill_tensor *x1 = rill_full(g, RILL_F64, RILL_SHAPE(count, 1), 1);
    return rill_flow_build(&flow, (rill_flow_batch){ .x1 = x1 });
}

enum { MANY = 4096 };

/* Of two uniform times the first has mean 1/3, and the way to the second 1/3 too; from one time the
 * way to the end has mean 1/2.  Four standard errors: .5 of a share, .236 and .289 of the times. */
START_TEST(meanflow_draws_two_times_in_order)
{
    static double t[MANY], until[MANY];
    const double shares[] = { 0, .3, .75, 1 }, ends[] = { 0, .7, .5, 1 };
    double with[] = { shares[_i / 4], .5, 0, ends[_i % 4] }, first[2] = { 0 }, way[2] = { 0 };
    double whole = (1 - shares[_i / 4]) * ends[_i % 4];
    int still = 0, count[2] = { 0 }, ahead[2] = { 0 };
    rill_objective objective = meanflow_of(with);
    rill_flow_parts p = drawn(&objective, MANY);
    evaluate(p.t, t, MANY);
    evaluate(p.until, until, MANY);
    for (int i = 0; i < MANY; i++) {
        int to_end = until[i] == 1;
        ck_assert(0 <= t[i] && t[i] <= until[i] && until[i] <= 1);
        still += t[i] == until[i];
        count[to_end]++;
        first[to_end] += t[i];
        ahead[to_end] += t[i] < until[i];
        way[to_end] += until[i] - t[i];
    }
    ck_assert_double_eq_tol((double)still / MANY, shares[_i / 4], 4 * .5 / 64);
    ck_assert_double_eq_tol((double)ahead[1] / MANY, whole, 4 * .5 / 64);
    for (int to_end = 0; to_end < 2; to_end++) {
        double mean = to_end ? 1. / 2 : 1. / 3, sd = to_end ? .289 : .236;
        if (count[to_end] > 0)
            ck_assert_double_eq_tol(first[to_end] / count[to_end], mean,
                                    4 * sd / sqrt(count[to_end]));
        if (ahead[to_end] > 0)
            ck_assert_double_eq_tol(way[to_end] / ahead[to_end], mean,
                                    4 * sd / sqrt(ahead[to_end]));
    }
}
END_TEST

START_TEST(shortcut_draws_steps_of_a_grid)
{
    static double t[MANY], until[MANY];
    const double cases[][2] = { { .25, 7 }, { 1, 3 }, { .5, 1 }, { 0, 16 } };
    int count[17] = { 0 }, sizes = (int)cases[_i][1];
    rill_objective objective = rill_objective_shortcut;
    objective.self = cases[_i];
    rill_flow_parts p = drawn(&objective, MANY);
    evaluate(p.t, t, MANY);
    evaluate(p.until, until, MANY);
    for (int i = 0; i < MANY; i++) {
        double h = until[i] - t[i];
        int k = h > 0 ? (int)-log2(h) : 16;
        count[k]++;
        ck_assert(t[i] >= 0 && until[i] <= 1);
        if (h > 0)
            ck_assert(h == ldexp(1, -k) && t[i] / h == floor(t[i] / h));
    }
    for (int k = 0; k < 16; k++) { /* within four standard errors */
        double rate = k < sizes ? cases[_i][0] / sizes : 0;
        ck_assert_double_eq_tol((double)count[k] / MANY, rate,
                                4 * sqrt(rate * (1 - rate) / MANY) + 1e-12);
    }
}
END_TEST

/* ---- Sampling. */

static rill_tensor *velocity_alone(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                   const void *self)
{
    return rill_flow_velocity(self, x, t, cond);
}

static const double grid[] = { 0, .3, .7, 1 }, back[] = { 1, .4, 0 };

/* Solvers of several stages, and steps backwards, go by the velocity; unrolled equals the loop. */
START_TEST(only_steps_forwards_of_one_stage_go_by_the_mean)
{
    const rill_solver *solver = rill_solver_find(_i ? "heun" : "euler");
    rill_flow flow = { .net = mlp, .objective = &rill_objective_meanflow };
    rill_field known = rill_flow_field(&flow), alone = { velocity_alone, &flow };
    rill_tensor *x = normal_constant(g, seed, 2, RILL_SHAPE(B, D));
    double a[B * D], b[B * D], c[B * D];
    evaluate(rill_ode_unroll(known, solver, back, 3, x, NULL), a, B * D);
    evaluate(rill_ode_unroll(alone, solver, back, 3, x, NULL), b, B * D);
    ck_assert_mem_eq(a, b, sizeof a);
    evaluate(rill_ode_unroll(known, solver, grid, 4, x, NULL), a, B * D);
    evaluate(rill_ode_unroll(alone, solver, grid, 4, x, NULL), b, B * D);
    ck_assert((memcmp(a, b, sizeof a) == 0) == (_i == 1));

    rill_message message = { "" };
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(D), .batch = 5 };
    rill_sampler *s = rill_sampler_new(store, known, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    rill_sampling sampling = { .solver = solver, .times = grid, .time_count = 4, .n = B };
    sampling.x0 = normals(seed, 2, B * D), sampling.samples = c;
    ck_assert_int_eq(rill_sampler_run(s, &sampling, &message), RILL_OK);
    for (int i = 0; i < B * D; i++)
        ck_assert_double_eq_tol(a[i], c[i], 1e-13); /* what is fused rounds apart */
    rill_sampler_free(s);
}
END_TEST

/* ---- What is refused. */

START_TEST(mistakes_are_named)
{
    static const rill_objective nothing = { .name = "nothing" };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 4), 0);
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(4), .5);
    const struct {
        const rill_objective *objective;
        rill_flow_batch batch;
        const char *message;
    } lines[] = {
        { &rill_objective_meanflow, { NULL, x, NULL, NULL, t }, "until is given without t" },
        { &rill_objective_velocity, { NULL, x, t, NULL, t }, "objective of one time" },
        { &rill_objective_meanflow, { NULL, x, t, NULL, x }, "t has shape [4,4]" },
        { &nothing, { NULL, x, NULL, NULL, NULL }, "lacks a function" },
    };
    rill_flow flow = { .net = mlp, .objective = lines[_i].objective };
    ck_assert(rill_is_inert(rill_flow_loss(&flow, lines[_i].batch)));
    ck_assert_msg(strstr(rill_error(g), lines[_i].message), "%s", rill_error(g));
}
END_TEST

START_TEST(velocities_have_no_mean)
{
    rill_flow flow = { .net = mlp };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 4), 0);
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(4), .5);
    ck_assert_ptr_null((void *)(uintptr_t)rill_flow_field(&flow).average);
    ck_assert(rill_is_inert(rill_flow_average(&flow, x, t, t, NULL)));
    ck_assert_msg(strstr(rill_error(g), "no mean velocity"), "%s", rill_error(g));
    ck_assert(rill_is_inert(rill_flow_average(NULL, x, t, t, NULL)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objectives");
    TCase *c = tcase_create("objectives");
    tcase_add_checked_fixture(c, begin, end);
    suite_add_tcase(suite, c);
    tcase_add_loop_test(c, the_exact_mean_velocity_is_the_target_of_meanflow, 0, GAUSSIANS);
    tcase_add_loop_test(c, the_exact_mean_velocity_is_the_target_of_shortcut, 0, GAUSSIANS);
    tcase_add_loop_test(c, exact_averages_sample_in_any_number_of_steps, 0, GAUSSIANS);
    tcase_add_loop_test(c, with_nowhere_to_go_it_is_flow_matching, 0, 2);
    tcase_add_loop_test(c, targets_are_not_differentiated, 0, 2);
    tcase_add_loop_test(c, the_target_of_meanflow_follows_the_network_along_the_path, 0, 3);
    tcase_add_loop_test(c, meanflow_learns_the_velocity_that_it_follows, 0, 3);
    tcase_add_test(c, the_target_of_shortcut_is_the_mean_of_two_half_steps);
    tcase_add_test(c, a_power_divides_the_error);
    tcase_add_loop_test(c, meanflow_draws_two_times_in_order, 0, 16);
    tcase_add_loop_test(c, shortcut_draws_steps_of_a_grid, 0, 4);
    tcase_add_loop_test(c, only_steps_forwards_of_one_stage_go_by_the_mean, 0, 2);
    tcase_add_loop_test(c, mistakes_are_named, 0, 4);
    tcase_add_test(c, velocities_have_no_mean);
    return run_suite(suite);
}
