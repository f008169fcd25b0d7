/* The pool.  One word says which pieces of the job on offer are left: whoever changes it has one.
 * Threads without work look at the word for some microseconds, so that the next job of a run finds
 * them awake, then sleep; so does a caller who waits for the last pieces of others.  A worker holds
 * nothing up but the piece it has in hand. */
#include "pool.h"

#include "clock.h"
#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    LINE = 64,         /* bytes of a cache line: what different threads write lies apart */
    WATCH_NS = 50000,  /* a thread watches so long before it sleeps: steps are closer together */
    YIELD_NS = 5000,   /* and lets other processes run after so long */
    LOOKS = 64,        /* looks between two readings of the clock */
    STALL_NS = 200000, /* a wait that exceeds a piece by more: a worker has lost its processor */
    ALONE_MOST_NS = 1000000000,
    /* Of an offer: below is the first piece left, from here on the one after the last, */
    BACK_SHIFT = 24,
    WORKERS_SHIFT = 48 /* and from here on the workers that may take one. */
};

static const int64_t most_pieces = INT64_C(1) << (BACK_SHIFT - 1);

static struct {
    pthread_mutex_t running; /* held by the program whose work the pool does */

    /* The job.  Written while there are no pieces, read by those who have taken one. */
    rill_work *work;
    void *self;
    int64_t begin, units, grain, pieces;
    /* While other processes keep the processors busy, the caller goes on alone. */
    int alone;
    int64_t alone_until, alone_ns; /* by the clock; and how long, the last time */

    _Alignas(LINE) atomic_ullong offer;     /* see BACK_SHIFT */
    _Alignas(LINE) atomic_llong unfinished; /* pieces */

    /* Sleeping.  Whoever sleeps says so before a last look, whoever makes a change looks after it
     * for sleepers. */
    _Alignas(LINE) pthread_mutex_t lock;
    pthread_cond_t offered, finished;
    atomic_int idle, waiting; /* asleep: workers, callers */

    pthread_t threads[RILL_MAX_THREADS];
    /* Threads asked for, the caller included; 0: not yet; below 0: as many are to be started again.
     */
    atomic_int wanted;
    atomic_int stop; /* workers above this number end */
    int started;     /* workers alive */
} pool = { .running = PTHREAD_MUTEX_INITIALIZER,
           .lock = PTHREAD_MUTEX_INITIALIZER,
           .offered = PTHREAD_COND_INITIALIZER,
           .finished = PTHREAD_COND_INITIALIZER };

/* 1 while this thread does a piece. */
static _Thread_local int at_work;

/* ---- Waiting. */

typedef int condition(int worker);

/* What a processor is told in a loop that waits: another thread of the core may have its units. */
static inline void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

static int watch_for(condition *met, int worker)
{
    int64_t begin = rill_nanoseconds(), spent;
    do {
        for (int look = 0; look < LOOKS; look++) {
            if (met(worker))
                return 1;
            relax();
        }
        spent = rill_nanoseconds() - begin;
        if (spent > YIELD_NS)
            sched_yield();
    } while (spent < WATCH_NS);
    return 0;
}

static void wait_for(condition *met, int worker, atomic_int *asleep, pthread_cond_t *change)
{
    if (watch_for(met, worker))
        return;
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(asleep, 1);
    while (!met(worker))
        pthread_cond_wait(change, &pool.lock);
    atomic_fetch_sub(asleep, 1);
    pthread_mutex_unlock(&pool.lock);
}

static void tell(atomic_int *asleep, pthread_cond_t *change)
{
    if (atomic_load(asleep) == 0)
        return;
    pthread_mutex_lock(&pool.lock);
    pthread_cond_broadcast(change);
    pthread_mutex_unlock(&pool.lock);
}

/* ---- Taking pieces. */

static int64_t front_of(uint64_t offer)
{
    return (int64_t)(offer & (((uint64_t)1 << BACK_SHIFT) - 1));
}

static int64_t back_of(uint64_t offer)
{
    return front_of(offer >> BACK_SHIFT);
}

static int may_take(uint64_t offer, int worker)
{
    return front_of(offer) < back_of(offer) && (uint64_t)worker < offer >> WORKERS_SHIFT;
}

/* The number of a piece, or -1: the caller takes them from the front, others from the back, so that
 * of two threads each finds in its cache what it left there a step before.  The number of a piece
 * taken late, of a newer job than was looked at, is as good: the job is read after. */
static int64_t take(int worker)
{
    unsigned long long offer = atomic_load_explicit(&pool.offer, memory_order_relaxed);
    while (may_take(offer, worker)) {
        unsigned long long next = worker == 0 ? offer + 1 : offer - (UINT64_C(1) << BACK_SHIFT);
        if (atomic_compare_exchange_weak_explicit(&pool.offer, &offer, next, memory_order_acquire,
                                                  memory_order_relaxed))
            return worker == 0 ? front_of(offer) : back_of(next);
    }
    return -1;
}

/* Takes pieces until none are left; returns how many it did. */
static int64_t work_off(int worker)
{
    int64_t done = 0;
    at_work = 1;
    for (int64_t piece; (piece = take(worker)) >= 0; done++) {
        int64_t begin = pool.begin + piece * pool.grain, rest = pool.units - begin;
        pool.work(pool.self, begin, begin + (rest < pool.grain ? rest : pool.grain), worker);
    }
    at_work = 0;
    return done;
}

static int is_finished(int worker)
{
    (void)worker;
    return atomic_load(&pool.unfinished) == 0;
}

static int is_needed(int worker)
{
    return worker > atomic_load(&pool.stop) || may_take(atomic_load(&pool.offer), worker);
}

static void *worker_main(void *argument)
{
    int worker = (int)(intptr_t)argument;
    while (worker <= atomic_load(&pool.stop)) {
        int64_t done = work_off(worker);
        if (done == 0)
            wait_for(is_needed, worker, &pool.idle, &pool.offered);
        else if (atomic_fetch_sub(&pool.unfinished, done) == done)
            tell(&pool.waiting, &pool.finished);
    }
    return NULL;
}

/* ---- Threads. */

/* Starts or ends workers until there are as many as wanted.  The caller holds `running`. */
static void resize(int workers)
{
    atomic_store(&pool.stop, workers);
    tell(&pool.idle, &pool.offered);
    for (; pool.started > workers; pool.started--)
        pthread_join(pool.threads[pool.started], NULL);
    for (; pool.started < workers; pool.started++)
        if (pthread_create(&pool.threads[pool.started + 1], NULL, worker_main,
                           (void *)(intptr_t)(pool.started + 1)) != 0)
            break;
}

/* A forked child has none of its parent's threads, and may have its locks taken. */
static void forget_threads(void)
{
    pthread_mutex_init(&pool.running, NULL);
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.offered, NULL);
    pthread_cond_init(&pool.finished, NULL);
    atomic_store(&pool.offer, 0);
    atomic_store(&pool.unfinished, 0);
    atomic_store(&pool.idle, 0);
    atomic_store(&pool.waiting, 0);
    atomic_store(&pool.wanted, -abs(atomic_load(&pool.wanted)));
    pool.started = 0;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, forget_threads);
}

static int processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > RILL_MAX_THREADS ? RILL_MAX_THREADS : (int)count;
}

int rill_set_threads(int count)
{
    int wanted = count <= 0 ? processors() : count > RILL_MAX_THREADS ? RILL_MAX_THREADS : count;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&pool.running);
    resize(wanted - 1);
    wanted = pool.started + 1;
    atomic_store(&pool.wanted, wanted);
    pthread_mutex_unlock(&pool.running);
    return wanted;
}

int rill_pool_size(void)
{
    if (at_work)
        return 1;
    int wanted = atomic_load_explicit(&pool.wanted, memory_order_relaxed);
    return wanted > 0 ? wanted : rill_set_threads(-wanted);
}

/* ---- Jobs. */

/* Twice as long as was waited, and twice as long again when that was not long enough: an accident
 * costs little, and beside a process that never rests sharing is seldom tried. */
static void go_alone(int64_t now, int64_t waited)
{
    int again = pool.alone_ns > 0 && now - pool.alone_until < 8 * pool.alone_ns;
    pool.alone_ns = 2 * (again ? pool.alone_ns : waited);
    if (pool.alone_ns > ALONE_MOST_NS)
        pool.alone_ns = ALONE_MOST_NS;
    pool.alone_until = now + pool.alone_ns;
    pool.alone = 1;
}

/* Whether it is not yet time to share again. */
static int goes_alone(void)
{
    if (pool.alone && rill_nanoseconds() >= pool.alone_until)
        pool.alone = 0;
    return pool.alone;
}

/* One piece, or all that are left when pieces are short; returns where the next begins. */
static int64_t go_on_alone(rill_work *work, void *self, int64_t begin, int64_t units, int64_t grain)
{
    int64_t start = rill_nanoseconds(), next = units - begin < grain ? units : begin + grain;
    work(self, begin, next, 0);
    if (next == units || rill_nanoseconds() - start > STALL_NS)
        return next;
    work(self, next, units, 0);
    return units;
}

static void run_shared(int workers)
{
    atomic_store(&pool.unfinished, pool.pieces);
    atomic_store(&pool.offer,
                 (uint64_t)workers << WORKERS_SHIFT | (uint64_t)pool.pieces << BACK_SHIFT);
    tell(&pool.idle, &pool.offered);
    int64_t begin = rill_nanoseconds(), done = work_off(0);
    if (atomic_fetch_sub(&pool.unfinished, done) == done)
        return;
    int64_t worked = rill_nanoseconds();
    wait_for(is_finished, 0, &pool.waiting, &pool.finished);
    int64_t end = rill_nanoseconds();
    if (done > 0 && end - worked > (worked - begin) / done + STALL_NS)
        go_alone(end, end - worked);
}

void rill_pool_run(rill_work *work, void *self, int64_t units, int64_t grain, int workers)
{
    if (units <= 0)
        return;
    if (units <= grain || workers <= 1 || pthread_mutex_trylock(&pool.running) != 0) {
        work(self, 0, units, 0);
        return;
    }
    int64_t least = units / most_pieces + 1, begin = 0;
    grain = grain > least ? grain : least;
    at_work = 1;
    while (begin < units && (pool.started == 0 || goes_alone()))
        begin = go_on_alone(work, self, begin, units, grain);
    at_work = 0;
    if (begin < units) {
        pool.work = work;
        pool.self = self;
        pool.begin = begin;
        pool.units = units;
        pool.grain = grain;
        pool.pieces = (units - begin + grain - 1) / grain;
        run_shared(workers < RILL_MAX_THREADS ? workers : RILL_MAX_THREADS);
    }
    pthread_mutex_unlock(&pool.running);
}
