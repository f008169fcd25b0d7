/* test_conditional.c - the conditional loss against the marginal one, which nobody can compute in
 * practice; time that runs the other way; times next to the end in single precision. */
#include "core/grad.h"
#include "evaluate.h"
#include "mixtures.h"
#include "models/flow/flow.h"
#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"

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

/* ---- Gradients: of E|v(x_t) - dx_t/dt|^2 and of E|v(x_t) - u(x_t)|^2, by quadrature. */

enum { PLACES = 141, MOST_ROWS = PLACES * PLACES * 6, FEATURES = 6 };
#define GAP .1 /* in sds: an integrand whose poles are .2 from the line is right to 1e-11 */

/* v = (1, x, x^2, sin x, t, t x) theta */
static rill_tensor *linear_in_features(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                       const void *self)
{
    (void)cond, (void)self;
    rill_tensor *one = rill_full(rill_graph_of(x), RILL_F64, rill_shape_of(x), 1);
    rill_tensor *columns[FEATURES] = { one, x, rill_square(x), rill_sin(x), t, rill_mul(t, x) };
    rill_tensor *theta = rill_param(rill_graph_of(x), RILL_F64, RILL_SHAPE(FEATURES, 1),
                                    (rill_init){ RILL_INIT_NORMAL, 1 }, "theta");
    return rill_matmul(rill_concat_array(columns, FEATURES, 1), theta);
}

static const struct {
    const rill_path *path;
    rill_mixing (*mixing)(double);
    const rill_mixture *from, *to;
    double t;
} settings[] = {
    { &rill_path_linear, rill_mixing_linear, &noise, &modes, .5 },
    { &rill_path_linear, rill_mixing_linear, &noise, &three, .3 },
    { &rill_path_cosine, rill_mixing_cosine, &wide, &uneven, .7 },
    { &rill_path_power, power_mixing, &three, &uneven, .6 },
    { &rill_path_linear_vp, linear_vp_mixing, &uneven, &modes, .45 },
};

static double x0[MOST_ROWS], x1[MOST_ROWS], w[MOST_ROWS], u[MOST_ROWS];

/* All pairs of places and of components, their weights, and the marginal velocity at x_t. */
static int64_t lay_out(const rill_mixture *from, const rill_mixture *to, rill_mixing m)
{
    int64_t rows = 0;
    for (int64_t pair = 0; pair < from->count * to->count; pair++)
        for (int i = 0; i < PLACES * PLACES; i++, rows++) {
            int64_t a = pair / to->count, b = pair % to->count;
            double z0 = GAP * (i % PLACES - PLACES / 2), z1 = GAP * (i / PLACES - PLACES / 2);
            rill_mixture_field f;
            x0[rows] = from->mean[a] + from->sd[a] * z0;
            x1[rows] = to->mean[b] + to->sd[b] * z1;
            w[rows] = from->weight[a] * to->weight[b] * GAP * GAP * exp(-(z0 * z0 + z1 * z1) / 2) /
                      (2 * M_PI);
            double x = m.sigma * x0[rows] + m.alpha * x1[rows];
            ck_assert_int_eq(rill_mixture_field_at(from, to, m, &x, &f, NULL), RILL_OK);
            u[rows] = f.velocity[0];
        }
    return rows;
}

static rill_tensor *column(const double *values, int64_t rows)
{
    return rill_constant(g, RILL_F64, RILL_SHAPE(rows, 1), values, rows);
}

START_TEST(both_losses_have_one_gradient)
{
    rill_mixing m = settings[_i].mixing(settings[_i].t);
    int64_t rows = lay_out(settings[_i].from, settings[_i].to, m);
    rill_flow flow = { .path = settings[_i].path, .net = { .velocity = linear_in_features } };
    rill_flow_parts p = rill_flow_build(
        &flow, (rill_flow_batch){ .x0 = column(x0, rows),
                                  .x1 = column(x1, rows),
                                  .t = rill_full(g, RILL_F64, RILL_SHAPE(rows), settings[_i].t) });
    rill_tensor *told[] = { p.velocity, column(u, rows) }, *slopes[2], *losses[2];
    rill_tensor *theta = rill_param(g, RILL_F64, RILL_SHAPE(FEATURES, 1),
                                    (rill_init){ RILL_INIT_NORMAL, 1 }, "net.theta");
    double slope[2][FEATURES], loss[2];
    for (int k = 0; k < 2; k++) {
        losses[k] =
            rill_sum_all(rill_mul(column(w, rows), rill_square(rill_sub(p.prediction, told[k]))));
        rill_grad(losses[k], &theta, 1, &slopes[k]);
        evaluate(slopes[k], slope[k], FEATURES);
        evaluate(losses[k], &loss[k], 1);
    }
    for (int i = 0; i < FEATURES; i++) {
        ck_assert_double_gt(fabs(slope[0][i]), 1e-3);
        ck_assert_double_eq_tol(slope[0][i], slope[1][i], 1e-9 * (1 + fabs(slope[0][i])));
    }
    ck_assert_double_gt(loss[0], loss[1] + .01); /* the losses are apart by the floor */
}
END_TEST

/* ---- Noise at t = 1. */

enum { B = 8, D = 3 };

/* t' = 1 - t: the same points. */
static rill_tensor *reversed_at(rill_tensor *a, rill_tensor *b, rill_tensor *t, const void *self)
{
    const rill_path *path = self;
    return path->at(a, b, rill_sub(rill_scalar_like(t, 1), t), path->self);
}

/* Velocities of another sign, so that the target is eps - a, and a loss that is the same. */
static rill_tensor *smooth(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond;
    if (self)
        t = rill_sub(rill_scalar_like(t, 1), t);
    rill_tensor *v = rill_add(rill_sin(x), rill_mul(t, x));
    return self ? rill_neg(v) : v;
}

START_TEST(time_may_run_the_other_way)
{
    const rill_path *path = rill_path_built_in(_i);
    rill_path reversed = { .name = "reversed", .at = reversed_at, .self = path };
    double v[2][B * D], x[2][B * D], loss[2];
    rill_tensor *t = time_constant(g, RILL_SHAPE(B));
    for (int k = 0; k < 2; k++) {
        rill_flow flow = { .path = k ? &reversed : path,
                           .net = { smooth, k ? &seed : NULL, "smooth" } };
        rill_flow_batch batch = { .x0 = normal_constant(g, seed, 0, RILL_SHAPE(B, D)),
                                  .x1 = normal_constant(g, seed, 1, RILL_SHAPE(B, D)),
                                  .t = k ? rill_sub(rill_scalar_like(t, 1), t) : t };
        rill_flow_parts p = rill_flow_build(&flow, batch);
        evaluate(p.x, x[k], B * D);
        evaluate(p.velocity, v[k], B * D);
        evaluate(p.loss, &loss[k], 1);
    }
    for (int i = 0; i < B * D; i++) {
        ck_assert_double_eq_tol(x[1][i], x[0][i], 1e-12);
        ck_assert_double_eq_tol(v[1][i], -v[0][i], 1e-12 * (1 + fabs(v[0][i])));
    }
    ck_assert_double_eq_tol(loss[1], loss[0], 1e-12 * (1 + loss[0]));
}
END_TEST

/* ---- Single precision at 1 - 1e-6: what is left is that of the rounded t, to its own digits.  (1
 * - t^n of a power is right to an ulp of 1.) */

START_TEST(little_is_left_next_to_the_end_but_rightly)
{
    static const double offs[] = { 1e-6, 3e-7, 1e-5, 1e-4 };
    for (int i = 0; i < 4; i++) {
        float rounded = (float)(1 - offs[i]);
        double got, rest = 1 - (double)rounded, T = rest * rest * 9.95 + .1 * rest;
        if (i == 0)
            ck_assert_double_eq_tol(rest, 1.01328e-6, 5e-12); /* as printed */
        const struct {
            const rill_scheduler *scheduler;
            double sigma;
        } rows[] = { { &rill_scheduler_linear, rest },
                     { &rill_scheduler_cosine, sin(M_PI_2 * rest) },
                     { &rill_scheduler_linear_vp, sqrt(rest * (2 - rest)) },
                     { &rill_scheduler_vp, sqrt(-expm1(-T)) } };
        for (int k = 0; k < 4; k++) {
            rill_tensor *t = rill_constant(g, RILL_F32, RILL_SHAPE(1), &rounded, 1);
            evaluate(rill_cast(rill_scheduler_at(rows[k].scheduler, t).sigma, RILL_F64), &got, 1);
            /* Five roundings of f32. */
            ck_assert_msg(fabs(got - rows[k].sigma) <= 3e-7 * rows[k].sigma,
                          "%s at 1 - %g: %.9g, not %.9g", rows[k].scheduler->name, rest, got,
                          rows[k].sigma);
        }
    }
}
END_TEST

int main(void)
{
    int paths = 0;
    while (rill_path_built_in(paths) != &rill_path_learned)
        paths++; /* those after it are random */
    Suite *suite = suite_create("conditional");
    TCase *all = tcase_create("losses");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_loop_test(all, both_losses_have_one_gradient, 0,
                        (int)(sizeof settings / sizeof *settings));
    tcase_add_loop_test(all, time_may_run_the_other_way, 0, paths);
    tcase_add_test(all, little_is_left_next_to_the_end_but_rightly);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
