/* threads.h - how many threads compute. */
#ifndef RILL_BASE_THREADS_H
#define RILL_BASE_THREADS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Threads that run programs, the caller included; 0 asks for one a processor.  Results do not
 * depend on it.  Returns the number now in force: fewer than asked for where the system gives no
 * more, and 256 at most. */
int rill_set_threads(int count);

#ifdef __cplusplus
}
#endif
#endif
