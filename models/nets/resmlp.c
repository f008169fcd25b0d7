#include "models/layers/linear.h"
#include "models/layers/norm.h"
#include "ops/elementwise.h"
#include "ops/shape.h"
#include "size.h"

/* h + W2 f(W1 norm(h) + e), e linear in the context: [B,hidden] -> [B,hidden]. */
static rill_tensor *block(rill_tensor *h, rill_tensor *context, const rill_activation *f, int64_t i)
{
    int64_t hidden = rill_dim(h, -1);
    rill_scope_begin(rill_graph_of(h), "block%d", (int)i);
    rill_tensor *inner = rill_linear(rill_layer_norm_layer(h, "norm"), hidden, "up");
    inner = rill_add(inner, rill_linear(context, hidden, "context"));
    h = rill_add(h, rill_linear(f->apply(inner), hidden, "down"));
    rill_scope_end(rill_graph_of(h));
    return h;
}

rill_tensor *rill_resmlp(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    rill_tensor *rows = rill_net_rows(x);
    rill_net_size size = rill_net_size_for(self, rill_dim(rows, -1));
    rill_tensor *context = rill_net_context(t, cond, &size);
    rill_tensor *h = rill_linear(rill_concat(rows, context, -1), size.hidden, "in");
    for (int64_t i = 0; i < size.layers && !rill_is_inert(h); i++)
        h = block(h, context, size.activation, i);
    h = size.activation->apply(rill_layer_norm_layer(h, "norm"));
    return rill_reshape(rill_linear(h, rill_dim(rows, -1), "out"), rill_shape_of(x));
}
