/* builtin.c - the ops that core finds in place: one for each line of elementwise.def and ops.def.
 */
#include "core/builtin.h"

#include "elementwise.h"
#include "shape.h"

#define RILL_OP(name) extern const rill_op rill_##name##_op;
#include "ops.def"
#undef RILL_OP

const rill_op *const rill_builtin_ops[] = {
#define MAP1(name, ...) &rill_##name##_op,
#define MAP2(name, ...) &rill_##name##_op,
#define MAP3(name, ...) &rill_##name##_op,
#include "elementwise.def"
#define RILL_OP(name) &rill_##name##_op,
#include "ops.def"
#undef RILL_OP
};
const int rill_builtin_op_count = sizeof rill_builtin_ops / sizeof *rill_builtin_ops;

/* Stretched first and summed then, each only where it is needed. */
static rill_tensor *fit(rill_tensor *x, rill_shape shape)
{
    rill_shape own = rill_shape_of(x), common;
    if (rill_shape_broadcast(&own, &shape, &common) && !rill_shape_equal(&own, &common))
        x = rill_broadcast(x, common);
    own = rill_shape_of(x);
    return rill_shape_equal(&own, &shape) ? x : rill_sum_to(x, shape);
}

const rill_algebra rill_builtin_algebra = { rill_add, fit };
