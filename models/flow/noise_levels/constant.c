/* The score of data on a surface is infinite at t = 1: steps have to be short there. */
#include "models/flow/noise_level.h"
#include "ops/elementwise.h"

static rill_tensor *at(rill_tensor *t, const void *self)
{
    return rill_full(rill_graph_of(t), rill_dtype_of(t), rill_shape_of(t), *(const double *)self);
}

static const double standard = 1.0;
static const rill_parameter parameters[] = { { "c", "at any t", standard, 0.0, 100.0 } };

const rill_noise_level rill_noise_constant = {
    .name = "constant",
    .doc = "e = c, up to the end",
    .at = at,
    .self = &standard,
    .parameters = { parameters, 1 },
};
