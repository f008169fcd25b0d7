/* test_grad.c - derivatives of graphs: every order, every direction, and what is refused. */
#include "base/alloc.h"
#include "core/grad.h"
#include "core/program.h"
#include "core/store.h"
#include "ops/check/gradcheck.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/norm.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Third order on a sample of graphs. */

static rill_tensor *product_of_curves(rill_tensor *const *x, int n, const void *self)
{
    (void)n, (void)self;
    return rill_mul(rill_sin(x[0]), rill_exp(rill_mul(x[0], x[1])));
}

static rill_tensor *two_layers(rill_tensor *const *x, int n, const void *self)
{
    (void)n, (void)self;
    return rill_matmul(rill_silu(rill_matmul(x[0], x[1])), x[2]);
}

static rill_tensor *normed(rill_tensor *const *x, int n, const void *self)
{
    (void)n, (void)self;
    rill_tensor *s = rill_softmax(x[0], -1);
    return rill_sum_all(rill_mul(s, rill_log_softmax(x[1], -1)));
}

static rill_tensor *shared(rill_tensor *const *x, int n, const void *self)
{
    (void)n, (void)self;
    rill_tensor *y = rill_mul(x[0], x[0]);
    return rill_div(rill_mul(y, x[0]), rill_shift(rill_add(y, x[1]), 10));
}

static rill_tensor *own_gradient(rill_tensor *const *x, int n, const void *self)
{
    rill_tensor *gx;
    rill_grad(rill_sum_all(two_layers(x, n, self)), x, 1, &gx);
    return gx;
}

static const struct {
    const char *name;
    rill_function *f;
    int n;
    rill_check_input in[3];
} graphs[] = {
    { "sin(x) exp(x y)",
      product_of_curves,
      2,
      { { .shape = { 1, { 3 } } }, { .shape = { 2, { 2, 3 } } } } },
    { "two layers",
      two_layers,
      3,
      { { .shape = { 2, { 2, 3 } } },
        { .shape = { 2, { 3, 4 } } },
        { .shape = { 2, { 4, 2 } } } } },
    { "softmaxes", normed, 2, { { .shape = { 2, { 2, 3 } } }, { .shape = { 2, { 2, 3 } } } } },
    { "x^3/(x^2+y+10)", shared, 2, { { .shape = { 1, { 4 } } }, { .shape = { 0, { 0 } } } } },
    { "a gradient",
      own_gradient,
      3,
      { { .shape = { 2, { 2, 2 } } },
        { .shape = { 2, { 2, 3 } } },
        { .shape = { 2, { 3, 1 } } } } },
};

START_TEST(third_order_agrees_with_differences)
{
    rill_message why = { "" };
    rill_check_report report;
    const rill_check_options options = { .name = graphs[_i].name, .orders = 3, .seed = 11 };
    rill_status status = rill_check_function(graphs[_i].f, NULL, graphs[_i].in, graphs[_i].n,
                                             &options, &report, &why);
    ck_assert_msg(status == RILL_OK, "%s", why.text);
    ck_assert_int_gt(report.compared[RILL_CHECK_THIRD], 0);
}
END_TEST

/* ---- Small graphs with known answers. */

static rill_graph *g;
static rill_tensor *x, *y;

static void make_graph(void)
{
    rill_store *store = rill_store_new(1);
    g = rill_graph_new(store);
    rill_store_free(store);
    x = rill_input(g, "x", RILL_F64, RILL_SHAPE(3));
    y = rill_input(g, "y", RILL_F64, RILL_SHAPE(3));
}

static void free_graph(void)
{
    rill_graph_free(g);
}

static const double x_value[3] = { 0.5, -1.25, 2 }, y_value[3] = { 3, 0.25, -1 };

/* `z` at x_value and y_value holds what is expected, to rounding. */
static void assert_value(rill_tensor *z, int64_t count, const double *expected)
{
    double got[8];
    rill_program *p = rill_compile(g, z);
    ck_assert_msg(p != NULL, "%s", rill_error(g));
    ck_assert_int_eq(rill_feed(p, x, x_value, 3), RILL_OK);
    ck_assert_int_eq(rill_feed(p, y, y_value, 3), RILL_OK);
    ck_assert_msg(rill_run(p) == RILL_OK, "%s", rill_program_error(p));
    ck_assert_int_eq(rill_count(z), count);
    ck_assert_int_eq(rill_read(p, z, got, count), RILL_OK);
    for (int64_t i = 0; i < count; i++)
        ck_assert_double_eq_tol(got[i], expected[i], 1e-14 * (1 + fabs(expected[i])));
    rill_program_free(p);
}

START_TEST(what_y_does_not_depend_on_has_gradient_zero)
{
    double zero = 7;
    rill_tensor *gx[2];
    rill_grad(rill_sum_all(rill_square(x)), (rill_tensor *[]){ y, x }, 2, gx);
    ck_assert(rill_is_splat(gx[0], &zero));
    ck_assert_double_eq(zero, 0.0);
    ck_assert_int_eq(rill_dim(gx[0], 0), 3);
    assert_value(gx[1], 3, (double[]){ 1, -2.5, 4 });
    ck_assert(rill_is_splat(rill_jvp(rill_square(x), y, x), &zero));
    ck_assert_double_eq(zero, 0.0);
}
END_TEST

START_TEST(the_same_tensor_may_be_asked_for_twice)
{
    rill_tensor *gx[3];
    rill_grad(rill_sum_all(rill_mul(x, y)), (rill_tensor *[]){ x, y, x }, 3, gx);
    ck_assert_ptr_eq(gx[0], gx[2]);
    assert_value(gx[0], 3, y_value);
    assert_value(gx[1], 3, x_value);
    assert_value(rill_jvps(rill_mul(x, y), (rill_tensor *[]){ x, x }, (rill_tensor *[]){ x, y }, 2),
                 3, (double[]){ 3 * 3.5, .25 * -1, -1 });
}
END_TEST

START_TEST(y_may_be_x)
{
    rill_tensor *gx;
    rill_vjp(x, y, &x, 1, &gx);
    ck_assert_ptr_eq(gx, y);
    ck_assert_ptr_eq(rill_jvp(x, x, y), y);
}
END_TEST

START_TEST(asking_for_nothing_gives_nothing)
{
    rill_grad(rill_sum_all(x), NULL, 0, (rill_tensor *[]){ NULL });
    rill_vjp(x, y, NULL, 0, NULL);
    ck_assert_ptr_null(rill_error(g));
}
END_TEST

START_TEST(intermediate_tensors_have_gradients)
{
    rill_tensor *square = rill_square(x), *gs;
    rill_grad(rill_sum_all(rill_mul(square, y)), &square, 1, &gs);
    assert_value(gs, 3, y_value);
}
END_TEST

START_TEST(broadcasting_is_undone)
{
    rill_tensor *s = rill_input(g, "s", RILL_F64, RILL_SCALAR), *gs;
    rill_grad(rill_sum_all(rill_mul(x, s)), &s, 1, &gs);
    ck_assert_int_eq(rill_rank(gs), 0);
    assert_value(gs, 1, (double[]){ 1.25 });
}
END_TEST

START_TEST(stop_stops)
{
    rill_tensor *gx;
    rill_grad(rill_sum_all(rill_mul(rill_stop(x), x)), &x, 1, &gx);
    assert_value(gx, 3, x_value);
    double zero;
    ck_assert(rill_is_splat(rill_jvp(rill_stop(x), x, y), &zero) && zero == 0.0);
}
END_TEST

START_TEST(what_is_locally_constant_has_gradient_zero)
{
    rill_tensor *gx;
    double zero = 1;
    rill_grad(rill_sum_all(rill_mul(rill_sign(x), y)), &x, 1, &gx);
    ck_assert(rill_is_splat(gx, &zero) && zero == 0.0);
}
END_TEST

/* d^n/dx^n sin, each order from the one before. */
START_TEST(orders_follow_from_each_other)
{
    double (*const expected[])(double) = { cos, sin, cos, sin, cos, sin };
    const double sign[] = { 1, -1, -1, 1, 1, -1 };
    rill_tensor *d = rill_sin(x);
    for (int order = 0; order < 6; order++) {
        double value[3];
        for (int i = 0; i < 3; i++)
            value[i] = sign[order] * expected[order](x_value[i]);
        rill_grad(rill_sum_all(d), &x, 1, &d);
        assert_value(d, 3, value);
    }
}
END_TEST

/* Forward over reverse and reverse over forward: the same second derivative. */
START_TEST(directions_commute)
{
    rill_tensor *f = rill_sum_all(rill_mul(rill_exp(x), rill_square(y))), *gx, *mixed;
    rill_grad(f, &x, 1, &gx);
    rill_tensor *forward = rill_jvp(gx, y, x); /* sum_j d2f/dx dy_j x_j */
    rill_grad(rill_jvp(f, y, rill_stop(x)), &x, 1, &mixed);
    double expected[3];
    for (int i = 0; i < 3; i++)
        expected[i] = exp(x_value[i]) * 2 * y_value[i] * x_value[i];
    assert_value(forward, 3, expected);
    assert_value(mixed, 3, expected);
}
END_TEST

/* softmax has a vjp and no jvp: its tangent is derived by transposing twice. */
START_TEST(a_jvp_is_derived)
{
    rill_tensor *s = rill_softmax(x, 0);
    double e[3], sum = 0, mean = 0, expected[3];
    for (int i = 0; i < 3; i++)
        sum += e[i] = exp(x_value[i]);
    for (int i = 0; i < 3; i++)
        mean += e[i] / sum * y_value[i];
    for (int i = 0; i < 3; i++)
        expected[i] = e[i] / sum * (y_value[i] - mean);
    assert_value(rill_jvp(s, x, y), 3, expected);
}
END_TEST

START_TEST(derivatives_are_marked)
{
    rill_tensor *gx;
    rill_tensor *f = rill_sum_all(rill_square(rill_sin(x)));
    ck_assert(!rill_is_backward(f));
    rill_grad(f, &x, 1, &gx);
    ck_assert(rill_is_backward(gx));
    ck_assert(!rill_is_backward(rill_exp(x)));
}
END_TEST

START_TEST(derivatives_stand_in_the_scope_of_what_they_derive)
{
    rill_tensor *gx;
    rill_scope_begin(g, "layer");
    rill_tensor *f = rill_sum_all(rill_square(x));
    rill_scope_end(g);
    rill_grad(f, &x, 1, &gx);
    ck_assert_str_eq(rill_scope_of(gx), "layer");
}
END_TEST

/* ---- A chain that no stack would hold. */

START_TEST(depth_is_bounded_by_memory)
{
    enum { DEPTH = 100000 };
    rill_tensor *chain = x, *gx;
    for (int i = 0; i < DEPTH; i++)
        chain = rill_sin(chain);
    rill_grad(rill_sum_all(chain), &x, 1, &gx);
    ck_assert_ptr_null(rill_error(g));
    ck_assert(!rill_is_inert(gx));
    ck_assert(!rill_is_inert(rill_jvp(chain, x, y)));
}
END_TEST

/* ---- What is refused, and how it is said. */

typedef void misuse(rill_tensor *other, rill_tensor **out);

static void cotangent_of_another_shape(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_vjp(rill_matmul(rill_reshape(x, RILL_SHAPE(3, 1)), rill_reshape(x, RILL_SHAPE(1, 3))), y,
             &x, 1, out);
}

static void cotangent_of_another_type(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_vjp(x, rill_full(g, RILL_F32, RILL_SHAPE(3), 1), &x, 1, out);
}

static void cotangent_of_another_graph(rill_tensor *other, rill_tensor **out)
{
    rill_vjp(x, other, &x, 1, out);
}

static void by_another_graph(rill_tensor *other, rill_tensor **out)
{
    rill_vjp(x, y, &other, 1, out);
}

static void by_null(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_vjp(x, y, (rill_tensor *[]){ NULL }, 1, out);
}

static void by_no_list(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_vjp(x, y, NULL, 1, out);
}

static void by_integers(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_tensor *index = rill_input(g, "index", RILL_I32, RILL_SHAPE(3));
    rill_vjp(x, y, &index, 1, out);
}

static void of_no_scalar(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_grad(x, &x, 1, out);
}

static void tangent_of_another_shape(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    *out = rill_jvp(x, x, rill_full(g, RILL_F64, RILL_SHAPE(4), 1));
}

static void tangent_of_another_graph(rill_tensor *other, rill_tensor **out)
{
    *out = rill_jvp(x, x, other);
}

static void tangent_null(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    *out = rill_jvp(x, x, NULL);
}

static void through_assign(rill_tensor *other, rill_tensor **out)
{
    (void)other;
    rill_tensor *entry =
        rill_state(g, RILL_MOMENT, RILL_F64, RILL_SHAPE(3), (rill_init){ 0 }, "entry");
    rill_grad(rill_sum_all(rill_assign(entry, y)), &y, 1, out);
}

static const struct {
    misuse *call;
    const char *says;
} misuses[] = {
    { cotangent_of_another_shape,
      "vjp: the cotangent is f64[3], expected f64[3,3] of the same graph" },
    { cotangent_of_another_type, "vjp: the cotangent is f32[3], expected f64[3]" },
    { cotangent_of_another_graph, "of the same graph" },
    { by_another_graph, "vjp: tensor 0 is of another graph" },
    { by_null, "vjp: tensor 0 is NULL" },
    { by_no_list, "vjp: needs the tensors to differentiate by" },
    { by_integers, "vjp: tensor 0 is not of a float type" },
    { of_no_scalar, "grad: needs a scalar, got [3]" },
    { tangent_of_another_shape, "jvp: the tangent is f64[4], the tensor f64[3]" },
    { tangent_of_another_graph, "jvp: tensor 0 or its tangent is NULL or of another graph" },
    { tangent_null, "jvp: tensor 0 or its tangent is NULL or of another graph" },
    { through_assign, "assign: is not differentiable" },
};

START_TEST(misuse_is_said)
{
    rill_graph *h = rill_graph_new(NULL);
    rill_tensor *other = rill_input(h, "other", RILL_F64, RILL_SHAPE(3)), *out = NULL;
    misuses[_i].call(other, &out);
    ck_assert_ptr_nonnull(rill_error(g));
    ck_assert_msg(strstr(rill_error(g), misuses[_i].says) != NULL, "got: %s", rill_error(g));
    ck_assert(rill_is_inert(out));
    rill_graph_free(h);
}
END_TEST

START_TEST(null_is_inert)
{
    rill_tensor *gx = NULL;
    rill_grad(NULL, &x, 1, &gx);
    ck_assert(rill_is_inert(gx));
    gx = NULL;
    rill_vjp(x, NULL, &x, 1, &gx);
    ck_assert(rill_is_inert(gx));
    rill_vjp(x, y, &x, 1, NULL);
    rill_grad(NULL, NULL, -1, NULL);
    ck_assert(rill_is_inert(rill_jvp(NULL, NULL, NULL)));
    ck_assert(rill_is_inert(rill_jvps(NULL, NULL, NULL, -5)));
}
END_TEST

/* ---- Any allocation may fail. */

static int gradient_builds(void)
{
    rill_graph *h = rill_graph_new(NULL);
    rill_tensor *a = rill_input(h, "a", RILL_F64, RILL_SHAPE(4, 4)), *ga;
    rill_tensor *f = rill_sum_all(rill_softmax(rill_matmul(rill_tanh(a), a), -1));
    rill_grad(f, &a, 1, &ga);
    rill_tensor *da = rill_jvp(ga, a, a);
    int built = !rill_is_inert(da);
    ck_assert_int_eq(built, rill_error(h) == NULL);
    rill_graph_free(h);
    return built;
}

START_TEST(memory_may_run_out_anywhere)
{
    int64_t n = 1;
    for (int built = 0; !built; n++) {
        rill_alloc_fail(n, 0);
        built = gradient_builds();
        rill_alloc_fail(0, 0);
        ck_assert_int_lt(n, 100000);
    }
    ck_assert_int_gt(n, 20);
}
END_TEST

static Suite *grad_suite(void)
{
    Suite *suite = suite_create("derivatives");
    TCase *orders = tcase_create("orders"), *small = tcase_create("graphs");
    tcase_set_timeout(orders, 60);
    tcase_set_timeout(small, 60);
    tcase_add_loop_test(orders, third_order_agrees_with_differences, 0,
                        (int)(sizeof graphs / sizeof *graphs));
    tcase_add_test(orders, memory_may_run_out_anywhere);
    tcase_add_checked_fixture(small, make_graph, free_graph);
    tcase_add_test(small, what_y_does_not_depend_on_has_gradient_zero);
    tcase_add_test(small, the_same_tensor_may_be_asked_for_twice);
    tcase_add_test(small, y_may_be_x);
    tcase_add_test(small, asking_for_nothing_gives_nothing);
    tcase_add_test(small, intermediate_tensors_have_gradients);
    tcase_add_test(small, broadcasting_is_undone);
    tcase_add_test(small, stop_stops);
    tcase_add_test(small, what_is_locally_constant_has_gradient_zero);
    tcase_add_test(small, orders_follow_from_each_other);
    tcase_add_test(small, directions_commute);
    tcase_add_test(small, a_jvp_is_derived);
    tcase_add_test(small, derivatives_are_marked);
    tcase_add_test(small, derivatives_stand_in_the_scope_of_what_they_derive);
    tcase_add_test(small, depth_is_bounded_by_memory);
    tcase_add_test(small, null_is_inert);
    tcase_add_loop_test(small, misuse_is_said, 0, (int)(sizeof misuses / sizeof *misuses));
    suite_add_tcase(suite, orders);
    suite_add_tcase(suite, small);
    return suite;
}

int main(void)
{
    return run_suite(grad_suite());
}
