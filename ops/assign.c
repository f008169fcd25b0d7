#include "effect.h"

/* state and value of one shape and dtype -> value */
static int assign_infer(rill_infer *infer)
{
    char to[RILL_SHAPE_TEXT], from[RILL_SHAPE_TEXT];
    if (!rill_shape_equal(&infer->shape[0], &infer->shape[1]) || infer->dtype[0] != infer->dtype[1])
        return rill_infer_fail(
            infer, "%s %s does not fit the entry, which is %s %s", rill_dtype_name(infer->dtype[1]),
            rill_shape_print(&infer->shape[1], from, sizeof from), rill_dtype_name(infer->dtype[0]),
            rill_shape_print(&infer->shape[0], to, sizeof to));
    infer->out_shape = infer->shape[1];
    infer->out_dtype = infer->dtype[1];
    return 1;
}

static const rill_sample samples[] = {
    { .count = 2, .shape = { { 0, { 0 } }, { 0, { 0 } } } },
    { .count = 2, .shape = { { 2, { 3, 7 } }, { 2, { 3, 7 } } } },
};

const rill_op rill_assign_op = {
    .name = "assign",
    .doc = "y = b, and the entry a holds it after the run",
    .arity = 2,
    .traits = RILL_ORDERED | RILL_COMMIT | RILL_NOT_DIFFERENTIABLE,
    .infer = assign_infer,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_assign(rill_tensor *state, rill_tensor *value)
{
    if (!rill_is_inert(state) && rill_op_of(state) != &rill_state_op)
        return rill_graph_fail(rill_graph_of(state),
                               "assign: the first tensor is a %s, not a parameter or state",
                               rill_op_of(state)->name);
    return rill_apply(&rill_assign_op, (rill_tensor *[]){ state, value }, 2, NULL);
}
