/* The network says one quantity of the path - velocity, data, noise or score - and is told by its
 * squared error; the velocity follows exactly (conversion.h).  A score is taught as the noise that
 * it is, -sigma score, which stays finite at t = 1.  Lipman et al., "Flow matching guide and code",
 * 2024, section 4.8; Salimans, Ho: "Progressive distillation for fast sampling of diffusion
 * models", 2022. */
#include "models/flow/flow.h"
#include "ops/elementwise.h"

static rill_conversion conversion_of(const rill_flow *flow)
{
    return (rill_conversion){ .scheduler = rill_path_scheduler(rill_flow_path(flow)),
                              .source_sd = flow->source_sd };
}

/* What the network says is `target`. */
static void teach(const rill_flow *flow, rill_flow_parts *p, rill_tensor *target)
{
    p->target = target;
    p->prediction = rill_net_velocity(&flow->net, p->x, p->t, p->cond);
    p->loss = rill_flow_squared_error(flow, p->t, p->prediction, p->target);
}

/* ---- The velocity itself, on any path. */

static void teach_velocity(const rill_flow *flow, rill_flow_parts *p)
{
    teach(flow, p, p->velocity);
}

static rill_tensor *velocity_said(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                  rill_tensor *cond)
{
    return rill_net_velocity(&flow->net, x, t, cond);
}

/* ---- What the velocity follows from. */

/* From noise the data follow by a division by alpha, which makes the network's error large where
 * there is nearly nothing of them: noise and score are not asked before this time. */
#define EARLIEST 0.02

static rill_tensor *velocity_from(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                  rill_tensor *cond, rill_quantity from)
{
    rill_conversion c = conversion_of(flow);
    rill_tensor *inside = rill_time_for("flow", t, x);
    if (from != RILL_DATA)
        inside = rill_clip(inside, EARLIEST, 1.0);
    inside = rill_conversion_clip(&c, inside, from, RILL_VELOCITY);
    rill_tensor *said = rill_net_velocity(&flow->net, x, inside, cond);
    return rill_convert(&c, x, inside, said, from, RILL_VELOCITY);
}

static void teach_data(const rill_flow *flow, rill_flow_parts *p)
{
    teach(flow, p, p->x1);
}

static rill_tensor *velocity_from_data(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                       rill_tensor *cond)
{
    return velocity_from(flow, x, t, cond, RILL_DATA);
}

static void teach_noise(const rill_flow *flow, rill_flow_parts *p)
{
    teach(flow, p, p->x0);
}

static rill_tensor *velocity_from_noise(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                        rill_tensor *cond)
{
    return velocity_from(flow, x, t, cond, RILL_NOISE);
}

static void teach_score(const rill_flow *flow, rill_flow_parts *p)
{
    const rill_scheduler *s = conversion_of(flow).scheduler;
    double sd = flow->source_sd > 0 ? flow->source_sd : 1.0;
    rill_tensor *score = rill_net_velocity(&flow->net, p->x, p->t, p->cond);
    p->target = p->x0;
    p->prediction = rill_mul(rill_scale(s->sigma(p->t, s->self), -sd * sd), score);
    p->loss = rill_flow_squared_error(flow, p->t, p->prediction, p->target);
}

static rill_tensor *velocity_from_score(const rill_flow *flow, rill_tensor *x, rill_tensor *t,
                                        rill_tensor *cond)
{
    return velocity_from(flow, x, t, cond, RILL_SCORE);
}

const rill_objective rill_objective_velocity = { .name = "velocity",
                                                 .doc = "the network says dx_t/dt",
                                                 .teach = teach_velocity,
                                                 .velocity = velocity_said };
const rill_objective rill_objective_data = { .name = "data",
                                             .doc = "the network says x1; affine paths",
                                             .teach = teach_data,
                                             .velocity = velocity_from_data,
                                             .needs = RILL_NEEDS_AFFINE };
const rill_objective rill_objective_noise = { .name = "noise",
                                              .doc = "the network says x0; affine paths",
                                              .teach = teach_noise,
                                              .velocity = velocity_from_noise,
                                              .needs = RILL_NEEDS_AFFINE };
const rill_objective rill_objective_score = { .name = "score",
                                              .doc = "the network says the score of x_t; affine "
                                                     "paths from Gaussian noise",
                                              .teach = teach_score,
                                              .velocity = velocity_from_score,
                                              .needs = RILL_NEEDS_AFFINE };
