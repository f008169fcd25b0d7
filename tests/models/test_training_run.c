/* test_training_run.c - a whole training step: the same bits for any number of threads and after
 * stopping and going on, and clean failures when there is no memory. */
#include "base/alloc.h"
#include "evaluate.h"
#include "models/flow/flow.h"
#include "models/flow/sampler.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"

#include <string.h>

enum { B = 200, D = 2, STEPS = 30 };
static const uint64_t seed = 17;
static const rill_net_size size = { .hidden = 24, .layers = 2 };

/* A training step of a store, compiled.  The graph lives as long as the program. */
typedef struct trainer {
    rill_tensor *x1, *loss;
    rill_program *step;
} trainer;

static trainer trainer_of(rill_store *store, uint32_t passes_off)
{
    trainer t = { 0 };
    rill_graph *g = rill_graph_new(store);
    rill_flow flow = { .path = &rill_path_curved, .net = { rill_resmlp, &size, "resmlp" } };
    t.x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(B, D));
    t.loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = t.x1 });
    rill_adam_options options = { .lr = 1e-2, .ema = .9, .clip = 1, .schedule = { .warmup = 5 } };
    rill_tensor *outputs[] = { t.loss, rill_adamw(t.loss, options) };
    rill_compile_options passes = { .passes_off = passes_off };
    t.step = rill_compile_outputs(g, outputs, 2, &passes);
    rill_graph_free(g);
    return t;
}

/* Data of step i: a function of the seed and i. */
static rill_status take_step(trainer *t, int i)
{
    double values[B * D];
    float batch[B * D];
    rill_stream_normal(rill_stream_key(seed, "data"), (uint32_t)i, 0, 0, B * D, values);
    for (int j = 0; j < B * D; j++)
        batch[j] = (float)values[j] * .3f + (j % 4 < 2 ? 1.0f : -1.0f);
    rill_status status = rill_feed(t->step, t->x1, batch, B * D);
    return status ? status : rill_run(t->step);
}

/* All that is in a store, as bytes one after the other. */
typedef struct contents {
    size_t size;
    unsigned char bytes[1 << 16];
} contents;

static void read_all(const rill_store *store, contents *c)
{
    memset(c, 0, sizeof *c);
    for (int64_t i = 0; i < rill_store_count(store); i++) {
        rill_entry_info info;
        ck_assert_int_eq(rill_store_at(store, i, &info), RILL_OK);
        size_t size_of_it = (size_t)info.count * rill_dtype_size(info.dtype);
        ck_assert(c->size + size_of_it <= sizeof c->bytes);
        rill_store_get(store, info.name, c->bytes + c->size, info.count, NULL);
        c->size += size_of_it;
    }
}

static void train(rill_store *store, int from, int to, uint32_t passes_off)
{
    trainer t = trainer_of(store, passes_off);
    ck_assert_ptr_nonnull(t.step);
    for (int i = from; i < to; i++)
        ck_assert_msg(take_step(&t, i) == RILL_OK, "%s", rill_program_error(t.step));
    rill_program_free(t.step);
}

static contents expected, got;

static void expect_same(rill_store *store)
{
    read_all(store, &got);
    ck_assert_uint_eq(got.size, expected.size);
    ck_assert_mem_eq(got.bytes, expected.bytes, got.size);
}

START_TEST(threads_passes_and_stops_change_nothing)
{
    /* threads, passes left out, and where the run is broken off */
    static const struct {
        int threads;
        uint32_t passes_off;
        int stop;
    } ways[] = { { 2, 0, 0 }, { 3, 0, 0 }, { 1, RILL_NO_FUSE, 0 }, { 2, RILL_NO_REUSE, 0 },
                 { 1, 0, 1 }, { 1, 0, 13 } };
    rill_store *store = rill_store_new(seed);
    rill_set_threads(1);
    train(store, 0, STEPS, 0);
    read_all(store, &expected);
    rill_store_free(store);
    store = rill_store_new(seed);
    rill_set_threads(ways[_i].threads);
    train(store, 0, ways[_i].stop, ways[_i].passes_off);
    train(store, ways[_i].stop, STEPS, ways[_i].passes_off);
    expect_same(store);
    rill_store_free(store);
}
END_TEST

START_TEST(a_step_allocates_nothing)
{
    rill_store *store = rill_store_new(seed);
    trainer t = trainer_of(store, 0);
    ck_assert_int_eq(take_step(&t, 0), RILL_OK);
    int64_t before = rill_alloc_count();
    for (int i = 1; i < 10; i++)
        ck_assert_int_eq(take_step(&t, i), RILL_OK);
    ck_assert_int_eq(rill_alloc_count(), before);
    rill_program_free(t.step);
    rill_store_free(store);
}
END_TEST

START_TEST(sampling_in_between_changes_nothing)
{
    rill_store *store = rill_store_new(seed);
    train(store, 0, STEPS, 0);
    read_all(store, &expected);
    rill_store_free(store);
    store = rill_store_new(seed);
    train(store, 0, 10, 0);
    float samples[5 * D];
    double times[] = { 0, .5, 1 };
    rill_flow flow = { .net = { rill_resmlp, &size, "resmlp" } };
    rill_sampler_options options = { .sample = RILL_SHAPE(D), .batch = 4 };
    rill_sampler *s = rill_sampler_new(store, rill_flow_field(&flow), &options, NULL);
    ck_assert_ptr_nonnull(s);
    rill_sampling sampling = { .times = times, .time_count = 3, .n = 5, .samples = samples };
    ck_assert_int_eq(rill_sampler_run(s, &sampling, NULL), RILL_OK);
    rill_sampler_free(s);
    train(store, 10, STEPS, 0);
    expect_same(store);
    rill_store_free(store);
}
END_TEST

/* With the nth allocation failing, a step either is built and done, or fails and leaves nothing
 * behind (which the address sanitizer checks). */
START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    int stride = 1; /* the first allocations one by one, later ones ever more coarsely */
    for (int n = 1, done = 0; !done; n += stride) {
        rill_alloc_fail(n, 0);
        rill_store *store = rill_store_new(seed);
        trainer t = store ? trainer_of(store, 0) : (trainer){ 0 };
        done = t.step && take_step(&t, 0) == RILL_OK;
        rill_alloc_fail(0, 0);
        rill_program_free(t.step);
        rill_store_free(store);
        stride = 1 + n / 50;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training run");
    TCase *cases = tcase_create("whole steps");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, threads_passes_and_stops_change_nothing, 0, 6);
    tcase_add_test(cases, a_step_allocates_nothing);
    tcase_add_test(cases, sampling_in_between_changes_nothing);
    tcase_add_test(cases, no_memory_anywhere_is_a_clean_failure);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
