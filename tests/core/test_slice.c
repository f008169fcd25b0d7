/* Slices of the batch: a program that runs by slices against the same one that does not, whatever
 * goes in, whatever is read of it, for any number of threads. */
#include "base/alloc.h"
#include "core/grad.h"
#include "core/program.h"
#include "formats/steps.h"
#include "models/flow/flow.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/ops.h"
#include "tests/core/snapshot.h"
#include "tests/ops/value.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- A model: what is fed, what is read. */

enum { MOST_FED = 4, MOST_READ = 16, CLASSES = 5 };

typedef struct model {
    rill_store *store;
    rill_graph *g;
    rill_dtype dtype;
    int64_t batch;
    rill_tensor *in[MOST_FED], *out[MOST_READ], *weight[MOST_READ];
    int ins, outs, weights;
} model;

static rill_tensor *fed(model *m, rill_dtype dtype, rill_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "fed%d", m->ins);
    ck_assert(m->ins < MOST_FED);
    return m->in[m->ins++] = rill_input(m->g, name, dtype, shape);
}

static rill_tensor *rows(model *m, int64_t width)
{
    return fed(m, m->dtype, RILL_SHAPE(m->batch, width));
}

static rill_tensor *labels(model *m)
{
    return fed(m, RILL_I32, RILL_SHAPE(m->batch));
}

static rill_tensor *weight(model *m, rill_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "weight%d", m->weights);
    ck_assert(m->weights < MOST_READ);
    const rill_init init = { RILL_INIT_NORMAL, 1 / sqrt((double)shape.dim[0] + 1) };
    return m->weight[m->weights++] = rill_param(m->g, m->dtype, shape, init, name);
}

static rill_tensor *linear(model *m, rill_tensor *x, int64_t width)
{
    rill_tensor *y = rill_matmul(x, weight(m, RILL_SHAPE(rill_dim(x, -1), width)));
    return rill_add(y, weight(m, RILL_SHAPE(width)));
}

static void read_later(model *m, rill_tensor *y)
{
    ck_assert(m->outs < MOST_READ);
    m->out[m->outs++] = y;
}

/* The loss and its gradients in all weights. */
static void read_loss(model *m, rill_tensor *y)
{
    rill_tensor *loss = rill_mean_all(rill_square(y)), *gradient[MOST_READ];
    rill_grad(loss, m->weight, m->weights, gradient);
    read_later(m, loss);
    for (int i = 0; i < m->weights; i++)
        read_later(m, gradient[i]);
}

/* ---- Models, each with something of its own about rows. */

static rill_tensor *network(model *m, rill_tensor *x, int64_t hidden, int64_t out)
{
    rill_tensor *h = rill_silu(linear(m, x, hidden));
    return linear(m, rill_silu(linear(m, h, hidden)), out);
}

static void rows_as_results(model *m)
{
    read_later(m, network(m, rows(m, 3), 48, 2));
}

static void gradients(model *m)
{
    read_loss(m, rill_sub(network(m, rows(m, 3), 48, 2), rows(m, 2)));
}

static void gradient_in_rows(model *m)
{
    rill_tensor *x = rows(m, 3), *y = network(m, x, 48, 1), *gx;
    rill_grad(rill_sum_all(rill_sin(y)), &x, 1, &gx);
    read_later(m, y);
    read_later(m, gx);
}

/* Views of what the region computes, of what is fed, and of views; one node read in many ways. */
static void views_of_rows(model *m)
{
    rill_tensor *x = rows(m, 6), *h = rill_tanh(linear(m, x, 64));
    rill_tensor *folded = rill_reshape(h, RILL_SHAPE(m->batch, 8, 8));
    read_later(m, h);
    read_later(m, folded);
    read_later(m, rill_reshape(folded, RILL_SHAPE(-1)));
    read_later(m, rill_reshape(x, RILL_SHAPE(m->batch, 2, 3)));
    read_later(m, rill_sum(rill_mul(folded, rill_permute(folded, RILL_AXES(0, 2, 1))),
                           RILL_AXES(1, 2), 0));
    read_later(m, rill_reshape(rill_sum(h, RILL_AXES(0), 0), RILL_SHAPE(8, 8)));
}

static void sums_of_all_kinds(model *m)
{
    rill_tensor *h = rill_tanh(linear(m, rows(m, 3), 64));
    read_later(m, rill_sum_all(h));
    read_later(m, rill_sum(h, RILL_AXES(0), 1));
    read_later(m, rill_mean(h, RILL_AXES(0), 0));
    read_later(m, rill_sum(h, RILL_AXES(1), 1));
    read_later(m, rill_sum_to(h, RILL_SHAPE(64)));
    read_later(m, rill_reduce_max(h, RILL_AXES(0), 0));
    read_later(m, rill_logsumexp(h, RILL_AXES(1), 0));
    read_later(m, rill_matmul_transposed(h, 1, h, 0));
}

static void batch_statistics(model *m)
{
    rill_tensor *h = linear(m, rows(m, 4), 160);
    rill_tensor *centred = rill_sub(h, rill_mean(h, RILL_AXES(0), 1));
    rill_tensor *scale =
        rill_rsqrt(rill_shift(rill_mean(rill_square(centred), RILL_AXES(0), 1), 1e-3));
    read_loss(m, linear(m, rill_tanh(rill_mul(centred, scale)), 2));
}

/* A state, a constant and a tensor computed as a whole, all with as many rows as the batch. */
static void whole_values_by_rows(model *m)
{
    rill_tensor *x = rows(m, 48);
    rill_tensor *kept = weight(m, RILL_SHAPE(m->batch, 48));
    rill_tensor *places = rill_iota(m->g, m->dtype, RILL_SHAPE(m->batch, 1), 0);
    rill_tensor *upside_down = rill_flip(rill_sin(kept), RILL_AXES(0));
    rill_tensor *h = rill_sin(rill_add(rill_mul(x, kept), rill_mul(places, upside_down)));
    read_later(m, h);
    read_loss(m, linear(m, h, 8));
}

static void conditions_by_labels(model *m)
{
    rill_tensor *label = labels(m), *x = rows(m, 2);
    rill_tensor *shift = rill_gather(weight(m, RILL_SHAPE(CLASSES, 32)), label);
    rill_tensor *known = rill_one_hot(label, CLASSES, m->dtype);
    rill_tensor *h = rill_tanh(rill_add(linear(m, rill_concat(x, known, 1), 32), shift));
    read_loss(m, linear(m, rill_softmax(linear(m, h, 32), -1), 2));
}

static void random_rows(model *m)
{
    rill_shape shape = RILL_SHAPE(m->batch, 65);
    rill_tensor *further = rill_random_at(rill_normal(m->g, m->dtype, shape),
                                          rill_full(m->g, RILL_I32, RILL_SCALAR, 1000));
    rill_tensor *x =
        rill_mul(rill_normal(m->g, m->dtype, shape), rill_uniform(m->g, m->dtype, shape));
    read_later(m, x);
    read_later(m, rill_add(rill_sin(x), further));
    read_later(m, rill_integers(m->g, RILL_SHAPE(m->batch), 0, 1000));
    read_later(m, rill_categorical(x));
    read_later(m, rill_beta(m->g, m->dtype, RILL_SHAPE(m->batch, 2), 2, 3));
}

/* Shuffled rows: what needs all of them stands between two networks. */
static void no_rule_in_between(model *m)
{
    rill_tensor *h = rill_tanh(linear(m, rows(m, 3), 128));
    rill_tensor *order = rill_permutation(m->g, m->batch);
    rill_tensor *mixed = rill_gather(rill_flip(rill_cumsum(h, 0), RILL_AXES(0)), order);
    read_loss(m, linear(m, rill_softmax(rill_add(mixed, h), 0), 3));
}

/* The weights, too, have as many rows as the batch, and so have their gradients. */
static void as_wide_as_the_batch(model *m)
{
    rill_tensor *x = rows(m, 3), *h = rill_tanh(linear(m, x, m->batch));
    read_loss(m, linear(m, rill_silu(linear(m, h, m->batch)), 2));
    read_later(m, rill_sum(h, RILL_AXES(1), 0));
    read_later(m, rill_sum(h, RILL_AXES(0), 0));
}

static void as_many_numbers_as_samples(model *m)
{
    rill_tensor *x = rows(m, m->batch), *bias = weight(m, RILL_SHAPE(m->batch));
    rill_tensor *h = rill_tanh(rill_add(x, bias)); /* along columns, as long as the rows */
    read_later(m, rill_matmul(h, x));
    read_later(m, rill_sum_to(h, RILL_SHAPE(m->batch, 1)));
    read_later(m, rill_sum_to(h, RILL_SHAPE(1, m->batch)));
    read_later(m, rill_transpose(h));
}

/* The longer one, whose layers are also wider, is the batch. */
static void two_lengths(model *m)
{
    rill_tensor *others = fed(m, m->dtype, RILL_SHAPE(2 * m->batch + 1, 3));
    rill_tensor *a = rill_tanh(linear(m, rows(m, 3), 24)), *b = rill_tanh(linear(m, others, 48));
    read_later(m, rill_sum(a, RILL_AXES(0), 0));
    read_loss(m, linear(m, b, 2));
    read_later(m, a);
}

static void no_columns(model *m)
{
    rill_tensor *empty = rill_sin(rows(m, 0)), *x = rows(m, 3);
    read_later(m, empty);
    read_later(m, rill_sum(empty, RILL_AXES(0), 0));
    read_loss(m, network(m, rill_concat(x, empty, 1), 48, 2));
}

static void too_small(model *m)
{
    read_loss(m, linear(m, rows(m, 2), 2));
}

static void no_batch(model *m)
{
    read_loss(m, rill_tanh(rill_matmul(weight(m, RILL_SHAPE(300, 100)),
                                       weight(m, RILL_SHAPE(100, 300)))));
}

/* ---- A user's ops: kernels without a fast one, and one that cannot add. */

static int infer_same(rill_infer *infer)
{
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static int infer_column_sums(rill_infer *infer)
{
    infer->out_shape = RILL_SHAPE(rill_shape_dim(&infer->shape[0], -1));
    infer->out_dtype = infer->dtype[0];
    return 1;
}

static double number_at(const rill_array_view *x, int64_t i)
{
    return x->dtype == RILL_F32 ? (double)((float *)x->data)[i] : ((double *)x->data)[i];
}

static void set_number(const rill_array_view *x, int64_t i, double value)
{
    if (x->dtype == RILL_F32)
        ((float *)x->data)[i] = (float)value;
    else
        ((double *)x->data)[i] = value;
}

static void column_sums_eval(const rill_call *call, int64_t begin, int64_t end)
{
    (void)begin, (void)end;
    int64_t columns = call->out.shape.dim[0], count = call->in[0].shape.dim[0];
    for (int64_t k = 0; k < columns; k++) {
        double sum = 0;
        for (int64_t i = 0; i < count; i++)
            sum += number_at(&call->in[0], i * columns + k);
        set_number(&call->out, k, sum);
    }
}

static void halved_eval(const rill_call *call, int64_t begin, int64_t end)
{
    (void)begin, (void)end;
    for (int64_t i = 0; i < rill_shape_count(&call->out.shape); i++)
        set_number(&call->out, i, number_at(&call->in[0], i) / 2);
}

static rill_by_rows each_row(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_EACH_ROW : RILL_WHOLE;
}

static rill_by_rows row_sum(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_ROW_SUM : RILL_WHOLE;
}

#define OWN_OP .arity = 1, .doc = "", .traits = RILL_NOT_DIFFERENTIABLE

static const rill_op column_sums = { .name = "column_sums",
                                     OWN_OP,
                                     .infer = infer_column_sums,
                                     .kernel = { .eval = column_sums_eval },
                                     .rows = row_sum };
static const rill_op halved = { .name = "halved",
                                OWN_OP,
                                .infer = infer_same,
                                .kernel = { .eval = halved_eval },
                                .rows = each_row };
static const rill_op halved_whole = {
    .name = "halved_whole", OWN_OP, .infer = infer_same, .kernel = { .eval = halved_eval }
};

static void own_ops(model *m)
{
    rill_tensor *h = rill_tanh(linear(m, rows(m, 3), 64));
    rill_tensor *half = rill_apply(&halved, &h, 1, NULL);
    read_later(m, rill_apply(&column_sums, &half, 1, NULL));
    read_later(m, rill_sin(half));
    read_later(m, rill_cos(rill_apply(&halved_whole, &half, 1, NULL)));
}

/* ---- Running a model under some passes. */

/* 0: the batch runs as a whole. */
static int64_t slices_of(const rill_program *p)
{
    rill_step_info info;
    for (int64_t step = 0; step < rill_step_count(p); step++)
        if (rill_step_describe(p, step, &info) == RILL_OK && info.slices > 0)
            return info.slices;
    return 0;
}

typedef struct scenario {
    const char *name;
    void (*build)(model *m);
    int sliced;
} scenario;

static const scenario scenarios[] = {
    { "rows_as_results", rows_as_results, 1 },
    { "gradients", gradients, 1 },
    { "gradient_in_rows", gradient_in_rows, 1 },
    { "views_of_rows", views_of_rows, 1 },
    { "sums_of_all_kinds", sums_of_all_kinds, 1 },
    { "batch_statistics", batch_statistics, 1 },
    { "whole_values_by_rows", whole_values_by_rows, 1 },
    { "conditions_by_labels", conditions_by_labels, 1 },
    { "random_rows", random_rows, 1 },
    { "no_rule_in_between", no_rule_in_between, 1 },
    { "as_wide_as_the_batch", as_wide_as_the_batch, 1 },
    { "as_many_numbers_as_samples", as_many_numbers_as_samples, 1 },
    { "two_lengths", two_lengths, 1 },
    { "no_columns", no_columns, 1 },
    { "own_ops", own_ops, 1 },
    { "too_small", too_small, 0 },
    { "no_batch", no_batch, 0 },
};

enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* Numbers that were read, run after run. */
typedef struct results {
    double *at;
    int64_t count;
} results;

static void feed_all(const model *m, rill_program *p, int run)
{
    for (int i = 0; i < m->ins; i++) {
        int64_t count = rill_count(m->in[i]);
        double *data = calloc((size_t)count + 1, sizeof *data);
        rill_array_view view = { rill_dtype_of(m->in[i]), rill_shape_of(m->in[i]), data };
        for (int64_t k = 0; k < count; k++)
            if (view.dtype == RILL_I32)
                ((int32_t *)view.data)[k] = (int32_t)((k * 7 + run) % CLASSES);
            else
                set_number(&view, k, sin(1.0 + 2.7 * (double)k + i + 10.0 * run));
        ck_assert_int_eq(rill_feed(p, m->in[i], data, count), RILL_OK);
        free(data);
    }
}

static void append(results *read, const rill_program *p, const rill_tensor *y)
{
    int64_t count = rill_count(y);
    read->at = realloc(read->at, (size_t)(read->count + count + 1) * sizeof *read->at);
    read_numbers(p, y, read->at + read->count, count);
    read->count += count;
}

static model new_model(const scenario *s, rill_dtype dtype, int64_t batch)
{
    model m = { .store = rill_store_new(3), .dtype = dtype, .batch = batch };
    m.g = rill_graph_new(m.store);
    s->build(&m);
    return m;
}

static rill_program *compiled(const model *m, uint32_t off)
{
    rill_compile_options options = { .passes_off = off };
    rill_program *p = rill_compile_outputs(m->g, m->out, m->outs, &options);
    ck_assert_msg(p != NULL, "%s", rill_error(m->g) ? rill_error(m->g) : "?");
    return p;
}

static void run_into(const model *m, rill_program *p, results *read)
{
    for (int run = 0; run < 2; run++) {
        feed_all(m, p, run);
        ck_assert_msg(rill_run(p) == RILL_OK, "%s", rill_program_error(p));
        for (int i = 0; i < m->outs; i++)
            append(read, p, m->out[i]);
    }
}

static void free_model(model *m)
{
    rill_graph_free(m->g);
    rill_store_free(m->store);
}

static results read_under(const scenario *s, rill_dtype dtype, int64_t batch, uint32_t off)
{
    results read = { 0 };
    model m = new_model(s, dtype, batch);
    rill_program *p = compiled(&m, off);
    int expected = s->sliced && !(off & RILL_NO_SLICE);
    ck_assert_msg((slices_of(p) > 0) == expected, "%s, batch %lld: %lld slices", s->name,
                  (long long)batch, (long long)slices_of(p));
    run_into(&m, p, &read);
    rill_program_free(p);
    free_model(&m);
    return read;
}

/* ---- Sliced or not, the results agree. */

/* Sums over the batch have another tree, and products with weights as panels another order: of
 * 8,193 terms of order one each, some hundred roundings. */
static double tolerance(rill_dtype dtype)
{
    return 500 * (dtype == RILL_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
}

static void compare(const scenario *s, int64_t batch, uint32_t off, const results *plain,
                    const results *sliced, double relative)
{
    ck_assert_int_eq(plain->count, sliced->count);
    for (int64_t i = 0; i < plain->count; i++) {
        double a = plain->at[i], b = sliced->at[i];
        if (!(fabs(a - b) <= relative * (1 + fabs(a))))
            ck_abort_msg("%s, batch %lld, passes off %u, number %lld: %.17g and %.17g", s->name,
                         (long long)batch, off, (long long)i, a, b);
    }
}

/* 8,193 leaves a slice of one row, 257 and 400 one that is shorter, 1,024 none. */
static const int64_t batches[] = { 257, 400, 1024, 8193 };

static int64_t batch_for(const scenario *s, int64_t batch)
{
    int square = s->build == as_wide_as_the_batch || s->build == as_many_numbers_as_samples;
    return square && batch > 256 ? 256 : batch;
}

START_TEST(slices_agree_with_the_whole)
{
    const scenario *s = &scenarios[_i];
    const uint32_t passes[] = { 0, RILL_NO_FAST, RILL_NO_SIMPLIFY | RILL_EXPAND,
                                RILL_NO_FUSE | RILL_NO_REUSE };
    for (int i = 0; i < 4; i++) {
        int64_t batch = batch_for(s, batches[i]);
        rill_dtype dtype = i % 2 ? RILL_F64 : RILL_F32;
        results plain = read_under(s, dtype, batch, passes[i] | RILL_NO_SLICE);
        results sliced = read_under(s, dtype, batch, passes[i]);
        compare(s, batch, passes[i], &plain, &sliced, tolerance(dtype));
        free(plain.at);
        free(sliced.at);
    }
}
END_TEST

/* Rows that are made and mapped one by one are the same bits whoever makes them. */
START_TEST(deviates_do_not_depend_on_slices)
{
    const scenario random = { "random_rows", random_rows, 1 };
    for (int i = 0; i < 4; i++) {
        results plain = read_under(&random, RILL_F32, batches[i], RILL_NO_SLICE);
        results sliced = read_under(&random, RILL_F32, batches[i], 0);
        compare(&random, batches[i], 0, &plain, &sliced, 0);
        free(plain.at);
        free(sliced.at);
    }
}
END_TEST

/* ---- Threads, and passes that move no bit. */

START_TEST(threads_and_passes_move_no_bit)
{
    const scenario *s = &scenarios[_i];
    const uint32_t passes[] = { 0, RILL_NO_FUSE, RILL_NO_REUSE, RILL_NO_FUSE | RILL_NO_REUSE };
    int64_t batch = batch_for(s, 300);
    rill_set_threads(1);
    results one = read_under(s, RILL_F32, batch, 0);
    for (int i = 0; i < 4; i++) {
        rill_set_threads(1 + i);
        results other = read_under(s, RILL_F32, batch, passes[i]);
        compare(s, batch, passes[i], &one, &other, 0);
        free(other.at);
    }
    free(one.at);
}
END_TEST

enum { REPEATS = 20 }; /* runs in which a thread may come too late, or too early */

/* More of them than slices, and fewer again. */
START_TEST(threads_may_change_between_runs)
{
    const scenario *s = &scenarios[1];
    const int threads[] = { 1, 3, 8, 2, 16, 1 };
    model m = new_model(s, RILL_F32, 128);
    results first = { 0 };
    rill_set_threads(1);
    rill_program *p = compiled(&m, 0);
    run_into(&m, p, &first);
    for (int i = 0; i < 6 * REPEATS; i++) {
        results again = { 0 };
        rill_set_threads(threads[i / REPEATS]);
        run_into(&m, p, &again);
        compare(s, 128, 0, &first, &again, 0);
        free(again.at);
    }
    free(first.at);
    rill_program_free(p);
    free_model(&m);
}
END_TEST

#ifndef __SANITIZE_THREAD__ /* which has no threads after a fork */
START_TEST(a_forked_process_runs_on)
{
    model m = new_model(&scenarios[1], RILL_F32, 300);
    results before = { 0 }, after = { 0 };
    rill_set_threads(2);
    rill_program *p = compiled(&m, 0);
    run_into(&m, p, &before);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    run_into(&m, p, &after);
    int same = memcmp(before.at, after.at, (size_t)before.count * sizeof *before.at) == 0;
    if (child == 0)
        _exit(same ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    ck_assert(same && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    free(before.at);
    free(after.at);
    rill_program_free(p);
    free_model(&m);
}
END_TEST
#endif

/* ---- Training. */

typedef struct training {
    rill_store *store;
    rill_graph *g;
    rill_tensor *x1, *label, *loss;
    rill_program *step;
} training;

enum { SAMPLES = 300 };

static training new_training(uint32_t off)
{
    const rill_net_size size = { .hidden = 32, .layers = 2, .classes = CLASSES };
    training t = { .store = rill_store_new(5) };
    t.g = rill_graph_new(t.store);
    t.x1 = rill_input(t.g, "x1", RILL_F32, RILL_SHAPE(SAMPLES, 2));
    t.label = rill_input(t.g, "label", RILL_I32, RILL_SHAPE(SAMPLES));
    rill_flow flow = { .net = { rill_mlp, &size } };
    t.loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = rill_log(t.x1), .cond = t.label });
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

/* Positive data, but for the last sample. */
static rill_status train(training *t, int steps, float last)
{
    float x1[SAMPLES * 2];
    int32_t label[SAMPLES];
    for (int i = 0; i < SAMPLES * 2; i++)
        x1[i] = 1.5f + (float)sin(i);
    for (int i = 0; i < SAMPLES; i++)
        label[i] = i % CLASSES;
    x1[SAMPLES * 2 - 1] = last;
    rill_status status = rill_feed(t->step, t->x1, x1, SAMPLES * 2);
    if (status == RILL_OK)
        status = rill_feed(t->step, t->label, label, SAMPLES);
    for (int i = 0; i < steps && status == RILL_OK; i++)
        status = rill_run(t->step);
    return status;
}

START_TEST(training_is_the_same_for_any_threads)
{
    size_t size, other_size;
    rill_set_threads(1);
    training one = new_training(0);
    ck_assert(slices_of(one.step) > 0);
    ck_assert_int_eq(train(&one, 20, 1), RILL_OK);
    char *bytes = snapshot(one.store, &size);
    for (int threads = 2; threads <= 5; threads++) {
        rill_set_threads(threads);
        training t = new_training(threads == 4 ? RILL_NO_FUSE : 0);
        ck_assert_int_eq(train(&t, 20, 1), RILL_OK);
        char *other = snapshot(t.store, &other_size);
        ck_assert_msg(size == other_size && memcmp(bytes, other, size) == 0, "%d threads", threads);
        free(other);
        end_training(&t);
    }
    free(bytes);
    end_training(&one);
}
END_TEST

START_TEST(a_step_by_slices_allocates_nothing)
{
    rill_set_threads(3);
    training t = new_training(0);
    ck_assert_int_eq(train(&t, 1, 1), RILL_OK);
    int64_t before = rill_alloc_count();
    ck_assert_int_eq(train(&t, 50, 1), RILL_OK);
    ck_assert_int_eq(rill_alloc_count(), before);
    end_training(&t);
}
END_TEST

/* A NaN in one row of one slice: the op is named, the store keeps every bit, and training goes on
 * as if nothing had been. */
START_TEST(a_bad_row_changes_nothing)
{
    size_t size;
    training t = new_training(0), calm = new_training(0);
    ck_assert(slices_of(t.step) > 0);
    ck_assert_int_eq(train(&t, 3, 1), RILL_OK);
    ck_assert_int_eq(train(&calm, 3, 1), RILL_OK);
    char *bytes = snapshot(t.store, &size), *now;
    ck_assert_int_eq(train(&t, 1, -1), RILL_NOT_FINITE);
    ck_assert_msg(strstr(rill_program_error(t.step), "log gave a NaN"), "%s",
                  rill_program_error(t.step));
    now = snapshot(t.store, &size);
    ck_assert_int_eq(memcmp(bytes, now, size), 0);
    free(now);
    free(bytes);
    ck_assert_int_eq(train(&t, 3, 1), RILL_OK);
    ck_assert_int_eq(train(&calm, 3, 1), RILL_OK);
    now = snapshot(t.store, &size);
    bytes = snapshot(calm.store, &size);
    ck_assert_int_eq(memcmp(bytes, now, size), 0);
    free(now);
    free(bytes);
    end_training(&t);
    end_training(&calm);
}
END_TEST

/* Whatever allocation of building, compiling or the first run fails, once or from then on: a clean
 * error; what was compiled runs when memory is back. */
START_TEST(memory_may_end_anywhere)
{
    rill_set_threads(2);
    int finished = 0;
    for (int64_t n = 1; !finished; n = n < 100 ? n + 1 : n + n / 16) {
        rill_alloc_fail(n, _i);
        training t = new_training(0);
        rill_status status = t.step ? train(&t, 1, 1) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        finished = status == RILL_OK;
        ck_assert(finished || status == RILL_NO_MEMORY);
        ck_assert(t.step || rill_error(t.g));
        if (t.step)
            ck_assert_int_eq(train(&t, 1, 1), RILL_OK);
        end_training(&t);
    }
}
END_TEST

/* The same for every allocation that the first run makes. */
START_TEST(memory_may_end_in_the_first_run)
{
    rill_set_threads(3);
    rill_status status = RILL_NO_MEMORY;
    for (int64_t n = 1; status != RILL_OK; n++) {
        training t = new_training(0);
        ck_assert_ptr_nonnull(t.step);
        rill_alloc_fail(n, _i);
        status = train(&t, 1, 1);
        rill_alloc_fail(0, 0);
        ck_assert(status == RILL_OK || status == RILL_NO_MEMORY);
        ck_assert_int_eq(train(&t, 1, 1), RILL_OK);
        end_training(&t);
    }
}
END_TEST

/* ---- Ops that are not by rows although they might seem so. */

static int guards_seen;

static void watched_eval(const rill_call *call, int64_t begin, int64_t end)
{
    (void)begin, (void)end;
    guards_seen++;
    memcpy(call->out.data, call->in[0].data,
           (size_t)rill_shape_count(&call->out.shape) * rill_dtype_size(call->out.dtype));
}

static void same_f32(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    memmove(out, in[0], (size_t)n * sizeof(float));
}

static void same_f64(void *out, const void *const *in, const void *attrs, int64_t n)
{
    (void)attrs;
    memmove(out, in[0], (size_t)n * sizeof(double));
}

#define OWN_MAP .arity = 1, .doc = "", .map = { same_f32, same_f64 }

static rill_program *by_slices(model *m, const rill_op *op)
{
    *m = (model){ .store = rill_store_new(3), .dtype = RILL_F32, .batch = 512 };
    m->g = rill_graph_new(m->store);
    rill_tensor *h = linear(m, rows(m, 2), 64), *y = rill_apply(op, &h, 1, NULL);
    read_later(m, rill_sin(y));
    rill_program *p = compiled(m, 0);
    ck_assert_int_gt(slices_of(p), 0);
    feed_all(m, p, 0);
    return p;
}

START_TEST(a_guard_on_rows_guards)
{
    const rill_op guard = { .name = "guard",
                            OWN_MAP,
                            .traits = RILL_ELEMENTWISE | RILL_GUARD | RILL_NOT_DIFFERENTIABLE };
    model m;
    rill_program *p = by_slices(&m, &guard);
    float data[1024] = { [777] = NAN };
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(rill_feed(p, m.in[0], data, 1024), RILL_OK);
    ck_assert_int_eq(rill_run(p), RILL_NOT_FINITE);
    rill_program_free(p);
    free_model(&m);
}
END_TEST

START_TEST(an_effect_on_rows_happens_once)
{
    const rill_op effect = { .name = "effect",
                             .arity = 1,
                             .doc = "",
                             .infer = infer_same,
                             .rows = each_row,
                             .traits = RILL_ORDERED | RILL_NOT_DIFFERENTIABLE,
                             .kernel = { .eval = watched_eval } };
    model m;
    rill_program *p = by_slices(&m, &effect);
    guards_seen = 0;
    ck_assert_int_eq(rill_run(p), RILL_OK);
    ck_assert_int_eq(guards_seen, 1);
    rill_program_free(p);
    free_model(&m);
}
END_TEST

/* Neither has a place where it could be told which rows it is to draw. */
START_TEST(deviates_without_a_row_stay_whole)
{
    const rill_op random[] = {
        { .name = "noisy_map",
          OWN_MAP,
          .traits = RILL_ELEMENTWISE | RILL_RANDOM | RILL_NOT_DIFFERENTIABLE },
        { .name = "noisy",
          .arity = 1,
          .doc = "",
          .infer = infer_same,
          .rows = each_row,
          .traits = RILL_RANDOM | RILL_NOT_DIFFERENTIABLE,
          .kernel = { .eval = watched_eval } },
    };
    for (int i = 0; i < 2; i++) {
        model m;
        rill_program *p = by_slices(&m, &random[i]);
        ck_assert_int_eq(rill_run(p), RILL_OK);
        rill_program_free(p);
        free_model(&m);
    }
}
END_TEST

/* A rule that does not fit the op's own shapes is an error of compiling that names the op. */
START_TEST(a_rule_that_does_not_fit_is_refused)
{
    const rill_op wrong = { .name = "wrong",
                            OWN_OP,
                            .infer = infer_column_sums,
                            .kernel = { .eval = column_sums_eval },
                            .rows = each_row };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(512, 512));
    rill_tensor *h = rill_sin(x), *y = rill_apply(&wrong, &h, 1, NULL);
    ck_assert_ptr_null(rill_compile(g, y));
    refused(g, "wrong: its rule for rows does not fit its shapes");
    rill_graph_free(g);
}
END_TEST

static rill_tensor *hoisted_away(rill_tensor *y, const int *by_rows)
{
    (void)by_rows;
    return rill_full(rill_graph_of(y), rill_dtype_of(y), rill_shape_of(y), 7);
}

/* When nothing is left to be done by rows the program runs as a whole. */
START_TEST(all_may_be_hoisted)
{
    const rill_op seven = { .name = "seven",
                            OWN_OP,
                            .infer = infer_same,
                            .hoist = hoisted_away,
                            .kernel = { .eval = halved_eval },
                            .rows = each_row };
    rill_graph *g = rill_graph_new(NULL);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(512, 100)),
                *y = rill_apply(&seven, &x, 1, NULL);
    rill_program *p = rill_compile(g, y);
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "");
    ck_assert_int_eq(slices_of(p), 0);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slice");
    TCase *tests = tcase_create("slices");
    tcase_add_loop_test(tests, slices_agree_with_the_whole, 0, SCENARIOS);
    tcase_add_test(tests, deviates_do_not_depend_on_slices);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

    tests = tcase_create("threads");
    tcase_add_loop_test(tests, threads_and_passes_move_no_bit, 0, SCENARIOS);
    tcase_add_test(tests, threads_may_change_between_runs);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);

#ifndef __SANITIZE_THREAD__
    tests = tcase_create("forked");
    tcase_set_tags(tests, "fork"); /* for emulators, some of which have no threads then either */
    tcase_add_test(tests, a_forked_process_runs_on);
    suite_add_tcase(suite, tests);
#endif

    tests = tcase_create("training");
    tcase_add_test(tests, training_is_the_same_for_any_threads);
    tcase_add_test(tests, a_step_by_slices_allocates_nothing);
    tcase_add_test(tests, a_bad_row_changes_nothing);
    tcase_add_loop_test(tests, memory_may_end_anywhere, 0, 2);
    tcase_add_loop_test(tests, memory_may_end_in_the_first_run, 0, 2);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);

    tests = tcase_create("ops");
    tcase_add_test(tests, a_guard_on_rows_guards);
    tcase_add_test(tests, an_effect_on_rows_happens_once);
    tcase_add_test(tests, deviates_without_a_row_stay_whole);
    tcase_add_test(tests, a_rule_that_does_not_fit_is_refused);
    tcase_add_test(tests, all_may_be_hoisted);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
