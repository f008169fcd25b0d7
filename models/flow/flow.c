#include "flow.h"

#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"

const rill_path *rill_flow_path(const rill_flow *flow)
{
    return flow && flow->path ? flow->path : &rill_path_linear;
}

const rill_objective *rill_flow_objective(const rill_flow *flow)
{
    return flow && flow->objective ? flow->objective : &rill_objective_velocity;
}

/* NULL, or what the path lacks that the objective needs. */
static const char *mismatch(const rill_flow *flow)
{
    const rill_path *path = rill_flow_path(flow);
    int needs = rill_flow_objective(flow)->needs;
    if (needs & RILL_NEEDS_AFFINE && !rill_path_scheduler(path))
        return "the objective needs an affine path";
    if (needs & RILL_NEEDS_NOISE && !path->spread)
        return "the objective needs a random path";
    return needs & RILL_NEEDS_NO_NOISE && path->spread ? "the objective needs a path without noise"
                                                       : NULL;
}

const char *rill_flow_complaint(const rill_flow *flow)
{
    if (!flow)
        return "there is no flow";
    const rill_objective *objective = rill_flow_objective(flow);
    if (!objective->teach || (!objective->velocity && !objective->average))
        return "the objective lacks a function";
    if (mismatch(flow))
        return mismatch(flow);
    if (!(flow->dropout >= 0.0 && flow->dropout <= 1.0))
        return "dropout is a probability, 0 to 1";
    return flow->source_sd >= 0.0 ? NULL : "the source's sd is negative";
}

/* ---- What is drawn. */

static rill_tensor *drawn_noise(const rill_flow *flow, rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    rill_scope_begin(g, "noise");
    rill_tensor *x0 = rill_normal(g, rill_dtype_of(x1), rill_shape_of(x1));
    if (flow->source_sd > 0.0 && flow->source_sd != 1.0)
        x0 = rill_scale(x0, flow->source_sd);
    rill_scope_end(g);
    return x0;
}

static rill_tensor *drawn_time(const rill_flow *flow, rill_tensor *x1)
{
    rill_graph *g = rill_graph_of(x1);
    rill_shape shape = rill_shape_of(x1);
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    rill_scope_begin(g, "time");
    rill_tensor *t = rill_time_draw(flow->time ? flow->time : &rill_time_uniform, g,
                                    rill_dtype_of(x1), shape, flow->stratified);
    rill_scope_end(g);
    return t;
}

/* ---- Conditions left out. */

/* 1 in rows that keep their condition, else 0: [B] and then ones, of the condition's rank. */
static rill_tensor *kept(const rill_flow *flow, rill_tensor *x1, rill_tensor *cond)
{
    rill_shape shape = { .rank = rill_rank(cond), .dim = { rill_dim(x1, 0) } };
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    rill_tensor *u = rill_uniform(rill_graph_of(x1), rill_dtype_of(x1), shape);
    return rill_ge(u, rill_scalar_like(u, flow->dropout));
}

static rill_tensor *thinned(const rill_flow *flow, rill_tensor *x1, rill_tensor *cond)
{
    if (!cond || flow->dropout <= 0.0 || rill_rank(cond) < 1)
        return cond;
    rill_graph *g = rill_graph_of(x1);
    rill_scope_begin(g, "dropout");
    rill_tensor *keep = kept(flow, x1, cond);
    if (rill_dtype_of(cond) == RILL_I32)
        cond = rill_where(rill_cast(keep, RILL_I32), cond, rill_scalar_like(cond, -1.0));
    else
        cond = rill_where(keep, cond, rill_scalar_like(cond, 0.0));
    rill_scope_end(g);
    return cond;
}

/* ---- The loss. */

/* t and, of objectives of two times, until. */
static void settle_times(const rill_flow *flow, rill_flow_batch batch, rill_flow_parts *p)
{
    const rill_objective *objective = rill_flow_objective(flow);
    p->t = batch.t ? rill_time_for("flow", batch.t, p->x1) : drawn_time(flow, p->x1);
    if (!objective->average)
        return;
    if (batch.until)
        p->until = rill_time_for("flow", batch.until, p->x1);
    else if (!batch.t && objective->times)
        objective->times(flow, p);
    else
        p->until = p->t;
}

/* NULL, or why the batch cannot be used. */
static const char *batch_complaint(const rill_flow *flow, rill_flow_batch batch)
{
    if (!batch.x1 || rill_is_inert(batch.x1))
        return "x1 is missing";
    if (rill_rank(batch.x1) < 2 || !rill_dtype_is_float(rill_dtype_of(batch.x1)))
        return "expected x1 [batch, ...], f32 or f64";
    if (batch.until && !batch.t)
        return "until is given without t";
    return batch.until && !rill_flow_objective(flow)->average
               ? "until is given to an objective of one time"
               : NULL;
}

static rill_flow_parts failed(rill_flow_batch batch, const char *why)
{
    rill_graph *g = rill_graph_of(batch.x1 ? batch.x1 : batch.x0 ? batch.x0 : batch.t);
    rill_tensor *none = rill_graph_fail(g, "flow: %s", why);
    return (
        rill_flow_parts){ none, none, none, none, none, none, none, none, none, none, none, none };
}

rill_flow_parts rill_flow_build(const rill_flow *flow, rill_flow_batch batch)
{
    const char *why = rill_flow_complaint(flow);
    why = why ? why : batch_complaint(flow, batch);
    if (why)
        return failed(batch, why);
    rill_flow_parts p = { .x1 = batch.x1 };
    p.x0 = batch.x0 ? batch.x0 : drawn_noise(flow, batch.x1);
    settle_times(flow, batch, &p);
    p.cond = thinned(flow, batch.x1, batch.cond);
    rill_path_point point = rill_path_point_at(rill_flow_path(flow), p.x0, p.x1, p.t);
    p.x = point.x;
    p.velocity = point.velocity;
    p.noise = point.noise;
    p.spread = point.spread;
    rill_flow_objective(flow)->teach(flow, &p);
    return p;
}

rill_tensor *rill_flow_loss(const rill_flow *flow, rill_flow_batch batch)
{
    return rill_flow_build(flow, batch).loss;
}

/* ---- The field. */

static rill_tensor *field_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const rill_flow *flow = self;
    const char *why = rill_flow_complaint(flow);
    if (why)
        return rill_graph_fail(rill_graph_of(x), "flow: %s", why);
    const rill_objective *objective = rill_flow_objective(flow);
    return objective->velocity ? objective->velocity(flow, x, t, cond)
                               : objective->average(flow, x, t, t, cond);
}

static rill_tensor *average_at(rill_tensor *x, rill_tensor *t, rill_tensor *until,
                               rill_tensor *cond, const void *self)
{
    const rill_flow *flow = self;
    const char *why = rill_flow_complaint(flow);
    if (!why && !rill_flow_objective(flow)->average)
        why = "the objective teaches no mean velocity";
    if (why)
        return rill_graph_fail(rill_graph_of(x), "flow: %s", why);
    return rill_flow_objective(flow)->average(flow, x, t, until, cond);
}

rill_field rill_flow_field(const rill_flow *flow)
{
    int averages = flow && rill_flow_objective(flow)->average;
    return (rill_field){ field_at, flow, averages ? average_at : NULL };
}

static rill_tensor *score_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    const rill_flow *flow = self;
    const char *why = rill_flow_complaint(flow);
    if (!why && rill_flow_objective(flow)->score)
        return rill_flow_objective(flow)->score(flow, x, t, cond);
    rill_conversion c = { why ? NULL : rill_path_scheduler(rill_flow_path(flow)) };
    if (!why && !c.scheduler)
        why = "neither the objective nor the path tells the score";
    if (why)
        return rill_graph_fail(rill_graph_of(x), "flow: %s", why);
    c.source_sd = flow->source_sd;
    return rill_convert(&c, x, t, field_at(x, t, cond, self), RILL_VELOCITY, RILL_SCORE);
}

rill_field rill_flow_score_field(const rill_flow *flow)
{
    return (rill_field){ score_at, flow };
}

rill_tensor *rill_flow_average(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                               rill_tensor *until, rill_tensor *cond)
{
    return average_at(x, t, until, cond, flow);
}

rill_tensor *rill_flow_velocity(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                rill_tensor *cond)
{
    return field_at(x, t, cond, flow);
}
