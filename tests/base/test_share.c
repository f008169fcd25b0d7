/* test_share.c - jobs side by side: each is done once, and of failures the first counts. */
#include "base/pool.h"
#include "base/share.h"
#include "base/threads.h"
#include "tests/suite.h"

#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { JOBS = 20, MOST = 6 };

typedef struct jobs {
    atomic_int done[JOBS];
    atomic_int busy[MOST]; /* jobs under way in a lane */
    int lanes, fails, fails_too;
} jobs;

static rill_status do_job(void *self, int64_t number, int lane, rill_message *message)
{
    jobs *j = self;
    ck_assert(number >= 0 && number < JOBS && lane >= 0 && lane < j->lanes);
    ck_assert_int_eq(atomic_fetch_add(&j->busy[lane], 1), 0);
    atomic_fetch_add(&j->done[number], 1);
    atomic_fetch_sub(&j->busy[lane], 1);
    ck_assert_str_eq(message->text, "");
    rill_status status = number == j->fails       ? RILL_NOT_FINITE
                         : number == j->fails_too ? RILL_INTERRUPTED
                                                  : RILL_OK;
    return status ? rill_fail(message, status, "job %d", (int)number) : RILL_OK;
}

/* For lanes that divide the jobs, and that leave some. */
START_TEST(the_first_job_that_fails_is_told)
{
    rill_set_threads(_i);
    for (int fails = 0; fails <= JOBS; fails++) {
        jobs j = { .lanes = _i, .fails = fails, .fails_too = fails + 1 + fails % 5 };
        rill_message message = { "none" };
        char wanted[16] = "none";
        if (fails < JOBS)
            snprintf(wanted, sizeof wanted, "job %d", fails);
        rill_status status = rill_share(do_job, &j, JOBS, _i, &message);
        ck_assert_int_eq(status, fails < JOBS ? RILL_NOT_FINITE : RILL_OK);
        ck_assert_str_eq(message.text, wanted);
        for (int i = 0; i < JOBS; i++)
            ck_assert(i <= fails ? j.done[i] == 1 : j.done[i] <= 1);
    }
    rill_set_threads(0);
}
END_TEST

static rill_status count_threads(void *self, int64_t number, int lane, rill_message *message)
{
    int *seen = self; /* [JOBS] */
    (void)lane, (void)message;
    seen[number] = rill_pool_size();
    return RILL_OK;
}

/* Jobs that fill the lanes have one thread each, those that are left have all. */
START_TEST(what_is_left_has_all_threads)
{
    int seen[8] = { 0 }, threads = rill_set_threads(3);
    ck_assert_int_eq(rill_share(count_threads, seen, 8, threads, NULL), RILL_OK);
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(seen[i], threads == 3 && i < 6 ? 1 : threads);
    rill_set_threads(0);
}
END_TEST

START_TEST(lanes_are_as_many_as_are_of_use)
{
    int threads = rill_set_threads(4);
    ck_assert_int_eq(rill_share_lanes(0), 1);
    ck_assert_int_eq(rill_share_lanes(1), 1);
    ck_assert_int_eq(rill_share_lanes(2), threads < 2 ? threads : 2);
    ck_assert_int_eq(rill_share_lanes(INT64_MAX), threads);
    threads = rill_set_threads(RILL_MOST_LANES + 3);
    ck_assert_int_eq(rill_share_lanes(1000), threads < RILL_MOST_LANES ? threads : RILL_MOST_LANES);
    rill_set_threads(0);
}
END_TEST

START_TEST(nonsense_is_refused)
{
    int seen[1];
    rill_message message = { "" };
    ck_assert_int_eq(rill_share(NULL, seen, 1, 1, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_share(count_threads, seen, -1, 1, NULL), RILL_BAD_ARGUMENT);
    ck_assert_int_eq(rill_share(count_threads, seen, 1, 0, &message), RILL_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(message.text, "1 lane or more, not 0"));
    ck_assert_int_eq(rill_share(count_threads, seen, 1, 1, NULL), RILL_OK);
    ck_assert_int_eq(rill_share(count_threads, seen, 0, 1, NULL), RILL_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("share");
    TCase *sharing = tcase_create("sharing");
    tcase_add_loop_test(sharing, the_first_job_that_fails_is_told, 1, MOST + 1);
    tcase_add_test(sharing, what_is_left_has_all_threads);
    tcase_add_test(sharing, lanes_are_as_many_as_are_of_use);
    tcase_add_test(sharing, nonsense_is_refused);
    suite_add_tcase(suite, sharing);
    return run_suite(suite);
}
