/* tokens.h (private) - drawing tokens, how likely the source makes them, and when they jump. */
#ifndef RILL_MODELS_DISCRETE_TOKENS_H
#define RILL_MODELS_DISCRETE_TOKENS_H

#include "discrete.h"

/* The source's probability of each token of x, of x's shape and the flow's dtype. */
rill_tensor *rill_source_chance(const rill_discrete *discrete, rill_tensor *x);
/* i32 tokens of the source, drawn anew each step. */
rill_tensor *rill_source_draw(const rill_discrete *discrete, rill_graph *g, rill_shape shape);
/* NULL, or why tokens cannot jump at these times: they ascend within [0,1], equal ones allowed. */
const char *rill_jump_times_complaint(const double *times, int64_t count);

#endif
