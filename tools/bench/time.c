/* Rounds of calls, each beside a measurement of what the machine can do. */
#include "bench.h"
#include "limits.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_ROUNDS = 5, WANTED_ROUNDS = 16, MOST_ROUNDS = 2048 };

/* Shorter than what a scheduler gives at a time: most rounds are not interrupted by others' work,
 * and the median does not see those that are. */
#define ROUND_SECONDS 1e-3
/* Of a round's time, to measure what the machine can do. */
#define LIMIT_SHARE 0.1

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, int count)
{
    if (count == 0)
        return (double)NAN;
    qsort(values, (size_t)count, sizeof *values, ascending);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

static double measure_limit(bench_limit limit, int threads, double seconds)
{
    if (limit == BENCH_COPY)
        return bench_copy_bandwidth(threads, seconds);
    return bench_fma_peak(limit == BENCH_FMA_F64 ? RILL_F64 : RILL_F32, threads, seconds);
}

/* Seconds of a call, over `calls` of them; negative after a failure, with its status. */
static double time_calls(bench_task *task, void *self, int64_t calls, rill_status *status)
{
    double start = bench_now();
    for (int64_t i = 0; i < calls; i++) {
        *status = task(self);
        if (*status)
            return -1;
    }
    return (bench_now() - start) / (double)calls;
}

/* How many calls take so long, and how long they really take. */
static int64_t calls_of_a_round(bench_task *task, void *self, double *round, rill_status *status)
{
    double once = time_calls(task, self, 1, status); /* makes what later ones find made */
    if (!*status)
        once = fmax(time_calls(task, self, 1, status), 1e-9);
    double calls = fmin(fmax(*round / once, 1), 1e9);
    *round = fmax(*round, once);
    return (int64_t)calls;
}

rill_status bench_time(bench *b, bench_task *task, void *self, int threads, bench_limit limit,
                       bench_timing *timing)
{
    double seconds[MOST_ROUNDS], capacity[MOST_ROUNDS];
    double round = fmin(b->seconds / WANTED_ROUNDS, ROUND_SECONDS);
    rill_status status = RILL_OK;
    int count = 0;
    rill_set_threads(threads);
    double start = bench_now();
    int64_t calls = calls_of_a_round(task, self, &round, &status);
    while (!status && count < MOST_ROUNDS &&
           (count < LEAST_ROUNDS || bench_now() - start < b->seconds)) {
        double rate = measure_limit(limit, threads, LIMIT_SHARE * round);
        double once = time_calls(task, self, calls, &status);
        seconds[count] = once;
        capacity[count++] = once * rate;
    }
    if (!status)
        *timing = (bench_timing){ bench_median(seconds, count), bench_median(capacity, count) };
    return status;
}

static rill_status run_program(void *self)
{
    return rill_run(self);
}

rill_status bench_time_program(bench *b, rill_program *p, int threads, bench_limit limit,
                               bench_timing *timing)
{
    rill_status status = bench_time(b, run_program, p, threads, limit, timing);
    return status ? bench_fail_program(b, status, p) : RILL_OK;
}
