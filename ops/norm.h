/* norm.h - normalisation over the last axis of x [..., D], D >= 1, f32 or f64.
 *
 * No learned scale and offset here: those are a layer's.  `epsilon` >= 0 is added to the mean
 * square, so that a row of equal (or all-zero) elements gives zeros. */
#ifndef RILL_OPS_NORM_H
#define RILL_OPS_NORM_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* y = (x - mean x) / sqrt(var x + epsilon), var the mean square about the mean.
 * Ba, Kiros, Hinton: "Layer normalization", 2016. */
rill_tensor *rill_layer_norm(rill_tensor *x, double epsilon);
/* y = x / sqrt(mean x^2 + epsilon).  Zhang, Sennrich: "Root mean square layer normalization", 2019.
 */
rill_tensor *rill_rms_norm(rill_tensor *x, double epsilon);

extern const rill_op rill_layer_norm_op, rill_rms_norm_op;

#ifdef __cplusplus
}
#endif
#endif
