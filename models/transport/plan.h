/* plan.h (private) - the memory of a plan. */
#ifndef RILL_MODELS_TRANSPORT_PLAN_H
#define RILL_MODELS_TRANSPORT_PLAN_H

#include "sinkhorn.h"
#include "sweep.h"

struct rill_plan {
    int64_t n, m;
    const rill_sweep *sweep;
    double *matrix;         /* [n,m] */
    double *rows, *columns; /* [n], [m] potentials: see sinkhorn.c */
    double *log_a, *log_b;  /* [n], [m] */
    double *most, *sum;     /* [m] of the exponents of a column, and of their exponentials */
    double *up_to;          /* [n] the sum of the plan up to the end of a row */
};

#endif
