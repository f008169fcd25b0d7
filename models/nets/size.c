#include "size.h"

#include "models/layers/embedding.h"
#include "models/layers/time_features.h"
#include "ops/elementwise.h"
#include "ops/shape.h"

rill_net_size rill_net_size_for(const void *size, int64_t width)
{
    rill_net_size s = size ? *(const rill_net_size *)size : (rill_net_size){ 0 };
    if (s.hidden == 0)
        s.hidden = width <= 8 ? 64 : 256;
    if (!s.activation || !s.activation->apply)
        s.activation = rill_activation_at(0);
    if (s.layers == 0)
        s.layers = width <= 8 ? 3 : 4;
    return s;
}

/* More is a slip of the keyboard, and would take all memory. */
#define LAYERS_MAX 100000
#define HIDDEN_MAX INT32_MAX

/* Labels [B] as vectors [B,hidden/4].  Row 0 of the table stands for no label. */
static rill_tensor *embedded(rill_tensor *labels, rill_dtype dtype, const rill_net_size *size)
{
    if (size->classes <= 0 || size->classes > INT32_MAX - 1)
        return rill_graph_fail(rill_graph_of(labels),
                               "labels are given, but the size has %lld classes",
                               (long long)size->classes);
    rill_tensor *row = rill_add(labels, rill_full(rill_graph_of(labels), RILL_I32, RILL_SCALAR, 1));
    return rill_embedding(row, dtype, size->classes + 1, (size->hidden + 3) / 4, "label");
}

rill_tensor *rill_net_context(rill_tensor *t, rill_tensor *cond, const rill_net_size *size)
{
    if (size->hidden < 1 || size->hidden > HIDDEN_MAX || size->layers < 1 ||
        size->layers > LAYERS_MAX || size->features < 0)
        return rill_graph_fail(rill_graph_of(t), "size: hidden %lld, layers %lld, features %lld",
                               (long long)size->hidden, (long long)size->layers,
                               (long long)size->features);
    rill_tensor *time = rill_time_features(t, size->features);
    if (!cond)
        return time;
    if (rill_dtype_of(cond) == RILL_I32)
        cond = embedded(cond, rill_dtype_of(t), size);
    return rill_concat(time, rill_net_rows(cond), -1);
}
