/* What steps say they are, and what a watcher hears of them. */
#include "core/grad.h"
#include "core/watch.h"
#include "formats/dot.h"
#include "formats/steps.h"
#include "ops/ops.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 1000, MOST_THREADS = 4 };

/* Parts of steps, in thousandths: sums of parts round. */
static atomic_llong runs[MOST_STEPS];
static atomic_int wrong;
static int64_t last_end[MOST_THREADS];

static void hear(void *self, const rill_span *span)
{
    (void)self;
    int known = span->step >= 0 && span->step < MOST_STEPS;
    if (!known || span->worker < 0 || span->worker >= MOST_THREADS || span->end < span->begin ||
        span->part <= 0 || span->part > 1) {
        atomic_fetch_add(&wrong, 1);
        return;
    }
    atomic_fetch_add(&runs[span->step], (long long)(1e6 * span->part + 0.5));
    if (span->end < last_end[span->worker]) /* told of as it ends */
        atomic_fetch_add(&wrong, 1);
    last_end[span->worker] = span->end;
}

static const rill_watcher watcher = { hear, NULL };

static void forget(void)
{
    for (int i = 0; i < MOST_STEPS; i++)
        atomic_store(&runs[i], 0);
}

enum { ROWS = 300, INNER = 20, WIDTH = 40 };

/* A layer and its gradient. */
static rill_program *layer(rill_graph *g, uint32_t passes_off)
{
    static float data[ROWS * INNER];
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(ROWS, INNER));
    rill_tensor *w = rill_input(g, "w", RILL_F32, RILL_SHAPE(INNER, WIDTH)), *gw;
    rill_scope_begin(g, "layer");
    rill_tensor *y = rill_mean_all(rill_silu(rill_matmul(x, w)));
    rill_scope_end(g);
    rill_grad(y, &w, 1, &gw);
    rill_program *p = rill_compile_outputs(g, (rill_tensor *[]){ y, gw }, 2,
                                           &(rill_compile_options){ .passes_off = passes_off });
    ck_assert_msg(p != NULL, "%s", rill_error(g) ? rill_error(g) : "?");
    ck_assert_int_eq(rill_feed(p, x, data, ROWS * INNER), RILL_OK);
    ck_assert_int_eq(rill_feed(p, w, data, INNER * WIDTH), RILL_OK);
    return p;
}

static void run(rill_program *p, int times)
{
    for (int i = 0; i < times; i++)
        ck_assert_int_eq(rill_run(p), RILL_OK);
}

/* How often a step should have run in `times` runs of the program: a step of slices once for each,
 * but that the last slice may be another. */
static int plausible(const rill_program *p, int64_t step, double ran, int times)
{
    rill_step_info info, outer;
    if (rill_step_describe(p, step, &info) != RILL_OK)
        return ran == 0;
    if (info.inside < 0)
        return fabs(ran - times) < 1e-3 * times || ran == 0;
    ck_assert_int_eq(rill_step_describe(p, info.inside, &outer), RILL_OK);
    double most = (double)(times * outer.slices);
    return ran == 0 || ran == times || ran == most || ran == most - times;
}

START_TEST(every_step_is_heard_of_once_a_run)
{
    const uint32_t passes[] = { 0, RILL_NO_SLICE, RILL_NO_SLICE | RILL_NO_FUSE };
    for (int threads = 1; threads <= 3; threads++) {
        rill_set_threads(threads);
        for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
            rill_graph *g = rill_graph_new(NULL);
            rill_program *p = layer(g, passes[i]);
            int64_t heard = 0, count = rill_step_count(p);
            run(p, i == 0); /* watching may begin when there are runners already, */
            forget();
            rill_program_watch(p, &watcher);
            run(p, 3);
            rill_set_threads(threads + 1); /* or before there are as many */
            run(p, 2);
            rill_program_watch(p, NULL);
            run(p, 1);
            ck_assert_int_gt(count, 0);
            ck_assert_int_lt(count, MOST_STEPS);
            for (int64_t step = 0; step < MOST_STEPS; step++) {
                double ran = (double)atomic_load(&runs[step]) / 1e6;
                heard += ran > 0;
                ck_assert_msg(step < count ? plausible(p, step, ran, 5) : ran == 0,
                              "passes off %u, %d threads: step %lld of %lld ran %g times",
                              passes[i], threads, (long long)step, (long long)count, ran);
            }
            ck_assert_int_ge(heard, rill_program_describe(p).steps);
            rill_program_free(p);
            rill_graph_free(g);
        }
    }
    ck_assert_int_eq(atomic_load(&wrong), 0);
}
END_TEST

/* The step whose name ends so, or fails. */
static rill_step_info find(const rill_program *p, const char *name)
{
    rill_step_info info;
    for (int64_t step = 0; step < rill_step_count(p); step++)
        if (rill_step_describe(p, step, &info) == RILL_OK && strcmp(info.name, name) == 0)
            return info;
    ck_abort_msg("no step %s", name);
}

START_TEST(steps_say_what_they_do)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_program *p = layer(g, RILL_NO_SLICE);
    rill_step_info forward = find(p, "layer: matmul");
    rill_step_info backward = find(p, "layer derivative: matmul");
    ck_assert(forward.inside == -1 && forward.slices == 0);
    ck_assert(forward.flops == 2.0 * ROWS * INNER * WIDTH && backward.flops == forward.flops);
    ck_assert(forward.bytes == 4.0 * (ROWS * INNER + INNER * WIDTH + ROWS * WIDTH));
    ck_assert(forward.elements == ROWS * WIDTH && backward.elements == INNER * WIDTH);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

/* Products dominate: 2 times 20 flops for an element of the layer. */
START_TEST(slices_do_what_the_whole_does)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_graph *other = rill_graph_new(NULL);
    rill_program *whole = layer(g, RILL_NO_SLICE), *sliced = layer(other, 0);
    double products = 0, all = 0;
    rill_step_info info;
    for (int64_t step = 0; step < rill_step_count(sliced); step++)
        if (rill_step_describe(sliced, step, &info) == RILL_OK && info.slices > 0)
            all += info.flops;
    for (int64_t step = 0; step < rill_step_count(whole); step++)
        if (rill_step_describe(whole, step, &info) == RILL_OK && strstr(info.name, "matmul"))
            products += info.flops;
    ck_assert_msg(all == 0 || (all >= products && all < 1.3 * products), "%g and %g", all,
                  products);
    rill_program_free(whole);
    rill_program_free(sliced);
    rill_graph_free(g);
    rill_graph_free(other);
}
END_TEST

/* ---- What flows, and the drawing. */

typedef struct flows {
    const rill_program *program;
    int wrong, count, into_slices, out_of_slices;
} flows;

static void meet(void *self, int64_t from, int64_t to, const rill_tensor *array)
{
    flows *f = self;
    rill_step_info a, b;
    f->count++;
    if (rill_step_describe(f->program, from, &a) != RILL_OK ||
        rill_step_describe(f->program, to, &b) != RILL_OK || !array) {
        f->wrong++;
        return;
    }
    f->wrong += a.inside == b.inside && from >= to; /* steps stand in order */
    f->into_slices += a.inside < 0 && b.inside >= 0;
    f->out_of_slices += a.inside >= 0 && b.inside < 0;
}

START_TEST(what_flows_goes_forward)
{
    for (int whole = 0; whole < 2; whole++) {
        rill_graph *g = rill_graph_new(NULL);
        flows f = { .program = layer(g, whole ? RILL_NO_SLICE : 0) };
        ck_assert(rill_step_flows(f.program, meet, &f));
        ck_assert_int_gt(f.count, 2);
        ck_assert_int_eq(f.wrong, 0);
        rill_step_info last;
        int sliced =
            rill_step_describe(f.program, rill_step_count(f.program) - 1, &last) == RILL_OK &&
            last.inside >= 0;
        ck_assert(!(whole && sliced) && sliced == (f.out_of_slices > 0));
        rill_program_free((rill_program *)(uintptr_t)f.program);
        rill_graph_free(g);
    }
}
END_TEST

static int times_in(const char *text, const char *part)
{
    int times = 0;
    for (text = strstr(text, part); text; text = strstr(text + 1, part))
        times++;
    return times;
}

START_TEST(steps_are_drawn_with_their_heat)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_program *p = layer(g, RILL_NO_SLICE);
    int64_t count = rill_step_count(p), drawn = 0;
    rill_step_look *looks = calloc((size_t)count, sizeof *looks);
    rill_step_info info;
    char *text;
    size_t size;
    for (int64_t step = 0; step < count; step++)
        if (rill_step_describe(p, step, &info) == RILL_OK)
            looks[step] = (rill_step_look){ 1, drawn++ == 0, "a \"note\"" };
    ck_assert_int_eq(rill_steps_dot(p, looks, "all \\ steps", &text, &size, NULL), RILL_OK);
    ck_assert_uint_eq(size, strlen(text));
    ck_assert_int_eq(times_in(text, "a \\\"note\\\""), (int)drawn);
    ck_assert_int_eq(times_in(text, "#d55e00"), 1); /* the hot one */
    ck_assert_int_eq(times_in(text, "#ffffff"), (int)drawn - 1);
    ck_assert_int_gt(times_in(text, "->"), 2);
    ck_assert_ptr_nonnull(strstr(text, "all \\\\ steps"));
    rill_dot_free(text);
    ck_assert_int_eq(rill_steps_dot(NULL, looks, "", &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_steps_dot(p, NULL, "", &text, &size, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_steps_dot(p, looks, "", NULL, &size, NULL), RILL_BAD_ARGUMENT);
    free(looks);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

START_TEST(what_is_not_there_is_refused)
{
    rill_graph *g = rill_graph_new(NULL);
    rill_program *p = layer(g, 0);
    rill_step_info info;
    ck_assert_int_eq(rill_step_describe(p, -1, &info), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_step_describe(p, rill_step_count(p), &info), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_step_describe(p, INT64_MAX, &info), RILL_NOT_FOUND);
    ck_assert_int_eq(rill_step_describe(NULL, 0, &info), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_step_describe(p, 0, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_step_count(NULL), 0);
    rill_program_watch(NULL, &watcher);
    rill_program_watch(p, &(rill_watcher){ 0 });
    run(p, 1);
    rill_program_free(p);
    rill_graph_free(g);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("steps");
    TCase *tests = tcase_create("steps");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, every_step_is_heard_of_once_a_run);
    tcase_add_test(tests, steps_say_what_they_do);
    tcase_add_test(tests, slices_do_what_the_whole_does);
    tcase_add_test(tests, what_flows_goes_forward);
    tcase_add_test(tests, steps_are_drawn_with_their_heat);
    tcase_add_test(tests, what_is_not_there_is_refused);
    return run_suite(suite);
}
