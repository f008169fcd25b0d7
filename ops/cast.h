/* cast.h - changing the element type. */
#ifndef RILL_OPS_CAST_H
#define RILL_OPS_CAST_H

#include "../core/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* x in another dtype, of the same shape.  f64 to f32 rounds to nearest; floats to i32 drop the
 * fraction and stop at the ends of the range, and NaN gives 0; i32 to f32 rounds.  The gradient
 * between floats is cast back; to and from i32 there is none (it is zero). */
rill_tensor *rill_cast(rill_tensor *x, rill_dtype dtype);

extern const rill_op rill_cast_op;
typedef struct rill_cast_attrs {
    rill_dtype dtype;
} rill_cast_attrs;

#ifdef __cplusplus
}
#endif
#endif
