/* pool.h (private) - the threads that run programs.
 *
 * Work is a number of independent units; threads take pieces of it as they come free.  What a unit
 * computes does not depend on who computes it, so that results are the same for any number. */
#ifndef RILL_BASE_POOL_H
#define RILL_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

/* Computes units begin..end-1 as worker `worker` (0 is the caller; less than rill_pool_size()). */
typedef void rill_work(void *self, int64_t begin, int64_t end, int worker);

/* Runs units 0..units-1 in pieces of `grain` on workers 0..workers-1 (or as many of them as there
 * are) and returns when all are done.  On the caller alone when there is one piece, one worker, or
 * the pool is busy with another program's work. */
void rill_pool_run(rill_work *work, void *self, int64_t units, int64_t grain, int workers);

/* Threads at most, the caller included; 1 to what runs as a piece of the pool's work, which has no
 * others. */
int rill_pool_size(void);

enum { RILL_MAX_THREADS = 256 };

#endif
