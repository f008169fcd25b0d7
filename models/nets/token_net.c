#include "token_net.h"

#include "models/layers/embedding.h"
#include "ops/shape.h"

/* Why (x, t, cond) cannot be given to a network; NULL when they can. */
static const char *complaint(rill_tensor *x, rill_tensor *t, rill_tensor *cond)
{
    int64_t batch = rill_dim(x, 0);
    if (rill_rank(x) != 2 || rill_dtype_of(x) != RILL_I32)
        return "expected tokens i32 [batch, tokens]";
    if (rill_count(t) != batch || !rill_dtype_is_float(rill_dtype_of(t)))
        return "expected one t for each row of tokens, f32 or f64";
    if (!cond)
        return NULL;
    if (rill_rank(cond) < 1 || rill_dim(cond, 0) != batch)
        return "expected one condition for each row of tokens";
    if (rill_dtype_of(cond) == RILL_I32)
        return rill_rank(cond) == 1 ? NULL : "expected labels [batch]";
    return rill_dtype_of(cond) == rill_dtype_of(t) ? NULL : "expected a condition of t's dtype";
}

static rill_tensor *checked_logits(const rill_token_net *net, rill_tensor *x, rill_tensor *t,
                                   rill_tensor *cond, int64_t vocab)
{
    rill_graph *g = rill_graph_of(x);
    const char *name = net && net->name ? net->name : "net";
    if (!net || !net->logits)
        return rill_graph_fail(g, "%s: there is no function for logits", name);
    if (rill_is_inert(x) || rill_is_inert(t) || (cond && rill_is_inert(cond)))
        return rill_graph_fail(g, "%s: tokens, t or the condition is missing", name);
    const char *why = complaint(x, t, cond);
    if (why || vocab < 1)
        return rill_graph_fail(g, "%s: %s", name, why ? why : "the vocabulary is empty");
    rill_tensor *when = rill_reshape(t, RILL_SHAPE(rill_dim(x, 0), 1));
    rill_tensor *y = net->logits(x, when, cond, vocab, net->self);
    if (!y)
        return rill_graph_fail(g, "%s: the logits are NULL", name);
    rill_shape wanted = RILL_SHAPE(rill_dim(x, 0), rill_dim(x, 1), vocab), got = rill_shape_of(y);
    rill_dtype dtype = rill_dtype_of(t), other = rill_dtype_of(y);
    if (rill_is_inert(y) || (rill_shape_equal(&wanted, &got) && dtype == other))
        return y;
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    return rill_graph_fail(g, "%s: the logits are %s%s, expected %s%s", name,
                           rill_dtype_name(other), rill_shape_print(&got, a, sizeof a),
                           rill_dtype_name(dtype), rill_shape_print(&wanted, b, sizeof b));
}

rill_tensor *rill_token_logits(const rill_token_net *net, rill_tensor *x, rill_tensor *t,
                               rill_tensor *cond, int64_t vocab)
{
    rill_graph *g = rill_graph_of(x);
    rill_scope_begin(g, "net");
    rill_tensor *logits = checked_logits(net, x, t, cond, vocab);
    rill_scope_end(g);
    return logits;
}

static rill_tensor *embedded(rill_tensor *x, rill_tensor *t, rill_tensor *cond, int64_t vocab,
                             const void *self)
{
    const rill_net *net = self;
    if (!net || !net->velocity)
        return rill_graph_fail(rill_graph_of(x), "there is no network behind the embedding");
    rill_tensor *points = rill_embedding(x, rill_dtype_of(t), vocab + 1, vocab, "token");
    return net->velocity(points, t, cond, net->self);
}

rill_token_net rill_embedded_net(const rill_net *net)
{
    return (rill_token_net){ embedded, net, net ? net->name : NULL };
}
