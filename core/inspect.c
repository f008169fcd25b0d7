/* Looking at tensors and graphs. */
#include "graph_impl.h"

#include "walk.h"

static const rill_tensor *or_inert(const rill_tensor *x)
{
    return x ? x : rill_inert(NULL);
}

rill_graph *rill_graph_of(const rill_tensor *x)
{
    return x ? x->graph : NULL;
}

const rill_op *rill_op_of(const rill_tensor *x)
{
    return or_inert(x)->op;
}

rill_dtype rill_dtype_of(const rill_tensor *x)
{
    return or_inert(x)->dtype;
}

rill_shape rill_shape_of(const rill_tensor *x)
{
    return or_inert(x)->shape;
}

int rill_rank(const rill_tensor *x)
{
    return or_inert(x)->shape.rank;
}

int64_t rill_dim(const rill_tensor *x, int axis)
{
    return rill_shape_dim(&or_inert(x)->shape, axis);
}

int64_t rill_count(const rill_tensor *x)
{
    return rill_shape_count(&or_inert(x)->shape);
}

int rill_input_count(const rill_tensor *x)
{
    return or_inert(x)->count;
}

rill_tensor *rill_input_at(const rill_tensor *x, int i)
{
    x = or_inert(x);
    return i >= 0 && i < x->count ? x->in[i] : rill_inert(x->graph);
}

const void *rill_attrs_of(const rill_tensor *x)
{
    return or_inert(x)->attrs;
}

const char *rill_name_of(const rill_tensor *x)
{
    x = or_inert(x);
    return x->leaf && x->leaf->name ? x->leaf->name : "";
}

rill_role rill_role_of(const rill_tensor *x)
{
    x = or_inert(x);
    return x->leaf ? x->leaf->role : RILL_PARAMETER;
}

const char *rill_scope_of(const rill_tensor *x)
{
    return or_inert(x)->scope->path;
}

int rill_is_inert(const rill_tensor *x)
{
    return or_inert(x)->op == &rill_inert_op;
}

int rill_is_backward(const rill_tensor *x)
{
    return or_inert(x)->backward;
}

int64_t rill_graph_size(const rill_graph *g)
{
    return g ? (int64_t)g->size : 0;
}

int64_t rill_id_of(const rill_tensor *x)
{
    return or_inert(x)->id;
}

/* 1 when y[0..n-1] are tensors of one graph that has not failed. */
static int of_one_graph(rill_tensor *const *y, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (!y || !y[i] || rill_error(y[i]->graph))
            return 0;
        if (y[i]->graph != y[0]->graph)
            return RILL_REFUSE(y[0]->graph, "tensor %lld is of another graph", (long long)i);
    }
    return n > 0;
}

int64_t rill_depends_on(rill_tensor *const *y, int64_t n, rill_role role, rill_tensor **out,
                        int64_t capacity)
{
    rill_walk walk;
    int64_t found = 0;
    if (!of_one_graph(y, n))
        return 0;
    if (!rill_walk_from(&walk, y, n, NULL))
        return -1;
    for (int64_t i = 0; i < walk.count; i++) {
        rill_tensor *x = walk.nodes[i];
        if (x->op != &rill_state_op || x->leaf->role != role)
            continue;
        if (found < capacity && out)
            out[found] = x;
        found++;
    }
    rill_walk_free(&walk);
    return found;
}
