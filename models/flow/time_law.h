/* time_law.h - the distribution that training draws t from. */
#ifndef RILL_MODELS_FLOW_TIME_LAW_H
#define RILL_MODELS_FLOW_TIME_LAW_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_time_law {
    const char *name, *doc;
    /* Independent times in [0,1], as nodes that draw anew each step. */
    rill_tensor *(*draw)(rill_graph *g, rill_dtype dtype, rill_shape shape, const void *self);
    const void *self;
} rill_time_law;

extern const rill_time_law rill_time_uniform;
/* t = 0.999 (1 - b), b ~ Beta(1.5, 1): noisy times more often, density 1.5 sqrt(1 - t/.999)/.999.
 * Black et al., "pi0: a vision-language-action flow model for general robot control", 2024. */
extern const rill_time_law rill_time_beta;

/* In the order that --help lists; NULL when i is out of range. */
const rill_time_law *rill_time_law_at(int i);
/* NULL when there is none of that name. */
const rill_time_law *rill_time_law_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
