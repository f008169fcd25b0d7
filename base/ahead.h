/* ahead.h - numbered jobs, done ahead of need by threads of their own: the batches of the next
 * steps while this one runs. */
#ifndef RILL_BASE_AHEAD_H
#define RILL_BASE_AHEAD_H

#include "status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_ahead rill_ahead;

/* Does job `number` into `slot`, which nobody else uses meanwhile.  What it does depends on the
 * number alone; several may run at once. */
typedef rill_status rill_ahead_job(void *self, int64_t number, int slot, rill_message *message);

/* Jobs first, first + 1, ... on up to `threads` threads (0: each on the caller, when it is taken),
 * at most slots - 1 of them ahead; slots >= 1.  NULL without memory.  Fewer threads serve where the
 * system gives no more. */
rill_ahead *rill_ahead_new(rill_ahead_job *job, void *self, int64_t first, int slots, int threads);
/* Waits for the jobs under way. */
void rill_ahead_free(rill_ahead *ahead);

/* The next job's slot, once it is done; it stays the caller's until the next call.  The status and
 * message of a job that failed.  One thread takes jobs. */
rill_status rill_ahead_next(rill_ahead *ahead, int *slot, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
