/* normal_quantile.h (private) - the inverse of the normal distribution function, as nodes. */
#ifndef RILL_MODELS_FLOW_NORMAL_QUANTILE_H
#define RILL_MODELS_FLOW_NORMAL_QUANTILE_H

#include "../../core/graph.h"

/* x with Phi(x) = u, elementwise, to some units of the last place, for u in [1e-11, 1 - 1e-11], as
 * rill_uniform() draws them.  Wichura: "Algorithm AS 241: the percentage points of the normal
 * distribution", Applied Statistics 37, 1988, PPND16. */
rill_tensor *rill_normal_quantile(rill_tensor *u);

#endif
