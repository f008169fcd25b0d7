#include "ahead.h"

#include "alloc.h"

#include <pthread.h>

/* What came of the job in a slot. */
typedef struct outcome {
    int done;
    rill_status status;
    rill_message message;
} outcome;

struct rill_ahead {
    rill_ahead_job *job;
    void *self;
    int slots;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t begun, taken; /* numbers of the next job to begin and to take; slots from taken - 1 on
                             are in use */
    int64_t first;
    int stop;
    outcome *outcomes;  /* [slots] */
    pthread_t *threads; /* [started] */
    int started;
};

/* The slot of the job taken last is still in use. */
static int may_begin(const rill_ahead *a)
{
    int64_t oldest = a->taken > a->first ? a->taken - 1 : a->first;
    return a->begun < oldest + a->slots;
}

/* Begins a job and does it; called and left with the lock held. */
static void do_one(rill_ahead *a)
{
    int64_t number = a->begun++;
    int slot = (int)(number % a->slots);
    outcome *o = &a->outcomes[slot];
    o->done = 0;
    pthread_mutex_unlock(&a->lock);
    rill_message message = { "" };
    rill_status status = a->job(a->self, number, slot, &message);
    pthread_mutex_lock(&a->lock);
    *o = (outcome){ 1, status, message };
    pthread_cond_broadcast(&a->changed);
}

static void *work(void *self)
{
    rill_ahead *a = self;
    pthread_mutex_lock(&a->lock);
    while (!a->stop) {
        if (may_begin(a))
            do_one(a);
        else
            pthread_cond_wait(&a->changed, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

rill_ahead *rill_ahead_new(rill_ahead_job *job, void *self, int64_t first, int slots, int threads)
{
    if (!job || slots < 1 || threads < 0 || first < 0)
        return NULL;
    rill_ahead *a = rill_alloc_zeroed(1, sizeof *a);
    if (!a)
        return NULL;
    *a = (rill_ahead){
        .job = job, .self = self, .slots = slots, .begun = first, .taken = first, .first = first
    };
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    a->outcomes = rill_alloc_zeroed((size_t)slots, sizeof *a->outcomes);
    a->threads = rill_alloc_zeroed((size_t)threads, sizeof *a->threads);
    if (!a->outcomes || !a->threads) {
        rill_ahead_free(a);
        return NULL;
    }
    while (a->started < threads && pthread_create(&a->threads[a->started], NULL, work, a) == 0)
        a->started++;
    return a;
}

void rill_ahead_free(rill_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = 1;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->started; i++)
        pthread_join(a->threads[i], NULL);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    rill_free(a->outcomes);
    rill_free(a->threads);
    rill_free(a);
}

rill_status rill_ahead_next(rill_ahead *a, int *slot, rill_message *message)
{
    if (!a || !slot)
        return rill_fail(message, RILL_BAD_ARGUMENT, "ahead: a NULL");
    pthread_mutex_lock(&a->lock);
    int64_t number = a->taken++; /* lets go of the one before */
    pthread_cond_broadcast(&a->changed);
    if (a->begun == number)
        do_one(a);
    *slot = (int)(number % a->slots);
    const outcome *o = &a->outcomes[*slot];
    while (!o->done)
        pthread_cond_wait(&a->changed, &a->lock);
    rill_status status = o->status;
    if (status && message)
        *message = o->message;
    pthread_mutex_unlock(&a->lock);
    return status;
}
