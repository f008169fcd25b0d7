/* test_wrong_ops.c - the checks find what is wrong: each op here has one fault, and the check made
 * for it fails with a message that names the op. */
#include "base/alloc.h"
#include "core/op.h"
#include "core/program.h"
#include "core/store.h"
#include "ops/check/gradcheck.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* ---- Kernels: f64 right, f32 mostly. */

#define MAP(name, value)                                                                           \
    static void name##_f64(void *out, const void *const *in, const void *attrs, int64_t n)         \
    {                                                                                              \
        const double *x = in[0];                                                                   \
        (void)attrs;                                                                               \
        for (int64_t i = 0; i < n; i++)                                                            \
            ((double *)out)[i] = (value);                                                          \
    }                                                                                              \
    static void name##_f32(void *out, const void *const *in, const void *attrs, int64_t n)         \
    {                                                                                              \
        const float *x = in[0];                                                                    \
        (void)attrs;                                                                               \
        for (int64_t i = 0; i < n; i++)                                                            \
            ((float *)out)[i] = (float)(value);                                                    \
    }
#define MAPS(name)                                                                                 \
    {                                                                                              \
        name##_f32, name##_f64                                                                     \
    }

MAP(square, x[i] * x[i])
MAP(same, x[i])
MAP(sine, sin((double)x[i]))
MAP(counting, x[i] + (n > 20 ? 1 : 0)) /* depends on how the work is split */

static const rill_sample line[] = { { .count = 1, .shape = { { 1, { 7 } } } },
                                    { .count = 1, .shape = { { 2, { 3, 11 } } } } };
#define LINE .samples = line, .sample_count = 2
#define MAP1 .arity = 1, .traits = RILL_ELEMENTWISE, .doc = "y = ?", LINE

/* ---- Wrong derivatives. */

static rill_tensor *in0(rill_tensor *y)
{
    return rill_input_at(y, 0);
}

static rill_tensor *sine_vjp_of_sine(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_mul(gy, rill_sin(in0(y)));
}

static rill_tensor *half_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_mul(gy, in0(y));
}

static rill_tensor *square_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_mul(gy, rill_scale(in0(y), 2));
}

static rill_tensor *stopped_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_mul(gy, rill_scale(rill_stop(in0(y)), 2));
}

static rill_tensor *absent_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y, (void)gy, (void)i;
    return NULL;
}

static rill_tensor *squared_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y, (void)i;
    return rill_square(gy);
}

static rill_tensor *shapeless_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)i;
    return rill_reshape(gy, RILL_SHAPE(rill_count(y), 1, 1));
}

static rill_tensor *half_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    return rill_mul(dx[0], in0(y));
}

static rill_tensor *wrong_expand(rill_tensor *y)
{
    return rill_shift(rill_square(in0(y)), 1e-3);
}

static const rill_op wrong_derivative = {
    .name = "wrong_derivative", MAP1, .map = MAPS(sine), .vjp = sine_vjp_of_sine
};
static const rill_op wrong_factor = {
    .name = "wrong_factor", MAP1, .map = MAPS(square), .vjp = half_vjp
};
static const rill_op wrong_second = {
    .name = "wrong_second", MAP1, .map = MAPS(square), .vjp = stopped_vjp
};
static const rill_op wrong_zero = {
    .name = "wrong_zero", MAP1, .map = MAPS(square), .vjp = absent_vjp
};
static const rill_op wrong_jvp = {
    .name = "wrong_jvp", MAP1, .map = MAPS(square), .vjp = square_vjp, .jvp = half_jvp
};
static const rill_op wrong_linearity = {
    .name = "wrong_linearity", MAP1, .map = MAPS(same), .vjp = squared_vjp
};
static const rill_op wrong_shape = {
    .name = "wrong_shape", MAP1, .map = MAPS(square), .vjp = shapeless_vjp
};
static const rill_op wrong_expansion = {
    .name = "wrong_expansion", MAP1, .map = MAPS(square), .vjp = square_vjp, .expand = wrong_expand
};
static const rill_op wrong_kernel = {
    .name = "wrong_kernel", MAP1, .map = { square_f32, same_f64 }, .vjp = square_vjp
};
static const rill_op wrong_map_split = {
    .name = "wrong_map_split", MAP1, .map = MAPS(counting), .vjp = square_vjp
};
static const rill_op not_linear = { .name = "not_linear",
                                    .doc = "y = a^2",
                                    .arity = 1,
                                    .traits = RILL_ELEMENTWISE | RILL_LINEAR,
                                    LINE,
                                    .map = MAPS(square),
                                    .vjp = square_vjp };
static const rill_op no_samples = { .name = "no_samples",
                                    .doc = "y = a^2",
                                    .arity = 1,
                                    .traits = RILL_ELEMENTWISE,
                                    .map = MAPS(square),
                                    .vjp = square_vjp };
static const rill_op wrong_samples = { .name = "wrong_samples",
                                       .doc = "y = a b",
                                       .arity = 2,
                                       .traits = RILL_ELEMENTWISE,
                                       LINE,
                                       .map = MAPS(square),
                                       .vjp = square_vjp };

/* ---- Wrong broadcasting: y[i,j] = a[i,j] + b[j], square so that a wrong sum has the right shape.
 */

static void add_row(const rill_call *call, int64_t begin, int64_t end)
{
    int64_t n = rill_shape_dim(&call->out.shape, -1);
    for (int64_t i = begin * n; i < end * n; i++)
        if (call->out.dtype == RILL_F64)
            ((double *)call->out.data)[i] =
                ((const double *)call->in[0].data)[i] + ((const double *)call->in[1].data)[i % n];
        else
            ((float *)call->out.data)[i] =
                ((const float *)call->in[0].data)[i] + ((const float *)call->in[1].data)[i % n];
}

static int64_t rows(const rill_call *call)
{
    return rill_shape_dim(&call->out.shape, 0);
}

static int add_row_infer(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static rill_tensor *sum_of_wrong_axis(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y;
    return i == 0 ? gy : rill_transpose(gy);
}

static rill_tensor *mean_for_sum(rill_tensor *y, rill_tensor *gy, int i)
{
    return i == 0 ? gy : rill_scale(gy, 1.0 / (double)rill_dim(y, 0));
}

/* Rows that are not independent, though each is said to be a unit. */
static void running(const rill_call *call, int64_t begin, int64_t end)
{
    add_row(call, begin, end);
    if (call->out.dtype == RILL_F64 && end - begin > 1)
        ((double *)call->out.data)[begin * 3 + 3] += 1.0;
}

static const rill_sample square_and_row[] = { { .count = 2,
                                                .shape = { { 2, { 3, 3 } }, { 1, { 3 } } } } };
#define ADD_ROW                                                                                    \
    .arity = 2, .doc = "y[i,j] = a[i,j] + b[j]", .infer = add_row_infer,                           \
    .samples = square_and_row, .sample_count = 1

static const rill_op wrong_axis = {
    .name = "wrong_axis", ADD_ROW, .kernel = { add_row, rows, NULL, NULL }, .vjp = sum_of_wrong_axis
};
static const rill_op wrong_sum = {
    .name = "wrong_sum", ADD_ROW, .kernel = { add_row, rows, NULL, NULL }, .vjp = mean_for_sum
};
static const rill_op wrong_split = { .name = "wrong_split",
                                     ADD_ROW,
                                     .traits = RILL_NOT_DIFFERENTIABLE,
                                     .kernel = { running, rows, NULL, NULL } };

/* ---- The faults, and the checks that find them. */

static const struct {
    const rill_op *op;
    rill_check found_by;
    double at_least; /* the error that it must be given */
} faults[] = {
    { &wrong_derivative, RILL_CHECK_FIRST, .1 },
    { &wrong_factor, RILL_CHECK_FIRST, .4 },
    { &wrong_zero, RILL_CHECK_FIRST, .9 },
    { &wrong_second, RILL_CHECK_SECOND, .5 },
    { &wrong_jvp, RILL_CHECK_DUALITY, .05 },
    { &not_linear, RILL_CHECK_DUALITY, .01 },
    { &wrong_linearity, RILL_CHECK_LINEARITY, .1 },
    { &wrong_expansion, RILL_CHECK_EXPANSION, 1e-4 },
    { &wrong_kernel, RILL_CHECK_KERNEL, .1 },
    { &wrong_map_split, RILL_CHECK_SPLIT, .1 },
    { &wrong_split, RILL_CHECK_SPLIT, .01 },
    { &wrong_axis, RILL_CHECK_FIRST, .01 },
    { &wrong_sum, RILL_CHECK_FIRST, .1 },
    { &no_samples, RILL_CHECK_SAMPLES, .1 },
    { &wrong_samples, RILL_CHECK_SAMPLES, .1 },
    { &wrong_shape, RILL_CHECK_FIRST, .1 },
};
enum { FAULTS = sizeof faults / sizeof *faults };

START_TEST(a_fault_is_found)
{
    const rill_op *op = faults[_i].op;
    rill_message why = { "" };
    ck_assert_msg(rill_register(op, &why) == RILL_OK, "%s", why.text);
    rill_check_report report;
    ck_assert_int_eq(rill_check_op(op, 1, &report, &why), RILL_MISMATCH);
    ck_assert_int_gt(report.failed, 0);
    ck_assert_msg(report.worst[faults[_i].found_by] >= faults[_i].at_least,
                  "%s: %s found only %g: %s", op->name, rill_check_name(faults[_i].found_by),
                  report.worst[faults[_i].found_by], why.text);
    ck_assert_msg(strncmp(why.text, op->name, strlen(op->name)) == 0, "%s", why.text);
}
END_TEST

START_TEST(a_message_says_what_where_and_how_much)
{
    rill_message why;
    rill_check_op(&wrong_factor, 1, NULL, &why);
    const char *parts[] = { "wrong_factor: sample 0: ", "input 0, element", "got ", "expected " };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(strstr(why.text, parts[i]) != NULL, "no \"%s\" in: %s", parts[i], why.text);
}
END_TEST

/* ---- What registration refuses. */

static const rill_op no_rule = { .name = "no_rule", MAP1, .map = MAPS(square) };
static const rill_op no_kernel = {
    .name = "no_kernel", .doc = "?", .arity = 1, .infer = add_row_infer, .vjp = square_vjp, LINE
};
static const rill_op no_infer = {
    .name = "no_infer", .doc = "?", .arity = 1, .kernel.eval = add_row, .vjp = square_vjp, LINE
};
static const rill_op no_doc = {
    .name = "no_doc", .arity = 1, .traits = RILL_ELEMENTWISE, .map = MAPS(square), .vjp = square_vjp
};
static const rill_op no_f32 = {
    .name = "no_f32", MAP1, .map = { NULL, square_f64 }, .vjp = square_vjp
};
static const rill_op name_taken = { .name = "sin", MAP1, .map = MAPS(square), .vjp = square_vjp };
static const rill_op no_identifier = {
    .name = "a b", MAP1, .map = MAPS(square), .vjp = square_vjp
};

static const struct {
    const rill_op *op;
    const char *says;
} refused[] = {
    { &no_rule, "neither vjp nor expand" },
    { &no_kernel, "no map, kernel or expand" },
    { &no_infer, "no infer" },
    { &no_doc, "no doc" },
    { &no_f32, "no map for f32 and f64" },
    { &name_taken, "the name is taken" },
    { &no_identifier, "C identifier" },
    { NULL, "C identifier" },
};

START_TEST(a_missing_rule_is_refused_at_registration)
{
    rill_message why = { "" };
    int count = rill_op_count();
    ck_assert_int_eq(rill_register(refused[_i].op, &why), RILL_BAD_ARGUMENT);
    ck_assert_msg(strstr(why.text, refused[_i].says) != NULL, "%s", why.text);
    ck_assert_int_eq(rill_op_count(), count);
}
END_TEST

/* ---- Functions and networks. */

static rill_tensor *apply1(const rill_op *op, rill_tensor *x)
{
    return rill_apply(op, &x, 1, NULL);
}

static rill_tensor *function(rill_tensor *const *x, int n, const void *op)
{
    (void)n;
    return rill_matmul(rill_tanh(x[0]), op ? apply1(op, x[1]) : rill_square(x[1]));
}

static const rill_check_input matrices[] = { { .shape = { 2, { 3, 4 } } },
                                             { .shape = { 2, { 4, 2 } } } };

START_TEST(a_function_is_checked)
{
    rill_message why = { "" };
    rill_check_report report;
    const rill_check_options options = { .name = "f", .orders = 3, .seed = 4 };
    ck_assert_msg(rill_check_function(function, NULL, matrices, 2, &options, &report, &why) ==
                      RILL_OK,
                  "%s", why.text);
    for (rill_check check = RILL_CHECK_FIRST; check <= RILL_CHECK_SUBSETS; check++)
        ck_assert_msg(report.compared[check] > 0, "no check of %s", rill_check_name(check));
    ck_assert_int_eq(
        rill_check_function(function, &wrong_factor, matrices, 2, &options, &report, &why),
        RILL_MISMATCH);
    ck_assert_int_eq(report.first_check, RILL_CHECK_FIRST);
    ck_assert_msg(strstr(why.text, "f: first order: gradient by input 1") != NULL, "%s", why.text);
}
END_TEST

static rill_tensor *nothing(rill_tensor *const *x, int n, const void *self)
{
    (void)x, (void)n, (void)self;
    return NULL;
}

static rill_tensor *mismatched(rill_tensor *const *x, int n, const void *self)
{
    (void)n, (void)self;
    return rill_matmul(x[0], x[0]);
}

START_TEST(what_cannot_be_checked_is_said)
{
    rill_message why = { "" };
    const rill_check_input invalid = { .shape = { 99, { 0 } } };
    ck_assert_int_eq(rill_check_function(NULL, NULL, matrices, 2, NULL, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_function(function, NULL, NULL, 2, NULL, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_function(function, NULL, matrices, 0, NULL, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_function(function, NULL, matrices, 99, NULL, NULL, &why),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_function(function, NULL, &invalid, 1, NULL, NULL, NULL),
                     RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_function(nothing, NULL, matrices, 2, NULL, NULL, &why),
                     RILL_MISMATCH);
    ck_assert_int_eq(rill_check_function(mismatched, NULL, matrices, 2, NULL, NULL, &why),
                     RILL_MISMATCH);
    ck_assert_msg(strstr(why.text, "matmul: inner dimensions differ") != NULL, "%s", why.text);
    ck_assert_int_eq(rill_check_op(NULL, 0, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(rill_check_name((rill_check)-1), "?");
    ck_assert_str_eq(rill_check_name(RILL_CHECK_COUNT), "?");
}
END_TEST

/* mean(op(tanh(x W + b))^2): a network with one layer. */
static rill_tensor *network(rill_graph *g, const rill_op *op, rill_dtype dtype)
{
    const rill_init init = { RILL_INIT_NORMAL, 0.5 };
    rill_tensor *x = rill_input(g, "x", dtype, RILL_SHAPE(5, 3));
    rill_tensor *w = rill_param(g, dtype, RILL_SHAPE(3, 4), init, "w");
    rill_tensor *b = rill_param(g, dtype, RILL_SHAPE(4), init, "b");
    rill_tensor *h = rill_tanh(rill_add(rill_matmul(x, w), b));
    rill_axes all = { 2, { 0, 1 } };
    return rill_mean(rill_square(op ? apply1(op, h) : h), all, 0);
}

START_TEST(a_network_is_checked)
{
    double before[12], after[12], x[15] = { 1, 2, 3, -1, 0.5 };
    rill_message why = { "" };
    rill_check_report report;
    rill_store *store = rill_store_new(3);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *loss = network(g, NULL, RILL_F64);
    rill_program_free(rill_compile(g, loss));
    ck_assert_int_eq(rill_store_get(store, "w", before, 12, NULL), RILL_OK);
    const rill_check_feed feed = { rill_input(g, "x", RILL_F64, RILL_SHAPE(5, 3)), x };
    ck_assert_msg(rill_check_parameters(loss, &feed, 1, NULL, &report, &why) == RILL_OK, "%s",
                  why.text);
    ck_assert_int_ge(report.compared[RILL_CHECK_FIRST], 12 + 4);
    ck_assert_int_eq(rill_store_get(store, "w", after, 12, NULL), RILL_OK);
    ck_assert_mem_eq(before, after, sizeof before);

    const rill_check_options options = { .name = "net", .seed = 9 };
    ck_assert_int_eq(rill_check_parameters(network(g, &wrong_factor, RILL_F64), NULL, 0, &options,
                                           &report, &why),
                     RILL_MISMATCH);
    ck_assert_msg(strstr(why.text, "net: first order: gradient by input 0") != NULL, "%s",
                  why.text);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

START_TEST(a_network_that_cannot_be_checked_is_refused)
{
    rill_message why = { "" };
    rill_store *store = rill_store_new(3);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *w = rill_param(g, RILL_F64, RILL_SHAPE(3), (rill_init){ 0 }, "v");
    rill_tensor *single = network(g, NULL, RILL_F32);
    rill_tensor *alone = rill_input(g, "alone", RILL_F64, RILL_SCALAR);
    rill_tensor *mixed = rill_param(g, RILL_F32, RILL_SCALAR, (rill_init){ 0 }, "single");
    ck_assert_int_eq(rill_check_parameters(w, NULL, 0, NULL, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_parameters(single, NULL, 0, NULL, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_parameters(mixed, NULL, 0, NULL, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_parameters(NULL, NULL, 0, NULL, NULL, &why), RILL_BAD_GRAPH);
    ck_assert_int_eq(rill_check_parameters(alone, NULL, 1, NULL, NULL, &why), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_check_parameters(alone, NULL, 0, NULL, NULL, &why), RILL_MISMATCH);
    ck_assert_msg(strstr(why.text, "depends on no parameter") != NULL, "%s", why.text);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

/* No crash, no leak, and never a verdict that all is well. */
START_TEST(memory_may_run_out_anywhere)
{
    rill_status status = RILL_NO_MEMORY;
    const rill_check_options options = { .orders = 1 };
    const rill_check_input in[] = { { .shape = { 2, { 1, 2 } } }, { .shape = { 2, { 2, 1 } } } };
    for (int64_t n = 1; status != RILL_OK; n += 1 + n / 50) {
        rill_alloc_fail(n, _i);
        status = rill_check_function(function, NULL, in, 2, &options, NULL, NULL);
        rill_alloc_fail(0, 0);
    }
    for (int64_t n = 1; n < 3000; n += 1 + n / 20) {
        rill_alloc_fail(n, _i);
        rill_check_op(&rill_matmul_op, 1, NULL, NULL);
        rill_alloc_fail(0, 0);
    }
}
END_TEST

static Suite *wrong_ops_suite(void)
{
    Suite *suite = suite_create("wrong ops");
    TCase *tcase = tcase_create("wrong ops");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_fault_is_found, 0, FAULTS);
    tcase_add_test(tcase, a_message_says_what_where_and_how_much);
    tcase_add_loop_test(tcase, a_missing_rule_is_refused_at_registration, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, a_function_is_checked);
    tcase_add_test(tcase, what_cannot_be_checked_is_said);
    tcase_add_loop_test(tcase, memory_may_run_out_anywhere, 0, 2);
    tcase_add_test(tcase, a_network_is_checked);
    tcase_add_test(tcase, a_network_that_cannot_be_checked_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(wrong_ops_suite());
}
