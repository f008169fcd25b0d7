#include "dot_parts.h"

#include "core/grad.h"
#include "models/manifold/unroll.h"
#include "models/ode/unroll.h"
#include "tools/cli/on_manifold.h"
#include "tools/cli/trainer.h"

#include <stdlib.h>
#include <string.h>

/* What the network says. */
static const char *said(const dot_drawing *d)
{
    if (cli_model_has_tokens(d->model))
        return "logits";
    return strcmp(rill_flow_objective(&d->flow)->name, rill_objective_velocity.name) == 0
               ? "velocity"
               : "prediction";
}

static int64_t build_path(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    (void)capacity;
    rill_tensor *x0 = cli_batch_input(d->graph, "x0", d->model, d->batch);
    if (cli_model_has_tokens(d->model)) {
        rill_discrete_batch batch = { .x0 = cli_tokens_of(x0), .x1 = cli_tokens_of(d->inputs.x1) };
        batch.t = rill_input(d->graph, "t", RILL_F32, RILL_SHAPE(d->batch, 1));
        batch.cond = d->inputs.cond;
        outputs[0] = rill_discrete_build(&d->tokens, batch).x;
        dot_names_add(&d->names, outputs[0], "x_t");
        return 1;
    }
    rill_shape shape = { .rank = rill_rank(x0), .dim = { d->batch } };
    for (int i = 1; i < shape.rank; i++)
        shape.dim[i] = 1;
    rill_tensor *t = rill_input(d->graph, "t", RILL_F32, shape);
    rill_flow_batch ends = { .x0 = x0, .x1 = d->inputs.x1 };
    if (d->model->manifold)
        ends = cli_manifold_batch(d->model->manifold, ends);
    rill_path_point point = rill_path_point_at(d->flow.path, ends.x0, ends.x1, t);
    outputs[0] = point.x;
    outputs[1] = point.velocity;
    dot_names_add(&d->names, ends.x0, "x0");
    dot_names_add(&d->names, ends.x1, "x1");
    dot_names_add(&d->names, point.noise, "noise");
    dot_names_add(&d->names, point.x, "x_t");
    dot_names_add(&d->names, point.velocity, "dx_t/dt");
    return 2;
}

static int64_t build_velocity(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    (void)capacity;
    rill_tensor *x = cli_batch_input(d->graph, "x", d->model, d->batch);
    rill_tensor *t = rill_input(d->graph, "t", RILL_F32, RILL_SHAPE(d->batch, 1));
    if (cli_model_has_tokens(d->model))
        outputs[0] =
            rill_token_logits(&d->tokens.net, cli_tokens_of(x), t, d->inputs.cond, d->tokens.vocab);
    else
        outputs[0] = rill_net_velocity(&d->flow.net, x, t, d->inputs.cond);
    dot_names_add(&d->names, outputs[0], "%s", said(d));
    return 1;
}

/* The loss of either kind of model; stages that it does not have are NULL and get no name. */
static rill_tensor *named_loss(dot_drawing *d)
{
    int tokens = cli_model_has_tokens(d->model);
    rill_flow_parts p = { .x0 = NULL };
    rill_discrete_parts q = { .x0 = NULL };
    if (tokens)
        q = cli_model_token_parts(d->model, d->inputs);
    else
        p = cli_model_flow_parts(d->model, d->inputs);
    const rill_dot_name stages[] = {
        { tokens ? q.x0 : p.x0, "x0" },
        { tokens ? q.x1 : p.x1, "x1" },
        { tokens ? q.t : p.t, "t" },
        { p.until, "until" },
        { p.noise, "noise" },
        { tokens ? q.x : p.x, "x_t" },
        { p.velocity, "dx_t/dt" },
        { tokens ? q.logits : p.prediction, said(d) },
        { q.log_data, "log p(x1)" },
        { p.target, "target" },
        { tokens ? q.loss : p.loss, "loss" },
    };
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        dot_names_add(&d->names, stages[i].x, "%s", stages[i].name);
    return tokens ? q.loss : p.loss;
}

static int64_t build_loss(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    (void)capacity;
    outputs[0] = named_loss(d);
    return 1;
}

static int64_t build_gradient(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    outputs[0] = named_loss(d);
    int64_t n = rill_depends_on(outputs, 1, RILL_PARAMETER, NULL, 0);
    int fits = n >= 0 && n < capacity;
    rill_tensor **params = fits ? malloc((size_t)(n + 1) * sizeof *params) : NULL;
    if (!params) {
        outputs[0] =
            rill_graph_fail(d->graph, "%s", n < capacity ? "out of memory" : "too many parameters");
        return 1;
    }
    rill_depends_on(outputs, 1, RILL_PARAMETER, params, n);
    rill_grad(outputs[0], params, n, outputs + 1);
    for (int64_t i = 0; i < n; i++)
        dot_names_add(&d->names, outputs[i + 1], "d loss / d %s", rill_name_of(params[i]));
    free(params);
    return n + 1;
}

static int64_t build_step(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    (void)capacity;
    outputs[0] = named_loss(d);
    outputs[1] = cli_model_update(d->model, outputs[0]);
    dot_names_add(&d->names, outputs[1], "update");
    return 2;
}

static int64_t build_sampler(dot_drawing *d, rill_tensor **outputs, int64_t capacity)
{
    (void)capacity;
    double times[DOT_MOST_STEPS + 1];
    rill_time_grid(0.0, 1.0, d->steps, times, NULL);
    rill_tensor *x0 = cli_batch_input(d->graph, "x0", d->model, d->batch);
    if (cli_model_has_tokens(d->model)) {
        outputs[0] =
            rill_jump_unroll(&d->tokens, times, d->steps + 1, cli_tokens_of(x0), d->inputs.cond);
        dot_names_add(&d->names, outputs[0], "x at t = 1");
        return 1;
    }
    rill_field field = rill_flow_field(&d->flow);
    outputs[0] = d->model->manifold
                     ? rill_manifold_unroll(d->model->manifold, field, d->solver, times,
                                            d->steps + 1, x0, d->inputs.cond)
                     : rill_ode_unroll(field, d->solver, times, d->steps + 1, x0, d->inputs.cond);
    dot_names_add(&d->names, outputs[0], "x at t = 1");
    return 1;
}

static const dot_part parts[] = {
    { "loss", "the loss, with all that is drawn at random", build_loss, 1, 1, 0 },
    { "path", "where a sample is at t, and how fast it moves", build_path, 0, 1, 0 },
    { "velocity", "the network: velocity, or logits of tokens", build_velocity, 1, 0, 0 },
    { "gradient", "the loss and its gradient by each parameter", build_gradient, 1, 1, 0 },
    { "step", "a whole step of training", build_step, 1, 1, 1 },
    { "sampler", "the solver's steps, one after the other", build_sampler, 1, 0, 0 },
};

const dot_part *dot_part_at(int i)
{
    return i >= 0 && i < (int)(sizeof parts / sizeof *parts) ? &parts[i] : NULL;
}
