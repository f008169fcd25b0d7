/* steps.h - what the steps of a program are: for profiles, beside core/watch.h. */
#ifndef RILL_FORMATS_STEPS_H
#define RILL_FORMATS_STEPS_H

#include "../core/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_step_info {
    char name[96];    /* scope and ops: "hidden1: add, silu"; cut short with "..." */
    int64_t inside;   /* the step whose slices run this one, or -1 */
    int64_t slices;   /* that this step runs, each through all steps inside it; 0: no slices */
    int64_t elements; /* of what it computes */
    double flops;     /* additions, multiplications and values of functions */
    double bytes; /* of all it reads and writes, each array once; tiles in cache are not counted */
} rill_step_info;

/* Steps have the numbers that drawings give them; those inside slices follow all others.  Numbers
 * below the count without a step, or with one that never runs, had nothing to do. */
int64_t rill_step_count(const rill_program *p);
/* What one run of step 0..count-1 does.  RILL_NOT_FOUND when there is no such step. */
rill_status rill_step_describe(const rill_program *p, int64_t step, rill_step_info *info);

/* Calls `visit` for each array that flows from one step to another, those of slices included:
 * `from` computes it, and `to` reads it.  0 without memory. */
int rill_step_flows(const rill_program *p,
                    void (*visit)(void *self, int64_t from, int64_t to, const rill_tensor *array),
                    void *self);

/* How a step is drawn. */
typedef struct rill_step_look {
    int shown;
    double heat;   /* 0 to 1: from white to red */
    char note[64]; /* below its name */
} rill_step_look;

/* A drawing in the DOT language of the steps and of what flows between them, slices in a cluster.
 * looks: [rill_step_count(p)].  The text is given to the caller, who frees it with rill_dot_free().
 * RILL_BAD_ARGUMENT, RILL_NO_MEMORY. */
rill_status rill_steps_dot(const rill_program *p, const rill_step_look *looks, const char *title,
                           char **text, size_t *size, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
