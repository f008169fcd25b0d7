#include "embedding.h"

#include "ops/index.h"

rill_tensor *rill_embedding(rill_tensor *index, rill_dtype dtype, int64_t rows, int64_t dim,
                            const char *name, ...)
{
    rill_graph *g = rill_graph_of(index);
    va_list arguments;
    va_start(arguments, name);
    rill_scope_begin_args(g, name, arguments);
    va_end(arguments);
    rill_tensor *table =
        rill_param(g, dtype, RILL_SHAPE(rows, dim), (rill_init){ RILL_INIT_NORMAL, 1.0 }, "table");
    rill_tensor *y = rill_gather(table, index);
    rill_scope_end(g);
    return y;
}
