/* test_manifold_flow.c - geodesic paths, tangent networks, the loss on manifolds, and solvers that
 * stay on them. */
#include "base/alloc.h"
#include "core/grad.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/manifold/geodesic.h"
#include "models/manifold/sampler.h"
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

/* ---- Solvers. */

static rill_tensor *column(rill_tensor *x, int i)
{
    return rill_slice(x, 1, i, i + 1, 1);
}

/* On "sphere:3,torus:2,euclidean:1": the sphere turns about (1,2,2)/3 by an angle of 2 sin t, the
 * torus moves by x' = -sin(x) and y' = x' + cos t, the line by z' = z cos t. */
static rill_tensor *turning(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    rill_tensor *a = column(x, 0), *b = column(x, 1), *c = column(x, 2), *rate = rill_cos(t);
    rill_tensor *turn[3] = { rill_sub(rill_scale(c, 2. / 3), rill_scale(b, 2. / 3)),
                             rill_sub(rill_scale(a, 2. / 3), rill_scale(c, 1. / 3)),
                             rill_sub(rill_scale(b, 1. / 3), rill_scale(a, 2. / 3)) };
    rill_tensor *pull = rill_neg(rill_sin(column(x, 3)));
    rill_tensor *v[6] = { rill_mul(turn[0], rill_scale(rate, 2)),
                          rill_mul(turn[1], rill_scale(rate, 2)),
                          rill_mul(turn[2], rill_scale(rate, 2)),
                          pull,
                          rill_add(pull, rate),
                          rill_mul(column(x, 5), rate) };
    return rill_concat_array(v, 6, 1);
}

static rill_manifold *product(void)
{
    return rill_manifold_parse("sphere:3,torus:2,euclidean:1", NULL);
}

static const rill_net turning_net = { turning, NULL, "turning" };

/* Where it goes from t = 0 to 1: by Rodrigues' formula, tan(x/2) e^-t, ... */
static void turned_to(const double *x, double *y)
{
    double k[3] = { 1. / 3, 2. / 3, 2. / 3 }, angle = 2 * sin(1), c = cos(angle), s = sin(angle);
    double across[3] = { k[1] * x[2] - k[2] * x[1], k[2] * x[0] - k[0] * x[2],
                         k[0] * x[1] - k[1] * x[0] };
    for (int j = 0; j < 3; j++)
        y[j] = c * x[j] + s * across[j] + (1 - c) * dot(k, x, 3) * k[j];
    y[3] = 2 * atan(exp(-1) * tan(x[3] / 2));
    double far = x[4] + (y[3] - x[3]) + sin(1);
    y[4] = atan2(sin(far), cos(far));
    y[5] = x[5] * exp(sin(1));
}

static rill_manifold_sampler *sampler_of(const rill_net *net, const rill_manifold *m, int64_t n,
                                         rill_dtype dtype, int64_t batch)
{
    rill_message message = { "" };
    rill_sampler_options options = { .dtype = dtype, .sample = RILL_SHAPE(n), .batch = batch };
    rill_manifold_sampler *s =
        rill_manifold_sampler_new(store, rill_net_field(net), m, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    return s;
}

static void sample(rill_manifold_sampler *s, const rill_sampling *sampling)
{
    rill_message message = { "" };
    ck_assert_msg(rill_manifold_sampler_run(s, sampling, &message) == RILL_OK, "%s", message.text);
}

enum { N6 = 6, MOST_STEPS = 64 };

/* The largest error at t = 1 over B rows, and how far x is from the manifold at any step. */
static double error_of(rill_manifold_sampler *s, const rill_solver *solver, int steps,
                       double *off_manifold)
{
    static double path[(MOST_STEPS + 1) * B * N6];
    double times[MOST_STEPS + 1], x0[B * N6], x[B * N6], wanted[N6], worst = 0;
    rill_time_grid(0, 1, steps, times, NULL);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = times,
                                .time_count = steps + 1,
                                .seed = seed,
                                .n = B,
                                .samples = x,
                                .noise = x0,
                                .trajectory = path });
    for (int i = 0; i < B; i++) {
        turned_to(x0 + i * N6, wanted);
        for (int j = 0; j < N6; j++) {
            double apart = x[i * N6 + j] - wanted[j];
            worst = fmax(worst, fabs(j == 3 || j == 4 ? atan2(sin(apart), cos(apart)) : apart));
        }
    }
    for (int i = 0; i < (steps + 1) * B; i++) {
        const double *at = path + i * N6;
        *off_manifold = fmax(*off_manifold, fabs(sqrt(dot(at, at, 3)) - 1));
        *off_manifold = fmax(*off_manifold, fmax(fabs(at[3]), fabs(at[4])) - M_PI);
    }
    return worst;
}

static int solver_count(void)
{
    int n = 0;
    while (rill_solver_at(n))
        n++;
    return n;
}

START_TEST(every_solver_keeps_its_order_and_stays_on_the_manifold)
{
    double off = 0;
    const rill_solver *solver = rill_solver_at(_i);
    rill_manifold *m = product();
    rill_manifold_sampler *s = sampler_of(&turning_net, m, N6, RILL_F64, B);
    double coarse = error_of(s, solver, 32, &off), fine = error_of(s, solver, 64, &off);
    double order = log2(coarse / fine);
    /* The next term of the error's expansion, of relative size 1/32, shifts the slope by that. */
    ck_assert_msg(fabs(order - solver->order) < .1, "%s: order %.3f, errors %.3g and %.3g",
                  solver->name, order, coarse, fine);
    ck_assert_msg(off <= 1e-12, "%s: %.3g off the manifold", solver->name, off);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

/* log_x(c)/(1-t) leads to c along a geodesic at even speed: in normal coordinates that is a
 * straight line, on which no solver errs. */
static rill_tensor *to_a_point(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond;
    double c[3] = { .6, 0, -.8 };
    rill_tensor *at = rill_broadcast(
        rill_constant(rill_graph_of(x), RILL_F64, RILL_SHAPE(1, 3), c, 3), rill_shape_of(x));
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1), t);
    return rill_div(rill_manifold_log(self, x, at), rest);
}

START_TEST(geodesics_are_followed_exactly)
{
    double times[] = { 0, .3, .35, .9 }, x0[B * 3], x[B * 3], target[B * 3];
    const rill_net net = { to_a_point, &rill_sphere, "to a point" };
    rill_manifold_sampler *s = sampler_of(&net, &rill_sphere, 3, RILL_F64, B);
    sample(s, &(rill_sampling){ .solver = rill_solver_at(_i),
                                .times = times,
                                .time_count = 4,
                                .seed = seed,
                                .n = B,
                                .samples = x,
                                .noise = x0 });
    rill_tensor *from = rill_constant(g, RILL_F64, RILL_SHAPE(B, 3), x0, B * 3);
    rill_tensor *zero = rill_full(g, RILL_F64, RILL_SHAPE(B, 1), 0);
    rill_tensor *way = to_a_point(from, zero, NULL, &rill_sphere);
    evaluate(rill_manifold_exp(&rill_sphere, from, rill_scale(way, .9)), target, B * 3);
    for (int i = 0; i < B * 3; i++)
        /* Roundings, over 1 - t = .1 at the end, with weights of up to 12. */
        NEAR(x[i], target[i], 1e-13, seed, i / 3);
    rill_manifold_sampler_free(s);
}
END_TEST

static void make_parameters(const rill_net *net, const rill_manifold *m, int64_t n,
                            rill_dtype dtype, rill_tensor *labels)
{
    rill_tensor *x = rill_cast(points(g, m, seed, 0, B, n), dtype);
    rill_tensor *t = rill_cast(time_constant(g, RILL_SHAPE(B)), dtype);
    rill_tensor *v = rill_net_velocity(net, x, t, labels);
    rill_program_free(compiled(g, &v, 1));
}

START_TEST(looped_and_unrolled_agree)
{
    double times[] = { 1, .45, .2, 0 }, x0[B * N6], x[B * N6], y[B * N6];
    const rill_solver *solver = rill_solver_at(_i);
    rill_manifold *m = product();
    rill_tangent_net tangent = { m, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, m, N6, RILL_F64, NULL);
    rill_manifold_sampler *s = sampler_of(&net, m, N6, RILL_F64, 16);
    sample(s, &(rill_sampling){ .solver = solver,
                                .times = times,
                                .time_count = 4,
                                .seed = 5,
                                .n = B,
                                .samples = x,
                                .noise = x0 });
    rill_tensor *from = rill_constant(g, RILL_F64, RILL_SHAPE(B, N6), x0, B * N6);
    rill_field field = rill_net_field(&net);
    evaluate(rill_manifold_unroll(m, field, solver, times, 4, from, NULL), y, B * N6);
    for (int i = 0; i < B * N6; i++)
        NEAR(x[i], y[i], 1e-13, seed, i / N6); /* the same, but for what compiling simplifies */
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(in_flat_space_solvers_are_the_usual_ones)
{
    double times[] = { 0, .2, .45, 1 }, x[B * 3], y[B * 3], noise[B * 3], flat_noise[B * 3];
    make_parameters(&mlp, &rill_euclidean, 3, RILL_F64, NULL);
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(3), .batch = 16 };
    rill_sampler *flat = rill_sampler_new(store, rill_net_field(&mlp), &options, NULL);
    rill_manifold_sampler *s = sampler_of(&mlp, &rill_euclidean, 3, RILL_F64, 16);
    rill_sampling sampling = {
        .solver = rill_solver_at(_i), .times = times, .time_count = 4, .seed = 3, .n = B, .first = 7
    };
    sampling.samples = x, sampling.noise = noise;
    sample(s, &sampling);
    sampling.samples = y, sampling.noise = flat_noise;
    ck_assert_int_eq(rill_sampler_run(flat, &sampling, NULL), RILL_OK);
    ck_assert_mem_eq(noise, flat_noise, sizeof noise);
    for (int i = 0; i < B * 3; i++)
        NEAR(x[i], y[i], 1e-14, seed, i / 3); /* sums in another order */
    rill_sampler_free(flat);
    rill_manifold_sampler_free(s);
}
END_TEST

START_TEST(back_along_the_same_grid)
{
    double times[33], back[33], x0[B * N6], x[B * N6], again[B * N6];
    rill_manifold *m = product();
    rill_manifold_sampler *s = sampler_of(&turning_net, m, N6, RILL_F64, 7);
    rill_time_grid(0, 1, 32, times, NULL);
    for (int i = 0; i <= 32; i++)
        back[i] = times[32 - i];
    rill_sampling sampling = { .solver = rill_solver_find("rk4"),
                               .times = times,
                               .time_count = 33,
                               .seed = 3,
                               .n = B,
                               .samples = x,
                               .noise = x0 };
    sample(s, &sampling);
    sampling.times = back, sampling.x0 = x, sampling.samples = again, sampling.noise = NULL;
    sample(s, &sampling);
    for (int i = 0; i < B * N6; i++) /* 1/32^4 = 1e-6 times some tenths, there and back */
        NEAR(again[i], x0[i], 1e-6, seed, i / N6);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(a_sample_depends_on_seed_and_number_alone)
{
    enum { MANY = 37, FEW = 11 };
    double times[] = { 0, .5, 1 };
    float many[MANY * N6], few[FEW * N6], other[MANY * N6], noise[MANY * N6];
    rill_manifold *m = product();
    rill_tangent_net tangent = { m, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, m, N6, RILL_F32, NULL);
    rill_manifold_sampler *s = sampler_of(&net, m, N6, RILL_F32, 16);
    rill_sampling sampling = { .times = times, .time_count = 3, .seed = 9 };
    sampling.n = MANY, sampling.samples = many, sampling.noise = noise;
    sample(s, &sampling);
    sampling.n = FEW, sampling.samples = few, sampling.first = 20, sampling.noise = NULL;
    sample(s, &sampling);
    ck_assert_mem_eq(many + 20 * N6, few, sizeof few);
    sampling.n = MANY, sampling.samples = other, sampling.first = 0;
    for (int threads = 1; threads <= 3; threads++) {
        rill_set_threads(threads);
        sample(s, &sampling);
        ck_assert_mem_eq(many, other, sizeof many);
    }
    sampling.seed = 10;
    sample(s, &sampling);
    ck_assert_mem_ne(many, other, sizeof many);
    for (int i = 0; i < MANY; i++) { /* noise: the base of the stream that flat samplers have */
        double z[N6], length = 0;
        rill_stream_normal(rill_stream_key(9, "noise"), 0, i, 0, N6, z);
        for (int j = 0; j < 3; j++)
            length += z[j] * z[j];
        for (int j = 0; j < 3; j++) /* some roundings of f32 */
            NEAR((double)noise[i * N6 + j], z[j] / sqrt(length), 4e-7, seed, i);
        NEAR((double)noise[i * N6 + 3], M_PI * erf(z[3] * M_SQRT1_2), 2e-6, seed, i);
        ck_assert_double_eq((double)noise[i * N6 + 5], (double)(float)z[5]);
    }
    sampling.n = 0, sampling.samples = NULL;
    sample(s, &sampling);
    rill_manifold_sampler_free(s);
    rill_manifold_free(m);
}
END_TEST

START_TEST(what_is_given_is_projected)
{
    double x0[] = { 3, 0, 4, 0, 0, 0 }, x[6], start = .5;
    rill_net net = { to_a_point, &rill_sphere, "to a point" };
    rill_manifold_sampler *s = sampler_of(&net, &rill_sphere, 3, RILL_F64, 4);
    sample(s, &(rill_sampling){ .times = &start, .time_count = 1, .n = 2, .x0 = x0, .samples = x });
    static const double wanted[] = { .6, 0, .8, 1, 0, 0 };
    for (int i = 0; i < 6; i++)
        NEAR(x[i], wanted[i], 1e-15, seed, i / 3);
    rill_manifold_sampler_free(s);
}
END_TEST

START_TEST(each_row_has_its_own_label)
{
    enum { N = 21 };
    double times[] = { 0, .5, 1 };
    float together[N * 3], alone[N * 3];
    int32_t labels[N], same[N];
    rill_message message = { "" };
    rill_tangent_net tangent = { &rill_sphere, mlp };
    rill_net net = rill_tangent_net_of(&tangent);
    make_parameters(&net, &rill_sphere, 3, RILL_F32, rill_full(g, RILL_I32, RILL_SHAPE(B), 0));
    rill_sampler_options options = { .sample = RILL_SHAPE(3), .batch = 8, .labels = 1 };
    rill_manifold_sampler *s =
        rill_manifold_sampler_new(store, rill_net_field(&net), &rill_sphere, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    for (int i = 0; i < N; i++)
        labels[i] = i % 4 - 1;
    rill_sampling sampling = { .times = times, .time_count = 3, .n = N };
    sampling.samples = together, sampling.cond = labels;
    sample(s, &sampling);
    for (int label = -1; label < 3; label++) {
        for (int i = 0; i < N; i++)
            same[i] = label;
        sampling.samples = alone, sampling.cond = same;
        sample(s, &sampling);
        for (int i = 0; i < N; i++)
            if (labels[i] == label)
                ck_assert_mem_eq(alone + i * 3, together + i * 3, 3 * sizeof *alone);
    }
    sampling.cond = NULL;
    ck_assert_int_eq(rill_manifold_sampler_run(s, &sampling, &message), RILL_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(message.text, "needs a condition"));
    rill_manifold_sampler_free(s);
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

static const rill_net to_a_point_net = { to_a_point, &rill_sphere, "to a point" };

START_TEST(samplers_refuse_nonsense)
{
    double x[3], times[] = { 0, 1 }, bad[] = { 0, (double)INFINITY };
    rill_message message;
    rill_sampler_options good = { .dtype = RILL_F64, .sample = RILL_SHAPE(3) }, wrong[6];
    for (int i = 0; i < 6; i++)
        wrong[i] = good;
    wrong[0].dtype = RILL_I32, wrong[1].sample = RILL_SHAPE(3, 1), wrong[2].batch = -1;
    wrong[3].sample = RILL_SHAPE(1), wrong[4].dtype = RILL_F32 /* the field has f64 in it */;
    wrong[5].batch = INT64_MAX;
    const rill_net *net = &to_a_point_net;
    for (int i = 0; i < 6; i++) {
        ck_assert_msg(!rill_manifold_sampler_new(store, rill_net_field(net), &rill_sphere,
                                                 &wrong[i], &message),
                      "%d was accepted", i);
        ck_assert_int_gt((int)strlen(message.text), 0);
    }
    ck_assert_ptr_null(
        rill_manifold_sampler_new(NULL, rill_net_field(net), &rill_sphere, &good, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, (rill_field){ NULL, NULL }, &rill_sphere, &good, NULL));
    ck_assert_ptr_null(rill_manifold_sampler_new(store, rill_net_field(net), NULL, &good, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, rill_net_field(net), &rill_sphere, NULL, NULL));
    ck_assert_ptr_null(
        rill_manifold_sampler_new(store, rill_net_field(&mlp), &rill_sphere, &good, &message));
    ck_assert_ptr_nonnull(strstr(message.text, "net.hidden0.weight is not in the store"));
    rill_manifold_sampler *s = sampler_of(net, &rill_sphere, 3, RILL_F64, 4);
    rill_sampling fine = { .times = times, .time_count = 2, .n = 1, .samples = x }, sampling[6];
    for (int i = 0; i < 6; i++)
        sampling[i] = fine;
    sampling[0].times = NULL, sampling[1].time_count = 0, sampling[2].n = -1;
    sampling[3].first = -1, sampling[4].times = bad, sampling[5].n = INT64_MAX;
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(rill_manifold_sampler_run(s, &sampling[i], NULL), RILL_BAD_ARGUMENT);
    fine.cond = x;
    ck_assert_int_eq(rill_manifold_sampler_run(s, &fine, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_manifold_sampler_run(s, NULL, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_manifold_sampler_run(NULL, &fine, NULL), RILL_BAD_ARGUMENT);
    rill_manifold_sampler_free(s);
    rill_manifold_sampler_free(NULL);
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    double times[] = { 0, .5 }, x[3 * 3];
    rill_sampler_options options = { .dtype = RILL_F64, .sample = RILL_SHAPE(3), .batch = 2 };
    rill_sampling sampling = { .times = times, .time_count = 2, .n = 3, .samples = x };
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_manifold_sampler *s = rill_manifold_sampler_new(store, rill_net_field(&to_a_point_net),
                                                             &rill_sphere, &options, &message);
        rill_status status = s ? rill_manifold_sampler_run(s, &sampling, &message) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        rill_manifold_sampler_free(s);
        if (status == RILL_OK)
            break;
        ck_assert_msg(message.text[0], "allocation %d: no message", n);
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifold_flow");
    TCase *paths = tcase_create("paths"), *nets = tcase_create("networks");
    TCase *solvers = tcase_create("solvers"), *wrong = tcase_create("mistakes");
    TCase *cases[] = { paths, nets, solvers, wrong };
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
    tcase_add_loop_test(solvers, every_solver_keeps_its_order_and_stays_on_the_manifold, 0,
                        solver_count());
    tcase_add_loop_test(solvers, geodesics_are_followed_exactly, 0, solver_count());
    tcase_add_loop_test(solvers, looped_and_unrolled_agree, 0, solver_count());
    tcase_add_loop_test(solvers, in_flat_space_solvers_are_the_usual_ones, 0, solver_count());
    tcase_add_test(solvers, back_along_the_same_grid);
    tcase_add_test(solvers, a_sample_depends_on_seed_and_number_alone);
    tcase_add_test(solvers, what_is_given_is_projected);
    tcase_add_test(solvers, each_row_has_its_own_label);
    tcase_add_test(wrong, building_refuses_nonsense);
    tcase_add_test(wrong, samplers_refuse_nonsense);
    tcase_add_test(wrong, no_memory_anywhere_is_a_clean_failure);
    return run_suite(suite);
}
