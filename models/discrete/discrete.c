#include "discrete.h"

#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "ops/softmax.h"
#include "tokens.h"

const rill_kappa *rill_discrete_kappa(const rill_discrete *d)
{
    return d && d->kappa ? d->kappa : &rill_kappa_linear;
}

const rill_token_source *rill_discrete_source(const rill_discrete *d)
{
    return d && d->source ? d->source : &rill_source_mask;
}

const char *rill_discrete_complaint(const rill_discrete *d)
{
    if (!d)
        return "there is no flow";
    if (d->vocab < 1 || d->vocab > RILL_MAX_VOCAB)
        return "the vocabulary is empty or too large";
    if (!rill_dtype_is_float(d->dtype))
        return "its dtype is not f32 or f64";
    if (!rill_discrete_kappa(d)->kappa || !rill_discrete_kappa(d)->rest)
        return "kappa lacks a function";
    const rill_token_source *source = rill_discrete_source(d);
    if (!source->probability || source->extra < 0 || source->extra > RILL_MAX_VOCAB)
        return "the source lacks probabilities";
    return !d->loss || d->loss->each ? NULL : "the loss has no function";
}

/* ---- What the network says. */

/* The network's logits, and of each token of x whether it is that of the data for certain. */
typedef struct answer {
    rill_tensor *logits;  /* [B,N,K] */
    rill_tensor *settled; /* [B,N], 1 or 0 */
} answer;

static answer ask(const rill_discrete *d, rill_tensor *x, rill_tensor *t, rill_tensor *cond)
{
    rill_tensor *chance = rill_source_chance(d, x);
    return (answer){ .logits = rill_token_logits(&d->net, x, t, cond, d->vocab),
                     .settled = rill_eq(chance, rill_scalar_like(chance, 0.0)) };
}

/* Element x[b,n] of the last axis of y [B,N,K], [B,N]; 0 for a token that it does not have. */
static rill_tensor *picked(rill_tensor *y, rill_tensor *x)
{
    rill_tensor *here = rill_one_hot(x, rill_dim(y, -1), rill_dtype_of(y));
    return rill_sum(rill_where(here, y, rill_scalar_like(y, 0.0)), RILL_AXES(-1), 0);
}

rill_tensor *rill_discrete_posterior(const rill_discrete *d, rill_tensor *x, rill_tensor *t,
                                     rill_tensor *cond)
{
    const char *why = rill_discrete_complaint(d);
    if (why)
        return rill_graph_fail(rill_graph_of(x), "discrete: %s", why);
    answer a = ask(d, x, t, cond);
    rill_tensor *here = rill_one_hot(x, d->vocab, d->dtype);
    return rill_where(rill_expand_dims(a.settled, -1), here, rill_softmax(a.logits, -1));
}

/* ---- The loss. */

static rill_discrete_parts failed(rill_discrete_batch batch, const char *why)
{
    rill_tensor *some = batch.x1 ? batch.x1 : batch.x0 ? batch.x0 : batch.x ? batch.x : batch.t;
    rill_tensor *none = rill_graph_fail(rill_graph_of(some), "discrete: %s", why);
    return (rill_discrete_parts){ none, none, none, none, none, none, none, none, none, none };
}

/* NULL, or what is wrong with a batch. */
static const char *batch_complaint(const rill_discrete *d, const rill_discrete_batch *batch)
{
    rill_tensor *const tokens[] = { batch->x1, batch->x0, batch->x };
    rill_shape shape = rill_shape_of(batch->x1);
    for (int i = 0; i < 3; i++) {
        rill_shape other = rill_shape_of(tokens[i]);
        if (!tokens[i])
            continue;
        if (rill_dtype_of(tokens[i]) != RILL_I32 || shape.rank != 2)
            return "expected tokens i32 [batch, tokens]";
        if (!rill_shape_equal(&shape, &other))
            return "x0, x1 and x differ in shape";
    }
    if (!batch->t)
        return NULL;
    if (rill_count(batch->t) != shape.dim[0] || rill_dtype_of(batch->t) != d->dtype)
        return "expected one t for each row, of the flow's dtype";
    return NULL;
}

static rill_tensor *drawn_time(const rill_discrete *d, rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    rill_scope_begin(g, "time");
    rill_tensor *t = rill_time_draw(d->time ? d->time : &rill_time_uniform, g, d->dtype,
                                    RILL_SHAPE(rill_dim(x1, 0), 1), d->stratified);
    rill_scope_end(g);
    return t;
}

/* x1 with probability kappa, else x0. */
static rill_tensor *mixed(rill_tensor *x0, rill_tensor *x1, rill_tensor *kappa)
{
    rill_graph *g = rill_graph_of(x1);
    rill_scope_begin(g, "path");
    rill_tensor *u = rill_uniform(g, rill_dtype_of(kappa), rill_shape_of(x1));
    rill_tensor *x = rill_where(rill_cast(rill_lt(u, kappa), RILL_I32), x1, x0);
    rill_scope_end(g);
    return x;
}

/* log p(x1) and p(x_t), each exact where the answer is settled. */
static void judge(rill_discrete_parts *p, answer a)
{
    rill_tensor *zero = rill_scalar_like(a.settled, 0.0), *one = rill_scalar_like(a.settled, 1.0);
    rill_tensor *log_p = rill_log_softmax(a.logits, -1);
    p->logits = a.logits;
    p->log_data = rill_where(a.settled, zero, picked(log_p, p->x1));
    p->stays = rill_where(a.settled, one, picked(rill_exp(log_p), p->x));
}

rill_discrete_parts rill_discrete_build(const rill_discrete *d, rill_discrete_batch batch)
{
    if (!batch.x1 || rill_is_inert(batch.x1))
        return failed(batch, "x1 is missing");
    const char *why = rill_discrete_complaint(d);
    why = why ? why : batch_complaint(d, &batch);
    if (why)
        return failed(batch, why);
    rill_graph *g = rill_graph_of(batch.x1);
    rill_discrete_parts p = { .x0 = batch.x0, .x1 = batch.x1, .x = batch.x };
    p.t = batch.t ? rill_reshape(batch.t, RILL_SHAPE(rill_dim(p.x1, 0), 1)) : drawn_time(d, p.x1);
    rill_kappa_point at = rill_kappa_at(rill_discrete_kappa(d), p.t);
    p.hazard = at.hazard;
    if (!p.x0 && !p.x)
        p.x0 = rill_source_draw(d, g, rill_shape_of(p.x1));
    if (!p.x)
        p.x = mixed(p.x0, p.x1, at.kappa);
    judge(&p, ask(d, p.x, p.t, batch.cond));
    rill_scope_begin(g, "loss");
    p.each = (d->loss ? d->loss : &rill_loss_cross_entropy)->each(&p);
    p.loss = rill_mean_all(p.each);
    rill_scope_end(g);
    return p;
}

rill_tensor *rill_discrete_loss(const rill_discrete *d, rill_discrete_batch batch)
{
    return rill_discrete_build(d, batch).loss;
}
