/* coupling.h - which x0 goes with which x1. */
#ifndef RILL_MODELS_FLOW_COUPLING_H
#define RILL_MODELS_FLOW_COUPLING_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `pair` may replace *x0 and *x1 [B, ...] by the same rows in another order.  Conditions stay with
 * x1, so a coupling that leaves the order of x1 alone needs to do nothing about them. */
typedef struct rill_coupling {
    const char *name, *doc;
    void (*pair)(rill_tensor **x0, rill_tensor **x1, const void *self); /* NULL: leaves both */
    const void *self;
} rill_coupling;

/* Row i of the noise with row i of the data. */
extern const rill_coupling rill_coupling_independent;

/* In the order that --help lists; NULL when i is out of range. */
const rill_coupling *rill_coupling_at(int i);
/* NULL when there is none of that name. */
const rill_coupling *rill_coupling_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif
