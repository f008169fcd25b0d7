/* test_passes.c - the training step of each network, every pass on or off: the same loss,
 * gradients, moments and weights to some units in the last place, in little more memory than is in
 * use at most. */
#include "core/program.h"
#include "core/store.h"
#include "models/flow/flow.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

enum {
    BATCH = 300, /* four slices and a rest */
    PASSES = 6,
    PLAIN =
        RILL_NO_SIMPLIFY | RILL_NO_FUSE | RILL_NO_REUSE | RILL_NO_FAST | RILL_EXPAND | RILL_NO_SLICE
};

typedef struct training {
    rill_store *store;
    rill_graph *g;
    rill_tensor *x1, *loss;
    rill_program *step;
} training;

static training training_of(const rill_net_kind *kind, rill_net_size size, int64_t batch,
                            int64_t width, uint32_t off)
{
    training t = { .store = rill_store_new(5) };
    t.g = rill_graph_new(t.store);
    t.x1 = rill_input(t.g, "x1", RILL_F32, RILL_SHAPE(batch, width));
    rill_flow flow = { .net = rill_net_make(kind, &size) };
    t.loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = t.x1 });
    /* Where a gradient is about zero its rounding decides the sign of Adam's step: a large epsilon
     * keeps steps in proportion to gradients. */
    rill_tensor *update =
        rill_adam(t.loss, (rill_adam_options){ .epsilon = 0.1, .clip = 1.0, .ema = 0.9 });
    t.step = rill_compile_outputs(t.g, (rill_tensor *[]){ t.loss, update }, 2,
                                  &(rill_compile_options){ .passes_off = off });
    ck_assert_msg(t.step != NULL, "%s, passes off %u: %s", kind->name, off,
                  rill_error(t.g) ? rill_error(t.g) : "?");
    return t;
}

static void end(training *t)
{
    rill_program_free(t->step);
    rill_graph_free(t->g);
    rill_store_free(t->store);
}

static training trained(const rill_net_kind *kind, uint32_t off)
{
    rill_net_size size = { .hidden = 20, .layers = 2, .features = 3 };
    training t = training_of(kind, size, BATCH, 3, off);
    float rows[BATCH * 3];
    for (int i = 0; i < BATCH * 3; i++)
        rows[i] = (float)sin(1.0 + 7.0 * i);
    ck_assert_int_eq(rill_feed(t.step, t.x1, rows, BATCH * 3), RILL_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_msg(rill_run(t.step) == RILL_OK, "%s", rill_program_error(t.step));
    return t;
}

/* The largest difference, in units in the last place of the largest element. */
static double ulps_apart(const float *a, const float *b, int64_t count)
{
    double most = 0.0, largest = 0.0;
    for (int64_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)a[i] - (double)b[i]));
        largest = fmax(largest, fabs((double)b[i]));
    }
    return most == 0.0 ? 0.0 : most / (largest * 0x1p-23);
}

static double entries_apart(const rill_store *a, const rill_store *b, const char **worst)
{
    double most = 0.0;
    for (int64_t i = 0; i < rill_store_count(a); i++) {
        rill_entry_info info;
        ck_assert_int_eq(rill_store_at(a, i, &info), RILL_OK);
        if (info.dtype != RILL_F32)
            continue;
        float *x = calloc((size_t)info.count + 1, sizeof *x),
              *y = calloc((size_t)info.count + 1, sizeof *y);
        ck_assert_int_eq(rill_store_get(a, info.name, x, info.count, NULL), RILL_OK);
        ck_assert_int_eq(rill_store_get(b, info.name, y, info.count, NULL), RILL_OK);
        double apart = ulps_apart(x, y, info.count);
        if (!(apart <= most)) {
            most = apart;
            *worst = info.name;
        }
        free(x);
        free(y);
    }
    return most;
}

/* Fusing, sharing memory move no bit.  What sums in another order, fuses multiplications into
 * additions or shares factors moves each gradient, a sum of some hundred products through five
 * layers, by some units of its largest element: 5 are seen, 32 allowed. */
START_TEST(every_pass_on_or_off)
{
    const rill_net_kind *kind = rill_net_at(_i);
    training plain = trained(kind, PLAIN);
    for (uint32_t off = 0; off < 1 << PASSES; off++) {
        training t = trained(kind, off);
        const char *worst = "";
        double apart = entries_apart(t.store, plain.store, &worst);
        int exact = (off | RILL_NO_FUSE | RILL_NO_REUSE) == PLAIN;
        ck_assert_msg(apart <= (exact ? 0.0 : 32.0), "%s, passes off %u: %s is %.3g ulp off",
                      kind->name, off, worst, apart);
        end(&t);
    }
    end(&plain);
}
END_TEST

/* What is compared above differs: with slices most steps are inside one. */
START_TEST(passes_do_something)
{
    static const uint32_t off[] = { RILL_NO_FUSE, RILL_NO_SLICE };
    training all = trained(rill_net_at(_i), 0);
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        training t = trained(rill_net_at(_i), off[i]);
        ck_assert_int_lt(rill_program_describe(all.step).steps,
                         rill_program_describe(t.step).steps);
        end(&t);
    }
    end(&all);
}
END_TEST

/* The bar is 1.1; by size most plans need nothing beyond what is in use. */
START_TEST(memory_is_what_is_in_use)
{
    static const int64_t sizes[][4] = { { 256, 2, 3, 64 }, { 1024, 2, 4, 64 }, { 600, 64, 2, 128 },
                                        { 100, 5, 2, 33 }, { 17, 3, 6, 50 },   { 1, 2, 2, 8 },
                                        { 333, 30, 8, 70 } };
    static const uint32_t passes[] = { 0, RILL_NO_SLICE, RILL_NO_SLICE | RILL_NO_FUSE };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof passes / sizeof *passes; k++) {
            const int64_t *s = sizes[i];
            rill_net_size size = { .layers = s[2], .hidden = s[3] };
            training t = training_of(rill_net_at(_i), size, s[0], s[1], passes[k]);
            rill_program_info info = rill_program_describe(t.step);
            ck_assert_msg(info.live_bytes > 0 && info.buffer_bytes >= info.live_bytes &&
                              (double)info.buffer_bytes <= 1.1 * (double)info.live_bytes,
                          "%s, size %zu, passes off %u: %lld bytes for %lld", rill_net_at(_i)->name,
                          i, passes[k], (long long)info.buffer_bytes, (long long)info.live_bytes);
            end(&t);
        }
}
END_TEST

int main(void)
{
    int nets = 0;
    while (rill_net_at(nets))
        nets++;
    Suite *suite = suite_create("passes");
    TCase *tests = tcase_create("passes");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_pass_on_or_off, 0, nets);
    tcase_add_loop_test(tests, passes_do_something, 0, nets);
    tcase_add_loop_test(tests, memory_is_what_is_in_use, 0, nets);
    return run_suite(suite);
}
