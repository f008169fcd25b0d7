/* pairs.h - pairs of source and data, made as training makes them. */
#ifndef RILL_TOOLS_EVAL_PAIRS_H
#define RILL_TOOLS_EVAL_PAIRS_H

#include "run.h"

/* Pairs of source and data in the network's units, drawn and paired; conditions are x1's. */
typedef struct eval_pairs {
    int64_t n, batch;      /* a multiple of `batch`, the rows that are paired with each other */
    size_t row, condition; /* bytes; condition 0: there is none */
    float *x0, *x1, *paired0, *paired1; /* [n,width] */
    unsigned char *cond, *paired_cond;
} eval_pairs;

/* Room for `wanted` pairs at least.  Free it in any case. */
rill_status eval_pairs_make(const eval_run *run, int64_t wanted, eval_pairs *pairs,
                            rill_message *message);
void eval_pairs_free(eval_pairs *pairs);
/* Fills it: x0 and x1 by a seed of the run's, then paired by the model's coupling. */
rill_status eval_pairs_draw(eval_run *run, eval_pairs *pairs, rill_message *message);

#endif
