#include "models/layers/linear.h"
#include "ops/shape.h"
#include "size.h"

rill_tensor *rill_mlp(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    rill_tensor *rows = rill_net_rows(x);
    rill_net_size size = rill_net_size_for(self, rill_dim(rows, -1));
    rill_tensor *h = rill_concat(rows, rill_net_context(t, cond, &size), -1);
    for (int64_t i = 0; i < size.layers && !rill_is_inert(h); i++)
        h = size.activation->apply(rill_linear(h, size.hidden, "hidden%d", (int)i));
    return rill_reshape(rill_linear(h, rill_dim(rows, -1), "out"), rill_shape_of(x));
}
