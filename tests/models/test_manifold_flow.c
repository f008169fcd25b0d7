/* test_manifold_flow.c - geodesic paths, tangent networks, and the loss on manifolds. */
#include "core/grad.h"
#include "models/flow/flow.h"
#include "models/manifold/geodesic.h"
#include "models/manifold/unroll.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/cast.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "points.h"

#include <string.h>

enum { B = 24 };
static const uint64_t seed = 71;
static const rill_net_size size = { .hidden = 16, .layers = 2, .classes = 3 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };
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

/* ---- The path. */

/* Position and velocity at times spread over (0,1), of B pairs. */
typedef struct ways {
    double x0[B * MOST_WIDTH], x1[B * MOST_WIDTH], x[B * MOST_WIDTH], v[B * MOST_WIDTH];
    double apart[B];
} ways;

static void walk(const rill_manifold *m, int64_t n, rill_tensor *t, ways *w)
{
    rill_path path = rill_geodesic_path(m);
    rill_tensor *x0 = points(g, m, seed, 0, B, n), *x1 = points(g, m, seed, 1, B, n);
    rill_path_point point = rill_path_point_at(&path, x0, x1, t);
    evaluate(x0, w->x0, B * n);
    evaluate(x1, w->x1, B * n);
    evaluate(point.x, w->x, B * n);
    evaluate(point.velocity, w->v, B * n);
    evaluate(rill_manifold_distance(m, x0, x1), w->apart, B);
}

START_TEST(a_geodesic_is_straight_and_even)
{
    ways w;
    double part[B], along[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    walk(m, n, t, &w);
    rill_tensor *x = rill_constant(g, RILL_F64, RILL_SHAPE(B, n), w.x, B * n);
    rill_tensor *v = rill_constant(g, RILL_F64, RILL_SHAPE(B, n), w.v, B * n);
    evaluate(
        rill_manifold_distance(m, rill_constant(g, RILL_F64, RILL_SHAPE(B, n), w.x0, B * n), x),
        part, B);
    evaluate(rill_manifold_tangent(m, x, v), along, B * n);
    for (int i = 0; i < B; i++) {
        /* The bar; a dozen roundings of numbers up to pi are some 1e-15. */
        NEAR(sqrt(dot(w.v + i * n, w.v + i * n, n)), w.apart[i], 1e-12, seed, i);
        NEAR(part[i], w.apart[i] * (i + .5) / B, 1e-12, seed, i);
        for (int64_t j = i * n; j < (i + 1) * n; j++)
            NEAR(along[j], w.v[j], 1e-12, seed, i);
        if (is(m, &rill_sphere)) {
            NEAR(dot(w.x + i * n, w.x + i * n, n), 1, 1e-12, seed, i);
            NEAR(dot(w.x + i * n, w.v + i * n, n), 0, 1e-12, seed, i);
        }
    }
    rill_manifold_free(m);
}
END_TEST

START_TEST(a_geodesic_starts_at_noise_and_ends_at_data)
{
    ways w;
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    for (int end_at = 0; end_at <= 1; end_at++) {
        walk(m, n, rill_full(g, RILL_F64, RILL_SHAPE(B, 1), end_at), &w);
        for (int i = 0; i < B * n; i++)
            /* exp undoes log to some roundings; at t = 0 there is nothing to round. */
            NEAR(w.x[i], (end_at ? w.x1 : w.x0)[i], end_at ? 4e-15 : 0, seed, i / n);
    }
    rill_manifold_free(m);
}
END_TEST

/* Between unit vectors at an angle a: x_t = (sin((1-t) a) x0 + sin(t a) x1) / sin a. */
START_TEST(on_the_sphere_it_is_the_arc_between)
{
    enum { N = 3 };
    ways w;
    walk(&rill_sphere, N, time_constant(g, RILL_SHAPE(B, 1)), &w);
    for (int i = 0; i < B; i++) {
        double a = w.apart[i], t = (i + .5) / B;
        for (int j = i * N; j < (i + 1) * N; j++) {
            double x = (sin((1 - t) * a) * w.x0[j] + sin(t * a) * w.x1[j]) / sin(a);
            double v = a * (cos(t * a) * w.x1[j] - cos((1 - t) * a) * w.x0[j]) / sin(a);
            NEAR(w.x[j], x, 4e-15 / sin(a), seed, i);
            NEAR(w.v[j], v, 2e-14 / sin(a), seed, i);
        }
    }
}
END_TEST

START_TEST(single_precision_stays_on_the_manifold)
{
    float x[B * MOST_WIDTH], v[B * MOST_WIDTH];
    double apart[B];
    rill_path path = rill_geodesic_path(&rill_sphere);
    rill_tensor *x0 = points(g, &rill_sphere, seed, 0, B, 3);
    rill_tensor *x1 = points(g, &rill_sphere, seed, 1, B, 3);
    rill_tensor *t = rill_cast(time_constant(g, RILL_SHAPE(B, 1)), RILL_F32);
    rill_path_point p =
        rill_path_point_at(&path, rill_cast(x0, RILL_F32), rill_cast(x1, RILL_F32), t);
    evaluate(p.x, x, B * 3);
    evaluate(p.velocity, v, B * 3);
    evaluate(rill_manifold_distance(&rill_sphere, x0, x1), apart, B);
    for (int i = 0; i < B; i++) {
        double length = 0, speed = 0, across = 0;
        for (int j = 3 * i; j < 3 * i + 3; j++) {
            length += (double)x[j] * (double)x[j];
            speed += (double)v[j] * (double)v[j];
            across += (double)x[j] * (double)v[j];
        }
        NEAR(length, 1, 1e-6, seed, i); /* some roundings of 6e-8 */
        NEAR(sqrt(speed), apart[i], 3e-6, seed, i);
        NEAR(across, 0, 3e-6, seed, i);
    }
}
END_TEST

/* ---- The network. */

START_TEST(a_tangent_network_is_tangent)
{
    double v[B * MOST_WIDTH], again[B * MOST_WIDTH], turned[B * MOST_WIDTH];
    space here = space_number(_i);
    rill_manifold *m = here.m;
    int64_t n = here.n;
    rill_tangent_net tangent = { m, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    rill_tensor *x = points(g, m, seed, 0, B, n), *t = time_constant(g, RILL_SHAPE(B));
    rill_tensor *u = rill_net_velocity(&net, x, t, NULL);
    evaluate(u, v, B * n);
    evaluate(rill_manifold_tangent(m, x, u), again, B * n);
    double largest = 0;
    for (int i = 0; i < B * n; i++) {
        NEAR(again[i], v[i], 1e-14, seed, i / n);
        largest = fmax(largest, fabs(v[i]));
    }
    ck_assert_double_gt(largest, .01);
    if (is(m, &rill_torus)) {
        evaluate(rill_net_velocity(&net, rill_shift(x, 2 * M_PI), t, NULL), turned, B * n);
        for (int i = 0; i < B * n; i++)
            NEAR(turned[i], v[i], 1e-13, seed, i / n); /* the angle is rounded to 1e-15 */
    }
    rill_manifold_free(m);
}
END_TEST

/* On the torus an answer (a, b) to the point (cos x, sin x) is the velocity b cos x - a sin x. */
START_TEST(the_answer_at_the_embedded_point_is_brought_back)
{
    double x[B * 2], v[B * 2], said[B * 4];
    rill_tangent_net tangent = { &rill_torus, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    rill_tensor *a = points(g, &rill_torus, seed, 0, B, 2), *t = time_constant(g, RILL_SHAPE(B));
    evaluate(a, x, B * 2);
    evaluate(rill_net_velocity(&net, a, t, NULL), v, B * 2);
    rill_tensor *seen = rill_concat(rill_cos(a), rill_sin(a), -1);
    evaluate(rill_net_velocity(&mlp, seen, t, NULL), said, B * 4); /* of the same parameters */
    for (int i = 0; i < B; i++)
        for (int j = 0; j < 2; j++) {
            double angle = x[2 * i + j], p = said[4 * i + j], q = said[4 * i + 2 + j];
            NEAR(v[2 * i + j], q * cos(angle) - p * sin(angle), 1e-14, seed, i);
        }
}
END_TEST

START_TEST(parameters_are_named_as_without_a_manifold)
{
    rill_tensor *params[16], *alone[16];
    rill_tangent_net tangent = { &rill_sphere, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    ck_assert_str_eq(net.name, "mlp");
    rill_tensor *x = points(g, &rill_sphere, seed, 0, B, 3), *t = time_constant(g, RILL_SHAPE(B));
    rill_tensor *u = rill_net_velocity(&net, x, t, NULL), *v = rill_net_velocity(&mlp, x, t, NULL);
    int64_t n = rill_depends_on(&u, 1, RILL_PARAMETER, params, 16);
    ck_assert_int_eq(rill_depends_on(&v, 1, RILL_PARAMETER, alone, 16), n);
    for (int64_t i = 0; i < n; i++)
        ck_assert_str_eq(rill_name_of(params[i]), rill_name_of(alone[i]));
}
END_TEST

/* ---- The loss. */

START_TEST(the_loss_is_the_mean_squared_tangent_error)
{
    double x[B * 3], v[B * 3], target[B * 3], loss, sum = 0;
    rill_tangent_net tangent = { &rill_sphere, mlp };
    rill_path path = rill_geodesic_path(&rill_sphere);
    rill_flow flow = { .path = &path, .net = rill_tangent_net_of(&tangent) };
    rill_tensor *x0 = points(g, &rill_sphere, seed, 0, B, 3);
    rill_tensor *x1 = points(g, &rill_sphere, seed, 1, B, 3);
    rill_flow_batch batch = { .x0 = x0, .x1 = x1, .t = time_constant(g, RILL_SHAPE(B)) };
    rill_flow_parts parts = rill_flow_build(&flow, batch);
    evaluate(parts.loss, &loss, 1);
    evaluate(parts.x, x, B * 3);
    evaluate(parts.target, target, B * 3);
    evaluate(rill_net_velocity(&mlp, parts.x, parts.t, NULL), v, B * 3);
    for (int i = 0; i < B; i++) { /* only what is tangent counts */
        double out = dot(v + 3 * i, x + 3 * i, 3);
        for (int j = 3 * i; j < 3 * i + 3; j++)
            sum += pow(v[j] - out * x[j] - target[j], 2) / (3 * B);
    }
    NEAR(loss, sum, 1e-14, seed, 0);
}
END_TEST

/* From the uniform distribution to one point c all ways meet at c, so that the best network's loss
 * is 0: the velocity is log_x(c)/(1-t), known at (x, t). */
START_TEST(training_learns_the_way_to_a_point)
{
    enum { ROWS = 64, ROUNDS = 300 };
    float rows[ROWS * 3], value;
    double early = 0, late = 0;
    rill_tangent_net tangent = { &rill_sphere, mlp };
    rill_path path = rill_geodesic_path(&rill_sphere);
    rill_flow flow = { .path = &path, .net = rill_tangent_net_of(&tangent) };
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(ROWS, 3));
    rill_tensor *loss = rill_flow_loss(
        &flow, (rill_flow_batch){ .x0 = rill_manifold_draw(&rill_sphere, x1), .x1 = x1 });
    rill_tensor *outputs[] = { loss, rill_adam(loss, (rill_adam_options){ .lr = 1e-2 }) };
    rill_program *p = compiled(g, outputs, 2);
    for (int i = 0; i < ROWS * 3; i++)
        rows[i] = i % 3 == 2 ? .8f : i % 3 == 1 ? -.6f : 0;
    rill_feed(p, x1, rows, ROWS * 3);
    for (int round = 0; round < ROUNDS; round++) {
        run(p);
        rill_read(p, loss, &value, 1);
        early += round < 20 ? (double)value / 20 : 0;
        late += round >= ROUNDS - 20 ? (double)value / 20 : 0;
    }
    /* Speed is the angle, of mean square (pi^2 - 4)/2 = 2.93: .98 in each of three numbers for a
     * network that says nothing. */
    ck_assert_double_le(late, .3 * early);
    ck_assert(early > .3 && early < 1.5);
    rill_program_free(p);
}
END_TEST

/* ---- What is refused. */

static rill_tensor *quiet(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)x, (void)t, (void)cond, (void)self;
    return NULL;
}

START_TEST(building_refuses_nonsense)
{
    double times[] = { 0, (double)NAN };
    rill_tensor *t = time_constant(g, RILL_SHAPE(B)),
                *x = rill_full(g, RILL_F64, RILL_SHAPE(B, 3), 0);
    rill_tangent_net cases[] = { { &rill_sphere, { quiet, NULL, NULL } }, { NULL, mlp } };
    static const char *why[] = { "the velocity is NULL", "no function exp" };
    for (int i = 0; i < 2; i++) {
        rill_graph *h = rill_graph_new(store);
        rill_net net = rill_tangent_net_of(&cases[i]);
        rill_tensor *p = rill_full(h, RILL_F64, RILL_SHAPE(B, 3), 0);
        ck_assert(rill_is_inert(rill_net_velocity(&net, p, time_constant(h, RILL_SHAPE(B)), NULL)));
        ck_assert_msg(strstr(rill_error(h), why[i]) != NULL, "%s", rill_error(h));
        rill_graph_free(h);
    }
    ck_assert(rill_tangent_net_of(NULL).velocity == NULL);
    rill_path path = rill_geodesic_path(NULL);
    ck_assert(rill_is_inert(rill_path_at(&path, x, x, rill_reshape(t, RILL_SHAPE(B, 1)))));
    rill_field field = rill_net_field(&mlp), none = { NULL, NULL };
    const rill_solver *euler = rill_solver_at(0);
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, none, euler, times, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, field, NULL, times, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, field, euler, NULL, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, field, euler, times, 0, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, field, euler, times, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(NULL, field, euler, times, 1, NULL, NULL)));
}
END_TEST

static rill_tensor *still(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    return rill_full(rill_graph_of(x), rill_dtype_of(x), rill_shape_of(x), 0);
}

/* Each interval alone could be gone through, one forwards and one backwards. */
START_TEST(times_that_turn_round_are_refused)
{
    const double times[] = { 0, .6, .3 };
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(B, 3), 1);
    rill_field field = { .at = still };
    const rill_solver *euler = rill_solver_at(0);
    ck_assert(!rill_is_inert(rill_manifold_unroll(&rill_sphere, field, euler, times, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_manifold_unroll(&rill_sphere, field, euler, times, 3, x, NULL)));
    ck_assert_msg(strstr(rill_error(g), "time 2 is 0.3 after 0.6") != NULL, "%s", rill_error(g));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold_flow");
    TCase *paths = tcase_create("paths"), *nets = tcase_create("networks");
    TCase *wrong = tcase_create("mistakes"), *cases[] = { paths, nets, wrong };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tcase_add_checked_fixture(cases[i], begin, end);
        suite_add_tcase(suite, cases[i]);
    }
    tcase_add_loop_test(paths, a_geodesic_is_straight_and_even, 0, space_count());
    tcase_add_loop_test(paths, a_geodesic_starts_at_noise_and_ends_at_data, 0, space_count());
    tcase_add_test(paths, on_the_sphere_it_is_the_arc_between);
    tcase_add_test(paths, single_precision_stays_on_the_manifold);
    tcase_add_loop_test(nets, a_tangent_network_is_tangent, 0, space_count());
    tcase_add_test(nets, the_answer_at_the_embedded_point_is_brought_back);
    tcase_add_test(nets, parameters_are_named_as_without_a_manifold);
    tcase_add_test(nets, the_loss_is_the_mean_squared_tangent_error);
    tcase_add_test(nets, training_learns_the_way_to_a_point);
    tcase_add_test(wrong, building_refuses_nonsense);
    tcase_add_test(wrong, times_that_turn_round_are_refused);
    return run_suite(suite);
}
