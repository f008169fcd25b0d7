/* measures.h - what a model is judged by, as a table: names, what they are, how to read them. */
#ifndef RILL_TOOLS_EVAL_MEASURES_H
#define RILL_TOOLS_EVAL_MEASURES_H

#include "run.h"

typedef struct eval_measure {
    const char *name, *doc;
    /* One of the two: of the model as a whole, or how far samples are from data.  RILL_UNSUPPORTED:
     * it makes no sense here, and the message says why. */
    rill_status (*of_model)(eval_run *run, eval_value *value, rill_message *message);
    const rill_metric *of_samples;
} eval_measure;

/* nll.c: as nll.h has it; its floor is the mean of -log p of the data where that is known. */
rill_status eval_measure_nll(eval_run *run, eval_value *value, rill_message *message);

/* In the order of reports: those in measures.c, then the distances of tools/metrics/metrics.h.  0
 * when i is out of range. */
int eval_measure_at(int i, eval_measure *measure);

int eval_is_wanted(const eval_run *run, const char *name);

/* Every distance that is wanted between `x` [draws*samples,width] and the data, into values[] by
 * the number of the measure: means over the draws, without a floor. */
rill_status eval_distances(const eval_run *run, const double *x, eval_value *values,
                           rill_message *message);

#endif
