/* average.h - exponential moving averages of the weights (EMA), and running a network with them.
 *
 * After step n (counted from 0):  average += w (weight - average),  w = max(1 - decay, 9/(9 + n)).
 * At n = 0 that is the weight itself, so the initial weights never enter; early on old weights are
 * forgotten as n^9, so that a short run is averaged over its end; from step 9 decay/(1 - decay) on,
 * the decay holds. Polyak, Juditsky: "Acceleration of stochastic approximation by averaging", 1992.
 */
#ifndef RILL_MODELS_TRAIN_AVERAGE_H
#define RILL_MODELS_TRAIN_AVERAGE_H

#include "../../core/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* w after step n, [] of the given dtype.  rill_average makes the same one; made before, it stands
 * in the scope of whoever shares it among parameters. */
rill_tensor *rill_average_weight(rill_tensor *n, double decay, rill_dtype dtype);

/* Updates the entry "ema.NAME" of the parameter NAME.  `weight` is its value after the step, `n`
 * the i32 scalar number of steps done before it.  0 < decay < 1.  Returns the new average. */
rill_tensor *rill_average(rill_tensor *param, rill_tensor *weight, rill_tensor *n, double decay);

/* A new store with the parameters of `store`, each with its average for a value, or its own where
 * it has none: what sampling uses.  The caller's to free.  NULL on failure, with the reason in
 * *message. */
rill_store *rill_averaged_store(const rill_store *store, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
