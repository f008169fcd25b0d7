/* profile.h - where the time of a program's runs goes: collected while it runs, then told as a
 * table, as a trace for chrome://tracing or Perfetto, and as a drawing whose colours are time. */
#ifndef RILL_TOOLS_PROFILE_PROFILE_H
#define RILL_TOOLS_PROFILE_PROFILE_H

#include "core/watch.h"
#include "formats/steps.h"

#include <stdio.h>

typedef struct profile profile;

/* For `threads` threads, no more of which may run the program from now on.  The program has to
 * outlive the profile.  NULL without memory. */
profile *profile_new(rill_program *p, int threads);
void profile_free(profile *f);

/* Runs the program.  The first run, which touches its memory for the first time, is not counted. */
rill_status profile_run(profile *f);

/* What a step took in all runs. */
typedef struct profile_step {
    rill_step_info info;
    double seconds; /* of threads, what is inside slices in steps of its own */
    double times;   /* it ran; 0: never */
} profile_step;

/* What all took. */
typedef struct profile_total {
    int64_t runs;
    int threads;
    double seconds; /* of threads: of runs, busy or not */
    double between; /* seconds between runs */
} profile_total;

/* Steps 0..rill_step_count(p)-1; RILL_NOT_FOUND for those that do not run. */
rill_status profile_step_at(const profile *f, int64_t step, profile_step *out);
profile_total profile_total_of(const profile *f);
const rill_program *profile_program(const profile *f);

/* ---- The last runs, span by span.  Thread 0 also has runs, as step PROFILE_RUN. */
enum { PROFILE_RUN = -1 };

/* Spans of a thread that lie in the last runs that are known in full, in no order of beginning. */
void profile_each_span(const profile *f, int thread,
                       void (*visit)(void *self, const rill_span *span), void *self);

/* ---- Telling. */

/* A line a step, the slowest first.  Measures what the machine can do, which takes a moment. */
rill_status profile_print(const profile *f, FILE *out, rill_message *message);
/* In the Trace Event Format: one row a thread. */
rill_status profile_write_trace(const profile *f, const char *path, rill_message *message);
/* Steps and what flows between them, in DOT. */
rill_status profile_write_drawing(const profile *f, const char *title, const char *path,
                                  rill_message *message);

#endif
