/* norm.h - normalisation over the last axis, with a learned scale (and offset). */
#ifndef RILL_MODELS_LAYERS_NORM_H
#define RILL_MODELS_LAYERS_NORM_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both map x [..., features] to the same shape; the name is a format and its arguments, the scale
 * starts at 1 and the offset at 0, and 1e-5 is added under the root.
 *
 * y = scale (x - mean) / sd + offset, parameters name.scale and name.offset [features].
 * Ba, Kiros, Hinton: "Layer normalization", 2016. */
rill_tensor *rill_layer_norm_layer(rill_tensor *x, const char *name, ...) RILL_PRINTF(2, 3);

/* y = scale x / rms(x), parameter name.scale [features].
 * Zhang, Sennrich: "Root mean square layer normalization", 2019. */
rill_tensor *rill_rms_norm_layer(rill_tensor *x, const char *name, ...) RILL_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif
#endif
