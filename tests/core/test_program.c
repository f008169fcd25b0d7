/* Compiling and running: every pass on or off gives the same, effects commit after all reads or not at
 * all, nothing is allocated, any depth, any failure of memory. */
#include "base/alloc.h"
#include "core/grad.h"
#include "core/program.h"
#include "core/store.h"
#include "models/flow/flow.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/ops.h"
#include "tests/core/snapshot.h"
#include "tests/ops/value.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>

/* ---- Random graphs. */

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9u;
    return x ^ (x >> 31);
}

static rill_tensor *bounded(rill_tensor *x)
{
    return rill_tanh(x);
}

static rill_tensor *outer_sum(rill_tensor *x)
{
    rill_tensor *rows = rill_sum(x, RILL_AXES(1), 1);
    return rill_add(bounded(rows), bounded(rill_sum(x, RILL_AXES(0), 0)));
}

static rill_tensor *square_product(rill_tensor *x)
{
    return bounded(rill_matmul(x, rill_transpose(x)));
}

static rill_tensor *there_and_back(rill_tensor *x)
{
    rill_shape shape = rill_shape_of(x);
    return rill_reshape(rill_sin(rill_reshape(x, RILL_SHAPE(-1))), shape);
}

static rill_tensor *halves(rill_tensor *x)
{
    int64_t n = rill_dim(x, 1);
    rill_tensor *left = rill_slice(x, 1, 0, n / 2, 1), *right = rill_slice(x, 1, n / 2, n, 1);
    return rill_concat(right, left, 1);
}

static rill_tensor *plus_nothing(rill_tensor *x)
{
    rill_shape shape = rill_shape_of(x);
    return rill_mul(rill_add(x, rill_full(rill_graph_of(x), rill_dtype_of(x), shape, 0.0)),
                    rill_scalar_like(x, 1.0));
}

static rill_tensor *normalised(rill_tensor *x)
{
    return rill_layer_norm(x, 1e-5);
}

static rill_tensor *shares(rill_tensor *x)
{
    return rill_softmax(x, -1);
}

/* Maps [n,n] to [n,n]. */
static rill_tensor *(*const moves[])(rill_tensor *) = {
    rill_sin,  rill_cos,      rill_silu,      bounded, rill_sigmoid, outer_sum,  rill_square,
    rill_gelu, square_product, there_and_back, halves,  plus_nothing, normalised, shares,
};

enum { MOVES = sizeof moves / sizeof *moves };

static rill_tensor *random_graph(rill_tensor *x, uint64_t seed, int size)
{
    rill_tensor *pool[64] = { x };
    for (int n = 1; n < size; n++) {
        rill_tensor *a = pool[draw(&seed) % (uint64_t)n], *b = pool[draw(&seed) % (uint64_t)n];
        rill_tensor *y = moves[draw(&seed) % MOVES](a);
        pool[n] = draw(&seed) % 2 ? rill_mul(y, bounded(b)) : rill_sub(y, b);
    }
    return pool[size - 1];
}

static void run_under(rill_graph *g, rill_tensor *x, rill_tensor **y, int n, uint32_t off,
                      double *out, int64_t each)
{
    rill_program *p = rill_compile_outputs(g, y, n, &(rill_compile_options){ .passes_off = off });
    ck_assert_msg(p != NULL, "passes off %u: %s", off, rill_error(g) ? rill_error(g) : "?");
    double data[25];
    for (int i = 0; i < 25; i++)
        data[i] = sin(1.0 + 3.0 * i);
    ck_assert_int_eq(rill_feed(p, x, data, 25), RILL_OK);
    for (int run = 0; run < 2; run++)
        ck_assert_int_eq(rill_run(p), RILL_OK);
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(rill_read(p, y[i], out + i * each, rill_count(y[i])), RILL_OK);
    rill_program_free(p);
}

/* Fusing and sharing buffers move no bit.  Simplifying and kernels round differently: a few hundred
 * operations of values of order one stay within 1e-9. */
START_TEST(passes_agree)
{
    uint64_t seed = 1000 + (uint64_t)_i;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(5, 5));
    rill_tensor *y[3] = { random_graph(x, seed, 12) };
    rill_grad(rill_mean_all(y[0]), &x, 1, &y[1]);
    y[2] = rill_jvp(y[0], x, rill_cos(x));
    double plain[75] = { 0 }, out[75] = { 0 };
    run_under(g, x, y, 3, RILL_NO_SIMPLIFY | RILL_NO_FUSE | RILL_NO_REUSE, plain, 25);
    for (uint32_t off = 0; off < 32; off++) {
        run_under(g, x, y, 3, off, out, 25);
        int same_order = (off & ~(uint32_t)(RILL_NO_FUSE | RILL_NO_REUSE)) == RILL_NO_SIMPLIFY;
        for (int i = 0; i < 75; i++)
            ck_assert_msg(same_order ? out[i] == plain[i]
                                     : fabs(out[i] - plain[i]) <= 1e-9 * (1 + fabs(plain[i])),
                          "seed %llu, passes off %u, %d: %.17g and %.17g",
                          (unsigned long long)seed, off, i, out[i], plain[i]);
    }
    rill_graph_free(g);
}
END_TEST

/* ---- Effects. */

static const rill_init half = { RILL_INIT_CONSTANT, 0.5 };

START_TEST(assigns_commit_after_all_reads)
{
    rill_store *store = rill_store_new(0);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *a = rill_param(g, RILL_F64, RILL_SCALAR, half, "a");
    rill_tensor *b = rill_param(g, RILL_F64, RILL_SCALAR, (rill_init){ RILL_INIT_CONSTANT, 2 }, "b");
    rill_tensor *next = rill_assign(a, b), *after = rill_add(next, a);
    rill_tensor *swap[] = { next, rill_assign(b, a), after, a };
    rill_program *p = rill_compile_outputs(g, swap, 4, NULL);
    ck_assert_ptr_nonnull(p);
    for (int run = 1; run <= 3; run++) {
        double now_a, now_b, sum, before;
        ck_assert_int_eq(rill_run(p), RILL_OK);
        rill_store_get(store, "a", &now_a, 1, NULL);
        rill_store_get(store, "b", &now_b, 1, NULL);
        rill_read(p, after, &sum, 1);
        rill_read(p, a, &before, 1);
        ck_assert(now_a == (run % 2 ? 2.0 : 0.5) && now_b == (run % 2 ? 0.5 : 2.0));
        ck_assert(sum == 2.5 && before == now_b);
    }
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

START_TEST(an_entry_is_assigned_once)
{
    rill_store *store = rill_store_new(0);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *a = rill_param(g, RILL_F64, RILL_SCALAR, half, "a");
    ck_assert_ptr_null(rill_compile(g, rill_assign(a, rill_neg(a)), rill_assign(a, a)));
    refused(g, "a is assigned twice");
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

START_TEST(a_run_that_is_not_finite_commits_nothing)
{
    rill_store *store = rill_store_new(0);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SCALAR);
    rill_tensor *a = rill_param(g, RILL_F64, RILL_SCALAR, half, "a");
    rill_scope_begin(g, "inner");
    rill_tensor *y = rill_mul(rill_log(x), a);
    rill_scope_end(g);
    rill_tensor *update = rill_assign(a, rill_add(a, y));
    rill_program *p = rill_compile(g, rill_require_finite(y), update);
    ck_assert_ptr_nonnull(p);
    const double fed[] = { 2.0, 0.0, 2.0, (double)NAN };
    const char *said[] = { NULL, "inner: log gave a NaN or an infinity", NULL,
                           "input x holds a NaN or an infinity" };
    double value, before = 0.5;
    for (int run = 0; run < 4; run++) {
        rill_feed(p, x, &fed[run], 1);
        ck_assert_int_eq(rill_run(p), said[run] ? RILL_NOT_FINITE : RILL_OK);
        rill_store_get(store, "a", &value, 1, NULL);
        if (said[run]) {
            ck_assert_int_eq(rill_read(p, update, &value, 1), RILL_BAD_ARGUMENT);
            ck_assert_str_eq(rill_program_error(p), said[run]);
            ck_assert(value == before);
        }
        before = value;
    }
    rill_program_free(p);
    rill_graph_free(g);
    rill_store_free(store);
}
END_TEST

/* A user's op may call itself an effect or a view without being one. */
static int infer_same(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static int infer_longer(rill_infer *infer)
{
    infer->out_shape = RILL_SHAPE(1000);
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static int infer_no_dtype(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = (rill_dtype)77;
    return 1;
}

static void no_kernel_needed(const rill_call *call, int64_t begin, int64_t end)
{
    (void)call, (void)begin, (void)end;
}

START_TEST(effects_and_views_are_checked)
{
    const rill_op wrong[] = {
        { .name = "commits", .doc = "", .arity = 1, .infer = infer_same,
          .traits = RILL_ORDERED | RILL_COMMIT | RILL_NOT_DIFFERENTIABLE,
          .kernel = { .eval = no_kernel_needed } },
        { .name = "views", .doc = "", .arity = 1, .infer = infer_longer,
          .traits = RILL_VIEW | RILL_NOT_DIFFERENTIABLE },
        { .name = "maps", .doc = "", .arity = 1, .infer = infer_longer,
          .traits = RILL_ELEMENTWISE | RILL_NOT_DIFFERENTIABLE },
        { .name = "types", .doc = "", .arity = 1, .infer = infer_no_dtype,
          .traits = RILL_NOT_DIFFERENTIABLE, .kernel = { .eval = no_kernel_needed } },
    };
    const char *said[] = { "takes a state entry and its new value", "a view keeps",
                           "does not stretch to the result", "77 is no dtype" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rill_graph *g = rill_graph_new(NULL);
        rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(2));
        ck_assert_ptr_null(rill_compile(g, rill_apply(&wrong[i], &x, 1, NULL)));
        refused(g, said[i]);
        rill_graph_free(g);
    }
}
END_TEST

/* ---- A training step. */

typedef struct training {
    rill_store *store;
    rill_graph *g;
    rill_tensor *x1, *loss;
    rill_program *step;
} training;

enum { ROWS = 64 };

static training new_training(uint64_t seed, uint32_t off)
{
    training t = { .store = rill_store_new(seed) };
    t.g = rill_graph_new(t.store);
    t.x1 = rill_input(t.g, "x1", RILL_F32, RILL_SHAPE(ROWS, 2));
    rill_flow flow = { .net = { rill_mlp, &(rill_net_size){ .hidden = 32, .layers = 2 } } };
    t.loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = t.x1 });
    rill_tensor *update = rill_adam(t.loss, (rill_adam_options){ .ema = 0.9, .clip = 1.0 });
    rill_tensor *outputs[] = { t.loss, update };
    t.step = rill_compile_outputs(t.g, outputs, 2, &(rill_compile_options){ .passes_off = off });
    return t;
}

static void end_training(training *t)
{
    rill_program_free(t->step);
    rill_graph_free(t->g);
    rill_store_free(t->store);
}

static rill_status train(training *t, int steps)
{
    float batch[ROWS * 2];
    for (int i = 0; i < ROWS * 2; i++)
        batch[i] = (float)sin(i);
    rill_status status = rill_feed(t->step, t->x1, batch, ROWS * 2);
    for (int i = 0; i < steps && status == RILL_OK; i++)
        status = rill_run(t->step);
    return status;
}

START_TEST(threads_and_fusion_change_no_bit)
{
    size_t size, other_size;
    rill_set_threads(1);
    training one = new_training(7, 0);
    ck_assert_msg(one.step != NULL, "%s", rill_error(one.g) ? rill_error(one.g) : "");
    ck_assert_int_eq(train(&one, 20), RILL_OK);
    char *bytes = snapshot(one.store, &size);
    const uint32_t passes[] = { 0, RILL_NO_FUSE, RILL_NO_REUSE, RILL_NO_FUSE | RILL_NO_REUSE };
    for (int threads = 1; threads <= 3; threads++) {
        for (int i = 0; i < 4; i++) {
            ck_assert_int_eq(rill_set_threads(threads), threads);
            training t = new_training(7, passes[i]);
            ck_assert_int_eq(train(&t, 20), RILL_OK);
            char *other = snapshot(t.store, &other_size);
            ck_assert_msg(size == other_size && memcmp(bytes, other, size) == 0,
                          "%d threads, passes off %u: other bytes", threads, passes[i]);
            free(other);
            end_training(&t);
        }
    }
    free(bytes);
    end_training(&one);
}
END_TEST

START_TEST(a_step_allocates_nothing)
{
    rill_set_threads(2);
    training t = new_training(1, 0);
    ck_assert_int_eq(train(&t, 1), RILL_OK);
    int64_t before = rill_alloc_count();
    ck_assert_int_eq(train(&t, 100), RILL_OK);
    ck_assert_int_eq(rill_alloc_count(), before);
    end_training(&t);
}
END_TEST

/* Whatever allocation fails, first or from then on: a clean error, and nothing leaks (the sanitizers
 * look). */
START_TEST(memory_may_end_anywhere)
{
    rill_set_threads(1);
    int finished = 0;
    for (int64_t n = 1; !finished; n = n < 200 ? n + 1 : n + n / 8) {
        rill_alloc_fail(n, _i);
        training t = new_training(1, 0);
        rill_status status = t.step ? train(&t, 1) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        finished = status == RILL_OK;
        ck_assert(finished || status == RILL_NO_MEMORY);
        ck_assert(t.step || rill_error(t.g));
        end_training(&t);
    }
}
END_TEST

/* ---- Depth. */

#ifdef __SANITIZE_THREAD__
enum { DEEP = 100000 }; /* its own memory grows by 14 kB an op */
#else
enum { DEEP = 1000000 };
#endif

static void *deep_chain(void *unused)
{
    (void)unused;
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SCALAR), *y = x, *gx;
    for (int i = 0; i < DEEP; i++)
        y = i % 2 ? rill_mul(y, x) : rill_add(y, x);
    rill_grad(y, &x, 1, &gx);
    rill_program *p = rill_compile(g, y, gx);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "");
    double at = 0.25, value, slope;
    ck_assert_int_eq(rill_feed(p, x, &at, 1), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    rill_read(p, y, &value, 1);
    rill_read(p, gx, &slope, 1);
    /* y = x (y + x) has the fixed point x^2 / (1 - x), reached to the last bit. */
    ck_assert(fabs(value - at * at / (1 - at)) < 1e-15);
    ck_assert(fabs(slope - (2 * at - at * at) / ((1 - at) * (1 - at))) < 1e-14);
    rill_program_free(p);
    rill_graph_free(g);
    return NULL;
}

START_TEST(a_million_ops_deep_on_a_small_stack)
{
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    ck_assert_int_eq(pthread_attr_setstacksize(&small, 256 * 1024), 0);
    ck_assert_int_eq(pthread_create(&thread, &small, deep_chain, NULL), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
}
END_TEST

/* ---- Bad calls. */

START_TEST(feed_run_and_read_refuse)
{
    rill_graph *g = rill_graph_new(NULL), *other = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(2, 3));
    rill_tensor *unused = rill_input(g, "unused", RILL_F32, RILL_SCALAR);
    rill_tensor *foreign = rill_input(other, "x", RILL_F32, RILL_SHAPE(2, 3));
    rill_tensor *y = rill_neg(x);
    rill_program *p = rill_compile(g, y);
    float data[6] = { 1, 2, 3, 4, 5, 6 };
    ck_assert_int_eq(rill_run(p), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(rill_program_error(p), "run: input x was never fed");
    ck_assert_int_eq(rill_read(p, y, data, 6), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(rill_program_error(p), "read: the program has not run");
    ck_assert_int_eq(rill_feed(p, x, data, 5), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(rill_program_error(p), "feed: x is [2,3], 6 elements; got 5");
    ck_assert_int_eq(rill_feed(p, x, NULL, 6), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_feed(p, y, data, 6), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_feed(p, foreign, data, 6), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_feed(p, NULL, data, 6), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_feed(NULL, x, data, 6), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_feed(p, unused, data, 1), RILL_OK);
    ck_assert_int_eq(rill_feed(p, x, data, 6), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(rill_read(p, x, data, 6), RILL_NOT_FOUND);
    ck_assert_str_eq(rill_program_error(p), "read: not an output of this program");
    ck_assert_int_eq(rill_read(p, y, data, 5), RILL_MISMATCH);
    ck_assert_str_eq(rill_program_error(p), "read: the output has 6 elements; got 5");
    ck_assert_int_eq(rill_read(p, y, NULL, 6), RILL_BAD_ARGUMENT);
    ck_assert_str_eq(rill_program_error(p), "read: a NULL was given");
    ck_assert_int_eq(rill_read(NULL, y, data, 6), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_read(p, y, data, 6), RILL_OK);
    ck_assert(data[5] == -6.0f);
    rill_program_free(p);
    rill_program_free(NULL);
    rill_graph_free(g);
    rill_graph_free(other);
}
END_TEST

START_TEST(compile_refuses)
{
    rill_graph *g = rill_graph_new(NULL), *other = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SCALAR);
    ck_assert_ptr_null(rill_compile(NULL, x));
    ck_assert_ptr_null(rill_compile_outputs(other, &x, 1, NULL));
    refused(other, "output 0 belongs to another graph");
    ck_assert_ptr_null(rill_compile(g, rill_opaque_like(x)));
    refused(g, "opaque: a value that is not known cannot be run");
    rill_graph_free(g);
    g = rill_graph_new(NULL);
    ck_assert_ptr_null(rill_compile_outputs(g, NULL, 0, NULL));
    refused(g, "needs at least one output");
    rill_graph_free(g);
    rill_graph_free(other);
}
END_TEST

START_TEST(constants_and_inputs_can_be_outputs)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F64, RILL_SHAPE(2));
    rill_tensor *full = rill_full(g, RILL_F64, RILL_SHAPE(3), 7.0), *gx;
    rill_tensor *empty = rill_sin(rill_input(g, "none", RILL_F64, RILL_SHAPE(0, 4)));
    rill_grad(rill_sum_all(full), &x, 1, &gx);
    rill_tensor *folded = rill_add(full, rill_shift(full, 1.0));
    rill_tensor *outputs[] = { x, full, gx, folded, empty };
    rill_program *p = rill_compile_outputs(g, outputs, 5, NULL);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "");
    double data[3] = { 1, 2, 3 };
    rill_feed(p, x, data, 2);
    ck_assert_int_eq(rill_feed(p, rill_input(g, "none", RILL_F64, RILL_SHAPE(0, 4)), NULL, 0),
                     RILL_OK);
    ck_assert_msg(rill_run(p) == RILL_OK, "%s", rill_program_error(p));
    ck_assert_int_eq(rill_read(p, full, data, 3), RILL_OK);
    ck_assert(data[0] == 7 && data[1] == 7 && data[2] == 7);
    ck_assert_int_eq(rill_read(p, folded, data, 3), RILL_OK);
    ck_assert(data[0] == 15 && data[2] == 15);
    ck_assert_int_eq(rill_read(p, gx, data, 2), RILL_OK);
    ck_assert(data[0] == 0 && data[1] == 0);
    ck_assert_int_eq(rill_read(p, x, data, 2), RILL_OK);
    ck_assert(data[0] == 1 && data[1] == 2);
    ck_assert_int_eq(rill_read(p, empty, NULL, 0), RILL_OK);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *tests = tcase_create("passes");
    tcase_add_loop_test(tests, passes_agree, 0, 40);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

    tests = tcase_create("effects");
    tcase_add_test(tests, assigns_commit_after_all_reads);
    tcase_add_test(tests, an_entry_is_assigned_once);
    tcase_add_test(tests, a_run_that_is_not_finite_commits_nothing);
    tcase_add_test(tests, effects_and_views_are_checked);
    suite_add_tcase(suite, tests);

    tests = tcase_create("training");
    tcase_add_test(tests, threads_and_fusion_change_no_bit);
    tcase_add_test(tests, a_step_allocates_nothing);
    tcase_add_loop_test(tests, memory_may_end_anywhere, 0, 2);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

    tests = tcase_create("depth");
    tcase_add_test(tests, a_million_ops_deep_on_a_small_stack);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);

    tests = tcase_create("calls");
    tcase_add_test(tests, feed_run_and_read_refuse);
    tcase_add_test(tests, compile_refuses);
    tcase_add_test(tests, constants_and_inputs_can_be_outputs);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
