/* Compiled programs against an interpreter that knows no pass: node by node, by reference kernels,
 * each value in memory of its own.  Random graphs over random shapes, their gradients, and batches
 * that run by slices. */
#include "core/grad.h"
#include "core/program_impl.h"
#include "ops/ops.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- The interpreter. */

typedef struct naive {
    rill_tensor *input;
    const void *fed;
    void **value; /* [count] by id */
    int64_t count;
} naive;

/* The element of x that is stretched to element i of `shape`. */
static int64_t stretched_from(const rill_tensor *x, const rill_shape *shape, int64_t i)
{
    int64_t at = 0, stride = 1;
    for (int k = 1; k <= shape->rank; k++) {
        int64_t extent = shape->dim[shape->rank - k], place = i % extent;
        i /= extent;
        if (k > x->shape.rank)
            continue;
        int64_t own = x->shape.dim[x->shape.rank - k];
        at += own == 1 ? 0 : place * stride;
        stride *= own;
    }
    return at;
}

static void *stretched(const rill_tensor *x, const void *data, const rill_shape *shape)
{
    size_t size = rill_dtype_size(x->dtype);
    int64_t count = rill_shape_count(shape);
    char *out = malloc((size_t)(count + 1) * size);
    for (int64_t i = 0; i < count; i++)
        memcpy(out + (size_t)i * size,
               (const char *)data + (size_t)stretched_from(x, shape, i) * size, size);
    return out;
}

static void map_each(const rill_tensor *y, const void *const *in, void *out)
{
    void *full[RILL_MAX_MAPPED];
    for (int i = 0; i < y->count; i++)
        full[i] = stretched(y->in[i], in[i], &y->shape);
    y->op->map[y->dtype](out, (const void *const *)full, y->attrs, rill_count(y));
    for (int i = 0; i < y->count; i++)
        free(full[i]);
}

static void call(const rill_tensor *y, void *const *in, void *out)
{
    rill_array_view *views = calloc((size_t)y->count + 1, sizeof *views);
    for (int i = 0; i < y->count; i++)
        views[i] = (rill_array_view){ y->in[i]->dtype, y->in[i]->shape, in[i] };
    rill_call whole = { .op = y->op,
                        .attrs = y->attrs,
                        .count = y->count,
                        .in = views,
                        .out = { y->dtype, y->shape, out } };
    ck_assert_int_eq(rill_call_whole(&y->op->kernel, &whole), 1);
    free(views);
}

static void *value_of(naive *n, rill_tensor *y);

static void compute(naive *n, rill_tensor *y, void *out, size_t bytes)
{
    void **in = calloc((size_t)y->count + 1, sizeof *in);
    for (int i = 0; i < y->count; i++)
        in[i] = value_of(n, y->in[i]);
    if (rill_has(y, RILL_VIEW))
        memcpy(out, in[0], bytes);
    else if (y->op->map[y->dtype])
        map_each(y, (const void *const *)in, out);
    else if (y->op->kernel.eval)
        call(y, in, out);
    else
        memcpy(out, value_of(n, y->op->expand(y)), bytes);
    free(in);
}

static void *value_of(naive *n, rill_tensor *y)
{
    if (y->id >= n->count) {
        n->value = realloc(n->value, (size_t)(2 * y->id + 1) * sizeof *n->value);
        memset(n->value + n->count, 0, (size_t)(2 * y->id + 1 - n->count) * sizeof *n->value);
        n->count = 2 * y->id + 1;
    }
    if (n->value[y->id])
        return n->value[y->id];
    size_t bytes = (size_t)rill_count(y) * rill_dtype_size(y->dtype);
    char *out = malloc(bytes + 1);
    if (y == n->input)
        memcpy(out, n->fed, bytes);
    else if (y->op == &rill_constant_op)
        for (int64_t i = 0, size = (int64_t)rill_dtype_size(y->dtype); i < rill_count(y); i++)
            memcpy(out + i * size,
                   (const char *)y->leaf->data + (y->leaf->stored == 1 ? 0 : i * size),
                   (size_t)size);
    else
        compute(n, y, out, bytes);
    return n->value[y->id] = out;
}

static void forget(naive *n)
{
    for (int64_t i = 0; i < n->count; i++)
        free(n->value[i]);
    free(n->value);
}

/* ---- Random graphs. */

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9u;
    return x ^ (x >> 31);
}

static int below(uint64_t *seed, int64_t n)
{
    return (int)(draw(seed) % (uint64_t)n);
}

static rill_tensor *some_numbers(rill_tensor *x, rill_shape shape, uint64_t *seed)
{
    int64_t count = rill_shape_count(&shape);
    double *values = malloc((size_t)(count + 1) * sizeof *values);
    for (int64_t i = 0; i < count; i++)
        values[i] = below(seed, 2001) / 1000.0 - 1.0;
    rill_tensor *y = rill_constant(rill_graph_of(x), RILL_F64, shape, values, count);
    free(values);
    return rill_cast(y, rill_dtype_of(x));
}

/* Moves map any x to something of order one.  Axis 0 of x may be a batch. */
typedef rill_tensor *move(rill_tensor *x, uint64_t *seed);

static rill_tensor *mapped(rill_tensor *x, uint64_t *seed)
{
    static rill_tensor *(*const maps[])(rill_tensor *) = {
        rill_sin,  rill_cos,  rill_tanh,     rill_sigmoid, rill_silu,
        rill_gelu, rill_atan, rill_softplus, rill_erf,     rill_neg,
    };
    return maps[below(seed, sizeof maps / sizeof *maps)](x);
}

static rill_tensor *layer(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 2)
        return rill_neg(x);
    int64_t k = rill_dim(x, -1), n = 1 + below(seed, 40);
    rill_tensor *w = some_numbers(x, RILL_SHAPE(k, n), seed),
                *b = some_numbers(x, RILL_SHAPE(n), seed);
    return rill_tanh(rill_add(rill_scale(rill_matmul(x, w), 1.0 / (double)k), b));
}

static rill_tensor *normalised(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 1)
        return rill_square(rill_tanh(x));
    switch (below(seed, 4)) {
    case 0:
        return rill_softmax(x, -1);
    case 1:
        return rill_layer_norm(x, 0.1);
    case 2:
        return rill_rms_norm(x, 0.1);
    default:
        return rill_tanh(rill_log_softmax(x, -1));
    }
}

static rill_tensor *widened(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 1)
        return rill_expand_dims(x, 0);
    int64_t n = rill_dim(x, -1);
    switch (below(seed, 3)) {
    case 0:
        return rill_concat(x, rill_sin(x), -1);
    case 1:
        return rill_pad(x, -1, below(seed, 3), below(seed, 3), 1 + below(seed, 2));
    default:
        return rill_slice(x, -1, below(seed, n), n, 1 + below(seed, 2));
    }
}

static rill_tensor *summed_rows(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 2)
        return rill_scale(x, 0.5);
    rill_tensor *sum =
        below(seed, 2) ? rill_mean(x, RILL_AXES(-1), 1) : rill_logsumexp(x, RILL_AXES(-1), 1);
    return rill_sub(x, sum);
}

static rill_tensor *reduced(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 1)
        return rill_cos(x);
    int axis = below(seed, rill_rank(x)), keep = below(seed, 2);
    switch (below(seed, 4)) {
    case 0:
        return rill_tanh(rill_sum(x, RILL_AXES(axis), keep));
    case 1:
        return rill_mean(x, RILL_AXES(axis), keep);
    case 2:
        return rill_tanh(rill_var(x, RILL_AXES(axis), keep));
    default:
        return rill_tanh(rill_logsumexp(x, RILL_AXES(axis), keep));
    }
}

static rill_tensor *turned(rill_tensor *x, uint64_t *seed)
{
    rill_axes axes = { .count = rill_rank(x) };
    for (int i = 0; i < axes.count; i++)
        axes.at[i] = i;
    for (int i = (int)axes.count - 1; i > 0; i--) {
        int other = below(seed, i + 1);
        int64_t held = axes.at[i];
        axes.at[i] = axes.at[other];
        axes.at[other] = held;
    }
    return rill_rank(x) > 0 && below(seed, 3) == 0 ? rill_flip(x, RILL_AXES(0))
                                                   : rill_permute(x, axes);
}

static rill_tensor *reshaped(rill_tensor *x, uint64_t *seed)
{
    int64_t count = rill_count(x);
    for (int64_t n = 2 + below(seed, 6); n > 1; n--)
        if (count % n == 0)
            return rill_reshape(x, RILL_SHAPE(n, -1));
    return rill_reshape(x, RILL_SHAPE(-1));
}

static rill_tensor *accumulated(rill_tensor *x, uint64_t *seed)
{
    return rill_rank(x) < 1 ? x : rill_tanh(rill_cumsum(x, below(seed, rill_rank(x))));
}

static rill_tensor *product(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) < 2)
        return rill_square(rill_tanh(x));
    int a = below(seed, 2);
    return rill_tanh(rill_matmul_transposed(x, a, x, !a));
}

static rill_tensor *repeated(rill_tensor *x, uint64_t *seed)
{
    if (rill_rank(x) > 3)
        return rill_sum_to(rill_scale(x, 0.1), RILL_SHAPE(rill_dim(x, -1)));
    rill_shape shape = { .rank = rill_rank(x) + 1, .dim = { 1 + below(seed, 3) } };
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = rill_dim(x, i - 1);
    return rill_broadcast(x, shape);
}

static rill_tensor *picked(rill_tensor *x, uint64_t *seed)
{
    int32_t rows[5];
    if (rill_rank(x) < 1)
        return x;
    for (int i = 0; i < 5; i++)
        rows[i] = below(seed, rill_dim(x, 0));
    return rill_gather(x, rill_constant(rill_graph_of(x), RILL_I32, RILL_SHAPE(5), rows, 5));
}

/* Not smooth, and not in what is differentiated: rounding may decide on which side of a kink one
 * is. */
static rill_tensor *kinked(rill_tensor *x, uint64_t *seed)
{
    switch (below(seed, rill_rank(x) > 0 ? 4 : 3)) {
    case 0:
        return rill_abs(x);
    case 1:
        return rill_relu(x);
    case 2:
        return rill_clip(x, -0.3, 0.4);
    default:
        return rill_reduce_max(x, RILL_AXES(-1), below(seed, 2));
    }
}

/* By rows first. */
static move *const moves[] = {
    mapped, layer,   normalised, widened,  summed_rows, /* keep a batch */
    mapped, reduced, turned,     reshaped, accumulated, product, repeated, picked, kinked,
};

enum { BY_ROWS = 5, SMOOTH = 13, ALL = 14, MOST_NODES = 16, MOST_ELEMENTS = 3000 };

/* a and b in one, whatever their shapes. */
static rill_tensor *joined(rill_tensor *a, rill_tensor *b, uint64_t *seed)
{
    rill_shape x = rill_shape_of(a), y = rill_shape_of(b), common;
    if (!rill_shape_broadcast(&x, &y, &common) || rill_shape_count(&common) > MOST_ELEMENTS)
        b = rill_mean_all(b);
    return below(seed, 2) ? rill_mul(a, rill_tanh(b)) : rill_sub(a, rill_sin(b));
}

static rill_tensor *random_graph(rill_tensor *x, int size, int kinds, uint64_t *seed)
{
    rill_tensor *pool[MOST_NODES] = { x };
    for (int n = 1; n < size; n++) {
        rill_tensor *y = moves[below(seed, kinds)](pool[n - 1 - below(seed, n > 3 ? 3 : n)], seed);
        if (rill_count(y) > MOST_ELEMENTS && rill_dim(y, 0) != rill_dim(x, 0))
            y = rill_mean(y, RILL_AXES(0), 0);
        pool[n] = below(seed, 2) ? joined(y, pool[below(seed, n)], seed) : y;
    }
    return pool[size - 1];
}

/* ---- Comparing. */

static double number(const rill_tensor *y, const void *data, int64_t i)
{
    return y->dtype == RILL_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
}

/* The largest difference, relative to the largest element or one; infinite where one is NaN. */
static double apart(const rill_tensor *y, const void *a, const void *b)
{
    double most = 0.0, largest = 1.0;
    for (int64_t i = 0; i < rill_count(y); i++) {
        double difference = fabs(number(y, a, i) - number(y, b, i));
        most = isnan(difference) ? HUGE_VAL : fmax(most, difference);
        largest = fmax(largest, fabs(number(y, b, i)));
    }
    return most / largest;
}

/* Of all programs so far: memory, and how many run by slices. */
static double planned, in_use;
static int sliced;

static void compare(rill_tensor *x, rill_tensor **y, int count, double tolerance, uint64_t start)
{
    rill_graph *g = rill_graph_of(x);
    rill_program *p = rill_compile_outputs(g, y, count, NULL);
    ck_assert_msg(p != NULL, "seed %llu: %s", (unsigned long long)start,
                  rill_error(g) ? rill_error(g) : "?");
    uint64_t seed = start;
    char *data = malloc((size_t)(rill_count(x) + 1) * sizeof(double));
    for (int64_t i = 0; i < rill_count(x); i++) {
        double value = below(&seed, 4001) / 1000.0 - 2.0;
        if (x->dtype == RILL_F32)
            ((float *)(void *)data)[i] = (float)value;
        else
            ((double *)(void *)data)[i] = value;
    }
    naive n = { .input = x, .fed = data };
    ck_assert_int_eq(rill_feed(p, x, data, rill_count(x)), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    for (int i = 0; i < count; i++) {
        void *out = malloc((size_t)(rill_count(y[i]) + 1) * sizeof(double));
        ck_assert_int_eq(rill_read(p, y[i], out, rill_count(y[i])), RILL_OK);
        double difference = apart(y[i], out, value_of(&n, y[i]));
        ck_assert_msg(difference <= tolerance, "seed %llu, output %d: %g apart",
                      (unsigned long long)start, i, difference);
        free(out);
    }
    planned += (double)rill_program_describe(p).buffer_bytes;
    in_use += (double)rill_program_describe(p).live_bytes;
    sliced += p->region != NULL;
    forget(&n);
    free(data);
    rill_program_free(p);
}

static rill_shape random_shape(uint64_t *seed)
{
    static const int64_t extents[] = { 1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 31, 33, 64 };
    rill_shape shape = { .rank = below(seed, 5) };
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = extents[below(seed, i < 2 ? 13 : 6)];
    return shape;
}

/* A few dozen operations of order one, some of which add up thousands of elements in another order:
 * 1e-15 is seen in f64 and 2e-7 in f32. */
static const double tolerance[] = { [RILL_F32] = 1e-5, [RILL_F64] = 1e-13 };

START_TEST(any_graph)
{
    for (uint64_t k = 0; k < 100; k++) {
        uint64_t start = 100 * (uint64_t)_i + k, seed = start;
        rill_graph *g = rill_graph_new(NULL);
        rill_dtype dtype = draw(&seed) % 4 ? RILL_F64 : RILL_F32;
        rill_tensor *x = rill_input(g, "x", dtype, random_shape(&seed));
        int kinds = below(&seed, 2) ? ALL : SMOOTH;
        rill_tensor *y[2] = { random_graph(x, 3 + below(&seed, 10), kinds, &seed) };
        if (kinds == SMOOTH)
            rill_grad(rill_mean_all(y[0]), &x, 1, &y[1]);
        compare(x, y, kinds == SMOOTH ? 2 : 1, tolerance[dtype], start);
        rill_graph_free(g);
    }
    ck_assert_msg(planned <= 1.05 * in_use, "%g bytes for %g", planned, in_use);
}
END_TEST

/* Wide enough for slices, with sums over the batch and rows of it as results. */
START_TEST(a_batch)
{
    for (uint64_t k = 0; k < 8; k++) {
        uint64_t start = 8 * (uint64_t)_i + k, seed = start;
        rill_graph *g = rill_graph_new(NULL);
        rill_dtype dtype = draw(&seed) % 4 ? RILL_F64 : RILL_F32;
        rill_tensor *x =
            rill_input(g, "x", dtype, RILL_SHAPE(130 + below(&seed, 400), 1 + below(&seed, 40)));
        rill_tensor *h = random_graph(layer(x, &seed), 6 + below(&seed, 8), BY_ROWS, &seed);
        rill_tensor *y[4] = { rill_mean_all(rill_square(h)), rill_mean(h, RILL_AXES(0), 0), h };
        rill_grad(y[0], &x, 1, &y[3]);
        compare(x, y, 4, tolerance[dtype], start);
        rill_graph_free(g);
    }
    ck_assert_int_gt(sliced, 0);
    ck_assert_msg(planned <= 1.05 * in_use, "%g bytes for %g", planned, in_use);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("naive");
    TCase *tests = tcase_create("naive");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, any_graph, 0, 6);
    tcase_add_loop_test(tests, a_batch, 0, 6);
    return run_suite(suite);
}
