/* share.h - numbered jobs, done side by side by the threads that run programs. */
#ifndef RILL_BASE_SHARE_H
#define RILL_BASE_SHARE_H

#include "status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { RILL_MOST_LANES = 32 };

/* Does job `number` with what belongs to `lane`, which no other job has meanwhile.  What it does
 * does not depend on the lane.  A program that it runs has this thread alone.  A failure fills the
 * message, which is "" before and never NULL. */
typedef rill_status rill_share_job(void *self, int64_t number, int lane, rill_message *message);

/* Lanes that so many jobs can put to use, at least 1: one for each thread, and 32 at most. */
int rill_share_lanes(int64_t jobs);

/* Does jobs 0..count-1 in lanes 0..lanes-1; lanes >= 1.  What is left when each lane has had as
 * many is done one by one in lane 0, each with all threads for its programs.  Of jobs that fail
 * status and message are those of the first by number, as without threads; those after it may not
 * be done.  RILL_BAD_ARGUMENT: a NULL job, fewer jobs than 0 or lanes than 1. */
rill_status rill_share(rill_share_job *job, void *self, int64_t count, int lanes,
                       rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
