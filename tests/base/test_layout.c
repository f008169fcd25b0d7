/* Laying out buffers: apart while they are alive together, in little more than they need at most.
 */
#include "base/alloc.h"
#include "base/layout.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static uint64_t draw(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t x = (*state ^ (*state >> 30)) * 0xBF58476D1CE4E5B9u;
    return x ^ (x >> 31);
}

/* Lifetimes as steps of a program have them: some short, some over a good part, some for good.
 * Sizes from one number to a few large matrices. */
static rill_buffer *random_buffers(int64_t count, uint64_t *seed)
{
    rill_buffer *buffers = calloc((size_t)count, sizeof *buffers);
    for (int64_t i = 0; i < count; i++) {
        int64_t spans[] = { 0, (int64_t)(draw(seed) % 4), (int64_t)(draw(seed) % 4),
                            (int64_t)(draw(seed) % (uint64_t)count), INT64_MAX };
        int64_t span = spans[draw(seed) % (i % 20 ? 4 : 5)];
        buffers[i].first = i / 2;
        buffers[i].last = span == INT64_MAX ? span : i / 2 + span;
        buffers[i].size = draw(seed) % (UINT64_C(64) << draw(seed) % 12);
    }
    return buffers;
}

static int meet(const rill_buffer *a, const rill_buffer *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static size_t alive_at(const rill_buffer *buffers, int64_t count, int64_t time)
{
    size_t sum = 0;
    for (int64_t i = 0; i < count; i++)
        if (buffers[i].first <= time && time <= buffers[i].last)
            sum += buffers[i].size;
    return sum;
}

static int apart(const rill_buffer *a, const rill_buffer *b)
{
    return a->offset + a->size <= b->offset || b->offset + b->size <= a->offset;
}

static void check(const rill_buffer *buffers, int64_t count, rill_layout layout, uint64_t seed)
{
    size_t live = 0, end = 0;
    int64_t ragged = 0, overlapping = 0;
    for (int64_t i = 0; i < count; i++) {
        const rill_buffer *a = &buffers[i];
        size_t alive = alive_at(buffers, count, a->first);
        live = alive > live ? alive : live;
        end = a->offset + a->size > end ? a->offset + a->size : end;
        ragged += a->offset % 64 != 0 || a->size % 64 != 0 || a->size == 0;
        for (int64_t j = 0; j < i; j++)
            overlapping += meet(a, &buffers[j]) && !apart(a, &buffers[j]);
    }
    ck_assert_msg(!ragged && !overlapping, "seed %llu: %lld buffers are ragged, %lld pairs overlap",
                  (unsigned long long)seed, (long long)ragged, (long long)overlapping);
    ck_assert_msg(live == layout.live && end == layout.bytes,
                  "seed %llu: %zu of %zu are alive, %zu of %zu are used", (unsigned long long)seed,
                  layout.live, live, layout.bytes, end);
}

/* Lifetimes at random are harder than those of programs, and still a twentieth is not wasted. */
START_TEST(what_lives_together_lies_apart)
{
    uint64_t start = 500 * (uint64_t)_i, seed = start;
    double bytes = 0.0, live = 0.0;
    for (int round = 0; round < 40; round++) {
        int64_t count = 1 + (int64_t)(draw(&seed) % 200);
        rill_buffer *buffers = random_buffers(count, &seed);
        rill_layout layout;
        ck_assert_int_eq(rill_lay_out(buffers, count, &layout), 1);
        check(buffers, count, layout, start);
        bytes += (double)layout.bytes;
        live += (double)layout.live;
        free(buffers);
    }
    ck_assert_msg(bytes <= 1.05 * live, "seed %llu: %.0f for %.0f", (unsigned long long)start,
                  bytes, live);
}
END_TEST

/* More than are looked at by size. */
START_TEST(many_are_laid_out_too)
{
    uint64_t start = 7, seed = start;
    rill_buffer *buffers = random_buffers(3000, &seed);
    rill_layout layout;
    ck_assert_int_eq(rill_lay_out(buffers, 3000, &layout), 1);
    check(buffers, 3000, layout, start);
    ck_assert_msg((double)layout.bytes <= 1.2 * (double)layout.live, "%zu for %zu", layout.bytes,
                  layout.live);
    free(buffers);
}
END_TEST

START_TEST(none_need_nothing)
{
    rill_layout layout = { 1, 1 };
    ck_assert_int_eq(rill_lay_out(NULL, 0, &layout), 1);
    ck_assert(layout.bytes == 0 && layout.live == 0);
}
END_TEST

START_TEST(too_much_is_refused)
{
    rill_buffer buffers[] = { { .size = SIZE_MAX - 10 }, { .size = SIZE_MAX / 4 } };
    rill_layout layout;
    ck_assert_int_eq(rill_lay_out(buffers, 1, &layout), 0);
    ck_assert_int_eq(rill_lay_out(buffers + 1, 1, &layout), 0);
}
END_TEST

START_TEST(memory_may_end_anywhere)
{
    int done = 0;
    for (int64_t n = 1; !done; n++) {
        uint64_t seed = 3;
        rill_buffer *buffers = random_buffers(100, &seed);
        rill_layout layout;
        rill_alloc_fail(n, 1);
        done = rill_lay_out(buffers, 100, &layout);
        rill_alloc_fail(0, 0);
        free(buffers);
        ck_assert_int_lt(n, 100);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout");
    TCase *tests = tcase_create("layout");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, what_lives_together_lies_apart, 0, 8);
    tcase_add_test(tests, many_are_laid_out_too);
    tcase_add_test(tests, none_need_nothing);
    tcase_add_test(tests, too_much_is_refused);
    tcase_add_test(tests, memory_may_end_anywhere);
    return run_suite(suite);
}
