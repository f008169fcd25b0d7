/* time_features.h - what a network is told of the time. */
#ifndef RILL_MODELS_LAYERS_TIME_FEATURES_H
#define RILL_MODELS_LAYERS_TIME_FEATURES_H

#include "../../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* t [B,C] -> [B, C + 2 C n]: each of C times itself, then sin(2 pi k t) of each for k = 1..n, then
 * the cosines.  n = 0 is
 * plain t. The waves alone could not tell t = 0 from t = 1; with t among them they can.  The
 * frequencies are fixed and are the first n harmonics of [0,1]: a velocity is smooth in t, and
 * needs the low ones. */
rill_tensor *rill_time_features(rill_tensor *t, int64_t n);

#ifdef __cplusplus
}
#endif
#endif
