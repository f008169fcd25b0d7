/* effect.h - ops whose point is not their value.
 *
 * An effect happens when a program is compiled for it, or for something that needs it.  All reads
 * in a run see the state from before the run; what is assigned is stored after all of it has
 * succeeded. */
#ifndef RILL_OPS_EFFECT_H
#define RILL_OPS_EFFECT_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x, through which no gradient passes. */
rill_tensor *rill_stop(rill_tensor *x);

/* Stores `value` into the entry that `state` is (a tensor made by rill_param or rill_state, of
 * value's shape and dtype), and is the new value.  Two in one program for one entry are an error.
 */
rill_tensor *rill_assign(rill_tensor *state, rill_tensor *value);

/* x, float; a run in which it is not all finite fails with RILL_NOT_FINITE and assigns nothing.
 * Gradients pass. */
rill_tensor *rill_require_finite(rill_tensor *x);

/* One name for `count` >= 1 tensors of any shapes and dtypes: what computes it computes them all.
 * Its value is an empty i32 [0]. */
rill_tensor *rill_group(rill_tensor *const *x, int count);

extern const rill_op rill_stop_op, rill_assign_op, rill_require_finite_op, rill_group_op;

#ifdef __cplusplus
}
#endif
#endif
