/* test_ahead.c - jobs done ahead of need: each once, in order for who takes them, in slots of their
 * own, whatever the number of threads. */
#include "base/ahead.h"
#include "base/alloc.h"
#include "tests/suite.h"

#include <check.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 500, MOST_SLOTS = 8, FIRST = 7 };

typedef struct bench {
    atomic_int times[JOBS]; /* that a job was done */
    atomic_int busy[MOST_SLOTS];
    atomic_int clashes;
    int64_t result[MOST_SLOTS];
    int slow; /* turns that every third job spends */
} bench;

static rill_status work(void *self, int64_t number, int slot, rill_message *message)
{
    bench *b = self;
    if (atomic_fetch_add(&b->busy[slot], 1) != 0)
        atomic_fetch_add(&b->clashes, 1);
    for (volatile int i = 0; number % 3 == 0 && i < b->slow; i++)
        ;
    if (number - FIRST < JOBS)
        atomic_fetch_add(&b->times[number - FIRST], 1);
    b->result[slot] = number * number;
    atomic_fetch_sub(&b->busy[slot], 1);
    if (number % 100 == 99)
        return rill_fail(message, RILL_NOT_FINITE, "job %lld failed", (long long)number);
    return RILL_OK;
}

START_TEST(jobs_are_taken_in_order)
{
    const int threads[] = { 0, 1, 3, 5 }, slots[] = { 1, 2, 4, 8 };
    bench *b = calloc(1, sizeof *b);
    b->slow = _i * 1000;
    for (int k = 0; k < 16; k++) {
        memset(b->times, 0, sizeof b->times);
        rill_ahead *a = rill_ahead_new(work, b, FIRST, slots[k / 4], threads[k % 4]);
        ck_assert_ptr_nonnull(a);
        for (int64_t number = FIRST; number < FIRST + JOBS; number++) {
            int slot = -1;
            rill_message message = { "" };
            rill_status status = rill_ahead_next(a, &slot, &message);
            ck_assert_int_eq(b->result[slot], number * number);
            ck_assert_int_eq(status, number % 100 == 99 ? RILL_NOT_FINITE : RILL_OK);
            if (status != RILL_OK)
                ck_assert_ptr_nonnull(strstr(message.text, "failed"));
        }
        rill_ahead_free(a);
        ck_assert_int_eq(atomic_load(&b->clashes), 0);
        for (int i = 0; i < JOBS; i++)
            ck_assert_msg(atomic_load(&b->times[i]) == 1, "job %d was done %d times", i,
                          atomic_load(&b->times[i]));
    }
    free(b);
}
END_TEST

/* A slot stays the caller's while others work on. */
START_TEST(what_was_taken_stays_until_the_next_call)
{
    bench *b = calloc(1, sizeof *b);
    rill_ahead *a = rill_ahead_new(work, b, FIRST, 3, 2);
    for (int64_t number = FIRST; number < FIRST + 50; number++) {
        int slot;
        rill_ahead_next(a, &slot, NULL);
        for (int look = 0; look < 1000; look++)
            ck_assert_int_eq(((volatile bench *)b)->result[slot], number * number);
    }
    rill_ahead_free(a);
    free(b);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    int slot;
    ck_assert_ptr_null(rill_ahead_new(NULL, NULL, 0, 2, 1));
    ck_assert_ptr_null(rill_ahead_new(work, NULL, 0, 0, 1));
    ck_assert_ptr_null(rill_ahead_new(work, NULL, 0, 2, -1));
    ck_assert_ptr_null(rill_ahead_new(work, NULL, -1, 2, 1));
    ck_assert_int_eq(rill_ahead_next(NULL, &slot, NULL), RILL_BAD_ARGUMENT);
    rill_ahead_free(NULL);
}
END_TEST

START_TEST(no_memory_is_a_clean_error)
{
    for (int n = 1; n <= 3; n++) {
        rill_alloc_fail(n, 0);
        rill_ahead *a = rill_ahead_new(work, NULL, 0, 2, 2);
        rill_alloc_fail(0, 0);
        ck_assert_ptr_null(a);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ahead");
    TCase *cases = tcase_create("jobs");
    suite_add_tcase(suite, cases);
    tcase_set_timeout(cases, 30);
    tcase_add_loop_test(cases, jobs_are_taken_in_order, 0, 3);
    tcase_add_test(cases, what_was_taken_stays_until_the_next_call);
    tcase_add_test(cases, wrong_arguments_are_refused);
    tcase_add_test(cases, no_memory_is_a_clean_error);
    return run_suite(suite);
}
