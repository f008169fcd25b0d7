/* test_reduce.c - reductions: their shapes, the fast kernels against the reference, and accuracy.
 */
#include "kernel_case.h"

#include "core/grad.h"
#include "core/graph.h"
#include "core/program.h"
#include "ops/reduce.h"
#include "tests/suite.h"

static const uint64_t seed = 20240602;

/* Folding `terms` numbers of size at most 1 in any order is within terms^2 eps of the sum. */
static void check_kernel(kernel_case *c, const rill_kernel *kernel)
{
    int64_t count = rill_shape_count(&c->call.out.shape);
    int64_t terms = count ? rill_shape_count(&c->in[0].shape) / count : 0;
    double bound = (double)(terms * terms) * epsilon(c->call.out.dtype);
    run_kernel(c, kernel, ALL_AT_ONCE);
    rill_array_view fast = output_copy(c);
    run_kernel(c, &c->call.op->kernel, ALL_AT_ONCE);
    for (int64_t i = 0; i < count; i++)
        ck_assert_msg(fabs(number_at(&fast, i) - number_at(&c->call.out, i)) <= bound,
                      "%s: element %lld: %g instead of %g (seed %llu)", c->call.op->name,
                      (long long)i, number_at(&fast, i), number_at(&c->call.out, i),
                      (unsigned long long)seed);
    free(fast.data);
}

typedef void check_fn(kernel_case *c, const rill_kernel *kernel);

static void split(kernel_case *c, const rill_kernel *kernel)
{
    check_split(c, kernel, seed);
}

/* Every fast kernel of the op, of every instruction set and dtype. */
static void each_kernel(const rill_op *op, rill_shape shape, rill_reduce_attrs attrs,
                        check_fn *check)
{
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++)
        for (rill_dtype dtype = RILL_F32; dtype <= RILL_F64; dtype++) {
            const rill_kernel *kernel = rill_cpu_find_kernel(*isa, op, dtype);
            ck_assert_ptr_nonnull(kernel);
            kernel_case c;
            case_begin(&c, op, &attrs, dtype, 1, &shape, seed);
            check(&c, kernel);
            case_end(&c);
        }
}

static const rill_op *const folds[] = { &rill_sum_op, &rill_reduce_max_op, &rill_reduce_min_op };

static void each_fold(rill_shape shape, rill_reduce_attrs attrs, check_fn *check)
{
    for (int i = 0; i < 3; i++)
        each_kernel(folds[i], shape, attrs, check);
}

static const struct {
    rill_shape shape;
    rill_reduce_attrs attrs;
} layouts[] = {
    { { 0, { 0 } }, { { 0, { 0 } }, 0 } },
    { { 1, { 1 } }, { { 1, { 0 } }, 0 } },
    { { 1, { 9 } }, { { 1, { 0 } }, 1 } },
    { { 1, { 5000 } }, { { 1, { 0 } }, 0 } },
    { { 1, { 70 } }, { { 0, { 0 } }, 0 } },
    { { 2, { 40, 2 } }, { { 1, { 1 } }, 0 } },
    { { 2, { 7, 65 } }, { { 1, { 1 } }, 0 } },
    { { 2, { 3, 1100 } }, { { 1, { 1 } }, 1 } },
    { { 2, { 256, 64 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 17, 1 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 35, 67 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 300, 3 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 257, 2 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 2, 4 } }, { { 1, { 0 } }, 0 } },
    { { 3, { 3, 77, 8 } }, { { 1, { 1 } }, 0 } },
    { { 2, { 19, 16 } }, { { 1, { 0 } }, 1 } },
    { { 2, { 33, 31 } }, { { 2, { 0, 1 } }, 0 } },
    { { 3, { 4, 5, 70 } }, { { 1, { 1 } }, 0 } },
    { { 3, { 4, 5, 70 } }, { { 2, { 0, 2 } }, 0 } },
    { { 3, { 70, 5, 2 } }, { { 2, { 0, 2 } }, 1 } },
    { { 4, { 3, 4, 5, 6 } }, { { 2, { 0, 2 } }, 0 } },
    { { 4, { 3, 4, 5, 6 } }, { { 2, { 1, 3 } }, 0 } },
    { { 4, { 3, 1, 5, 1 } }, { { 2, { 1, 3 } }, 0 } },
    { { 5, { 2, 3, 2, 3, 40 } }, { { 2, { 1, 3 } }, 0 } },
    { { 2, { 40, 100 } }, { { 1, { 0 } }, 0 } },
    { { 2, { 33, 5 } }, { { 1, { 0 } }, 0 } },
    { { 3, { 4, 20, 36 } }, { { 1, { 1 } }, 0 } },
    { { 2, { 3, 1050 } }, { { 1, { 1 } }, 0 } },
    { { 2, { 5, 0 } }, { { 1, { 0 } }, 0 } },
};

START_TEST(fast_kernels_fold)
{
    each_fold(layouts[_i].shape, layouts[_i].attrs, check_kernel);
}
END_TEST

START_TEST(any_split_gives_the_same_bits)
{
    each_fold(layouts[_i].shape, layouts[_i].attrs, split);
}
END_TEST

/* Asked to add, a kernel gives what it would have stored, added to what is there. */
static void adds_up(kernel_case *c, const rill_kernel *kernel)
{
    int64_t count = rill_shape_count(&c->call.out.shape);
    run_kernel(c, kernel, ALL_AT_ONCE);
    rill_array_view sums = output_copy(c);
    for (int64_t i = 0; i < count; i++)
        set_number(&c->call.out, i, (double)i);
    c->call.add = 1;
    kernel->eval(&c->call, 0, kernel->units(&c->call));
    for (int64_t i = 0; i < count; i++) {
        double sum = number_at(&sums, i) + (double)i; /* f64: rounded once, as the kernel does */
        double expected =
            sums.dtype == RILL_F32 ? (double)((float)number_at(&sums, i) + (float)i) : sum;
        ck_assert(number_at(&c->call.out, i) == expected);
    }
    free(sums.data);
}

START_TEST(sums_are_added_to_the_output)
{
    each_kernel(&rill_sum_op, layouts[_i].shape, layouts[_i].attrs, adds_up);
}
END_TEST

static void is_zero(kernel_case *c, const rill_kernel *kernel)
{
    run_kernel(c, kernel, ALL_AT_ONCE);
    for (int64_t i = 0; i < rill_shape_count(&c->call.out.shape); i++)
        ck_assert(number_at(&c->call.out, i) == 0);
}

START_TEST(the_sum_of_nothing_is_zero)
{
    const rill_reduce_attrs first = { { 1, { 0 } }, 0 }, last = { { 1, { 1 } }, 0 };
    const rill_reduce_attrs ends = { { 2, { 0, 2 } }, 0 };
    each_kernel(&rill_sum_op, RILL_SHAPE(0, 3), first, is_zero);
    each_kernel(&rill_sum_op, RILL_SHAPE(0, 2), first, is_zero);
    each_kernel(&rill_sum_op, RILL_SHAPE(3, 0), last, is_zero);
    each_kernel(&rill_sum_op, RILL_SHAPE(0, 3, 5), ends, is_zero);
    each_kernel(&rill_sum_op, RILL_SHAPE(5, 3, 0), ends, is_zero);
}
END_TEST

/* Blocks of 16 or 32 terms, then at most 20 levels: 52 roundings, where one after the other it
 * would be a million (and in f32 an error of 1%). */
static void is_accurate(kernel_case *c, const rill_kernel *kernel)
{
    int64_t terms = rill_shape_count(&c->in[0].shape);
    for (int64_t i = 0; i < terms; i++)
        set_number(&c->in[0], i, 0.1);
    double exact = number_at(&c->in[0], 0) * (double)terms;
    run_kernel(c, kernel, ALL_AT_ONCE);
    double bound = 52 * epsilon(c->call.out.dtype) * exact;
    for (int64_t i = 0; i < rill_shape_count(&c->call.out.shape); i++)
        ck_assert_double_eq_tol(number_at(&c->call.out, i) *
                                    (double)rill_shape_count(&c->call.out.shape),
                                exact, bound);
}

static void all_are_accurate(kernel_case *c, const rill_kernel *kernel)
{
    is_accurate(c, kernel);
    is_accurate(c, &rill_sum_op.kernel);
}

START_TEST(sums_are_pairwise)
{
    each_kernel(&rill_sum_op, RILL_SHAPE(1000000), (rill_reduce_attrs){ { 1, { 0 } }, 0 },
                all_are_accurate);
    each_kernel(&rill_sum_op, RILL_SHAPE(250000, 4), (rill_reduce_attrs){ { 1, { 0 } }, 0 },
                all_are_accurate);
}
END_TEST

/* A NaN anywhere is the result; infinities are numbers like others. */
static void nan_wins(kernel_case *c, const rill_kernel *kernel)
{
    const rill_kernel *kernels[] = { kernel, &c->call.op->kernel };
    int64_t terms = rill_shape_count(&c->in[0].shape);
    set_number(&c->in[0], 0, (double)-INFINITY);
    set_number(&c->in[0], 1, (double)INFINITY);
    for (int k = 0; k < 2; k++) {
        run_kernel(c, kernels[k], ALL_AT_ONCE);
        ck_assert(isinf(number_at(&c->call.out, 0)));
        for (int64_t i = 0; i < terms; i += 13) {
            double before = number_at(&c->in[0], i);
            set_number(&c->in[0], i, (double)NAN);
            run_kernel(c, kernels[k], ALL_AT_ONCE);
            ck_assert(isnan(number_at(&c->call.out, 0)));
            set_number(&c->in[0], i, before);
        }
    }
}

START_TEST(extremes_see_nan_and_infinity)
{
    const rill_reduce_attrs first = { { 1, { 0 } }, 0 };
    for (int i = 1; i < 3; i++) {
        each_kernel(folds[i], RILL_SHAPE(333), first, nan_wins);
        each_kernel(folds[i], RILL_SHAPE(7), first, nan_wins);
        each_kernel(folds[i], RILL_SHAPE(79, 1), first, nan_wins);
    }
}
END_TEST

/* ---- argmax and cumsum. */

static double argmax_of(const double *x, int64_t n)
{
    rill_argmax_attrs attrs = { 0 };
    rill_shape shape = RILL_SHAPE(n);
    kernel_case c;
    case_begin(&c, &rill_argmax_op, &attrs, RILL_F64, 1, &shape, seed);
    memcpy(c.in[0].data, x, (size_t)n * sizeof *x);
    run_kernel(&c, &rill_argmax_op.kernel, ALL_AT_ONCE);
    double at = number_at(&c.call.out, 0);
    case_end(&c);
    return at;
}

START_TEST(argmax_is_the_first_and_nan_is_greatest)
{
    const double ties[] = { 1, 3, 2, 3 }, low[] = { (double)-INFINITY, (double)-INFINITY };
    const double nan[] = { 1, (double)INFINITY, (double)NAN, 7, (double)NAN };
    ck_assert(argmax_of(ties, 4) == 1);
    ck_assert(argmax_of(low, 2) == 0);
    ck_assert(argmax_of(nan, 5) == 2);
}
END_TEST

START_TEST(argmax_and_cumsum_run_along_the_axis)
{
    const double x[] = { 0, 5, 1, 4, 2, 3 }; /* [[0,5],[1,4],[2,3]] */
    const double sums[] = { 0, 5, 1, 9, 3, 12 }, back[] = { 3, 12, 3, 7, 2, 3 };
    rill_shape shape = RILL_SHAPE(3, 2);
    kernel_case c;
    case_begin(&c, &rill_argmax_op, &(rill_argmax_attrs){ 0 }, RILL_F64, 1, &shape, seed);
    memcpy(c.in[0].data, x, sizeof x);
    run_kernel(&c, &rill_argmax_op.kernel, 1);
    ck_assert(number_at(&c.call.out, 0) == 2 && number_at(&c.call.out, 1) == 0);
    case_end(&c);
    for (int64_t reverse = 0; reverse < 2; reverse++) {
        rill_cumsum_attrs attrs = { 0, reverse };
        case_begin(&c, &rill_cumsum_op, &attrs, RILL_F64, 1, &shape, seed);
        memcpy(c.in[0].data, x, sizeof x);
        run_kernel(&c, &rill_cumsum_op.kernel, 1);
        for (int i = 0; i < 6; i++)
            ck_assert(number_at(&c.call.out, i) == (reverse ? back : sums)[i]);
        case_end(&c);
    }
}
END_TEST

/* ---- The constructors. */

static rill_graph *g;

static void begin(void)
{
    g = rill_graph_new(NULL);
}

static void end(void)
{
    rill_graph_free(g);
}

static void has_shape(const rill_tensor *y, rill_shape expected)
{
    rill_shape shape = rill_shape_of(y);
    char text[RILL_SHAPE_TEXT];
    ck_assert_msg(!rill_is_inert(y), "%s", rill_error(g) ? rill_error(g) : "?");
    ck_assert_msg(rill_shape_equal(&shape, &expected), "%s",
                  rill_shape_print(&shape, text, sizeof text));
}

START_TEST(axes_may_be_negative_and_in_any_order)
{
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3, 4));
    has_shape(rill_sum(x, RILL_AXES(-1), 0), RILL_SHAPE(2, 3));
    has_shape(rill_mean(x, RILL_AXES(2, 0), 1), RILL_SHAPE(1, 3, 1));
    has_shape(rill_var(x, RILL_ALL_AXES, 1), RILL_SHAPE(1, 1, 1));
    has_shape(rill_reduce_max(x, RILL_AXES(0, -2), 0), RILL_SHAPE(4));
    has_shape(rill_logsumexp(x, RILL_AXES(1), 0), RILL_SHAPE(2, 4));
    has_shape(rill_sum_all(x), RILL_SCALAR);
    has_shape(rill_mean_all(x), RILL_SCALAR);
    has_shape(rill_argmax(x, -1), RILL_SHAPE(2, 3));
    has_shape(rill_cumsum(x, -3), RILL_SHAPE(2, 3, 4));
    ck_assert_ptr_eq(rill_sum(x, RILL_AXES(2, 0), 0), rill_sum(x, RILL_AXES(0, -1), 0));
}
END_TEST

typedef rill_tensor *reduce_fn(rill_tensor *x, rill_axes axes, int keep);
static reduce_fn *const reductions[] = { rill_sum,        rill_mean,       rill_var,
                                         rill_reduce_max, rill_reduce_min, rill_logsumexp };

static const struct {
    rill_axes axes;
    const char *says;
} wrong[] = {
    { { 1, { 3 } }, "no axis 3 in [2,0,4]" },
    { { 1, { -4 } }, "no axis -4 in [2,0,4]" },
    { { 2, { 0, -3 } }, "axis 0 is named twice" },
    { { 9, { 0, 1, 2 } }, "9 axes to fold in [2,0,4]" },
    { { -2, { 0 } }, "-2 axes to fold in [2,0,4]" },
    { { INT64_MAX, { 0 } }, "axes to fold in [2,0,4]" },
    { { 1, { INT64_MIN } }, "no axis -9223372036854775808" },
};

START_TEST(wrong_axes_are_named)
{
    for (int i = 0; i < 6; i++) {
        rill_graph *fresh = rill_graph_new(NULL);
        rill_tensor *x = rill_input(fresh, "x", RILL_F32, RILL_SHAPE(2, 0, 4));
        ck_assert(rill_is_inert(reductions[i](x, wrong[_i].axes, 0)));
        ck_assert_msg(strstr(rill_error(fresh), wrong[_i].says), "%s", rill_error(fresh));
        rill_graph_free(fresh);
    }
}
END_TEST

START_TEST(only_the_sum_folds_nothing)
{
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 0));
    has_shape(rill_sum(x, RILL_AXES(1), 0), RILL_SHAPE(2));
    for (int i = 1; i < 6; i++)
        ck_assert(rill_is_inert(reductions[i](x, RILL_AXES(1), 0)));
    ck_assert_msg(strstr(rill_error(g), "axis 1 of [2,0] is empty"), "%s", rill_error(g));
    ck_assert(rill_is_inert(rill_argmax(x, 1)));
}
END_TEST

START_TEST(integers_and_nothing_are_refused)
{
    rill_tensor *x = rill_input(g, "x", RILL_I32, RILL_SHAPE(2));
    for (int i = 0; i < 6; i++) {
        ck_assert(rill_is_inert(reductions[i](x, RILL_ALL_AXES, 0)));
        ck_assert(rill_is_inert(reductions[i](NULL, RILL_ALL_AXES, 1)));
    }
    ck_assert_msg(strstr(rill_error(g), "not i32"), "%s", rill_error(g));
    ck_assert(rill_is_inert(rill_argmax(NULL, 0)));
    ck_assert(rill_is_inert(rill_cumsum(x, 7)));
}
END_TEST

/* ---- Values at the edges. */

static void values_of(rill_tensor *y, double *out, int64_t count)
{
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "?");
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(rill_read(p, y, out, count), RILL_OK);
    rill_program_free(p);
}

START_TEST(logsumexp_neither_overflows_nor_makes_nan)
{
    const double inf = (double)INFINITY;
    const double rows[] = { 1000, 1000, -inf, -inf, -inf, 3, inf, 0, -1000, -1000 };
    const double sums[] = { 1000 + log(2.), -inf, 3, inf, -1000 + log(2.) };
    const double shares[] = { .5, .5, 0, 0, 0, 1 };
    double y[5], gx[10];
    rill_tensor *x = rill_constant(g, RILL_F64, RILL_SHAPE(5, 2), rows, 10), *grad;
    rill_tensor *lse = rill_logsumexp(x, RILL_AXES(1), 0);
    values_of(lse, y, 5);
    for (int i = 0; i < 5; i++) /* two roundings of numbers up to 1000 */
        ck_assert(y[i] == sums[i] || fabs(y[i] - sums[i]) <= 2000 * DBL_EPSILON);
    rill_vjp(lse, rill_full(g, RILL_F64, RILL_SHAPE(5), 1), &x, 1, &grad);
    values_of(grad, gx, 10);
    for (int i = 0; i < 6; i++) /* exp of a difference that is off by those roundings */
        ck_assert_double_eq_tol(gx[i], shares[i], 4000 * DBL_EPSILON);
}
END_TEST

START_TEST(ties_share_the_gradient)
{
    const double x[] = { 7, 1, 7, 2, 7, 7 }, shares[] = { .25, 0, .25, 0, .25, .25 };
    double gx[6];
    rill_tensor *t = rill_constant(g, RILL_F64, RILL_SHAPE(2, 1, 3), x, 6), *grad;
    rill_grad(rill_reduce_max(t, RILL_AXES(0, 2), 0), &t, 1, &grad);
    values_of(grad, gx, 6);
    for (int i = 0; i < 6; i++)
        ck_assert(gx[i] == shares[i]);
}
END_TEST

static TCase *kernel_tests(void)
{
    TCase *kernels = tcase_create("kernels");
    tcase_set_timeout(kernels, 60);
    tcase_add_loop_test(kernels, fast_kernels_fold, 0, sizeof layouts / sizeof *layouts);
    tcase_add_loop_test(kernels, any_split_gives_the_same_bits, 0,
                        sizeof layouts / sizeof *layouts);
    tcase_add_loop_test(kernels, sums_are_added_to_the_output, 0, sizeof layouts / sizeof *layouts);
    tcase_add_test(kernels, the_sum_of_nothing_is_zero);
    tcase_add_test(kernels, sums_are_pairwise);
    tcase_add_test(kernels, extremes_see_nan_and_infinity);
    tcase_add_test(kernels, argmax_is_the_first_and_nan_is_greatest);
    tcase_add_test(kernels, argmax_and_cumsum_run_along_the_axis);
    return kernels;
}

static TCase *graph_tests(void)
{
    TCase *graph = tcase_create("graph");
    tcase_add_checked_fixture(graph, begin, end);
    tcase_add_test(graph, axes_may_be_negative_and_in_any_order);
    tcase_add_loop_test(graph, wrong_axes_are_named, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(graph, only_the_sum_folds_nothing);
    tcase_add_test(graph, integers_and_nothing_are_refused);
    tcase_add_test(graph, logsumexp_neither_overflows_nor_makes_nan);
    tcase_add_test(graph, ties_share_the_gradient);
    return graph;
}

int main(void)
{
    Suite *suite = suite_create("reduce");
    suite_add_tcase(suite, kernel_tests());
    suite_add_tcase(suite, graph_tests());
    return run_suite(suite);
}
