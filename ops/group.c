#include "effect.h"

static int group_infer(rill_infer *infer)
{
    if (infer->count < 1)
        return rill_infer_fail(infer, "takes one tensor or more");
    infer->out_shape = (rill_shape){ .rank = 1 };
    infer->out_dtype = RILL_I32;
    return 1;
}

static int64_t group_units(const rill_call *call)
{
    (void)call;
    return 0;
}

/* There is nothing to compute: needing the inputs is the effect. */
static void group_eval(const rill_call *call, int64_t begin, int64_t end)
{
    (void)call, (void)begin, (void)end;
}

static const rill_sample samples[] = {
    { .count = 1, .shape = { { 1, { 3 } } } },
    { .count = 3,
      .shape = { { 0, { 0 } }, { 2, { 3, 2 } }, { 1, { 0 } } },
      .dtype = { RILL_F32, RILL_I32, RILL_F32 } },
};

const rill_op rill_group_op = {
    .name = "group",
    .doc = "all of the inputs, as one; y is empty",
    .arity = RILL_ANY_ARITY,
    .traits = RILL_ORDERED | RILL_NOT_DIFFERENTIABLE,
    .infer = group_infer,
    .kernel = { .eval = group_eval, .units = group_units },
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_group(rill_tensor *const *x, int count)
{
    return rill_apply(&rill_group_op, x, count, NULL);
}
