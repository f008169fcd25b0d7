/* Slices of the batch: a program that runs by slices against the same one that does not, whatever
 * goes in, whatever is read of it, for any number of threads. */
#include "slices.h"

#include <float.h>
#include <sys/wait.h>
#include <unistd.h>

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

static rill_by_rows row_sum(const rill_tensor *y, int *by_rows)
{
    (void)y;
    return by_rows[0] ? RILL_ROW_SUM : RILL_WHOLE;
}

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

static void append(results *read, rill_program *p, const rill_tensor *y)
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

static void run_into(const model *m, rill_program *p, results *read)
{
    for (int run = 0; run < 2; run++) {
        feed_all(m, p, run);
        ck_assert_msg(rill_run(p) == RILL_OK, "%s", rill_program_error(p));
        for (int i = 0; i < m->outs; i++)
            append(read, p, m->out[i]);
    }
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
    return run_suite(suite);
}
