/* reference.h (private) - the readable kernels of the elementwise ops: rill_reference_sin_f32, ...
 */
#ifndef RILL_OPS_REFERENCE_H
#define RILL_OPS_REFERENCE_H

#include "../core/op.h"

#define DECLARE(name)                                                                              \
    rill_map rill_reference_##name##_f32, rill_reference_##name##_f64, rill_reference_##name##_i32;
#define MAP1(name, ...) DECLARE(name)
#define MAP2(name, ...) DECLARE(name)
#define MAP3(name, ...) DECLARE(name)
#include "elementwise.def"
#undef DECLARE

#endif
