/* Forward mode: tangents carried from xs to y.  An op without a jvp of its own gets one from its
 * vjp: the vjp is linear in the cotangent, and the vjp of that linear map, taken at any cotangent,
 * is the jvp (Townsend, "A new trick for calculating Jacobian vector products", 2017). */
#include "grad.h"

#include "../base/alloc.h"
#include "derive.h"
#include "walk.h"

/* Each output element depends on its own input elements: the Jacobian is diagonal, its own
 * transpose. */
static rill_tensor *jvp_diagonal(rill_tensor *y, rill_tensor *const *dx)
{
    rill_tensor *dy = NULL;
    for (int i = 0; i < y->count; i++)
        if (dx[i])
            dy = rill_accumulate(dy,
                                 rill_fit(y->op->vjp(y, rill_fit(dx[i], y->shape), i), y->shape));
    return dy;
}

static rill_tensor *jvp_linear(rill_tensor *y, rill_tensor **dx)
{
    for (int i = 0; i < y->count; i++)
        if (!dx[i])
            dx[i] = rill_full(y->graph, y->in[i]->dtype, y->in[i]->shape, 0.0);
    return rill_apply_in(y->graph, y->op, dx, y->count, y->attrs);
}

static rill_tensor *jvp_transposed_twice(rill_tensor *y, rill_tensor *const *dx)
{
    rill_tensor *dy = NULL, *any = rill_opaque_like(y);
    for (int i = 0; i < y->count; i++) {
        rill_tensor *gx = dx[i] ? rill_rule_vjp(y, any, i) : NULL;
        if (gx)
            dy = rill_accumulate(dy, rill_vjp_within(y, gx, dx[i], any));
    }
    return dy;
}

static rill_tensor *jvp_within(const rill_tensor *node, rill_tensor *z, rill_tensor *x,
                               rill_tensor *dx);

/* Only the inputs that move are passed on: the others may be of a type that cannot. */
static rill_tensor *jvp_expanded(rill_tensor *y, rill_tensor *const *dx)
{
    rill_tensor *dy = NULL, *expanded = y->op->expand(y);
    for (int i = 0; i < y->count; i++)
        if (dx[i])
            dy = rill_accumulate(dy, jvp_within(y, expanded, y->in[i], dx[i]));
    return dy;
}

/* The tangent of y given those of its inputs (NULL: zero), fitted to y's shape; NULL when zero. */
static rill_tensor *rule_jvp(rill_tensor *y, rill_tensor **dx)
{
    const rill_op *op = y->op;
    if (op->traits & RILL_NOT_DIFFERENTIABLE)
        return rill_graph_fail(y->graph, "%s: is not differentiable", op->name);
    if (op->jvp)
        return rill_fit(op->jvp(y, dx), y->shape);
    if (op->traits & RILL_LINEAR)
        return jvp_linear(y, dx);
    if (op->traits & RILL_ELEMENTWISE && op->vjp)
        return jvp_diagonal(y, dx);
    if (op->vjp)
        return jvp_transposed_twice(y, dx);
    if (op->expand)
        return jvp_expanded(y, dx);
    return rill_graph_fail(y->graph, "%s: has no derivative (neither jvp, vjp nor expand)",
                           op->name);
}

/* One forward sweep. */
typedef struct sweep {
    rill_graph *g;
    rill_walk walk;
    rill_tensor **tangent; /* [walk.count], NULL: zero */
    rill_tensor **dx;      /* tangents of the inputs of the node under way */
} sweep;

static void carry(sweep *s, int64_t at)
{
    rill_tensor *y = s->walk.nodes[at];
    int moves = 0;
    for (int i = 0; i < y->count; i++) {
        int64_t from = rill_walk_index(&s->walk, y->in[i]);
        s->dx[i] = from >= 0 && rill_passes(y, i) ? s->tangent[from] : NULL;
        moves |= s->dx[i] != NULL;
    }
    if (!moves)
        return;
    rill_place before = rill_graph_go(s->g, (rill_place){ y->scope, 1 });
    s->tangent[at] = rill_accumulate(s->tangent[at], rule_jvp(y, s->dx));
    rill_graph_go(s->g, before);
}

static int run_sweep(sweep *s, rill_tensor *y, rill_tensor *const *xs, rill_tensor *const *dxs,
                     int64_t n, const rill_table *cut)
{
    if (!rill_walk_from(&s->walk, &y, 1, cut))
        return 0;
    s->tangent = rill_alloc_zeroed((size_t)s->walk.count, sizeof(rill_tensor *));
    s->dx = rill_alloc((size_t)rill_walk_widest(&s->walk), sizeof(rill_tensor *));
    if (!s->tangent || !s->dx)
        return 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t at = rill_walk_index(&s->walk, xs[i]);
        if (at >= 0)
            s->tangent[at] = rill_accumulate(s->tangent[at], dxs[i]);
    }
    for (int64_t at = 0; at < s->walk.count && !s->g->failed; at++)
        if (!cut || !rill_table_get(cut, rill_key_of(s->walk.nodes[at])))
            carry(s, at);
    return 1;
}

static rill_tensor *forward(rill_tensor *y, rill_tensor *const *xs, rill_tensor *const *dxs,
                            int64_t n, const rill_table *cut)
{
    sweep s = { .g = y->graph };
    rill_tensor *dy = NULL;
    if (!run_sweep(&s, y, xs, dxs, n, cut))
        rill_graph_no_memory(s.g);
    else if (s.walk.count > 0)
        dy = s.tangent[s.walk.count - 1];
    rill_free(s.tangent);
    rill_free(s.dx);
    rill_walk_free(&s.walk);
    if (s.g->failed)
        return rill_inert(s.g);
    return dy ? dy : rill_full(s.g, y->dtype, y->shape, 0.0);
}

/* The tangent of z within the rule of one node: see rill_vjp_within. */
static rill_tensor *jvp_within(const rill_tensor *node, rill_tensor *z, rill_tensor *x,
                               rill_tensor *dx)
{
    rill_graph *g = node->graph;
    rill_table cut = { 0 };
    rill_tensor *dz = &g->inert;
    if (g->failed || rill_is_inert(z) || rill_is_inert(dx))
        return dz;
    if (rill_rule_boundary(&cut, node, x))
        dz = forward(z, &x, &dx, 1, &cut);
    else
        rill_graph_no_memory(g);
    rill_table_free(&cut);
    return dz;
}

static int tangent_good(rill_graph *g, const rill_tensor *x, const rill_tensor *dx, int64_t i)
{
    char is[RILL_SHAPE_TEXT], wants[RILL_SHAPE_TEXT];
    if (!x || !dx || x->graph != g || dx->graph != g)
        return RILL_REFUSE(g, "jvp: tensor %lld or its tangent is NULL or of another graph",
                           (long long)i);
    if (!rill_dtype_is_float(x->dtype) || x->dtype != dx->dtype ||
        !rill_shape_equal(&x->shape, &dx->shape))
        return RILL_REFUSE(g, "jvp: the tangent is %s%s, the tensor %s%s",
                           rill_dtype_name(dx->dtype), rill_shape_print(&dx->shape, is, sizeof is),
                           rill_dtype_name(x->dtype),
                           rill_shape_print(&x->shape, wants, sizeof wants));
    return 1;
}

rill_tensor *rill_jvps(rill_tensor *y, rill_tensor *const *xs, rill_tensor *const *dxs, int64_t n)
{
    rill_graph *g = rill_graph_of(y);
    if (!y || rill_error(g))
        return rill_inert(g);
    if (n < 0 || (n > 0 && (!xs || !dxs)))
        return rill_graph_fail(g, "jvp: needs the tensors that move and their tangents");
    for (int64_t i = 0; i < n; i++)
        if (!tangent_good(g, xs[i], dxs[i], i))
            return rill_inert(g);
    return forward(y, xs, dxs, n, NULL);
}

rill_tensor *rill_jvp(rill_tensor *y, rill_tensor *x, rill_tensor *dx)
{
    return rill_jvps(y, &x, &dx, 1);
}
