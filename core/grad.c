/* Reverse mode: cotangents pushed from y to xs in reverse order, one rule an op. */
#include "grad.h"

#include "../base/alloc.h"
#include "builtin.h"
#include "derive.h"
#include "walk.h"

rill_tensor *rill_fit(rill_tensor *x, rill_shape shape)
{
    if (!x || rill_is_inert(x) || rill_shape_equal(&x->shape, &shape))
        return x;
    return rill_builtin_algebra.fit(x, shape);
}

rill_tensor *rill_accumulate(rill_tensor *a, rill_tensor *b)
{
    if (!a || !b)
        return a ? a : b;
    return rill_builtin_algebra.add(a, b);
}

int rill_passes(const rill_tensor *y, int i)
{
    return !rill_has(y, RILL_CONSTANT_LOCALLY) && rill_dtype_is_float(y->dtype) &&
           rill_dtype_is_float(y->in[i]->dtype);
}

rill_tensor *rill_rule_vjp(rill_tensor *y, rill_tensor *gy, int i)
{
    const rill_op *op = y->op;
    rill_tensor *gx;
    if (op->traits & RILL_NOT_DIFFERENTIABLE)
        return rill_graph_fail(y->graph, "%s: is not differentiable", op->name);
    if (op->vjp)
        gx = op->vjp(y, gy, i);
    else if (op->expand)
        gx = rill_vjp_within(y, op->expand(y), gy, y->in[i]);
    else
        return rill_graph_fail(y->graph, "%s: has no derivative (neither vjp nor expand)",
                               op->name);
    return rill_fit(gx, y->in[i]->shape);
}

/* One reverse sweep. */
typedef struct sweep {
    rill_graph *g;
    rill_walk walk;
    rill_tensor **cotangent; /* [walk.count], NULL: zero so far */
    char *active;            /* [walk.count], depends on some x */
} sweep;

static void mark_active(sweep *s, rill_tensor *const *xs, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t at = rill_walk_index(&s->walk, xs[i]);
        if (at >= 0)
            s->active[at] = 1;
    }
    for (int64_t at = 0; at < s->walk.count; at++) {
        const rill_tensor *y = s->walk.nodes[at];
        for (int i = 0; i < y->count && !s->active[at]; i++) {
            int64_t from = rill_walk_index(&s->walk, y->in[i]);
            s->active[at] = (char)(from >= 0 && s->active[from] && rill_passes(y, i));
        }
    }
}

static void push_back(sweep *s, int64_t at)
{
    rill_tensor *y = s->walk.nodes[at], *gy = s->cotangent[at];
    rill_place before = rill_graph_go(s->g, (rill_place){ y->scope, 1 });
    for (int i = 0; i < y->count && !s->g->failed; i++) {
        int64_t to = rill_walk_index(&s->walk, y->in[i]);
        if (to >= 0 && s->active[to] && rill_passes(y, i))
            s->cotangent[to] = rill_accumulate(s->cotangent[to], rill_rule_vjp(y, gy, i));
    }
    rill_graph_go(s->g, before);
}

static void give_results(const sweep *s, rill_tensor *const *xs, int64_t n, rill_tensor **gxs)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t at = rill_walk_index(&s->walk, xs[i]);
        rill_tensor *gx = at >= 0 ? s->cotangent[at] : NULL;
        gxs[i] = gx ? gx : rill_full(s->g, xs[i]->dtype, xs[i]->shape, 0.0);
    }
}

static int run_sweep(sweep *s, rill_tensor *y, rill_tensor *gy, rill_tensor *const *xs, int64_t n,
                     const rill_table *cut)
{
    if (!rill_walk_from(&s->walk, &y, 1, cut))
        return 0;
    size_t count = (size_t)s->walk.count;
    s->cotangent = rill_alloc_zeroed(count, sizeof(rill_tensor *));
    s->active = rill_alloc_zeroed(count, 1);
    if (!s->cotangent || !s->active)
        return 0;
    mark_active(s, xs, n);
    s->cotangent[s->walk.count - 1] = gy;
    for (int64_t at = s->walk.count - 1; at >= 0 && !s->g->failed; at--) {
        int below = !cut || !rill_table_get(cut, rill_key_of(s->walk.nodes[at]));
        if (s->cotangent[at] && s->active[at] && below)
            push_back(s, at);
    }
    return 1;
}

static void give_inert(rill_graph *g, int64_t n, rill_tensor **gxs)
{
    for (int64_t i = 0; gxs && i < n; i++)
        gxs[i] = rill_inert(g);
}

static void reverse(rill_tensor *y, rill_tensor *gy, rill_tensor *const *xs, int64_t n,
                    rill_tensor **gxs, const rill_table *cut)
{
    sweep s = { .g = y->graph };
    if (!run_sweep(&s, y, gy, xs, n, cut))
        rill_graph_no_memory(s.g);
    if (!s.g->failed)
        give_results(&s, xs, n, gxs);
    if (s.g->failed)
        give_inert(s.g, n, gxs);
    rill_free(s.cotangent);
    rill_free(s.active);
    rill_walk_free(&s.walk);
}

/* 1 when y, the xs and what goes with them are of one graph that has not failed. */
static int arguments_good(const char *what, rill_tensor *y, rill_tensor *with,
                          rill_tensor *const *xs, int64_t n)
{
    rill_graph *g = rill_graph_of(y);
    if (!y || !with || rill_error(g))
        return 0;
    if (n < 0 || (n > 0 && !xs))
        return RILL_REFUSE(g, "%s: needs the tensors to differentiate by", what);
    if (with->graph != g || !rill_shape_equal(&with->shape, &y->shape) || with->dtype != y->dtype) {
        char is[RILL_SHAPE_TEXT], wants[RILL_SHAPE_TEXT];
        return RILL_REFUSE(g, "%s: the cotangent is %s%s, expected %s%s of the same graph", what,
                           rill_dtype_name(with->dtype),
                           rill_shape_print(&with->shape, is, sizeof is), rill_dtype_name(y->dtype),
                           rill_shape_print(&y->shape, wants, sizeof wants));
    }
    for (int64_t i = 0; i < n; i++)
        if (!xs[i] || xs[i]->graph != g || !rill_dtype_is_float(xs[i]->dtype))
            return RILL_REFUSE(g, "%s: tensor %lld is %s", what, (long long)i,
                               !xs[i]              ? "NULL"
                               : xs[i]->graph != g ? "of another graph"
                                                   : "not of a float type");
    return 1;
}

void rill_vjp(rill_tensor *y, rill_tensor *gy, rill_tensor *const *xs, int64_t n, rill_tensor **gxs)
{
    if (!gxs)
        return;
    if (arguments_good("vjp", y, gy, xs, n))
        reverse(y, gy, xs, n, gxs, NULL);
    else
        give_inert(rill_graph_of(y), n, gxs);
}

void rill_grad(rill_tensor *y, rill_tensor *const *xs, int64_t n, rill_tensor **gxs)
{
    rill_graph *g = rill_graph_of(y);
    if (y && !rill_error(g) && rill_count(y) != 1) {
        char text[RILL_SHAPE_TEXT];
        rill_graph_fail(g, "grad: needs a scalar, got %s (rill_vjp takes a cotangent)",
                        rill_shape_print(&y->shape, text, sizeof text));
    }
    rill_tensor *one = y ? rill_full(g, y->dtype, y->shape, 1.0) : NULL;
    rill_vjp(y, one, xs, n, gxs);
}

int rill_rule_boundary(rill_table *cut, const rill_tensor *node, const rill_tensor *x)
{
    char *mark = "";
    int kept =
        rill_table_set(cut, rill_key_of(x), mark) && rill_table_set(cut, rill_key_of(node), mark);
    for (int i = 0; i < node->count && kept; i++)
        kept = rill_table_set(cut, rill_key_of(node->in[i]), mark);
    return kept;
}

rill_tensor *rill_vjp_within(const rill_tensor *node, rill_tensor *z, rill_tensor *gz,
                             rill_tensor *x)
{
    rill_graph *g = node->graph;
    rill_table cut = { 0 };
    rill_tensor *gx = &g->inert;
    if (g->failed || rill_is_inert(z) || rill_is_inert(gz))
        return gx;
    if (rill_rule_boundary(&cut, node, x))
        reverse(z, gz, &x, 1, &gx, &cut);
    else
        rill_graph_no_memory(g);
    rill_table_free(&cut);
    return gx;
}
