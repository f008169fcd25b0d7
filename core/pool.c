#include "pool.h"

#include "program.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* Work on offer.  Workers join while it is open and leave when nothing is left to take. */
typedef struct job {
    rill_work *work;
    void *self;
    int64_t units, grain;
    int workers; /* those that have scratch: the pool may have grown since */
    atomic_llong taken;
} job;

static struct {
    pthread_mutex_t running; /* held by the program whose work the pool does */
    pthread_mutex_t lock;    /* of what follows */
    pthread_cond_t offered, left;
    pthread_t threads[RILL_MAX_THREADS];
    int wanted;     /* threads asked for, the caller included; 0: not yet */
    int started;    /* workers alive */
    int stop;       /* workers above this number end */
    int inside;     /* workers at work on the job */
    uint64_t round; /* jobs offered so far */
    job *open;
} pool = { .running = PTHREAD_MUTEX_INITIALIZER,
           .lock = PTHREAD_MUTEX_INITIALIZER,
           .offered = PTHREAD_COND_INITIALIZER,
           .left = PTHREAD_COND_INITIALIZER };

static void take_pieces(job *j, int worker)
{
    for (;;) {
        int64_t begin = atomic_fetch_add_explicit(&j->taken, j->grain, memory_order_relaxed);
        if (begin >= j->units)
            return;
        int64_t end = begin + j->grain < j->units ? begin + j->grain : j->units;
        j->work(j->self, begin, end, worker);
    }
}

static void *worker_main(void *argument)
{
    int worker = (int)(intptr_t)argument;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool.lock);
    while (worker <= pool.stop) {
        if (!pool.open || pool.round == seen) {
            pthread_cond_wait(&pool.offered, &pool.lock);
            continue;
        }
        job *j = pool.open;
        seen = pool.round;
        pool.inside++;
        pthread_mutex_unlock(&pool.lock);
        if (worker < j->workers)
            take_pieces(j, worker);
        pthread_mutex_lock(&pool.lock);
        if (--pool.inside == 0)
            pthread_cond_signal(&pool.left);
    }
    pthread_mutex_unlock(&pool.lock);
    return NULL;
}

/* Starts or ends workers until there are as many as wanted.  The caller holds `running`. */
static void resize(int workers)
{
    pthread_mutex_lock(&pool.lock);
    pool.stop = workers;
    pthread_cond_broadcast(&pool.offered);
    int started = pool.started;
    pthread_mutex_unlock(&pool.lock);
    for (; started > workers; started--)
        pthread_join(pool.threads[started], NULL);
    for (; started < workers; started++)
        if (pthread_create(&pool.threads[started + 1], NULL, worker_main,
                           (void *)(intptr_t)(started + 1)) != 0)
            break;
    pthread_mutex_lock(&pool.lock);
    pool.started = started;
    pthread_mutex_unlock(&pool.lock);
}

/* A forked child has none of its parent's threads, and may have its locks taken. */
static void forget_threads(void)
{
    pthread_mutex_init(&pool.running, NULL);
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.offered, NULL);
    pthread_cond_init(&pool.left, NULL);
    pool.wanted = pool.started = pool.stop = pool.inside = 0;
    pool.open = NULL;
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
    pthread_mutex_lock(&pool.lock);
    pool.wanted = pool.started + 1;
    wanted = pool.wanted;
    pthread_mutex_unlock(&pool.lock);
    pthread_mutex_unlock(&pool.running);
    return wanted;
}

int rill_pool_size(void)
{
    pthread_mutex_lock(&pool.lock);
    int wanted = pool.wanted;
    pthread_mutex_unlock(&pool.lock);
    return wanted > 0 ? wanted : rill_set_threads(0);
}

static void offer(job *j)
{
    pthread_mutex_lock(&pool.lock);
    pool.open = j;
    pool.round++;
    pthread_cond_broadcast(&pool.offered);
    pthread_mutex_unlock(&pool.lock);
    take_pieces(j, 0);
    pthread_mutex_lock(&pool.lock);
    pool.open = NULL;
    while (pool.inside > 0)
        pthread_cond_wait(&pool.left, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

void rill_pool_run(rill_work *work, void *self, int64_t units, int64_t grain, int workers)
{
    job j = { .work = work,
              .self = self,
              .units = units,
              .grain = grain > 0 ? grain : 1,
              .workers = workers };
    if (units <= 0)
        return;
    if (units <= j.grain || workers <= 1 || pthread_mutex_trylock(&pool.running) != 0) {
        work(self, 0, units, 0);
        return;
    }
    if (pool.started > 0)
        offer(&j);
    else
        work(self, 0, units, 0);
    pthread_mutex_unlock(&pool.running);
}
