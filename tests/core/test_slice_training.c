/* Training by slices of the batch: the same for any threads, whatever fails. */
#include "slices.h"

#include "base/alloc.h"
#include "models/flow/flow.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "tests/core/snapshot.h"

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

int main(void)
{
    Suite *suite = suite_create("slice_training");
    TCase *tests = tcase_create("training");
    tcase_add_test(tests, training_is_the_same_for_any_threads);
    tcase_add_test(tests, a_step_by_slices_allocates_nothing);
    tcase_add_test(tests, a_bad_row_changes_nothing);
    tcase_add_loop_test(tests, memory_may_end_anywhere, 0, 2);
    tcase_add_loop_test(tests, memory_may_end_in_the_first_run, 0, 2);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
