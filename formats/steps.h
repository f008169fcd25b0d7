/* steps.h - what the steps of a program are: for profiles, beside core/watch.h. */
#ifndef RILL_FORMATS_STEPS_H
#define RILL_FORMATS_STEPS_H

#include "../core/program.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_step_info {
    char name[128];   /* scope and ops: "hidden1: add, silu"; cut short with "..." */
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

#ifdef __cplusplus
}
#endif
#endif
