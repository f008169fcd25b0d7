/* test_graph.c - building: equal nodes are one, scopes, errors that name what is wrong, and
 * failures that harm nothing. */
#include "base/alloc.h"
#include "core/graph.h"
#include "core/program.h"
#include "core/store.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static rill_store *store;
static rill_graph *g;
static rill_tensor *x;

static void make_graph(void)
{
    store = rill_store_new(1);
    g = rill_graph_new(store);
    x = rill_input(g, "x", RILL_F32, RILL_SHAPE(4, 3));
}

static void free_graph(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

static const rill_init zeros = { RILL_INIT_CONSTANT, 0 };

static void assert_error(const char *expected)
{
    ck_assert_ptr_nonnull(rill_error(g));
    ck_assert_str_eq(rill_error(g), expected);
}

/* ---- Equal nodes. */

START_TEST(equal_nodes_are_one)
{
    ck_assert_ptr_eq(rill_sin(x), rill_sin(x));
    ck_assert_ptr_eq(rill_add(rill_sin(x), x), rill_add(rill_sin(x), x));
    ck_assert_ptr_ne(rill_sin(x), rill_cos(x));
    ck_assert_ptr_ne(rill_sub(rill_sin(x), x), rill_sub(x, rill_sin(x)));
    int64_t size = rill_graph_size(g);
    rill_sin(x);
    ck_assert_int_eq(rill_graph_size(g), size);
}
END_TEST

START_TEST(attributes_tell_nodes_apart)
{
    rill_tensor *first = rill_sum(x, (rill_axes){ 1, { 0 } }, 0);
    ck_assert_ptr_eq(first, rill_sum(x, (rill_axes){ 1, { 0 } }, 0));
    ck_assert_ptr_eq(first, rill_sum(x, (rill_axes){ 1, { -2 } }, 0));
    ck_assert_ptr_ne(first, rill_sum(x, (rill_axes){ 1, { 1 } }, 0));
    ck_assert_ptr_ne(first, rill_sum(x, (rill_axes){ 1, { 0 } }, 1));
}
END_TEST

START_TEST(equal_constants_are_one)
{
    const float data[4] = { 1, 2, 3, 4 }, ones[2] = { 1, 1 };
    rill_tensor *c = rill_constant(g, RILL_F32, RILL_SHAPE(4), data, 4);
    ck_assert_ptr_eq(c, rill_constant(g, RILL_F32, RILL_SHAPE(4), data, 4));
    ck_assert_ptr_ne(c, rill_constant(g, RILL_F32, RILL_SHAPE(2, 2), data, 4));
    ck_assert_ptr_ne(c, rill_constant(g, RILL_I32, RILL_SHAPE(4), data, 4));
    ck_assert_ptr_eq(rill_constant(g, RILL_F32, RILL_SHAPE(2), ones, 2),
                     rill_full(g, RILL_F32, RILL_SHAPE(2), 1));
    ck_assert_ptr_ne(rill_full(g, RILL_F32, RILL_SCALAR, 0.0),
                     rill_full(g, RILL_F32, RILL_SCALAR, -0.0));
}
END_TEST

/* Dims beyond the rank are part of no tensor. */
START_TEST(what_lies_beyond_the_rank_does_not_matter)
{
    rill_shape dirty = { 1, { 3, 77, -5, 1 } };
    ck_assert_ptr_eq(rill_full(g, RILL_F32, dirty, 2), rill_full(g, RILL_F32, RILL_SHAPE(3), 2));
    ck_assert_ptr_eq(rill_input(g, "d", RILL_F32, dirty),
                     rill_input(g, "d", RILL_F32, RILL_SHAPE(3)));
    ck_assert_ptr_null(rill_error(g));
}
END_TEST

START_TEST(random_and_opaque_nodes_are_distinct)
{
    ck_assert_ptr_ne(rill_normal(g, RILL_F32, RILL_SHAPE(4)),
                     rill_normal(g, RILL_F32, RILL_SHAPE(4)));
    ck_assert_ptr_ne(rill_opaque_like(x), rill_opaque_like(x));
    ck_assert_ptr_null(rill_error(g));
}
END_TEST

START_TEST(ids_count_nodes_inputs_first)
{
    rill_tensor *a = rill_sin(x), *b = rill_mul(a, x);
    ck_assert_int_lt(rill_id_of(x), rill_id_of(a));
    ck_assert_int_lt(rill_id_of(a), rill_id_of(b));
    ck_assert_int_lt(rill_id_of(b), rill_graph_size(g));
}
END_TEST

/* ---- Looking. */

START_TEST(a_tensor_tells_what_it_is)
{
    rill_scope_begin(g, "outer");
    rill_tensor *w = rill_param(g, RILL_F64, RILL_SHAPE(3, 5), zeros, "w");
    rill_tensor *y = rill_add(x, x);
    rill_scope_end(g);
    ck_assert_str_eq(rill_name_of(w), "outer.w");
    ck_assert_str_eq(rill_scope_of(w), "outer");
    ck_assert_int_eq(rill_role_of(w), RILL_PARAMETER);
    ck_assert_int_eq(rill_dtype_of(w), RILL_F64);
    ck_assert_ptr_eq(rill_op_of(w), &rill_state_op);
    ck_assert_ptr_eq(rill_op_of(y), &rill_add_op);
    ck_assert_ptr_eq(rill_graph_of(y), g);
    ck_assert_int_eq(rill_input_count(y), 2);
    ck_assert_ptr_eq(rill_input_at(y, 1), x);
    ck_assert(rill_is_inert(rill_input_at(y, 2)));
    ck_assert(rill_is_inert(rill_input_at(y, -1)));
    ck_assert_int_eq(rill_rank(y), 2);
    ck_assert_int_eq(rill_dim(y, 0), 4);
    ck_assert_int_eq(rill_dim(y, -1), 3);
    ck_assert_int_eq(rill_dim(y, 9), 1);
    ck_assert_int_eq(rill_count(y), 12);
    ck_assert_str_eq(rill_name_of(y), "");
    ck_assert_ptr_eq(rill_graph_store(g), store);
}
END_TEST

START_TEST(a_splat_is_seen_through_views)
{
    double value = 0;
    ck_assert(rill_is_splat(
        rill_reshape(rill_full(g, RILL_F32, RILL_SHAPE(6), 2.5), RILL_SHAPE(2, 3)), &value));
    ck_assert_double_eq(value, 2.5);
    ck_assert(rill_is_splat(rill_full(g, RILL_I32, RILL_SHAPE(6), 2.6), &value));
    ck_assert_double_eq(value, 3);
    ck_assert(!rill_is_splat(x, &value));
    ck_assert(!rill_is_splat(NULL, &value));
}
END_TEST

START_TEST(integers_saturate)
{
    const struct {
        double given, kept;
    } cases[] = { { 1e300, INT32_MAX }, { -1e300, INT32_MIN }, { (double)NAN, 0 }, { -7.4, -7 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value;
        ck_assert(rill_is_splat(rill_full(g, RILL_I32, RILL_SCALAR, cases[i].given), &value));
        ck_assert_double_eq(value, cases[i].kept);
    }
}
END_TEST

START_TEST(what_a_tensor_depends_on_is_found)
{
    rill_tensor *a = rill_param(g, RILL_F32, RILL_SHAPE(3), zeros, "a"), *found[4] = { NULL };
    rill_tensor *b = rill_param(g, RILL_F32, RILL_SHAPE(3), zeros, "b");
    rill_tensor *m = rill_state(g, RILL_MOMENT, RILL_F32, RILL_SHAPE(3), zeros, "m");
    rill_tensor *y = rill_add(rill_mul(b, m), rill_mul(x, a));
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_PARAMETER, NULL, 0), 2);
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_PARAMETER, found, 4), 2);
    ck_assert((found[0] == a && found[1] == b) || (found[0] == b && found[1] == a));
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_PARAMETER, found + 3, 1), 2);
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_MOMENT, found, 4), 1);
    ck_assert_ptr_eq(found[0], m);
    ck_assert_int_eq(rill_depends_on(&y, 1, RILL_COUNTER, found, 4), 0);
    ck_assert_int_eq(rill_depends_on(NULL, 1, RILL_MOMENT, found, 4), 0);
    ck_assert_int_eq(rill_depends_on((rill_tensor *[]){ NULL }, 1, RILL_MOMENT, found, 4), 0);
    ck_assert_int_eq(rill_depends_on(&y, -1, RILL_MOMENT, found, 4), 0);
    rill_graph *other = rill_graph_new(NULL);
    rill_tensor *foreign = rill_input(other, "x", RILL_F32, RILL_SHAPE(3));
    ck_assert_int_eq(rill_depends_on((rill_tensor *[]){ y, foreign }, 2, RILL_MOMENT, found, 4), 0);
    assert_error("tensor 1 is of another graph");
    rill_graph_free(other);
}
END_TEST

/* ---- Scopes. */

START_TEST(scopes_nest)
{
    rill_scope_begin(g, "net");
    rill_scope_begin(g, "hidden%d", 2);
    ck_assert_str_eq(rill_scope_of(rill_exp(x)), "net.hidden2");
    rill_scope_end(g);
    ck_assert_str_eq(rill_scope_of(rill_sin(x)), "net");
    rill_scope_end(g);
    ck_assert_str_eq(rill_scope_of(rill_cos(x)), "");
    ck_assert_ptr_null(rill_error(g));
}
END_TEST

START_TEST(closing_a_scope_that_is_not_open_is_said)
{
    rill_scope_end(g);
    assert_error("rill_scope_end without a scope that is open");
}
END_TEST

START_TEST(a_scope_is_named_in_full)
{
    char name[600];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    rill_scope_begin(g, "%s", name);
    ck_assert_str_eq(rill_scope_of(rill_exp(x)), name);
    rill_scope_end(g);
    ck_assert_ptr_null(rill_error(g));
}
END_TEST

START_TEST(a_scope_without_a_name_is_refused)
{
    rill_scope_begin(g, "outer");
    if (_i)
        rill_scope_begin(g, "%s", "");
    else
        rill_scope_begin(g, NULL);
    rill_scope_end(g);
    rill_scope_end(g);
    assert_error("outer: a scope needs a name");
}
END_TEST

START_TEST(names_too_long_are_refused)
{
    char name[300], path[2000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 10; i++)
        rill_scope_begin(g, "%s", name);
    ck_assert_ptr_nonnull(rill_error(g));
    for (int i = 0; i < 10; i++)
        rill_scope_end(g);
    ck_assert(strstr(rill_error(g), "limited to") != NULL);

    rill_graph *h = rill_graph_new(store);
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    ck_assert(rill_is_inert(rill_param(h, RILL_F32, RILL_SHAPE(1), zeros, path)));
    ck_assert(strstr(rill_error(h), "the name is too long") != NULL);
    rill_graph_free(h);
}
END_TEST

START_TEST(streams_follow_scope_and_seed)
{
    rill_graph *h = rill_graph_new(store);
    rill_scope_begin(g, "a");
    rill_scope_begin(h, "a");
    uint64_t first = rill_graph_stream(g), second = rill_graph_stream(g);
    ck_assert_uint_ne(first, second);
    ck_assert_uint_eq(rill_graph_stream(h), first);
    rill_scope_end(g);
    ck_assert_uint_ne(rill_graph_stream(g), first);
    rill_scope_begin(g, "a"); /* opened again: goes on */
    ck_assert_uint_ne(rill_graph_stream(g), first);
    ck_assert_uint_eq(rill_graph_stream(h), second);
    rill_graph_free(h);
    rill_store *other_seed = rill_store_new(rill_store_seed(store) + 1);
    h = rill_graph_new(other_seed);
    rill_scope_begin(h, "a");
    ck_assert_uint_ne(rill_graph_stream(h), first);
    rill_graph_free(h);
    rill_store_free(other_seed);
}
END_TEST

/* ---- Errors: the first, with scope, op and shapes, and nothing more happens. */

START_TEST(an_error_names_scope_op_and_shapes)
{
    rill_tensor *a = rill_input(g, "a", RILL_F32, RILL_SHAPE(256, 64));
    rill_tensor *w = rill_input(g, "w", RILL_F32, RILL_SHAPE(65, 64));
    rill_scope_begin(g, "hidden1");
    rill_tensor *bad = rill_matmul(a, w);
    rill_scope_end(g);
    assert_error("hidden1: matmul: inner dimensions differ: [256,64] x [65,64]");
    ck_assert(rill_is_inert(bad));
}
END_TEST

START_TEST(after_a_failure_nothing_happens)
{
    rill_tensor *bad = rill_matmul(x, x);
    char *first = strdup(rill_error(g));
    int64_t size = rill_graph_size(g);
    rill_tensor *y = rill_sum_all(rill_add(rill_reshape(bad, RILL_SHAPE(7)), rill_sin(x)));
    ck_assert(rill_is_inert(y));
    ck_assert_int_eq(rill_dim(y, 0), 1);
    ck_assert_int_eq(rill_count(y), 1);
    ck_assert(rill_is_inert(rill_input(g, "later", RILL_F32, RILL_SCALAR)));
    ck_assert(rill_is_inert(rill_graph_fail(g, "another")));
    ck_assert_int_eq(rill_graph_size(g), size);
    ck_assert_str_eq(rill_error(g), first);
    ck_assert_ptr_null(rill_compile(g, y));
    ck_assert_str_eq(rill_error(g), first);
    free(first);
}
END_TEST

static void mismatched_shapes(void)
{
    rill_add(x, rill_input(g, "y", RILL_F32, RILL_SHAPE(4, 2)));
}

static void mismatched_dtypes(void)
{
    rill_add(x, rill_input(g, "y", RILL_F64, RILL_SHAPE(4, 3)));
}

static void input_twice(void)
{
    rill_input(g, "x", RILL_F32, RILL_SHAPE(4));
}

static void input_of_other_type(void)
{
    rill_input(g, "x", RILL_F64, RILL_SHAPE(4, 3));
}

static void param_twice(void)
{
    rill_param(g, RILL_F32, RILL_SHAPE(4), zeros, "w");
    rill_param(g, RILL_F32, RILL_SHAPE(5), zeros, "w");
}

static void param_stored_differently(void)
{
    const float value[2] = { 1, 2 };
    rill_store_put(store, "w", RILL_PARAMETER, RILL_F32, RILL_SHAPE(2), value, NULL);
    rill_param(g, RILL_F32, RILL_SHAPE(3), zeros, "w");
}

static void input_without_name(void)
{
    rill_input(g, NULL, RILL_F32, RILL_SCALAR);
}

static void input_of_no_dtype(void)
{
    rill_input(g, "i", (rill_dtype)77, RILL_SCALAR);
}

static void input_of_negative_extent(void)
{
    rill_input(g, "i", RILL_F32, (rill_shape){ 1, { -1 } });
}

static void rank_nine(void)
{
    rill_input(g, "i", RILL_F32, RILL_SHAPE(1, 1, 1, 1, 1, 1, 1, 1, 1));
}

static void rank_of_a_liar(void)
{
    rill_full(g, RILL_F32, (rill_shape){ 1000000, { 1 } }, 0);
}

static void shape_that_overflows(void)
{
    rill_full(g, RILL_F32, RILL_SHAPE(INT64_MAX, INT64_MAX), 0);
}

static void result_that_overflows(void)
{
    rill_tensor *a = rill_full(g, RILL_F32, RILL_SHAPE(INT64_C(1) << 30, 1), 1);
    rill_add(a, rill_full(g, RILL_F32, RILL_SHAPE(1, INT64_C(1) << 30), 1));
}

static void product_that_overflows(void)
{
    rill_tensor *a = rill_full(g, RILL_F32, RILL_SHAPE(INT64_C(1) << 30, 1), 1);
    rill_matmul(a, rill_full(g, RILL_F32, RILL_SHAPE(1, INT64_C(1) << 30), 1));
}

static void constant_of_wrong_count(void)
{
    rill_constant(g, RILL_F32, RILL_SHAPE(3), (const float[]){ 1, 2 }, 2);
}

static void constant_without_data(void)
{
    rill_constant(g, RILL_F32, RILL_SHAPE(3), NULL, 3);
}

static void null_input(void)
{
    rill_add(x, NULL);
}

static void too_few_inputs(void)
{
    rill_apply(&rill_add_op, &x, 1, NULL);
}

static void apply_a_leaf(void)
{
    rill_apply_in(g, &rill_input_op, NULL, 0, NULL);
}

static void apply_nothing(void)
{
    rill_apply_in(g, NULL, NULL, 0, NULL);
}

static void no_attributes(void)
{
    rill_apply(&rill_sum_op, &x, 1, NULL);
}

static void no_such_role(void)
{
    rill_state(g, (rill_role)9, RILL_F32, RILL_SCALAR, zeros, "s");
}

static const struct {
    void (*build)(void);
    const char *says;
} failures[] = {
    { mismatched_shapes, "add: shapes do not broadcast: [4,3] and [4,2]" },
    { mismatched_dtypes, "add: dtypes differ: f32 and f64 (use cast)" },
    { input_twice, "input x: f32[4] here, f32[4,3] before" },
    { input_of_other_type, "input x: f64[4,3] here, f32[4,3] before" },
    { param_twice, "state w: f32[5] here, f32[4] before" },
    { param_stored_differently, "state w: f32[3] here, f32[2] in the store" },
    { input_without_name, "input: the name is NULL" },
    { input_of_no_dtype, "input i: 77 is no dtype" },
    { input_of_negative_extent, "input i: the shape is invalid" },
    { rank_nine, "input i: the shape is invalid (rank 0 to 8, no negative extent" },
    { rank_of_a_liar, "the shape is invalid" },
    { shape_that_overflows, "full" },
    { product_that_overflows, "matmul: the product has too many elements" },
    { result_that_overflows, "[1073741824,1] and [1,1073741824]" },
    { constant_of_wrong_count, "constant: the shape has 3 elements, the data 2" },
    { constant_without_data, "constant: the shape has 3 elements, the data 0" },
    { null_input, "add: input 1 is NULL" },
    { too_few_inputs, "add: takes 2 inputs, got 1" },
    { apply_a_leaf, "rill_apply: needs an op that is no leaf" },
    { apply_nothing, "rill_apply: needs an op that is no leaf" },
    { no_attributes, "sum: attributes are missing" },
    { no_such_role, "state s: 9 is no role" },
};

START_TEST(a_failure_says_what_was_given_and_expected)
{
    failures[_i].build();
    ck_assert_ptr_nonnull(rill_error(g));
    ck_assert_msg(strstr(rill_error(g), failures[_i].says) != NULL, "got: %s", rill_error(g));
}
END_TEST

START_TEST(graphs_do_not_mix)
{
    rill_graph *h = rill_graph_new(NULL);
    rill_tensor *other = rill_input(h, "other", RILL_F32, RILL_SHAPE(4, 3));
    ck_assert(rill_is_inert(rill_add(x, other)));
    assert_error("add: input 1 belongs to another graph");
    ck_assert_ptr_null(rill_error(h));
    ck_assert(rill_is_inert(rill_add(other, x)));
    ck_assert_ptr_nonnull(rill_error(h));
    rill_graph_free(h);
}
END_TEST

START_TEST(a_graph_without_a_store_has_no_state)
{
    rill_graph *h = rill_graph_new(NULL);
    ck_assert(rill_is_inert(rill_param(h, RILL_F32, RILL_SCALAR, zeros, "w")));
    ck_assert_str_eq(rill_error(h), "state w: the graph has no store");
    rill_graph_free(h);
}
END_TEST

START_TEST(null_is_inert_everywhere)
{
    rill_graph *none = rill_graph_of(NULL);
    ck_assert_ptr_null(none);
    ck_assert(rill_is_inert(NULL));
    ck_assert(rill_is_inert(rill_input(NULL, "x", RILL_F32, RILL_SCALAR)));
    ck_assert(rill_is_inert(rill_param(NULL, RILL_F32, RILL_SCALAR, zeros, "w")));
    ck_assert(rill_is_inert(rill_full(NULL, RILL_F32, RILL_SCALAR, 1)));
    ck_assert(rill_is_inert(rill_constant(NULL, RILL_F32, RILL_SCALAR, NULL, 1)));
    ck_assert(rill_is_inert(rill_scalar_like(NULL, 1)));
    ck_assert(rill_is_inert(rill_opaque_like(NULL)));
    ck_assert(rill_is_inert(rill_add(NULL, NULL)));
    ck_assert(rill_is_inert(rill_apply(NULL, NULL, 3, NULL)));
    ck_assert(rill_is_inert(rill_apply(&rill_add_op, NULL, -1, NULL)));
    ck_assert(rill_is_inert(rill_graph_fail(NULL, "no")));
    ck_assert_ptr_nonnull(rill_error(NULL));
    ck_assert_int_eq(rill_rank(NULL), 0);
    ck_assert_int_eq(rill_dim(NULL, 3), 1);
    ck_assert_int_eq(rill_count(NULL), 1);
    ck_assert_int_eq(rill_input_count(NULL), 0);
    ck_assert_str_eq(rill_name_of(NULL), "");
    ck_assert_str_eq(rill_scope_of(NULL), "");
    ck_assert_ptr_null(rill_attrs_of(NULL));
    ck_assert_int_eq(rill_graph_size(NULL), 0);
    ck_assert_int_eq(rill_is_backward(NULL), 0);
    ck_assert_ptr_null(rill_graph_store(NULL));
    ck_assert_uint_eq(rill_graph_stream(NULL), 0);
    rill_scope_begin(NULL, "s");
    rill_scope_begin(g, NULL);
    rill_scope_end(NULL);
    rill_graph_free(NULL);
}
END_TEST

/* ---- Memory that runs out. */

static int network_builds(void)
{
    rill_store *s = rill_store_new(1);
    rill_graph *h = rill_graph_new(s);
    rill_tensor *y = rill_input(h, "x", RILL_F32, RILL_SHAPE(8, 4));
    for (int i = 0; i < 4; i++) {
        rill_scope_begin(h, "hidden%d", i);
        rill_tensor *w = rill_param(h, RILL_F32, RILL_SHAPE(4, 4), zeros, "weight");
        rill_tensor *b = rill_param(h, RILL_F32, RILL_SHAPE(4), zeros, "bias");
        y = rill_tanh(rill_add(rill_matmul(y, w), b));
        rill_scope_end(h);
    }
    y = rill_mul(rill_sum_all(rill_square(y)), rill_scalar_like(y, 0.5));
    int built = !rill_is_inert(y) && s;
    if (s) {
        ck_assert_int_eq(built, rill_error(h) == NULL);
        ck_assert(built || strstr(rill_error(h), "memory") != NULL);
    }
    rill_graph_free(h);
    rill_store_free(s);
    return built;
}

START_TEST(memory_may_run_out_anywhere)
{
    int64_t n = 1;
    for (int built = 0; !built; n++) {
        rill_alloc_fail(n, _i);
        built = network_builds();
        rill_alloc_fail(0, 0);
        ck_assert_int_lt(n, 10000);
    }
    ck_assert_int_gt(n, 5);
}
END_TEST

START_TEST(depth_is_bounded_by_memory)
{
    enum { DEPTH = 200000 };
    rill_tensor *chain = x;
    for (int i = 0; i < DEPTH; i++)
        chain = rill_sin(chain);
    ck_assert_int_eq(rill_depends_on(&chain, 1, RILL_PARAMETER, NULL, 0), 0);
    ck_assert_int_eq(rill_graph_size(g), DEPTH + 1);
}
END_TEST

static Suite *graph_suite(void)
{
    Suite *suite = suite_create("graphs");
    TCase *tcase = tcase_create("graphs");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, make_graph, free_graph);
    tcase_add_test(tcase, equal_nodes_are_one);
    tcase_add_test(tcase, attributes_tell_nodes_apart);
    tcase_add_test(tcase, equal_constants_are_one);
    tcase_add_test(tcase, what_lies_beyond_the_rank_does_not_matter);
    tcase_add_test(tcase, random_and_opaque_nodes_are_distinct);
    tcase_add_test(tcase, ids_count_nodes_inputs_first);
    tcase_add_test(tcase, a_tensor_tells_what_it_is);
    tcase_add_test(tcase, a_splat_is_seen_through_views);
    tcase_add_test(tcase, integers_saturate);
    tcase_add_test(tcase, what_a_tensor_depends_on_is_found);
    tcase_add_test(tcase, scopes_nest);
    tcase_add_test(tcase, closing_a_scope_that_is_not_open_is_said);
    tcase_add_test(tcase, names_too_long_are_refused);
    tcase_add_test(tcase, a_scope_is_named_in_full);
    tcase_add_loop_test(tcase, a_scope_without_a_name_is_refused, 0, 2);
    tcase_add_test(tcase, streams_follow_scope_and_seed);
    tcase_add_test(tcase, an_error_names_scope_op_and_shapes);
    tcase_add_test(tcase, after_a_failure_nothing_happens);
    tcase_add_loop_test(tcase, a_failure_says_what_was_given_and_expected, 0,
                        (int)(sizeof failures / sizeof *failures));
    tcase_add_test(tcase, graphs_do_not_mix);
    tcase_add_test(tcase, a_graph_without_a_store_has_no_state);
    tcase_add_test(tcase, null_is_inert_everywhere);
    tcase_add_loop_test(tcase, memory_may_run_out_anywhere, 0, 2);
    tcase_add_test(tcase, depth_is_bounded_by_memory);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(graph_suite());
}
