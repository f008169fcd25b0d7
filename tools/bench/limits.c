#include "limits.h"

#include "core/program.h"
#include "fma_chains.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_processor_now(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

/* ---- Threads that do the same at the same time. */

enum { MOST_THREADS = 256 };

typedef struct member member;
struct member {
    void (*work)(member *m); /* counts in `done` */
    double seconds;          /* for which it works */
    rill_dtype dtype;
    char *from, *to; /* [bytes] */
    size_t bytes;
    double done, rate;   /* flops or bytes, and those of a second */
    atomic_int *waiting; /* members that are not there yet */
};

/* All begin once all are there: otherwise one could have the machine to itself, then another. */
static void *run_member(void *self)
{
    member *m = self;
    atomic_fetch_sub(m->waiting, 1);
    while (atomic_load(m->waiting) > 0)
        ;
    double start = bench_processor_now(); /* what a core can do, whoever else wants it */
    m->work(m);
    m->rate = m->done / (bench_processor_now() - start);
    return NULL;
}

/* What all of them do in a second.  A thread that cannot be made is not waited for, and does
 * nothing. */
static double run_members(member *members, int count)
{
    pthread_t threads[MOST_THREADS];
    atomic_int waiting = count;
    double rate = 0;
    int made = 1;
    for (int i = 0; i < count; i++)
        members[i].waiting = &waiting;
    while (made < count && pthread_create(&threads[made], NULL, run_member, &members[made]) == 0)
        made++;
    atomic_fetch_sub(&waiting, count - made);
    run_member(&members[0]);
    for (int i = 1; i < made; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < made; i++)
        rate += members[i].rate;
    return rate;
}

static int in_range(int threads)
{
    return threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
}

/* ---- Arithmetic. */

#define ISA(name) extern const bench_chains bench_chains_##name;
BENCH_ISAS
#undef ISA

static const struct {
    const char *name;
    const bench_chains *chains;
} isas[] = {
#define ISA(name) { #name, &bench_chains_##name },
    BENCH_ISAS
#undef ISA
};

static const bench_chains *chains_in_force(void)
{
    for (size_t i = 0; i < sizeof isas / sizeof *isas; i++)
        if (strcmp(isas[i].name, rill_instruction_set()) == 0)
            return isas[i].chains;
    return isas[0].chains;
}

static void run_chains(member *m)
{
    enum { ROUNDS = 2000 }; /* some microseconds: the clock costs nothing beside them */
    const bench_chains *chains = chains_in_force();
    double start = bench_now();
    volatile double sum = 1; /* the compiler may not know it, nor that nobody reads it */
    do {
        sum = chains->run[m->dtype](ROUNDS, sum) / 24;
        m->done += ROUNDS * chains->flops[m->dtype];
    } while (bench_now() < start + m->seconds);
}

double bench_fma_peak(rill_dtype dtype, int threads, double seconds)
{
    member members[MOST_THREADS];
    threads = in_range(threads);
    dtype = dtype == RILL_F64 ? RILL_F64 : RILL_F32;
    for (int i = 0; i < threads; i++)
        members[i] = (member){ .work = run_chains, .seconds = seconds, .dtype = dtype };
    return run_members(members, threads);
}

/* ---- Memory. */

enum { COPIED = 64 << 20, LARGE_PAGE = 2 << 20 }; /* bytes of an array: 16 million floats */

/* Two arrays in large pages, as rill's buffers are; NULL without memory. */
static char *make_arrays(void)
{
    char *arrays = aligned_alloc(LARGE_PAGE, 2 * (size_t)COPIED);
    if (!arrays)
        return NULL;
    madvise(arrays, 2 * (size_t)COPIED, MADV_HUGEPAGE);
    memset(arrays, 1, 2 * (size_t)COPIED);
    return arrays;
}

static void run_copies(member *m)
{
    double start = bench_now();
    do {
        memcpy(m->to, m->from, m->bytes);
        m->done += 2 * (double)m->bytes;
    } while (bench_now() < start + m->seconds);
}

double bench_copy_bandwidth(int threads, double seconds)
{
    member members[MOST_THREADS];
    threads = in_range(threads);
    char *arrays = make_arrays();
    if (!arrays)
        return 0.0;
    for (int i = 0; i < threads; i++) {
        size_t bytes = COPIED / (size_t)threads, at = (size_t)i * bytes;
        members[i] = (member){ .work = run_copies,
                               .seconds = seconds,
                               .from = arrays + at,
                               .to = arrays + COPIED + at,
                               .bytes = bytes };
    }
    double bandwidth = run_members(members, threads);
    free(arrays);
    return bandwidth;
}
