/* stop, assign, require_finite and group: what they do to gradients, to the store and to a run. */
#include "core/grad.h"
#include "core/store.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "value.h"

#include <math.h>

static rill_store *store;
static rill_graph *g;
static rill_tensor *a, *b; /* entries, [2] f64, of 1 and of 2 */

static rill_tensor *entry(const char *name, double start)
{
    return rill_state(g, RILL_MOMENT, RILL_F64, RILL_SHAPE(2),
                      (rill_init){ RILL_INIT_CONSTANT, start }, name);
}

static void setup(void)
{
    store = rill_store_new(3);
    g = rill_graph_new(store);
    a = entry("a", 1);
    b = entry("b", 2);
}

static void teardown(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

static void entry_is(const char *name, double first, double second)
{
    double x[2];
    ck_assert_int_eq(rill_store_get(store, name, x, 2, NULL), RILL_OK);
    ck_assert_msg(x[0] == first && x[1] == second, "%s is %g, %g, not %g, %g", name, x[0], x[1],
                  first, second);
}

static rill_program *program_of(rill_tensor *y)
{
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "?");
    return p;
}

START_TEST(stop_is_the_identity_without_gradient)
{
    rill_tensor *x = counting(g, RILL_F64, RILL_SHAPE(3)), *gx, *tangent;
    double y[3];
    value(rill_stop(x), y, 3);
    ck_assert(y[0] == 1 && y[1] == 2 && y[2] == 3);
    value(rill_stop(counting(g, RILL_I32, RILL_SHAPE(3))), y, 3);
    ck_assert(y[0] == 1 && y[1] == 2 && y[2] == 3);
    rill_tensor *z = rill_mul(x, rill_stop(x));
    rill_grad(rill_sum_all(z), &x, 1, &gx); /* of x * constant: x itself */
    value(gx, y, 3);
    ck_assert(y[0] == 1 && y[1] == 2 && y[2] == 3);
    tangent = rill_jvp(rill_stop(x), x, x);
    value(tangent, y, 3);
    ck_assert(y[0] == 0 && y[1] == 0 && y[2] == 0);
}
END_TEST

/* Reads see the values from before the run; what assign returns is the new value. */
START_TEST(assign_commits_after_all_reads)
{
    rill_tensor *new_a = rill_assign(a, b), *new_b = rill_assign(b, a);
    rill_tensor *sum = rill_add(new_a, rill_scale(a, 10));
    rill_program *p = program_of(rill_group((rill_tensor *[]){ new_a, new_b, sum }, 3));
    ck_assert_int_eq(rill_run(p), RILL_OK);
    entry_is("a", 2, 2);
    entry_is("b", 1, 1);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    entry_is("a", 1, 1);
    rill_program_free(p);
    p = program_of(sum);
    ck_assert_int_eq(rill_run(p), RILL_OK); /* a = 1, b = 2: the new value is 2 */
    double y[2];
    read_numbers(p, sum, y, 2);
    ck_assert(y[0] == 12 && y[1] == 12);
    rill_program_free(p);
}
END_TEST

START_TEST(nothing_commits_unless_finite)
{
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(2));
    rill_tensor *next = rill_assign(a, rill_add(a, x));
    rill_tensor *guard = rill_require_finite(rill_log(x));
    rill_program *p = program_of(rill_group((rill_tensor *[]){ next, guard }, 2));
    const double good[] = { 1, 2 }, bad[] = { 3, -1 }, zero[] = { 0, 1 };
    rill_feed(p, x, good, 2);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    entry_is("a", 2, 3);
    rill_feed(p, x, bad, 2);
    ck_assert_int_eq(rill_run(p), RILL_NOT_FINITE);
    ck_assert(strstr(rill_program_error(p), "log") != NULL);
    entry_is("a", 2, 3);
    rill_feed(p, x, zero, 2);
    ck_assert_int_eq(rill_run(p), RILL_NOT_FINITE);
    entry_is("a", 2, 3);
    rill_feed(p, x, good, 2);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    entry_is("a", 3, 5);
    rill_program_free(p);
}
END_TEST

START_TEST(gradients_pass_a_guard)
{
    rill_tensor *x = counting(g, RILL_F64, RILL_SHAPE(3)), *gx;
    double y[3];
    rill_grad(rill_sum_all(rill_square(rill_require_finite(x))), &x, 1, &gx);
    value(gx, y, 3);
    ck_assert(y[0] == 2 && y[1] == 4 && y[2] == 6);
}
END_TEST

START_TEST(group_takes_anything)
{
    rill_tensor *parts[] = { a, counting(g, RILL_I32, RILL_SHAPE(2, 3)),
                             rill_full(g, RILL_F32, RILL_SCALAR, 1) };
    rill_tensor *all = rill_group(parts, 3);
    shape_is(all, "[0]");
    ck_assert_int_eq(rill_dtype_of(all), RILL_I32);
    rill_program *p = program_of(all);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(rill_read(p, all, &(int32_t){ 0 }, 0), RILL_OK);
    rill_program_free(p);
}
END_TEST

START_TEST(assign_refuses_what_is_no_entry)
{
    ck_assert(rill_is_inert(rill_assign(rill_neg(a), a)));
    refused(g, "assign: the first tensor is a neg, not a parameter or state");
}
END_TEST

START_TEST(assign_refuses_another_shape)
{
    ck_assert(rill_is_inert(rill_assign(a, rill_full(g, RILL_F64, RILL_SHAPE(3), 0))));
    refused(g, "f64 [3] does not fit the entry, which is f64 [2]");
}
END_TEST

START_TEST(assign_refuses_another_dtype)
{
    ck_assert(rill_is_inert(rill_assign(a, rill_full(g, RILL_F32, RILL_SHAPE(2), 0))));
    refused(g, "f32 [2] does not fit the entry, which is f64 [2]");
}
END_TEST

START_TEST(two_assigns_of_one_entry_are_refused)
{
    rill_tensor *both[] = { rill_assign(a, b), rill_assign(a, rill_neg(b)) };
    ck_assert_ptr_null(rill_compile(g, rill_group(both, 2)));
    ck_assert_ptr_nonnull(rill_error(g));
}
END_TEST

START_TEST(effects_have_no_gradient)
{
    rill_tensor *x = counting(g, RILL_F64, RILL_SHAPE(2)), *gx;
    rill_grad(rill_sum_all(rill_assign(a, x)), &x, 1, &gx);
    ck_assert(rill_is_inert(gx));
    refused(g, "not differentiable");
}
END_TEST

START_TEST(guard_refuses_whole_numbers)
{
    ck_assert(rill_is_inert(rill_require_finite(rill_full(g, RILL_I32, RILL_SHAPE(2), 0))));
    refused(g, "not i32");
}
END_TEST

START_TEST(null_is_inert)
{
    ck_assert(rill_is_inert(rill_stop(NULL)));
    ck_assert(rill_is_inert(rill_assign(NULL, a)));
    ck_assert(rill_is_inert(rill_require_finite(NULL)));
    ck_assert(rill_is_inert(rill_group(NULL, 2)));
    ck_assert(rill_is_inert(rill_group(NULL, -1)));
    ck_assert(rill_is_inert(rill_group(&a, 0)));
    ck_assert(rill_is_inert(rill_assign(a, NULL)));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        stop_is_the_identity_without_gradient,
        assign_commits_after_all_reads,
        nothing_commits_unless_finite,
        gradients_pass_a_guard,
        group_takes_anything,
        assign_refuses_what_is_no_entry,
        assign_refuses_another_shape,
        assign_refuses_another_dtype,
        two_assigns_of_one_entry_are_refused,
        effects_have_no_gradient,
        guard_refuses_whole_numbers,
        null_is_inert,
    };
    Suite *suite = suite_create("effect");
    TCase *effects = tcase_create("effects");
    tcase_add_checked_fixture(effects, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(effects, tests[i]);
    suite_add_tcase(suite, effects);
    return run_suite(suite);
}
