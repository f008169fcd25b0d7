/* test_nets.c - each built-in network: shapes, conditions, rows that do not meet. */
#include "evaluate.h"
#include "models/layers/linear.h"
#include "models/nets/built_in.h"
#include "ops/cast.h"
#include "ops/check/gradcheck.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <math.h>
#include <string.h>

static const uint64_t seed = 11;
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

static int net_count(void)
{
    int n = 0;
    while (rill_net_at(n))
        n++;
    return n;
}

enum { B = 6, H = 2, W = 3, D = H * W };
static const rill_net_size size = { .hidden = 16, .layers = 2, .features = 3, .classes = 4 };

/* The velocity on `rows` rows of the test's points from `first` on, with labels where there are
 * any. */
static void velocity(const rill_net_kind *kind, int first, int rows, const int32_t *labels,
                     double *out)
{
    rill_net net = rill_net_make(kind, &size);
    double times[B];
    for (int i = 0; i < B; i++)
        times[i] = (i + .5) / B;
    const double *points = normals(seed, 0, B * D);
    rill_tensor *x =
        rill_constant(g, RILL_F64, RILL_SHAPE(rows, H, W), points + first * D, rows * D);
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(rows), times + first, rows);
    rill_tensor *cond =
        labels ? rill_constant(g, RILL_I32, RILL_SHAPE(rows), labels + first, rows) : NULL;
    rill_tensor *v = rill_net_velocity(&net, x, t, cond);
    ck_assert_msg(!rill_is_inert(v), "%s", rill_error(g));
    rill_shape wanted = rill_shape_of(x), got = rill_shape_of(v);
    ck_assert(rill_shape_equal(&wanted, &got));
    evaluate(v, out, rows * D);
}

START_TEST(rows_do_not_meet)
{
    static const int32_t labels[B] = { 0, 3, -1, 1, 2, 3 };
    double all[B * D], one[D];
    const rill_net_kind *kind = rill_net_at(_i);
    velocity(kind, 0, B, labels, all);
    for (int i = 0; i < B; i++) {
        velocity(kind, i, 1, labels, one);
        for (int j = 0; j < D; j++)
            /* A batch of one may take another kernel, with sums of some 20 terms in another order.
             */
            ck_assert_double_eq_tol(one[j], all[i * D + j], 1e-13);
    }
}
END_TEST

START_TEST(a_label_matters_and_none_is_a_label)
{
    static const int32_t one[B] = { 1, 1, 1, 1, 1, 1 }, none[B] = { -1, -1, -1, -1, -1, -1 },
                         wrong[B] = { 4, -2, 4, -2, 4, -2 };
    double a[B * D], b[B * D], c[B * D];
    const rill_net_kind *kind = rill_net_at(_i);
    velocity(kind, 0, B, one, a);
    velocity(kind, 0, B, none, b);
    velocity(kind, 0, B, wrong, c);
    for (int j = 0; j < B * D; j++) {
        ck_assert_double_ne(a[j], b[j]);
        ck_assert(isfinite(a[j]) && isfinite(b[j]));
        ck_assert_msg(isnan(c[j]), "a label outside 0..3 is not NaN");
    }
}
END_TEST

START_TEST(time_matters)
{
    double v[2 * 2];
    rill_net net = rill_net_make(rill_net_at(_i), NULL);
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 2), .5);
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(2), (double[]){ .1, .9 }, 2);
    evaluate(rill_net_velocity(&net, x, t, NULL), v, 4);
    ck_assert_double_ne(v[0], v[2]);
}
END_TEST

START_TEST(vectors_condition_too)
{
    double v[2 * 2];
    rill_net net = rill_net_make(rill_net_at(_i), &size);
    rill_tensor *x = rill_full(g, RILL_F64, RILL_SHAPE(2, 2), .5);
    rill_tensor *t = rill_full(g, RILL_F64, RILL_SHAPE(2), .5);
    rill_tensor *cond =
        rill_constant(g, RILL_F64, RILL_SHAPE(2, 3), (double[]){ 1, 2, 3, 1, 2, -3 }, 6);
    evaluate(rill_net_velocity(&net, x, t, cond), v, 4);
    ck_assert_double_ne(v[0], v[2]);
}
END_TEST

START_TEST(single_precision_is_close_to_double)
{
    enum { N = 64 };
    static float narrow[N * 2];
    static double wide[N * 2];
    rill_net net = rill_net_make(rill_net_at(_i), &size);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(N, 2));
    rill_tensor *t = time_constant(g, RILL_SHAPE(N));
    evaluate(rill_net_velocity(&net, x, t, NULL), wide, N * 2);

    rill_store *f32_store = rill_store_new(seed);
    rill_graph *f32_graph = rill_graph_new(f32_store);
    rill_tensor *fx = rill_cast(normal_constant(f32_graph, seed, 0, RILL_SHAPE(N, 2)), RILL_F32);
    rill_tensor *ft = rill_cast(time_constant(f32_graph, RILL_SHAPE(N)), RILL_F32);
    evaluate(rill_net_velocity(&net, fx, ft, NULL), narrow, N * 2);
    for (int i = 0; i < N * 2; i++)
        /* The weights are equal but for rounding; a few layers of sums of 16 terms, 6e-8 each. */
        ck_assert_double_eq_tol((double)narrow[i], wide[i], 2e-5);
    rill_graph_free(f32_graph);
    rill_store_free(f32_store);
}
END_TEST

START_TEST(parameters_are_named_by_scope)
{
    rill_tensor *params[64];
    rill_net net = rill_net_make(rill_net_at(_i), &size);
    rill_tensor *x = rill_full(g, RILL_F32, RILL_SHAPE(2, 2), 0);
    rill_tensor *t = rill_full(g, RILL_F32, RILL_SHAPE(2), 0);
    rill_tensor *v = rill_net_velocity(&net, x, t, NULL);
    int64_t n = rill_depends_on(&v, 1, RILL_PARAMETER, params, 64);
    ck_assert_int_gt(n, 4);
    ck_assert_int_le(n, 64);
    int found = 0;
    for (int64_t i = 0; i < n; i++) {
        ck_assert_msg(strncmp(rill_name_of(params[i]), "net.", 4) == 0, "%s",
                      rill_name_of(params[i]));
        found += strcmp(rill_name_of(params[i]), "net.out.weight") == 0;
    }
    ck_assert_int_eq(found, 1);
}
END_TEST

/* ---- Derivatives, by the differences of ops/check/gradcheck.h. */

START_TEST(parameters_have_the_right_gradient)
{
    rill_message message = { "" };
    rill_check_report report;
    rill_net net = rill_net_make(rill_net_at(_i), &size);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(3, 2));
    rill_tensor *labels = rill_constant(g, RILL_I32, RILL_SHAPE(3), (int32_t[]){ 0, -1, 3 }, 3);
    rill_tensor *v = rill_net_velocity(&net, x, time_constant(g, RILL_SHAPE(3)), labels);
    rill_tensor *loss = rill_mean_all(rill_square(v));
    rill_check_options options = { .name = "net", .seed = seed, .store = store, .entries = 8 };
    rill_status status = rill_check_parameters(loss, NULL, 0, &options, &report, &message);
    ck_assert_msg(status == RILL_OK, "%s", message.text);
    ck_assert_int_gt(report.compared[RILL_CHECK_FIRST], 0);
}
END_TEST

static rill_tensor *of_point_and_time(rill_tensor *const *in, int n, const void *self)
{
    (void)n;
    return rill_net_velocity(self, in[0], in[1], NULL);
}

START_TEST(points_and_times_have_the_right_gradient)
{
    rill_message message = { "" };
    rill_net net = rill_net_make(rill_net_at(_i), &size);
    rill_check_input inputs[] = { { .shape = RILL_SHAPE(2, 3) },
                                  { .shape = RILL_SHAPE(2, 1), .low = .1, .high = .9 } };
    rill_check_options options = { .name = "net", .seed = seed, .store = store };
    rill_status status =
        rill_check_function(of_point_and_time, &net, inputs, 2, &options, NULL, &message);
    ck_assert_msg(status == RILL_OK, "%s", message.text);
}
END_TEST

START_TEST(nets_are_found_by_name)
{
    const rill_net_kind *kind = rill_net_at(_i);
    ck_assert_ptr_eq(rill_net_find(kind->name), kind);
    ck_assert_ptr_null(rill_net_find("transformer9"));
    ck_assert_ptr_null(rill_net_find(NULL));
    ck_assert_ptr_null(rill_net_at(-1));
}
END_TEST

/* ---- What is refused.  Each line: a mistake, and what the message has to say. */

static rill_tensor *times_only(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)x, (void)cond, (void)self;
    return t;
}

static rill_tensor *in_f64(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    return rill_cast(x, RILL_F64);
}

static rill_tensor *no_velocity(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)x, (void)t, (void)cond, (void)self;
    return NULL;
}

enum { NOTHING, POINTS, TIMES, LONG_TIMES, F64_TIMES, LABELS, FEW_LABELS, GIVEN_COUNT };

static const rill_net_size huge = { .layers = INT64_MAX }, negative = { .hidden = -4 };
static const rill_net_size wide = { .hidden = INT64_MAX, .classes = 3 };
static const struct {
    rill_net net;
    int x, t, cond;
    const char *message;
} mistakes[] = {
    { { NULL, NULL, NULL }, POINTS, TIMES, NOTHING, "there is no velocity function" },
    { { rill_mlp, NULL, "mlp" }, NOTHING, TIMES, NOTHING, NULL },
    { { rill_mlp, NULL, "mlp" },
      POINTS,
      NOTHING,
      NOTHING,
      "mlp: x, t or the condition is missing" },
    { { rill_mlp, NULL, "mlp" }, POINTS, LONG_TIMES, NOTHING, "one t for each row" },
    { { rill_mlp, NULL, "mlp" }, TIMES, TIMES, NOTHING, "expected x [batch, ...]" },
    { { rill_mlp, NULL, "mlp" }, POINTS, F64_TIMES, NOTHING, "of x's dtype" },
    { { rill_mlp, NULL, "mlp" }, POINTS, TIMES, LABELS, "0 classes" },
    { { rill_mlp, NULL, "mlp" }, POINTS, TIMES, FEW_LABELS, "one condition for each row" },
    { { rill_mlp, NULL, "mlp" }, POINTS, TIMES, F64_TIMES, "a condition of x's dtype" },
    { { times_only, NULL, "wrong" },
      POINTS,
      TIMES,
      NOTHING,
      "wrong: the velocity is f32[4,1], x is f32[4,2]" },
    { { in_f64, NULL, "wider" },
      POINTS,
      TIMES,
      NOTHING,
      "wider: the velocity is f64[4,2], x is f32[4,2]" },
    { { no_velocity, NULL, "silent" }, POINTS, TIMES, NOTHING, "silent: the velocity is NULL" },
    { { rill_mlp, &huge, "mlp" }, POINTS, TIMES, NOTHING, "layers 9223372036854775807" },
    { { rill_resmlp, &negative, "resmlp" }, POINTS, TIMES, NOTHING, "hidden -4" },
    { { rill_mlp, &wide, "mlp" }, POINTS, TIMES, LABELS, "hidden 9223372036854775807" },
};

START_TEST(mistakes_are_named)
{
    rill_tensor *given[GIVEN_COUNT] = {
        [POINTS] = rill_full(g, RILL_F32, RILL_SHAPE(4, 2), 0),
        [TIMES] = rill_full(g, RILL_F32, RILL_SHAPE(4), 0),
        [LONG_TIMES] = rill_full(g, RILL_F32, RILL_SHAPE(5), 0),
        [F64_TIMES] = rill_full(g, RILL_F64, RILL_SHAPE(4), 0),
        [LABELS] = rill_full(g, RILL_I32, RILL_SHAPE(4), 0),
        [FEW_LABELS] = rill_full(g, RILL_I32, RILL_SHAPE(3), 0),
    };
    rill_tensor *v = rill_net_velocity(&mistakes[_i].net, given[mistakes[_i].x],
                                       given[mistakes[_i].t], given[mistakes[_i].cond]);
    ck_assert(rill_is_inert(v));
    if (mistakes[_i].message) /* without x there is no graph to tell */
        ck_assert_msg(rill_error(g) && strstr(rill_error(g), mistakes[_i].message), "%s",
                      rill_error(g));
}
END_TEST

/* A network of one layer is what is written here, for each activation. */
START_TEST(hidden_layers_are_bent_by_the_activation)
{
    double got[B * 2], wanted[B * 2];
    const rill_activation *f = rill_activation_at(_i);
    rill_net_size bent = { .hidden = 8, .layers = 1, .activation = f };
    rill_net net = rill_net_make(rill_net_find("mlp"), &bent);
    rill_tensor *x = normal_constant(g, seed, 0, RILL_SHAPE(B, 2));
    rill_tensor *t = time_constant(g, RILL_SHAPE(B, 1));
    evaluate(rill_net_velocity(&net, x, t, NULL), got, B * 2);
    rill_scope_begin(g, "net");
    rill_tensor *h = f->apply(rill_linear(rill_concat(x, t, -1), 8, "hidden0"));
    evaluate(rill_linear(h, 2, "out"), wanted, B * 2);
    rill_scope_end(g);
    for (int i = 0; i < B * 2; i++)
        ck_assert_double_eq(got[i], wanted[i]);
    ck_assert_ptr_eq(rill_activation_find(f->name), f);
    ck_assert_ptr_nonnull(f->doc);
    ck_assert_ptr_null(rill_activation_find("swish"));
    ck_assert_ptr_null(rill_activation_at(-1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nets");
    TCase *nets = tcase_create("built-in networks"), *wrong = tcase_create("mistakes");
    tcase_add_checked_fixture(nets, begin, end);
    tcase_add_checked_fixture(wrong, begin, end);
    tcase_add_loop_test(nets, rows_do_not_meet, 0, net_count());
    tcase_add_loop_test(nets, a_label_matters_and_none_is_a_label, 0, net_count());
    tcase_add_loop_test(nets, time_matters, 0, net_count());
    tcase_add_loop_test(nets, vectors_condition_too, 0, net_count());
    tcase_add_loop_test(nets, single_precision_is_close_to_double, 0, net_count());
    tcase_add_loop_test(nets, parameters_are_named_by_scope, 0, net_count());
    tcase_add_loop_test(nets, parameters_have_the_right_gradient, 0, net_count());
    tcase_add_loop_test(nets, points_and_times_have_the_right_gradient, 0, net_count());
    tcase_add_loop_test(nets, nets_are_found_by_name, 0, net_count());
    tcase_add_loop_test(wrong, mistakes_are_named, 0, (int)(sizeof mistakes / sizeof *mistakes));
    suite_add_tcase(suite, nets);
    suite_add_tcase(suite, wrong);
    int activations = 0;
    while (rill_activation_at(activations))
        activations++;
    tcase_add_loop_test(nets, hidden_layers_are_bent_by_the_activation, 0, activations);
    return run_suite(suite);
}
