#include "net.h"

#include "ops/shape.h"

rill_tensor *rill_net_rows(rill_tensor *x)
{
    rill_shape shape = rill_shape_of(x);
    if (shape.rank == 2)
        return x;
    if (shape.rank < 2)
        return rill_graph_fail(rill_graph_of(x), "net: x has rank %d, expected [batch, ...]",
                               (int)shape.rank);
    int64_t width = 1;
    for (int i = 1; i < shape.rank; i++)
        width *= shape.dim[i];
    return rill_reshape(x, RILL_SHAPE(shape.dim[0], width));
}

static int is_one_time(rill_tensor *x, rill_tensor *t)
{
    return rill_count(t) == rill_dim(x, 0);
}

/* Why (x, t, cond) cannot be given to a network; NULL when they can. */
static const char *complaint(rill_tensor *x, rill_tensor *t, rill_tensor *cond)
{
    int64_t batch = rill_dim(x, 0);
    if (rill_rank(x) < 2 || !rill_dtype_is_float(rill_dtype_of(x)))
        return "expected x [batch, ...], f32 or f64";
    if (!is_one_time(x, t) && (rill_rank(t) != 2 || rill_dim(t, 0) != batch))
        return "expected one t for each row of x, or t [batch, times]";
    if (rill_dtype_of(t) != rill_dtype_of(x))
        return "expected t of x's dtype";
    if (!cond)
        return NULL;
    if (rill_rank(cond) < 1 || rill_dim(cond, 0) != batch)
        return "expected one condition for each row of x";
    if (rill_dtype_of(cond) == RILL_I32)
        return rill_rank(cond) == 1 ? NULL : "expected labels [batch]";
    return rill_dtype_of(cond) == rill_dtype_of(x) ? NULL : "expected a condition of x's dtype";
}

static rill_tensor *checked_velocity(const rill_net *net, rill_tensor *x, rill_tensor *t,
                                     rill_tensor *cond)
{
    rill_graph *g = rill_graph_of(x);
    const char *name = net && net->name ? net->name : "net";
    if (!net || !net->velocity)
        return rill_graph_fail(g, "%s: there is no velocity function", name);
    if (rill_is_inert(x) || rill_is_inert(t) || (cond && rill_is_inert(cond)))
        return rill_graph_fail(g, "%s: x, t or the condition is missing", name);
    const char *why = complaint(x, t, cond);
    if (why)
        return rill_graph_fail(g, "%s: %s", name, why);
    if (is_one_time(x, t))
        t = rill_reshape(t, RILL_SHAPE(rill_dim(x, 0), 1));
    rill_tensor *v = net->velocity(x, t, cond, net->self);
    if (!v)
        return rill_graph_fail(g, "%s: the velocity is NULL", name);
    rill_shape wanted = rill_shape_of(x), got = rill_shape_of(v);
    rill_dtype dtype = rill_dtype_of(x), other = rill_dtype_of(v);
    if (rill_is_inert(v) || (rill_shape_equal(&wanted, &got) && dtype == other))
        return v;
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    return rill_graph_fail(g, "%s: the velocity is %s%s, x is %s%s", name, rill_dtype_name(other),
                           rill_shape_print(&got, a, sizeof a), rill_dtype_name(dtype),
                           rill_shape_print(&wanted, b, sizeof b));
}

rill_tensor *rill_net_velocity(const rill_net *net, rill_tensor *x, rill_tensor *t,
                               rill_tensor *cond)
{
    rill_graph *g = rill_graph_of(x);
    rill_scope_begin(g, "net");
    rill_tensor *v = checked_velocity(net, x, t, cond);
    rill_scope_end(g);
    return v;
}

static rill_tensor *field_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *net)
{
    return rill_net_velocity(net, x, t, cond);
}

rill_field rill_net_field(const rill_net *net)
{
    return (rill_field){ field_at, net };
}
