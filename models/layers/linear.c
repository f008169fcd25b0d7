#include "linear.h"

#include "ops/elementwise.h"
#include "ops/matmul.h"
#include "ops/shape.h"

#include <math.h>

/* x [..., in] as [rows, in]: one matrix product instead of a batch of small ones. */
static rill_tensor *as_matrix(rill_tensor *x)
{
    int64_t rows = 1;
    for (int i = 0; i < rill_rank(x) - 1; i++)
        rows *= rill_dim(x, i);
    return rill_rank(x) == 2 ? x : rill_reshape(x, RILL_SHAPE(rows, rill_dim(x, -1)));
}

static rill_tensor *affine(rill_tensor *x, int64_t out)
{
    rill_graph *g = rill_graph_of(x);
    int64_t in = rill_dim(x, -1);
    rill_init keeps_scale = { RILL_INIT_NORMAL, in > 0 ? 1.0 / sqrt((double)in) : 0.0 };
    rill_init zero = { RILL_INIT_CONSTANT, 0.0 };
    rill_tensor *weight = rill_param(g, rill_dtype_of(x), RILL_SHAPE(in, out), keeps_scale, "weight");
    rill_tensor *bias = rill_param(g, rill_dtype_of(x), RILL_SHAPE(out), zero, "bias");
    rill_tensor *y = rill_add(rill_matmul(as_matrix(x), weight), bias);
    rill_shape shape = rill_shape_of(x);
    if (shape.rank <= 2)
        return y;
    shape.dim[shape.rank - 1] = out;
    return rill_reshape(y, shape);
}

rill_tensor *rill_linear(rill_tensor *x, int64_t out, const char *name, ...)
{
    rill_graph *g = rill_graph_of(x);
    if (!rill_is_inert(x) && rill_rank(x) < 2)
        return rill_graph_fail(g, "linear: x has rank %d, expected [..., features]", rill_rank(x));
    va_list arguments;
    va_start(arguments, name);
    rill_scope_begin_args(g, name, arguments);
    va_end(arguments);
    rill_tensor *y = affine(x, out);
    rill_scope_end(g);
    return y;
}
