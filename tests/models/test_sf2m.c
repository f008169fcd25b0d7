/* test_sf2m.c - flow and score together, and consistency: optima that are known. */
#include "core/grad.h"
#include "gaussian.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/nets/built_in.h"
#include "ops/shape.h"

#include <string.h>

static const uint64_t seed = 37;
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

/* ---- SF2M. */

/* Says w x + c at the one time of a test. */
static rill_tensor *line(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const rill_init zero = { RILL_INIT_CONSTANT, 0 };
    (void)t, (void)cond, (void)self;
    rill_tensor *w = rill_param(g, RILL_F64, RILL_SCALAR, zero, "w");
    return rill_add(rill_mul(w, x), rill_param(g, RILL_F64, RILL_SCALAR, zero, "c"));
}

/* Eight equally likely (x0, x1, e) that have the moments of a Gaussian up to the third: a linear
 * regression on them is the one on the Gaussian itself. */
enum { CORNERS = 8 };

static rill_flow_parts corners(const rill_flow *flow, const gaussian *k, double t)
{
    double x0[CORNERS], x1[CORNERS], e[CORNERS], times[CORNERS];
    for (int i = 0; i < CORNERS; i++) {
        x0[i] = k->m0 + (i & 1 ? k->s0 : -k->s0);
        x1[i] = k->m1 + (i & 2 ? k->s1 : -k->s1);
        e[i] = i & 4 ? 1 : -1;
        times[i] = t;
    }
    rill_shape shape = RILL_SHAPE(CORNERS, 1);
    rill_flow_parts p = { .x0 = rill_constant(g, RILL_F64, shape, x0, CORNERS),
                          .x1 = rill_constant(g, RILL_F64, shape, x1, CORNERS),
                          .t = rill_constant(g, RILL_F64, shape, times, CORNERS),
                          .noise = rill_constant(g, RILL_F64, shape, e, CORNERS) };
    const rill_path *path = flow->path;
    p.spread = path->spread(p.t, path->self);
    rill_tensor *ones = rill_full(g, RILL_F64, shape, 1);
    rill_tensor *rate = rill_jvp(p.spread, p.t, ones);
    p.x = rill_add(path->at(p.x0, p.x1, p.t, path->self), rill_mul(p.spread, p.noise));
    p.velocity = rill_add(path->velocity(p.x0, p.x1, p.t, path->self), rill_mul(rate, p.noise));
    flow->objective->teach(flow, &p);
    return p;
}

/* The lines that are exact at t on a path of spread s_t: of the velocity, slope and value at 0; of
 * the score. */
typedef struct lines {
    double velocity[2], score[2];
} lines;

static lines exact_lines(const gaussian *k, double t, double s, double rate)
{
    mixing m = mixing_at(k, t);
    double v = variance_at(k, t) + s * s;
    double c = m.s * m.ds * k->s0 * k->s0 + m.a * m.da * k->s1 * k->s1 + s * rate;
    double drift = m.ds * k->m0 + m.da * k->m1, mean = mean_at(k, t);
    return (lines){ { c / v, drift - c / v * mean }, { -1 / v, mean / v } };
}

static void put(const char *name, double value)
{
    rill_message message = { "" };
    ck_assert_msg(rill_store_set(store, name, &value, 1, &message) == RILL_OK, "%s: %s", name,
                  message.text);
}

static void put_lines(lines at)
{
    put("net.w", at.velocity[0]);
    put("net.c", at.velocity[1]);
    put("score.net.w", at.score[0]);
    put("score.net.c", at.score[1]);
}

/* The largest of the loss's derivatives in its four parameters. */
static double steepest(rill_tensor *loss)
{
    rill_tensor *params[8], *grads[8];
    int64_t n = rill_depends_on(&loss, 1, RILL_PARAMETER, params, 8);
    double most = 0, value;
    ck_assert_int_eq(n, 4);
    rill_grad(loss, params, n, grads);
    for (int64_t i = 0; i < n; i++) {
        evaluate(grads[i], &value, 1);
        most = fmax(most, fabs(value));
    }
    return most;
}

static void materialise(rill_tensor *loss)
{
    double value;
    evaluate(loss, &value, 1);
}

static const gaussian independent[] = { { &rill_path_linear, 0, 1, 2, 1, 0 },
                                        { &rill_path_linear, -1, .5, 3, 2, 0 },
                                        { &rill_path_linear, .5, 2, -1, .3, 0 },
                                        { &rill_path_linear, 1, 1.5, -2, .7, 0 } };

/* Both optima are the closed forms: there the loss is level, and it is steep beside them. */
START_TEST(flow_and_score_are_what_is_learned)
{
    const gaussian *k = &independent[_i];
    const double sizes[] = { .3, 1, 2 }, times[] = { .1, .5, .85 };
    for (int i = 0; i < 18; i++) {
        double s = sizes[i % 3], t = times[i / 3 % 3];
        rill_path path = i < 9 ? rill_path_bridge : rill_path_tube;
        path.self = &s;
        rill_flow flow = { .path = &path,
                           .net = { line, NULL, "line" },
                           .objective = &rill_objective_sf2m };
        rill_tensor *loss = corners(&flow, k, t).loss;
        materialise(loss);
        double spread = i < 9 ? s * sqrt(t * (1 - t)) : s;
        double rate = i < 9 ? s * (1 - 2 * t) / (2 * sqrt(t * (1 - t))) : 0;
        lines at = exact_lines(k, t, spread, rate);
        put_lines(at);
        ck_assert_double_le(steepest(loss), 1e-12); /* sums of eight terms to 20 */
        at.score[0] += .01, at.velocity[1] += .01;
        put_lines(at);
        ck_assert_double_ge(steepest(loss), 1e-5);
    }
}
END_TEST

static const rill_net_size size = { .hidden = 8, .layers = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

START_TEST(the_loss_is_the_weighted_sum)
{
    enum { B = 8, D = 2, N = B * D };
    double v[N], dv[N], s[N], e[N], spread[B], loss, weight = _i == 0 ? 1 : .25 * _i;
    rill_objective objective = rill_objective_sf2m;
    objective.self = &weight;
    rill_flow flow = { .path = &rill_path_bridge, .net = mlp, .objective = &objective };
    rill_tensor *x1 = normal_constant(g, seed, 0, RILL_SHAPE(B, D));
    rill_tensor *t = time_constant(g, RILL_SHAPE(B));
    rill_flow_parts p = rill_flow_build(&flow, (rill_flow_batch){ .x1 = x1, .t = t });
    rill_field score = rill_flow_score_field(&flow);
    rill_tensor *outputs[] = { p.loss,     p.prediction,
                               p.velocity, score.at(p.x, p.t, NULL, score.self),
                               p.noise,    p.spread };
    rill_program *program = compiled(g, outputs, 6); /* of one step: noise is drawn once */
    run(program);
    rill_read(program, outputs[0], &loss, 1);
    rill_read(program, outputs[1], v, N);
    rill_read(program, outputs[2], dv, N);
    rill_read(program, outputs[3], s, N);
    rill_read(program, outputs[4], e, N);
    rill_read(program, outputs[5], spread, B);
    double wanted = 0;
    for (int i = 0; i < N; i++)
        wanted += (pow(v[i] - dv[i], 2) + weight * pow(spread[i / D] * s[i] + e[i], 2)) / N;
    ck_assert_double_eq_tol(loss, wanted, 1e-13 * (1 + wanted)); /* 32 terms */
    rill_program_free(program);
}
END_TEST

START_TEST(the_loss_is_finite_at_both_ends)
{
    double loss, ends[] = { 0, 1 };
    rill_flow flow = { .path = &rill_path_bridge, .net = mlp, .objective = &rill_objective_sf2m };
    rill_flow_batch batch = { .x1 = normal_constant(g, seed, 0, RILL_SHAPE(2, 2)),
                              .t = rill_constant(g, RILL_F64, RILL_SHAPE(2), ends, 2) };
    evaluate(rill_flow_loss(&flow, batch), &loss, 1);
    ck_assert(isfinite(loss));
}
END_TEST

/* ---- The score of other objectives, by conversion. */

static rill_tensor *exact_velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                   const void *self)
{
    const gaussian *k = self;
    (void)cond;
    rill_tensor *mean = moment_at(k, t, 0), *v = moment_at(k, t, 1), *ones = rill_scale(t, 0);
    ones = rill_shift(ones, 1);
    rill_tensor *c = rill_scale(rill_jvp(v, t, ones), .5);
    return rill_add(rill_jvp(mean, t, ones), rill_mul(rill_div(c, v), rill_sub(x, mean)));
}

START_TEST(the_score_follows_from_the_velocity_of_an_affine_path)
{
    enum { B = 16 };
    double score[B];
    gaussian k = independent[_i];
    k.m0 = 0; /* as noise is */
    k.path = _i % 2 ? &rill_path_cosine : &rill_path_linear;
    rill_flow flow = { .path = k.path, .net = { exact_velocity, &k, "exact" }, .source_sd = k.s0 };
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 1));
    const double *points = normals(seed, 0, B);
    rill_field field = rill_flow_score_field(&flow);
    evaluate(field.at(x, time_constant(g, RILL_SHAPE(B, 1)), NULL, field.self), score, B);
    for (int i = 0; i < B; i++) {
        double t = (i + .5) / B;
        double wanted = -(points[i] - mean_at(&k, t)) / variance_at(&k, t);
        ck_assert_double_eq_tol(score[i], wanted, 1e-10); /* divided by t and 1-t, from 1/32 */
    }
}
END_TEST

/* ---- Consistency. */

enum { ROWS = 16 };

/* (flow to the end - x) / (1 - t). */
static rill_tensor *to_the_end(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond;
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1), t);
    rill_tensor *one = rill_shift(rill_scale(t, 0), 1);
    return rill_div(rill_sub(flow_nodes(self, t, one, x), x), rest);
}

/* Pairs of correlation 1 are the two ends of one trajectory. */
static rill_flow_batch paired(const gaussian *k)
{
    double x1[ROWS];
    const double *x0 = normals(seed, 0, ROWS);
    for (int i = 0; i < ROWS; i++)
        x1[i] = k->m1 + k->s1 / k->s0 * (x0[i] - k->m0);
    return (rill_flow_batch){ .x0 = normal_constant(g, seed, 0, RILL_SHAPE(ROWS, 1)),
                              .x1 = rill_constant(g, RILL_F64, RILL_SHAPE(ROWS, 1), x1, ROWS),
                              .t = rill_scale(time_constant(g, RILL_SHAPE(ROWS)), .9) };
}

static double consistency_loss(const gaussian *k, double step, double weight, const rill_net *net)
{
    double loss, with[] = { step, weight };
    rill_objective objective = rill_objective_consistency;
    objective.self = with;
    rill_flow flow = { .path = k->path, .net = *net, .objective = &objective };
    evaluate(rill_flow_loss(&flow, paired(k)), &loss, 1);
    return loss;
}

/* Squares of roundings. */
START_TEST(the_exact_end_is_consistent)
{
    gaussian k = gaussians[_i];
    k.rho = 1;
    rill_net exact = { to_the_end, &k, "exact" };
    int straight = k.path == &rill_path_linear;
    ck_assert_double_le(consistency_loss(&k, .02, 0, &exact), 1e-24);
    ck_assert_double_le(consistency_loss(&k, .09, 0, &exact), 1e-24);
    double both = consistency_loss(&k, .09, 1, &exact);
    ck_assert((both < 1e-24) == straight); /* on a curved path the velocity changes on the way */
    gaussian other = k;
    other.s1 *= 1.5;
    rill_net wrong = { to_the_end, &other, "wrong" };
    ck_assert_double_ge(consistency_loss(&k, .09, 0, &wrong), 1e-6);
}
END_TEST

/* Against its formula, with steps that reach the end and that do not. */
START_TEST(the_loss_of_consistency_is_as_written)
{
    enum { B = 8, D = 2, N = B * D };
    const double step = .3, weight = .5 * _i;
    double with[] = { step, weight }, loss, v[N], u[N], x[N], y[N], x1[N], wanted = 0;
    rill_objective objective = rill_objective_consistency;
    objective.self = with;
    rill_flow flow = { .net = mlp, .objective = &objective };
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    rill_flow_batch batch = { .x0 = normal_constant(g, seed, 0, RILL_SHAPE(B, D)),
                              .x1 = normal_constant(g, seed, 1, RILL_SHAPE(B, D)),
                              .t = t };
    rill_flow_parts p = rill_flow_build(&flow, batch);
    rill_tensor *later = rill_min(rill_shift(t, step), rill_scalar_like(t, 1));
    rill_tensor *at = rill_path_at(&rill_path_linear, p.x0, p.x1, later);
    evaluate(p.loss, &loss, 1);
    evaluate(p.x, x, N);
    evaluate(at, y, N);
    evaluate(p.x1, x1, N);
    evaluate(rill_net_velocity(&mlp, p.x, t, NULL), v, N);
    evaluate(rill_net_velocity(&mlp, at, later, NULL), u, N);
    for (int i = 0; i < N; i++) {
        double t0 = (i / D + .5) / B, r = fmin(t0 + step, 1);
        double end0 = x[i] + (1 - t0) * v[i], end1 = y[i] + (1 - r) * u[i];
        if (r == 1)
            ck_assert_double_eq_tol(end1, x1[i], 1e-15);
        wanted += (pow(end0 - end1, 2) + weight * pow(v[i] - u[i], 2)) / N;
    }
    ck_assert_double_eq_tol(loss, wanted, 1e-13 * (1 + wanted));
}
END_TEST

/* ---- What is refused. */

START_TEST(paths_that_do_not_fit_are_named)
{
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 2), 1);
    const struct {
        const rill_path *path;
        const rill_objective *objective;
        const char *message;
    } cases[] = {
        { &rill_path_linear, &rill_objective_sf2m, "needs a random path" },
        { &rill_path_curved, &rill_objective_sf2m, "needs a random path" },
        { &rill_path_bridge, &rill_objective_consistency, "needs a path without noise" },
        { &rill_path_tube, &rill_objective_noise, "needs an affine path" },
    };
    rill_flow flow = { .path = cases[_i].path, .net = mlp, .objective = cases[_i].objective };
    ck_assert_ptr_nonnull(strstr(rill_flow_complaint(&flow), cases[_i].message));
    ck_assert(rill_is_inert(rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x })));
    ck_assert_msg(strstr(rill_error(g), cases[_i].message), "%s", rill_error(g));
}
END_TEST

START_TEST(scores_that_are_not_told_are_named)
{
    rill_flow flow = { .path = &rill_path_curved, .net = mlp };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(4, 2), 1);
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(4, 1), .5);
    ck_assert(rill_is_inert(rill_flow_score_field(NULL).at(x, t, NULL, NULL)));
    rill_field field = rill_flow_score_field(&flow);
    rill_graph *other = rill_graph_new(store);
    x = rill_full(other, RILL_F64, RILL_SHAPE(4, 2), 1);
    t = rill_full(other, RILL_F64, RILL_SHAPE(4, 1), .5);
    ck_assert(rill_is_inert(field.at(x, t, NULL, field.self)));
    ck_assert_msg(strstr(rill_error(other), "tells the score"), "%s", rill_error(other));
    rill_graph_free(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sf2m");
    TCase *c = tcase_create("sf2m");
    tcase_add_checked_fixture(c, begin, end);
    suite_add_tcase(suite, c);
    tcase_add_loop_test(c, flow_and_score_are_what_is_learned, 0, 4);
    tcase_add_loop_test(c, the_loss_is_the_weighted_sum, 0, 3);
    tcase_add_test(c, the_loss_is_finite_at_both_ends);
    tcase_add_loop_test(c, the_score_follows_from_the_velocity_of_an_affine_path, 0, 4);
    tcase_add_loop_test(c, the_exact_end_is_consistent, 0, GAUSSIANS);
    tcase_add_loop_test(c, the_loss_of_consistency_is_as_written, 0, 3);
    tcase_add_loop_test(c, paths_that_do_not_fit_are_named, 0, 4);
    tcase_add_test(c, scores_that_are_not_told_are_named);
    return run_suite(suite);
}
