#include "norm.h"

#include "ops/elementwise.h"
#include "ops/norm.h"

#define EPSILON 1e-5

/* A vector [features] that starts at `value`. */
static rill_tensor *feature_param(rill_tensor *x, double value, const char *name)
{
    return rill_param(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, -1)),
                      (rill_init){ RILL_INIT_CONSTANT, value }, name);
}

rill_tensor *rill_layer_norm_layer(rill_tensor *x, const char *name, ...)
{
    va_list arguments;
    va_start(arguments, name);
    rill_scope_begin_args(rill_graph_of(x), name, arguments);
    va_end(arguments);
    rill_tensor *y = rill_mul(rill_layer_norm(x, EPSILON), feature_param(x, 1.0, "scale"));
    y = rill_add(y, feature_param(x, 0.0, "offset"));
    rill_scope_end(rill_graph_of(x));
    return y;
}

rill_tensor *rill_rms_norm_layer(rill_tensor *x, const char *name, ...)
{
    va_list arguments;
    va_start(arguments, name);
    rill_scope_begin_args(rill_graph_of(x), name, arguments);
    va_end(arguments);
    rill_tensor *y = rill_mul(rill_rms_norm(x, EPSILON), feature_param(x, 1.0, "scale"));
    rill_scope_end(rill_graph_of(x));
    return y;
}
