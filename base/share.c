#include "share.h"

#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct sharing {
    rill_share_job *job;
    void *self;
    pthread_mutex_t lock;
    atomic_llong failed; /* the first job that failed so far */
    rill_status status;  /* its status and message */
    rill_message *message;
} sharing;

static void note_failure(sharing *s, int64_t number, rill_status status,
                         const rill_message *message)
{
    pthread_mutex_lock(&s->lock);
    if (number < atomic_load(&s->failed)) {
        atomic_store(&s->failed, number);
        s->status = rill_fail(s->message, status, "%s", message->text);
    }
    pthread_mutex_unlock(&s->lock);
}

/* Jobs begin..end-1, but for those after one that failed. */
static void do_jobs(void *self, int64_t begin, int64_t end, int lane)
{
    sharing *s = self;
    for (int64_t i = begin; i < end && i < atomic_load(&s->failed); i++) {
        rill_message message = { "" };
        rill_status status = s->job(s->self, i, lane, &message);
        if (status)
            note_failure(s, i, status, &message);
    }
}

int rill_share_lanes(int64_t jobs)
{
    int threads = rill_pool_size();
    int most = threads < RILL_MOST_LANES ? threads : RILL_MOST_LANES;
    return jobs < 1 ? 1 : jobs < most ? (int)jobs : most;
}

rill_status rill_share(rill_share_job *job, void *self, int64_t count, int lanes,
                       rill_message *message)
{
    if (!job || count < 0 || lanes < 1)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "share: expected a job, not NULL, for 0 numbers or more, not %lld, and 1 "
                         "lane or more, not %d",
                         (long long)count, lanes);
    int64_t shared = lanes > 1 ? count - count % lanes : 0;
    sharing s = { job, self, .lock = PTHREAD_MUTEX_INITIALIZER, .message = message };
    atomic_init(&s.failed, INT64_MAX);
    rill_pool_run(do_jobs, &s, shared, 1, lanes);
    do_jobs(&s, shared, count, 0);
    return s.status;
}
