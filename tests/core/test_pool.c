/* The threads: every unit is computed once, by a worker with scratch, whoever is asleep, whoever
 * else calls, however many there are, in a forked child as well. */
#include "base/pool.h"
#include "base/threads.h"
#include "tests/suite.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_UNITS = 3000 };

/* What a job saw of its units. */
typedef struct seen {
    atomic_int times[MOST_UNITS];
    atomic_int wrong; /* workers out of range, pieces too long */
    int64_t grain;
    int workers;
} seen;

static void look(void *self, int64_t begin, int64_t end, int worker)
{
    seen *s = self;
    for (int64_t i = begin; i < end; i++)
        atomic_fetch_add_explicit(&s->times[i], 1, memory_order_relaxed);
    if (worker < 0 || worker >= s->workers || (worker > 0 && end - begin > s->grain))
        atomic_fetch_add(&s->wrong, 1);
}

static void run_and_check(int64_t units, int64_t grain, int workers)
{
    seen *s = calloc(1, sizeof *s);
    s->grain = grain;
    s->workers = workers;
    rill_pool_run(look, s, units, grain, workers);
    int64_t amiss = -1;
    for (int64_t i = 0; i < MOST_UNITS; i++)
        if (atomic_load_explicit(&s->times[i], memory_order_relaxed) != (i < units))
            amiss = i;
    ck_assert_msg(amiss < 0, "%lld units by %lld, %d workers: unit %lld was done %d times",
                  (long long)units, (long long)grain, workers, (long long)amiss,
                  amiss < 0 ? 0 : atomic_load(&s->times[amiss]));
    ck_assert_int_eq(atomic_load(&s->wrong), 0);
    free(s);
}

START_TEST(every_unit_is_done_once)
{
    const int64_t grains[] = { 1, 2, 7, 1000, MOST_UNITS, INT64_MAX };
    for (int threads = 1; threads <= 4; threads++) {
        ck_assert_int_eq(rill_set_threads(threads), threads);
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (int64_t units = 0; units <= MOST_UNITS; units = 3 * units + 1)
                for (int workers = 1; workers <= threads; workers++)
                    run_and_check(units, grains[g], workers);
    }
}
END_TEST

/* Workers watch for new jobs only so long: gaps on both sides of that, at random. */
START_TEST(sleepers_are_woken)
{
    rill_set_threads(3);
    unsigned seed = 1;
    for (int i = 0; i < 300; i++) {
        seed = seed * 1664525u + 1013904223u;
        if (seed >> 30 == 0)
            usleep(seed >> 16 & 127);
        run_and_check(20, 1, 3);
    }
}
END_TEST

/* Each unit is itself a job: the pool is busy, so its worker does it alone. */
static void look_within(void *self, int64_t begin, int64_t end, int worker)
{
    (void)worker;
    for (int64_t i = begin; i < end; i++) {
        seen inner = { .grain = MOST_UNITS, .workers = 1 };
        rill_pool_run(look, &inner, 50, 1, 3);
        for (int unit = 0; unit < 50; unit++)
            atomic_fetch_add((atomic_llong *)self, atomic_load(&inner.times[unit]));
    }
}

START_TEST(jobs_within_jobs)
{
    atomic_llong total = 0;
    rill_set_threads(3);
    rill_pool_run(look_within, &total, 100, 1, 3);
    ck_assert_int_eq(atomic_load(&total), 5000);
}
END_TEST

static void *call_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < 300; i++)
        run_and_check(i, 1 + i % 5, 2);
    return NULL;
}

START_TEST(callers_side_by_side_while_threads_change)
{
    pthread_t callers[3];
    rill_set_threads(2);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&callers[i], NULL, call_often, NULL), 0);
    for (int i = 0; i < 50; i++)
        ck_assert_int_eq(rill_set_threads(1 + i % 4), 1 + i % 4);
    for (int i = 0; i < 3; i++)
        pthread_join(callers[i], NULL);
}
END_TEST

#ifndef __SANITIZE_THREAD__ /* which has no threads after a fork */
START_TEST(a_forked_child_has_threads_of_its_own)
{
    rill_set_threads(3);
    run_and_check(100, 1, 3);
    pid_t child = fork();
    if (child == 0) {
        seen s = { .grain = 1, .workers = 2 };
        int complete = rill_pool_size() == 3 && rill_set_threads(2) == 2;
        rill_pool_run(look, &s, 100, 1, 2);
        for (int i = 0; i < 100; i++)
            complete = complete && atomic_load(&s.times[i]) == 1;
        _exit(complete ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run_and_check(100, 1, 3);
}
END_TEST
#endif

START_TEST(numbers_of_threads_are_brought_into_range)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    ck_assert_int_eq(rill_set_threads(0),
                     processors > RILL_MAX_THREADS ? RILL_MAX_THREADS : processors);
    ck_assert_int_ge(rill_set_threads(-5), 1);
    int most = rill_set_threads(1 << 30);
    ck_assert(most >= 1 && most <= RILL_MAX_THREADS);
    ck_assert_int_eq(rill_pool_size(), most);
    run_and_check(MOST_UNITS, 1, most);
    ck_assert_int_eq(rill_set_threads(1), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, every_unit_is_done_once);
    tcase_add_test(tests, sleepers_are_woken);
    tcase_add_test(tests, jobs_within_jobs);
    tcase_add_test(tests, callers_side_by_side_while_threads_change);
    tcase_add_test(tests, numbers_of_threads_are_brought_into_range);
#ifndef __SANITIZE_THREAD__
    TCase *forked = tcase_create("forked");
    tcase_set_tags(forked, "fork"); /* for emulators, some of which have no threads then either */
    suite_add_tcase(suite, forked);
    tcase_add_test(forked, a_forked_child_has_threads_of_its_own);
#endif
    return run_suite(suite);
}
