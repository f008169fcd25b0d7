/* sweep.h - the worst error of one function, over all f32 or over random f64. */
#ifndef RILL_TOOLS_ACCURACY_SWEEP_H
#define RILL_TOOLS_ACCURACY_SWEEP_H

#include "exact.h"

#include <rill/rill.h>

/* Arguments begin, begin + stride, ... below end are tried: of f32 they are bit patterns, of f64
 * numbers of a random sequence. */
typedef struct sweep {
    const exact_function *function;
    rill_dtype dtype; /* RILL_F32 or RILL_F64 */
    uint64_t begin, end, stride;
    promise promise;
} sweep;

typedef struct worst {
    double error; /* units; infinite when NaN came for a number or a number for NaN */
    double at;    /* the argument */
} worst;

/* Runs the kernels of the instruction set in force.  0 when the program cannot be made or run. */
int sweep_run(const sweep *s, worst *found);

#endif
