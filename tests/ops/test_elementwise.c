/* Elementwise ops: fast maps against reference maps, gradients at special points, algebra, casts.
 */
#include "core/builtin.h"
#include "core/grad.h"
#include "ops/cast.h"
#include "ops/cpu/cpu.h"
#include "ops/elementwise.h"
#include "ops/real.h"
#include "ops/shape.h"
#include "ulp.h"
#include "value.h"

static rill_graph *g;

static void setup(void)
{
    g = rill_graph_new(NULL);
}

static void teardown(void)
{
    rill_graph_free(g);
}

/* ---- Kernels. */

enum { ALL = 1024 };

static const rill_op *elementwise_at(int i)
{
    const rill_op *op = rill_builtin_ops[i];
    return rill_cpu_find_map(rill_cpu_isas()[0], op, RILL_F32) ? op : NULL;
}

static void store(rill_dtype dtype, void *data, int i, double x)
{
    if (dtype == RILL_F32)
        ((float *)data)[i] = (float)x;
    else
        ((double *)data)[i] = x;
}

static double element(rill_dtype dtype, const void *data, int i)
{
    return dtype == RILL_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

/* Two thirds from the domain of the op's samples, the others special, in all pairings over time. */
static void draw(const rill_op *op, rill_dtype dtype, void *const *in, uint64_t *state)
{
    const rill_sample *sample = &op->samples[0];
    for (int k = 0; k < op->arity; k++)
        for (int i = 0; i < ALL; i++)
            store(dtype, in[k], i,
                  i % 3 ? random_between(state, sample->low[k], sample->high[k])
                        : special_numbers[random_bits(state) % SPECIALS]);
}

/* In ulps: a formula adds the errors of exp or erfc (5) and of its own few operations, and where it
 * rounds the argument of an exponential, the result moves by as many ulps as its logarithm. */
static double kernel_bound(double reference)
{
    double size = fabs(reference);
    return 12 * (1 + (size > 0 && size <= DBL_MAX ? fabs(log(size)) : 0));
}

/* A slope is a sum of terms near 1 that passes through 0: there it is right to ulps of 1.  lerp is
 * right to ulps of its terms, which may cancel, and infinite where they are. */
static double near_zero(const rill_op *op, rill_dtype dtype, double *const *in, int i)
{
    double ulp = dtype == RILL_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
    double most = dtype == RILL_F64 ? DBL_MAX : (double)FLT_MAX;
    if (op == &rill_lerp_op) {
        double a = element(dtype, in[0], i), b = element(dtype, in[1], i);
        double way = fabs(b - a), terms = fabs(a) + way * fabs(element(dtype, in[2], i));
        return way > most || terms > most ? (double)INFINITY : 4 * ulp * terms;
    }
    return strstr(op->name, "_slope") ? 4 * ulp : 0;
}

static int agree(const rill_op *op, rill_dtype dtype, double *const *in, const void *y,
                 const void *reference, int i)
{
    double near = near_zero(op, dtype, in, i);
    double a = element(dtype, y, i), b = element(dtype, reference, i);
    double apart = dtype == RILL_F64 ? ulps_f64(a, (long double)b) : ulps_f32((float)a, b);
    return apart <= kernel_bound(b) || fabs(a - b) <= near || near > DBL_MAX;
}

static void compare_maps(const rill_op *op, rill_dtype dtype)
{
    static double a[ALL], b[ALL], c[ALL], y[ALL], reference[ALL];
    double *const arrays[] = { a, b, c };
    void *const in[] = { a, b, c };
    uint64_t state = 7;
    for (int round = 0; round < 8; round++) {
        draw(op, dtype, in, &state);
        op->map[dtype](reference, (const void *const *)in, NULL, ALL);
        for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
            rill_cpu_find_map(*isa, op, dtype)(y, (const void *const *)in, NULL, ALL);
            for (int i = 0; i < ALL; i++)
                if (!agree(op, dtype, arrays, y, reference, i))
                    ck_abort_msg("%s %s %s: element %d of round %d", (*isa)->name,
                                 rill_dtype_name(dtype), op->name, i, round);
        }
    }
}

START_TEST(fast_maps_agree_with_the_reference)
{
    const rill_op *op = elementwise_at(_i);
    if (!op)
        return;
    compare_maps(op, RILL_F32);
    compare_maps(op, RILL_F64);
}
END_TEST

enum { TAIL = 70, MARGIN = 64, MARGIN_BYTE = 0xA5 };

/* out[0..n-1] is what each element gives alone, and the bytes around it are as they were. */
static void check_tail(rill_map *map, const char *name, const void *const *in, size_t size, int n,
                       const unsigned char *alone)
{
    unsigned char *out = malloc((size_t)n * size + 2 * MARGIN), margin[MARGIN];
    const unsigned char *end = out + MARGIN + (size_t)n * size;
    memset(out, MARGIN_BYTE, (size_t)n * size + 2 * MARGIN);
    map(out + MARGIN, in, NULL, n);
    ck_assert_msg(!memcmp(out + MARGIN, alone, (size_t)n * size), "%s: %d elements", name, n);
    memset(margin, MARGIN_BYTE, MARGIN);
    ck_assert_msg(!memcmp(out, margin, MARGIN) && !memcmp(end, margin, MARGIN),
                  "%s: writes around %d elements", name, n);
    free(out);
}

/* Inputs that end where their memory ends, so that a sanitizer sees a read too far. */
static void check_tails(rill_map *map, const rill_op *op, rill_dtype dtype)
{
    const size_t size = rill_dtype_size(dtype);
    double full[3][ALL];
    unsigned char alone[TAIL * sizeof(double)];
    uint64_t state = 11;
    draw(op, dtype, (void *const[]){ full[0], full[1], full[2] }, &state);
    for (int i = 0; i < TAIL; i++) {
        const void *one[3];
        for (int k = 0; k < 3; k++)
            one[k] = (const char *)full[k] + (size_t)i * size;
        map(alone + (size_t)i * size, one, NULL, 1);
    }
    for (int n = 0; n <= TAIL; n++) {
        void *in[3];
        for (int k = 0; k < 3; k++)
            in[k] = memcpy(malloc((size_t)n * size + (n == 0)), full[k], (size_t)n * size);
        check_tail(map, op->name, (const void *const *)in, size, n, alone);
        for (int k = 0; k < op->arity; k++) {
            void *kept = memcpy(malloc((size_t)n * size + 1), in[k], (size_t)n * size);
            map(in[k], (const void *const *)in, NULL, n);
            ck_assert_msg(!memcmp(in[k], alone, (size_t)n * size), "%s: in place of %d", op->name,
                          k);
            memcpy(in[k], kept, (size_t)n * size);
            free(kept);
        }
        for (int k = 0; k < 3; k++)
            free(in[k]);
    }
}

START_TEST(no_element_depends_on_its_neighbours)
{
    const rill_op *op = elementwise_at(_i);
    if (!op)
        return;
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++) {
        check_tails(rill_cpu_find_map(*isa, op, RILL_F32), op, RILL_F32);
        check_tails(rill_cpu_find_map(*isa, op, RILL_F64), op, RILL_F64);
    }
}
END_TEST

enum { LONGEST = 300 };

/* The same bits, or NaN both. */
static int alike(rill_dtype dtype, const void *x, const void *y, int n)
{
    size_t size = rill_dtype_size(dtype);
    for (int i = 0; i < n; i++) {
        const char *a = (const char *)x + (size_t)i * size, *b = (const char *)y + (size_t)i * size;
        double u = rill_real_at(dtype, x, i), v = rill_real_at(dtype, y, i);
        if (memcmp(a, b, size) != 0 && !(isnan(u) && isnan(v)))
            return 0;
    }
    return 1;
}

/* Both results of a pair are to the bit those of its maps, also where one takes the input's place.
 */
static void check_pair(const rill_cpu_isa *isa, const rill_cpu_pair *pair, rill_dtype dtype, int n)
{
    double in[LONGEST], first[LONGEST], second[LONGEST], alone[2][LONGEST];
    const double ends[] = { (double)INFINITY, -(double)INFINITY, (double)NAN, 0, -0.0, -1e4, 1e4 };
    for (int i = 0; i < n; i++)
        store(dtype, in, i, i < 7 ? ends[i] : -130 + 260 * fmod(i * 0.6180339887, 1));
    const void *a[] = { in };
    rill_cpu_find_map(isa, pair->first, dtype)(alone[0], a, NULL, n);
    rill_cpu_find_map(isa, pair->second, dtype)(alone[1], a, NULL, n);
    pair->map[dtype](first, second, a, NULL, n);
    ck_assert_msg(alike(dtype, first, alone[0], n) && alike(dtype, second, alone[1], n),
                  "%s: %s with %s, %d elements", isa->name, pair->first->name, pair->second->name,
                  n);
    pair->map[dtype](first, in, a, NULL, n);
    ck_assert_msg(alike(dtype, first, alone[0], n) && alike(dtype, in, alone[1], n),
                  "%s: %s with %s in place", isa->name, pair->first->name, pair->second->name);
}

START_TEST(pairs_are_two_maps)
{
    static const int lengths[] = { 1, 5, 16, 33, LONGEST };
    for (const rill_cpu_isa *const *isa = rill_cpu_isas(); *isa; isa++)
        for (const rill_cpu_pair *pair = (*isa)->pairs; pair->first; pair++) {
            check_pair(*isa, pair, RILL_F32, lengths[_i]);
            check_pair(*isa, pair, RILL_F64, lengths[_i]);
        }
}
END_TEST

START_TEST(instruction_set_is_chosen_by_name)
{
#ifdef __aarch64__
    static const char *const wanted[] = { "neon", "" };
#else
    static const char *const wanted[] = { "baseline", "" };
#endif
    setenv("RILL_ISA", wanted[_i], 1);
    const char *best = rill_cpu_isas()[0]->name;
    ck_assert_str_eq(rill_instruction_set(), _i == 0 ? wanted[0] : best);
    ck_assert_ptr_null(rill_instruction_set_refused());
}
END_TEST

START_TEST(unknown_instruction_sets_are_refused)
{
    setenv("RILL_ISA", "pdp11", 1);
    rill_graph *graph = rill_graph_new(NULL);
    rill_tensor *y = rill_full(graph, RILL_F32, RILL_SHAPE(2), 1);
    ck_assert_ptr_null(rill_compile(graph, y));
    ck_assert_msg(strstr(rill_error(graph), "RILL_ISA=pdp11: no instruction set"), "%s",
                  rill_error(graph));
    ck_assert_msg(strstr(rill_error(graph), rill_cpu_isas()[0]->name), "%s", rill_error(graph));
    rill_graph_free(graph);
}
END_TEST

/* ---- Values. */

static rill_tensor *number(double x)
{
    return rill_constant(g, RILL_F64, RILL_SCALAR, &x, 1);
}

static double value_of(rill_tensor *y)
{
    double x;
    value(y, &x, 1);
    return x;
}

START_TEST(stable_where_the_formula_is_not)
{
    ck_assert_double_eq(value_of(rill_softplus(number(800))), 800);
    ck_assert_double_eq_tol(value_of(rill_softplus(number(-700))), exp(-700), 1e-318);
    ck_assert_double_eq(value_of(rill_sigmoid(number(-1000))), 0);
    ck_assert_double_eq(value_of(rill_sigmoid(number(1000))), 1);
    ck_assert_double_eq(value_of(rill_silu(number(-1000))), 0);
    ck_assert_double_eq(value_of(rill_gelu(number(-50))), 0);
    ck_assert_double_eq_tol(value_of(rill_log1p(number(1e-18))), 1e-18, 1e-33);
    ck_assert_double_eq_tol(value_of(rill_expm1(number(-1e-18))), -1e-18, 1e-33);
}
END_TEST

START_TEST(nan_is_kept)
{
    ck_assert(isnan(value_of(rill_relu(number((double)NAN)))));
    ck_assert(isnan(value_of(rill_sign(number((double)NAN)))));
    ck_assert(isnan(value_of(rill_max(number((double)NAN), number(1)))));
    ck_assert(isnan(value_of(rill_min(number(1), number((double)NAN)))));
    ck_assert(isnan(value_of(rill_clip(number((double)NAN), 0, 1))));
    ck_assert(isnan(value_of(rill_mul(number((double)NAN), number(0)))));
}
END_TEST

START_TEST(rounding_is_half_to_even)
{
    static const double x[] = { 0.5, 1.5, 2.5, -0.5, -1.5, 1e300 },
                        rounded[] = { 0, 2, 2, 0, -2, 1e300 };
    double y[6];
    value(rill_round(numbers(g, RILL_F64, RILL_SHAPE(6), x)), y, 6);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(y[i], rounded[i]);
}
END_TEST

START_TEST(integers_wrap)
{
    static const double x[] = { INT32_MAX, INT32_MIN, -7 },
                        sum[] = { INT32_MIN, INT32_MIN + 1, -6 };
    static const double magnitude[] = { INT32_MAX, INT32_MIN, 7 }, square[] = { 1, 0, 49 };
    rill_tensor *a = numbers(g, RILL_I32, RILL_SHAPE(3), x);
    double y[3];
    value(rill_shift(a, 1), y, 3);
    ck_assert_mem_eq(y, sum, sizeof y);
    value(rill_abs(a), y, 3);
    ck_assert_mem_eq(y, magnitude, sizeof y);
    value(rill_mul(a, a), y, 3);
    ck_assert_mem_eq(y, square, sizeof y);
    value(rill_where(rill_gt(a, rill_scalar_like(a, 0)), a, rill_neg(a)), y, 3);
    ck_assert_mem_eq(y, magnitude, sizeof y);
}
END_TEST

/* On i32, each op with the result for INTEGERS_A and INTEGERS_B. */
enum { INTEGERS = 4 };
static const double integers_a[INTEGERS] = { -3, 2, 0, 5 }, integers_b[INTEGERS] = { -3, -2, 7, 1 };

static const struct {
    const rill_op *op;
    double result[INTEGERS];
} integer_results[] = {
    { &rill_neg_op, { 3, -2, 0, -5 } },   { &rill_abs_op, { 3, 2, 0, 5 } },
    { &rill_sign_op, { -1, 1, 0, 1 } },   { &rill_square_op, { 9, 4, 0, 25 } },
    { &rill_relu_op, { 0, 2, 0, 5 } },    { &rill_add_op, { -6, 0, 7, 6 } },
    { &rill_sub_op, { 0, 4, -7, 4 } },    { &rill_mul_op, { 9, -4, 0, 5 } },
    { &rill_max_op, { -3, 2, 7, 5 } },    { &rill_min_op, { -3, -2, 0, 1 } },
    { &rill_eq_op, { 1, 0, 0, 0 } },      { &rill_ne_op, { 0, 1, 1, 1 } },
    { &rill_lt_op, { 0, 0, 1, 0 } },      { &rill_le_op, { 1, 0, 1, 0 } },
    { &rill_gt_op, { 0, 1, 0, 1 } },      { &rill_ge_op, { 1, 1, 0, 1 } },
    { &rill_where_op, { -3, -2, 0, 1 } }, /* a != 0 ? b : a */
};

START_TEST(integers_are_exact)
{
    const rill_op *op = integer_results[_i].op;
    rill_tensor *a = numbers(g, RILL_I32, RILL_SHAPE(INTEGERS), integers_a);
    rill_tensor *b = numbers(g, RILL_I32, RILL_SHAPE(INTEGERS), integers_b);
    rill_tensor *y = rill_apply(op, (rill_tensor *[]){ a, b, a }, op->arity, NULL);
    double out[INTEGERS];
    value(y, out, INTEGERS);
    for (int i = 0; i < INTEGERS; i++)
        ck_assert_msg(out[i] == integer_results[_i].result[i], "%s: %g at %d", op->name, out[i], i);
}
END_TEST

/* Every line of elementwise.def has a constructor, which makes the op of its name. */
START_TEST(constructors_make_their_ops)
{
    rill_tensor *x = number(1);
#define MAP1(name, ...) ck_assert_ptr_eq(rill_op_of(rill_##name(x)), &rill_##name##_op);
#define MAP2(name, ...) ck_assert_ptr_eq(rill_op_of(rill_##name(x, x)), &rill_##name##_op);
#define MAP3(name, ...) ck_assert_ptr_eq(rill_op_of(rill_##name(x, x, x)), &rill_##name##_op);
#include "ops/elementwise.def"
}
END_TEST

START_TEST(where_chooses_what_is_not_zero)
{
    static const double c[] = { 0, -0.0, 2, (double)NAN };
    double y[4];
    value(rill_where(numbers(g, RILL_F64, RILL_SHAPE(4), c), number(1), number(-1)), y, 4);
    ck_assert(y[0] == -1 && y[1] == -1 && y[2] == 1 && y[3] == 1);
}
END_TEST

START_TEST(clip_keeps_within)
{
    static const double x[] = { -3, 0.25, 3 };
    double y[3];
    value(rill_clip(numbers(g, RILL_F32, RILL_SHAPE(3), x), -1, 1), y, 3);
    ck_assert(y[0] == -1 && y[1] == 0.25 && y[2] == 1);
}
END_TEST

/* ---- Gradients at points where there is none, or where the formula has none. */

typedef rill_tensor *unary_constructor(rill_tensor *);
typedef rill_tensor *binary_constructor(rill_tensor *, rill_tensor *);

static const struct {
    const char *name;
    unary_constructor *f;
    double at, gradient;
} edges[] = {
    { "abs", rill_abs, 0, 0 },
    { "relu", rill_relu, 0, 0 },
    { "sqrt", rill_sqrt, 0, HUGE_VAL },
    { "sign", rill_sign, 0, 0 },
    { "floor", rill_floor, 1, 0 },
    { "sigmoid", rill_sigmoid, -2000, 0 },
    { "softplus", rill_softplus, 2000, 1 },
    { "silu", rill_silu, -2000, 0 },
    { "gelu", rill_gelu, -200, 0 },
    { "gelu_tanh", rill_gelu_tanh, 200, 1 },
    { "tanh", rill_tanh, 2000, 0 },
    { "square", rill_square, 0, 0 },
};

START_TEST(gradient_at_an_edge)
{
    rill_tensor *x = number(edges[_i].at), *gx;
    rill_grad(edges[_i].f(x), &x, 1, &gx);
    ck_assert_msg(value_of(gx) == edges[_i].gradient, "%s: %g", edges[_i].name, value_of(gx));
}
END_TEST

static const struct {
    const char *name;
    binary_constructor *f;
    double a, b, gradient_a, gradient_b;
} pairs[] = {
    { "max", rill_max, 3, 3, 0.5, 0.5 },
    { "max", rill_max, 3, 2, 1, 0 },
    { "min", rill_min, 3, 3, 0.5, 0.5 },
    { "min", rill_min, 3, 2, 0, 1 },
    { "pow", rill_pow, 0, 2, 0, 0 },
    { "pow", rill_pow, 0, 1, 1, 0 },
    { "pow", rill_pow, 0, 0, 0, 0 },
    { "pow", rill_pow, -2, 3, 12, 0 },
    { "pow", rill_pow, -2, 0.5, (double)NAN, (double)NAN },
    { "gt", rill_gt, 1, 1, 0, 0 },
};

static int same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

START_TEST(gradient_of_a_pair)
{
    rill_tensor *x[] = { number(pairs[_i].a), numbers(g, RILL_F64, RILL_SHAPE(1), &pairs[_i].b) };
    rill_tensor *gx[2];
    rill_grad(pairs[_i].f(x[0], x[1]), x, 2, gx);
    double a = value_of(gx[0]), b = value_of(gx[1]);
    ck_assert_msg(same(a, pairs[_i].gradient_a) && same(b, pairs[_i].gradient_b), "%s: %g, %g",
                  pairs[_i].name, a, b);
}
END_TEST

START_TEST(where_keeps_the_other_branch_out)
{
    rill_tensor *x = number(0), *zero = rill_scalar_like(x, 0), *gx;
    rill_grad(rill_where(rill_gt(x, zero), rill_sqrt(x), rill_scale(x, 3)), &x, 1, &gx);
    ck_assert(isnan(value_of(gx))); /* 0 * infinity: the branch not taken is differentiated too */
    rill_tensor *safe = rill_where(rill_gt(x, zero), x, rill_scalar_like(x, 1));
    rill_grad(rill_where(rill_gt(x, zero), rill_sqrt(safe), rill_scale(x, 3)), &x, 1, &gx);
    ck_assert_double_eq(value_of(gx), 3);
}
END_TEST

/* ---- Algebra. */

static rill_tensor *simplified(rill_tensor *y)
{
    return rill_op_of(y)->simplify(y);
}

START_TEST(identities_are_found)
{
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(2, 3)), *minus = rill_neg(x);
    rill_tensor *one = number(1), *zero = number(0);
    ck_assert_ptr_eq(simplified(rill_mul(x, one)), x);
    ck_assert_ptr_eq(simplified(rill_mul(one, x)), x);
    ck_assert_ptr_eq(simplified(rill_mul(number(-1), x)), minus);
    ck_assert_ptr_eq(simplified(rill_div(x, one)), x);
    ck_assert_ptr_eq(simplified(rill_add(zero, x)), x);
    ck_assert_ptr_eq(simplified(rill_sub(x, zero)), x);
    ck_assert_ptr_eq(simplified(rill_sub(zero, x)), minus);
    ck_assert_ptr_eq(simplified(rill_neg(minus)), x);
    ck_assert_ptr_eq(simplified(rill_pow(x, one)), x);
    ck_assert_ptr_eq(simplified(rill_pow(x, number(2))), rill_square(x));
    ck_assert_ptr_eq(simplified(rill_where(one, x, minus)), x);
    ck_assert_ptr_eq(simplified(rill_where(zero, x, minus)), minus);
    ck_assert_ptr_eq(simplified(rill_where(minus, x, x)), x);
    ck_assert_ptr_eq(simplified(rill_max(x, x)), x);
    ck_assert_ptr_eq(simplified(rill_relu(rill_relu(x))), rill_relu(x));
}
END_TEST

/* Not where NaN or infinity would be lost, nor where the shape would change. */
START_TEST(what_is_no_identity_stays)
{
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(3));
    ck_assert_ptr_null(simplified(rill_mul(x, number(0))));
    ck_assert_ptr_null(simplified(rill_sub(x, x)));
    ck_assert_ptr_null(simplified(rill_div(x, x)));
    ck_assert_ptr_null(simplified(rill_pow(x, number(0))));
    ck_assert_ptr_null(simplified(rill_mul(x, rill_full(g, RILL_F64, RILL_SHAPE(2, 3), 1))));
    ck_assert_ptr_null(simplified(rill_add(x, rill_full(g, RILL_F64, RILL_SHAPE(2, 1), 0))));
}
END_TEST

START_TEST(needless_broadcasts_are_dropped)
{
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(3));
    rill_tensor *y = rill_input(g, "y", RILL_F64, RILL_SHAPE(2, 3));
    rill_tensor *wide = rill_broadcast(x, RILL_SHAPE(2, 3));
    ck_assert_ptr_eq(simplified(rill_add(wide, y)), rill_add(x, y));
    ck_assert_ptr_null(simplified(rill_exp(wide)));
    /* One of two must stay, for the shape. */
    rill_tensor *other = rill_broadcast(rill_exp(x), RILL_SHAPE(2, 3));
    rill_tensor *product = simplified(rill_mul(wide, other));
    ck_assert_ptr_eq(product, rill_mul(x, other));
    ck_assert_ptr_null(simplified(product));
}
END_TEST

/* ---- Casts and refusals. */

START_TEST(cast_saturates_and_rounds)
{
    static const double x[] = { 2.9, -2.9, 1e10, -1e10, HUGE_VAL, (double)NAN, 0.1 };
    static const double cut[] = { 2, -2, INT32_MAX, INT32_MIN, INT32_MAX, 0, 0 };
    rill_tensor *a = numbers(g, RILL_F64, RILL_SHAPE(7), x);
    double y[7];
    value(rill_cast(a, RILL_I32), y, 7);
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(y[i], cut[i]);
    value(rill_cast(a, RILL_F32), y, 7);
    ck_assert_double_eq(y[6], (double)0.1f);
    value(rill_cast(rill_cast(a, RILL_I32), RILL_F32), y, 7);
    ck_assert_double_eq(y[2], 0x1p31);
}
END_TEST

START_TEST(cast_of_many_elements)
{
    rill_tensor *ramp = rill_broadcast(number(1.75), RILL_SHAPE(9001));
    double *y = calloc(9001, sizeof *y);
    value(rill_cast(rill_add(ramp, number(0)), RILL_F32), y, 9001);
    for (int i = 0; i < 9001; i++)
        ck_assert_double_eq(y[i], 1.75);
    free(y);
}
END_TEST

START_TEST(cast_and_back_vanishes)
{
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(3));
    rill_tensor *wide = rill_cast(x, RILL_F64);
    ck_assert_ptr_eq(simplified(rill_cast(x, RILL_F32)), x);
    ck_assert_ptr_eq(simplified(rill_cast(wide, RILL_F32)), x);
    ck_assert_ptr_null(simplified(rill_cast(rill_cast(wide, RILL_I32), RILL_F64)));
}
END_TEST

START_TEST(wrong_operands_are_refused)
{
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3));
    rill_tensor *wrong[] = {
        rill_add(x, rill_input(g, "y", RILL_F64, RILL_SHAPE(2, 3))),
        rill_add(x, rill_input(g, "z", RILL_F32, RILL_SHAPE(2, 4))),
        rill_exp(rill_input(g, "n", RILL_I32, RILL_SHAPE(2))),
        rill_cast(x, (rill_dtype)77),
        rill_cast(x, (rill_dtype)-1),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert(rill_is_inert(wrong[i]));
    refused(g, "add: dtypes differ: f32 and f64 (use cast)");
}
END_TEST

START_TEST(null_is_inert)
{
    ck_assert(rill_is_inert(rill_sin(NULL)));
    ck_assert(rill_is_inert(rill_add(NULL, number(1))));
    ck_assert(rill_is_inert(rill_where(number(1), number(1), NULL)));
    ck_assert(rill_is_inert(rill_scale(NULL, 2)));
    ck_assert(rill_is_inert(rill_clip(NULL, 0, 1)));
    ck_assert(rill_is_inert(rill_cast(NULL, RILL_F32)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elementwise");
    TCase *maps = tcase_create("maps"), *graph = tcase_create("graph");
    tcase_add_loop_test(maps, fast_maps_agree_with_the_reference, 0, rill_builtin_op_count);
    tcase_add_loop_test(maps, no_element_depends_on_its_neighbours, 0, rill_builtin_op_count);
    tcase_add_loop_test(maps, pairs_are_two_maps, 0, 5);
    tcase_add_loop_test(maps, instruction_set_is_chosen_by_name, 0, 2);
    tcase_add_test(maps, unknown_instruction_sets_are_refused);
    suite_add_tcase(suite, maps);
    tcase_add_checked_fixture(graph, setup, teardown);
    tcase_add_test(graph, stable_where_the_formula_is_not);
    tcase_add_test(graph, nan_is_kept);
    tcase_add_test(graph, rounding_is_half_to_even);
    tcase_add_test(graph, integers_wrap);
    tcase_add_loop_test(graph, integers_are_exact, 0,
                        sizeof integer_results / sizeof *integer_results);
    tcase_add_test(graph, constructors_make_their_ops);
    tcase_add_test(graph, where_chooses_what_is_not_zero);
    tcase_add_test(graph, clip_keeps_within);
    tcase_add_loop_test(graph, gradient_at_an_edge, 0, sizeof edges / sizeof *edges);
    tcase_add_loop_test(graph, gradient_of_a_pair, 0, sizeof pairs / sizeof *pairs);
    tcase_add_test(graph, where_keeps_the_other_branch_out);
    tcase_add_test(graph, identities_are_found);
    tcase_add_test(graph, what_is_no_identity_stays);
    tcase_add_test(graph, needless_broadcasts_are_dropped);
    tcase_add_test(graph, cast_saturates_and_rounds);
    tcase_add_test(graph, cast_of_many_elements);
    tcase_add_test(graph, cast_and_back_vanishes);
    tcase_add_test(graph, wrong_operands_are_refused);
    tcase_add_test(graph, null_is_inert);
    suite_add_tcase(suite, graph);
    return run_suite(suite);
}
