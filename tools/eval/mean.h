/* mean.h - a number of a report from several. */
#ifndef RILL_TOOLS_EVAL_MEAN_H
#define RILL_TOOLS_EVAL_MEAN_H

#include "run.h"

/* The mean of n numbers and its standard error, NaN for one alone; the floor is NaN. */
eval_value eval_mean(const double *x, int64_t n);

#endif
