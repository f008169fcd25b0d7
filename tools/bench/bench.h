/* bench.h - what the sections of `rill bench` share.  A section is one const table, in one file. */
#ifndef RILL_TOOLS_BENCH_BENCH_H
#define RILL_TOOLS_BENCH_BENCH_H

#include "core/program.h"
#include "report.h"
#include "tools/cli/cli.h"

typedef struct bench {
    const cli_args *args;
    double seconds;     /* for each figure */
    int threads;        /* the most; 1 is always measured too */
    const char *only;   /* part of the names that are measured; NULL: all */
    const char *python; /* of the peers; NULL: they are not asked */
    bench_report report;
    rill_message message; /* of what failed last */
} bench;

typedef struct bench_section {
    const char *name, *doc;
    rill_status (*run)(bench *b); /* the reason of a failure is in b->message */
} bench_section;

/* In the order in which they run; NULL past the end. */
const bench_section *bench_section_at(int i);

/* Adds a figure to the report; what was added is printed by bench_show. */
void bench_put(bench *b, const bench_key *key, bench_quantity quantity, double value);
void bench_show(bench *b);

/* Is the name of something to measure asked for? */
int bench_wants(const bench *b, const char *name);
/* Fails with what a program or a graph says. */
rill_status bench_fail_program(bench *b, rill_status status, const rill_program *p);
rill_status bench_fail_graph(bench *b, const rill_graph *g);

/* ---- Time. */

/* One call of what is measured. */
typedef rill_status bench_task(void *self);

/* What the machine can do at most, measured between the calls since clocks drift: of the FMA peak
 * the dtype, or memcpy. */
typedef enum bench_limit { BENCH_FMA_F32, BENCH_FMA_F64, BENCH_COPY } bench_limit;

typedef struct bench_timing {
    double seconds;  /* of a call: the median of at least five rounds */
    double capacity; /* flops or bytes that the machine could have done in a call's time: median */
} bench_timing;

/* Calls the task over and over for about b->seconds, with rill on `threads` threads. */
rill_status bench_time(bench *b, bench_task *task, void *self, int threads, bench_limit limit,
                       bench_timing *timing);
/* The same for runs of a program. */
rill_status bench_time_program(bench *b, rill_program *p, int threads, bench_limit limit,
                               bench_timing *timing);

/* What is measured at 1 and at more threads goes through them by
 *     for (int threads = 1; threads; threads = bench_next_threads(b, threads)) */
int bench_next_threads(const bench *b, int threads);
/* The figures that all timings have: BENCH_TIME, its share of the limit (`work` in flops or bytes,
 * NAN: none), and BENCH_SPEEDUP where one thread was timed before. */
void bench_put_timing(bench *b, const bench_key *key, const bench_timing *timing, bench_limit limit,
                      double work);

double bench_median(double *values, int count); /* sorts them */

#endif
