/* watch.h - watching the steps of a program as they run: how long each takes, and who runs it.
 *
 * A step is one launch of a kernel, or of a chain of elementwise ops.  A program that runs by
 * slices of the batch has one step for all of that, and steps inside it, which every slice runs.
 * Steps have the numbers that drawings give them; those inside slices follow all others.
 * formats/steps.h says what they are.  Without a watcher nothing is measured, and nothing is paid
 * for it. */
#ifndef RILL_CORE_WATCH_H
#define RILL_CORE_WATCH_H

#include "program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A worker ran a part of a step. */
typedef struct rill_span {
    int64_t step;
    int worker;         /* 0 is the thread that runs the program */
    double part;        /* of the step: those of a run add up to 1, or to the number of slices */
    int64_t begin, end; /* nanoseconds of CLOCK_MONOTONIC */
} rill_span;

/* `watch` is called by every worker as it finishes a part of a step, by several at once. */
typedef struct rill_watcher {
    void (*watch)(void *self, const rill_span *span);
    void *self;
} rill_watcher;

/* Runs are watched from now on; NULL: no longer.  The watcher stays the caller's, and has to stay
 * valid until then or until the program is freed. */
void rill_program_watch(rill_program *p, const rill_watcher *watcher);

#ifdef __cplusplus
}
#endif
#endif
