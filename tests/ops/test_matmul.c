/* test_matmul.c - the matrix product: its shapes and flags, and the fast kernels against the
 * reference. */
#include "kernel_case.h"

#include "core/graph.h"
#include "ops/matmul.h"
#include "ops/panels.h"
#include "ops/shape.h"
#include "tests/suite.h"

static const uint64_t seed = 20240601;

static rill_shape stored(int64_t rows, int64_t cols, int64_t transpose)
{
    return transpose ? RILL_SHAPE(cols, rows) : RILL_SHAPE(rows, cols);
}

/* The sizes of the elements, to free. */
static rill_array_view absolute(const rill_array_view *x)
{
    int64_t count = rill_shape_count(&x->shape);
    rill_array_view sizes = { x->dtype, x->shape,
                              malloc((size_t)count * rill_dtype_size(x->dtype) + 1) };
    for (int64_t k = 0; k < count; k++)
        set_number(&sizes, k, fabs(number_at(x, k)));
    return sizes;
}

/* Any order of k additions and products is within (k + 1) eps of the sum of the terms' sizes
 * (Higham, Accuracy and Stability, 3.5), which is the product of the absolute values. */
static void within(const kernel_case *c, const rill_array_view *sizes, int64_t k,
                   const rill_array_view *fast, const rill_array_view *exact, double times)
{
    for (int64_t i = 0; i < rill_shape_count(&sizes->shape); i++) {
        double bound = (double)(k + 1) * epsilon(sizes->dtype) * number_at(sizes, i);
        double error = fabs(number_at(fast, i) - times * number_at(exact, i));
        if (!(error <= times * bound)) /* or NaN; millions of assertions would take minutes */
            ck_abort_msg("%s: element %lld: %g instead of %g (k %lld, seed %llu)", c->call.op->name,
                         (long long)i, number_at(fast, i), times * number_at(exact, i),
                         (long long)k, (unsigned long long)seed);
    }
}

/* The product, and once more added to it by kernels that do. */
static void check_added(kernel_case *c, const rill_kernel *kernel, const rill_array_view *sizes,
                        const rill_array_view *exact, int64_t k)
{
    run_kernel(c, kernel, ALL_AT_ONCE);
    within(c, sizes, k, &c->call.out, exact, 1);
    if (!kernel->adds)
        return;
    c->call.add = 1;
    run_kernel_over(c, kernel, ALL_AT_ONCE);
    c->call.add = 0;
    within(c, sizes, k + 1, &c->call.out, exact, 2);
}

static void check_kernel(kernel_case *c, const rill_kernel *kernel, int64_t k)
{
    const rill_kernel *reference = &c->call.op->kernel;
    rill_array_view inputs[2] = { c->in[0], c->in[1] };
    run_kernel(c, reference, ALL_AT_ONCE);
    rill_array_view exact = output_copy(c);
    for (int i = 0; i < 2; i++)
        c->in[i] = absolute(&inputs[i]);
    run_kernel(c, reference, ALL_AT_ONCE);
    rill_array_view sizes = output_copy(c);
    for (int i = 0; i < 2; i++) {
        free(c->in[i].data);
        c->in[i] = inputs[i];
    }
    check_added(c, kernel, &sizes, &exact, k);
    check_added(c, reference, &sizes, &exact, k);
    free(exact.data);
    free(sizes.data);
}

static void check_call(const rill_op *op, const void *attrs, rill_shape a, rill_shape b, int64_t k,
                       int split)
{
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++)
        for (rill_dtype dtype = RILL_F32; dtype <= RILL_F64; dtype++) {
            const rill_kernel *kernel = rill_cpu_find_kernel(*isa, op, dtype);
            ck_assert_ptr_nonnull(kernel);
            kernel_case c;
            case_begin(&c, op, attrs, dtype, 2, (rill_shape[]){ a, b }, seed);
            if (split)
                check_split(&c, kernel, seed);
            else
                check_kernel(&c, kernel, k);
            case_end(&c);
        }
}

static void check_product(rill_shape a, rill_shape b, rill_matmul_attrs attrs, int split)
{
    int64_t k = rill_shape_dim(&a, attrs.transpose_a ? -2 : -1);
    check_call(&rill_matmul_op, &attrs, a, b, k, split);
}

static void check_panels(int64_t m, int64_t n, int64_t k, int64_t width, int split)
{
    rill_matmul_panels_attrs attrs = { n };
    check_call(&rill_matmul_panels_op, &attrs, RILL_SHAPE(m, k),
               RILL_SHAPE((n + width - 1) / width, k, width), k, split);
}

static void check_flags(int64_t m, int64_t n, int64_t k, int split)
{
    for (int flags = 0; flags < 4; flags++) {
        rill_matmul_attrs attrs = { flags >> 1, flags & 1 };
        check_product(stored(m, k, attrs.transpose_a), stored(k, n, attrs.transpose_b), attrs,
                      split);
    }
}

START_TEST(fast_kernels_multiply_small_matrices)
{
    static const int64_t sizes[] = { 1, 2, 3, 9, 17 };
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < COUNT * COUNT * COUNT; i++)
        check_flags(sizes[i % COUNT], sizes[i / COUNT % COUNT], sizes[i / COUNT / COUNT], 0);
}
END_TEST

START_TEST(fast_kernels_multiply_across_blocks)
{
    static const int64_t sizes[][3] = {
        { 100, 70, 260 }, { 50, 270, 40 }, { 520, 5, 9 },   { 1, 300, 64 },  { 300, 1, 64 },
        { 33, 257, 513 }, { 97, 64, 64 },  { 256, 64, 3 },  { 64, 64, 256 }, { 33, 31, 1 },
        { 5, 16, 20 },    { 31, 128, 7 },  { 500, 33, 12 }, { 2, 3, 1000 },  { 40, 530, 520 },
        { 1024, 32, 9 },  { 300, 16, 70 },
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check_flags(sizes[i][0], sizes[i][1], sizes[i][2], 0);
}
END_TEST

/* Few rows or columns: what is adjacent along k, or is not, and ends anywhere. */
START_TEST(fast_kernels_multiply_narrow_matrices)
{
    static const int64_t depths[] = { 2, 16, 31, 65 }, lengths[] = { 2, 15, 17, 260 };
    for (int64_t few = 1; few <= 4; few++)
        for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
            for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
                check_flags(lengths[j], few, depths[i], 0);
                check_flags(few, lengths[j], depths[i], 0);
            }
    check_flags(600, 2, 20, 1);
    check_product(RILL_SHAPE(3, 40, 33), RILL_SHAPE(3, 33, 2), (rill_matmul_attrs){ 0, 0 }, 0);
}
END_TEST

START_TEST(fast_kernels_take_empty_matrices)
{
    check_flags(3, 20, 0, 0);
    check_flags(0, 3, 4, 0);
    check_flags(3, 0, 4, 0);
    check_product(RILL_SHAPE(0, 3, 4), RILL_SHAPE(4, 2), (rill_matmul_attrs){ 0, 0 }, 0);
}
END_TEST

START_TEST(fast_kernels_broadcast_batches)
{
    const rill_matmul_attrs nn = { 0, 0 }, tt = { 1, 1 };
    check_product(RILL_SHAPE(3, 5, 7), RILL_SHAPE(7, 4), nn, 0);
    check_product(RILL_SHAPE(5, 7), RILL_SHAPE(3, 7, 40), nn, 0);
    check_product(RILL_SHAPE(2, 1, 5, 7), RILL_SHAPE(3, 7, 33), nn, 0);
    check_product(RILL_SHAPE(2, 3, 7, 60), RILL_SHAPE(2, 1, 2, 7), tt, 0);
    check_product(RILL_SHAPE(1, 2, 3, 7, 6), RILL_SHAPE(4, 1, 3, 2, 7), tt, 0);
}
END_TEST

START_TEST(any_split_gives_the_same_bits)
{
    check_flags(100, 270, 258, 1);
    check_flags(700, 2, 20, 1);
    check_product(RILL_SHAPE(3, 100, 7), RILL_SHAPE(7, 40), (rill_matmul_attrs){ 0, 0 }, 1);
}
END_TEST

/* ---- Panels. */

START_TEST(fast_kernels_multiply_by_panels)
{
    static const int64_t sizes[] = { 0, 1, 2, 9, 33, 64 };
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < COUNT * COUNT * COUNT; i++)
        check_panels(sizes[i % COUNT], sizes[i / COUNT % COUNT], sizes[i / COUNT / COUNT], 32, 0);
    check_panels(100, 300, 270, 32, 0);
    check_panels(30, 600, 20, 96, 0);
    check_panels(100, 300, 270, 64, 1);
}
END_TEST

static void check_layout(int64_t k, int64_t n, int64_t transpose, rill_dtype dtype)
{
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        const rill_kernel *kernel = rill_cpu_find_kernel(*isa, &rill_panels_op, dtype);
        rill_panels_attrs attrs = { transpose, 32 };
        rill_shape shape = stored(k, n, transpose);
        kernel_case c;
        case_begin(&c, &rill_panels_op, &attrs, dtype, 1, &shape, seed);
        check_split(&c, kernel, seed);
        rill_array_view fast = output_copy(&c);
        run_kernel(&c, &rill_panels_op.kernel, ALL_AT_ONCE);
        ck_assert_mem_eq(fast.data, c.call.out.data, c.bytes);
        free(fast.data);
        case_end(&c);
    }
}

START_TEST(panels_are_laid_out_alike)
{
    static const int64_t sizes[] = { 0, 1, 3, 4, 31, 32, 33, 64, 130 };
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < COUNT * COUNT; i++)
        for (int how = 0; how < 4; how++)
            check_layout(sizes[i % COUNT], sizes[i / COUNT], how & 1,
                         how & 2 ? RILL_F64 : RILL_F32);
}
END_TEST

/* ---- The constructor. */

static rill_graph *g;

static void begin(void)
{
    g = rill_graph_new(NULL);
}

static void end(void)
{
    rill_graph_free(g);
}

static rill_tensor *input(const char *name, rill_dtype dtype, rill_shape shape)
{
    return rill_input(g, name, dtype, shape);
}

static const rill_matmul_attrs *flags_of(const rill_tensor *y)
{
    ck_assert_ptr_eq(rill_op_of(y), &rill_matmul_op);
    return rill_attrs_of(y);
}

START_TEST(transpositions_become_flags)
{
    rill_tensor *a = input("a", RILL_F32, RILL_SHAPE(2, 4, 3));
    rill_tensor *b = input("b", RILL_F32, RILL_SHAPE(5, 4));
    rill_tensor *y = rill_matmul(rill_transpose(a), rill_transpose(b));
    ck_assert(flags_of(y)->transpose_a && flags_of(y)->transpose_b);
    ck_assert_ptr_eq(rill_input_at(y, 0), a);
    ck_assert_ptr_eq(rill_input_at(y, 1), b);
    ck_assert_int_eq(rill_dim(y, 0), 2);
    ck_assert_int_eq(rill_dim(y, 1), 3);
    ck_assert_int_eq(rill_dim(y, 2), 5);
    rill_tensor *c = input("c", RILL_F32, RILL_SHAPE(5, 3));
    rill_tensor *back = rill_matmul_transposed(rill_transpose(a), 1, rill_transpose(c), 0);
    ck_assert(!flags_of(back)->transpose_a && flags_of(back)->transpose_b);
}
END_TEST

START_TEST(other_permutations_stay)
{
    rill_tensor *a = input("a", RILL_F32, RILL_SHAPE(4, 2, 3));
    rill_axes axes = { 3, { 1, 0, 2 } };
    rill_tensor *turned = rill_permute(a, axes);
    rill_tensor *y = rill_matmul(turned, input("b", RILL_F32, RILL_SHAPE(3, 5)));
    ck_assert_ptr_eq(rill_input_at(y, 0), turned);
}
END_TEST

static const struct {
    rill_shape a, b;
    rill_dtype dtype_b;
    const char *says;
} wrong[] = {
    { { 2, { 256, 64 } },
      { 2, { 65, 64 } },
      RILL_F32,
      "inner dimensions differ: [256,64] x [65,64]" },
    { { 1, { 4 } }, { 2, { 4, 2 } }, RILL_F32, "operand 1 is [4]" },
    { { 2, { 4, 2 } }, { 0, { 0 } }, RILL_F32, "operand 2 is []" },
    { { 3, { 2, 4, 3 } }, { 3, { 3, 3, 5 } }, RILL_F32, "batch axes do not broadcast" },
    { { 2, { 4, 3 } }, { 2, { 3, 5 } }, RILL_F64, "dtypes differ: f32 and f64 (use cast)" },
    { { 2, { INT64_C(1) << 40, 1 } },
      { 2, { 1, INT64_C(1) << 40 } },
      RILL_F32,
      "too many elements" },
};

START_TEST(wrong_operands_are_named)
{
    rill_tensor *y =
        rill_matmul(input("a", RILL_F32, wrong[_i].a), input("b", wrong[_i].dtype_b, wrong[_i].b));
    ck_assert(rill_is_inert(y));
    ck_assert_msg(strstr(rill_error(g), wrong[_i].says), "%s", rill_error(g));
}
END_TEST

START_TEST(integers_and_nothing_are_refused)
{
    rill_tensor *i = input("i", RILL_I32, RILL_SHAPE(2, 2));
    ck_assert(rill_is_inert(rill_matmul(NULL, NULL)));
    ck_assert(rill_is_inert(rill_matmul(i, i)));
    ck_assert_msg(strstr(rill_error(g), "not i32"), "%s", rill_error(g));
    ck_assert(rill_is_inert(rill_matmul(i, NULL)));
    ck_assert(rill_is_inert(rill_matmul_transposed(NULL, -7, i, 7)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matmul");
    TCase *kernels = tcase_create("kernels"), *graph = tcase_create("graph");
    tcase_set_timeout(kernels, 60);
    tcase_add_test(kernels, fast_kernels_multiply_small_matrices);
    tcase_add_test(kernels, fast_kernels_multiply_across_blocks);
    tcase_add_test(kernels, fast_kernels_multiply_narrow_matrices);
    tcase_add_test(kernels, fast_kernels_take_empty_matrices);
    tcase_add_test(kernels, fast_kernels_broadcast_batches);
    tcase_add_test(kernels, any_split_gives_the_same_bits);
    tcase_add_test(kernels, fast_kernels_multiply_by_panels);
    tcase_add_test(kernels, panels_are_laid_out_alike);
    tcase_add_checked_fixture(graph, begin, end);
    tcase_add_test(graph, transpositions_become_flags);
    tcase_add_test(graph, other_permutations_stay);
    tcase_add_loop_test(graph, wrong_operands_are_named, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(graph, integers_and_nothing_are_refused);
    suite_add_tcase(suite, kernels);
    suite_add_tcase(suite, graph);
    return run_suite(suite);
}
