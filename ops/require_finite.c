#include "effect.h"

#include "strided.h"

#include <string.h>

static int require_finite_infer(rill_infer *infer)
{
    if (!rill_dtype_is_float(infer->dtype[0]))
        return rill_infer_fail(infer, "takes f32 or f64, not %s", rill_dtype_name(infer->dtype[0]));
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    return 1;
}

/* A copy: the executor looks at the values of every op with RILL_GUARD. */
static void require_finite_eval(const rill_call *call, int64_t begin, int64_t end)
{
    size_t size = rill_dtype_size(call->out.dtype), first = (size_t)begin * size;
    if (begin < end)
        memcpy((char *)call->out.data + first, (const char *)call->in[0].data + first,
               (size_t)(end - begin) * size);
}

static rill_tensor *require_finite_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    (void)y, (void)i;
    return gy;
}

static rill_tensor *require_finite_jvp(rill_tensor *y, rill_tensor *const *dx)
{
    (void)y;
    return dx[0];
}

static const rill_sample samples[] = {
    { .count = 1, .shape = { { 0, { 0 } } } },
    { .count = 1, .shape = { { 2, { 3, 7 } } } },
    { .count = 1, .shape = { { 1, { 0 } } } },
};

const rill_op rill_require_finite_op = {
    .name = "require_finite",
    .doc = "y = a; the run fails unless it is finite",
    .arity = 1,
    .traits = RILL_ORDERED | RILL_GUARD,
    .infer = require_finite_infer,
    .kernel = { .eval = require_finite_eval, .units = rill_strided_units },
    .vjp = require_finite_vjp,
    .jvp = require_finite_jvp,
    .samples = samples,
    .sample_count = sizeof samples / sizeof *samples,
};

rill_tensor *rill_require_finite(rill_tensor *x)
{
    return rill_apply(&rill_require_finite_op, &x, 1, NULL);
}
