#include "flow.h"

#include "ops/elementwise.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"

/* [B,1,..,1] of x's rank. */
static rill_shape time_shape(const rill_tensor *x)
{
    rill_shape shape = rill_shape_of(x);
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    return shape;
}

/* A given t as [B,1,..,1]: by reshaping, since broadcasting [B] against [B,D] would pair t with
 * columns. */
static rill_tensor *shaped_time(rill_tensor *t, rill_tensor *x)
{
    char text[RILL_SHAPE_TEXT];
    rill_shape given = rill_shape_of(t), wanted = time_shape(x);
    if (rill_is_inert(t))
        return t;
    if (given.rank >= 1 && given.dim[0] == wanted.dim[0] && rill_count(t) == given.dim[0])
        return rill_reshape(t, wanted);
    return rill_graph_fail(rill_graph_of(x), "flow: t has shape %s, expected [%lld]",
                           rill_shape_print(&given, text, sizeof text), (long long)wanted.dim[0]);
}

static rill_tensor *drawn_noise(rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    rill_scope_begin(g, "noise");
    rill_tensor *x0 = rill_normal(g, rill_dtype_of(x1), rill_shape_of(x1));
    rill_scope_end(g);
    return x0;
}

static rill_tensor *drawn_time(const rill_time_law *law, rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    if (!law)
        law = &rill_time_uniform;
    if (!law->draw)
        return rill_graph_fail(g, "flow: the time law has no function `draw`");
    rill_scope_begin(g, "time");
    rill_tensor *t = law->draw(g, rill_dtype_of(x1), time_shape(x1), law->self);
    rill_scope_end(g);
    return t;
}

/* mean of w(t) (v - u)^2 */
static rill_tensor *squared_error(const rill_flow *flow, const rill_flow_parts *p)
{
    rill_scope_begin(rill_graph_of(p->x), "loss");
    rill_tensor *error = rill_square(rill_sub(p->velocity, p->target));
    if (flow->weight)
        error = rill_mul(flow->weight(p->t, flow->self), error);
    rill_tensor *loss = rill_mean_all(error);
    rill_scope_end(rill_graph_of(p->x));
    return loss;
}

static rill_flow_parts failed(rill_flow_batch batch, const char *why)
{
    rill_graph *g = rill_graph_of(batch.x1 ? batch.x1 : batch.x0 ? batch.x0 : batch.t);
    rill_tensor *none = rill_graph_fail(g, "flow: %s", why);
    return (rill_flow_parts){ none, none, none, none, none, none, none };
}

rill_flow_parts rill_flow_build(const rill_flow *flow, rill_flow_batch batch)
{
    if (!flow || !batch.x1 || rill_is_inert(batch.x1))
        return failed(batch, flow ? "x1 is missing" : "there is no flow");
    if (rill_rank(batch.x1) < 2 || !rill_dtype_is_float(rill_dtype_of(batch.x1)))
        return failed(batch, "expected x1 [batch, ...], f32 or f64");
    rill_flow_parts p = { .x1 = batch.x1 };
    p.x0 = batch.x0 ? batch.x0 : drawn_noise(batch.x1);
    p.t = batch.t ? shaped_time(batch.t, batch.x1) : drawn_time(flow->time, batch.x1);
    if (flow->coupling && flow->coupling->pair)
        flow->coupling->pair(&p.x0, &p.x1, flow->coupling->self);
    const rill_path *path = flow->path ? flow->path : &rill_path_linear;
    rill_path_point point = rill_path_point_at(path, p.x0, p.x1, p.t);
    p.x = point.x;
    p.target = point.velocity;
    p.velocity = rill_net_velocity(&flow->net, p.x, p.t, batch.cond);
    p.loss = squared_error(flow, &p);
    return p;
}

rill_tensor *rill_flow_loss(const rill_flow *flow, rill_flow_batch batch)
{
    return rill_flow_build(flow, batch).loss;
}
