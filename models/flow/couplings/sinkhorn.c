/* Entropic optimal transport between the rows of a batch: pairs are drawn from a plan that is
 * spread out, with marginals that are kept (sinkhorn) or may give (unbalanced), at squared
 * distances |x0 - x1|^2.
 *
 * With a regularization of 2 s^2 and the path bridge:s the flow is that of the Schroedinger bridge
 * of noise s: Tong et al., "Improving and generalizing flow-based generative models with minibatch
 * optimal transport", 2024, section 3.3.  Marginals that give leave out what is far from
 * everything: Eyring et al., "Unbalancedness in neural Monge maps improves unpaired domain
 * translation", 2024. */
#include "models/transport/sinkhorn.h"
#include "base/alloc.h"
#include "core/rng.h"
#include "models/flow/coupling.h"

/* What one batch takes. */
typedef struct sinkhorn_room {
    rill_plan *plan;
    rill_assignment *points; /* in which costs are laid out */
    double *cost;            /* [rows,rows] */
    double *uniforms;        /* [rows,2] */
} sinkhorn_room;

static void room_free(void *self)
{
    sinkhorn_room *room = self;
    if (!room)
        return;
    rill_plan_free(room->plan);
    rill_assignment_free(room->points);
    rill_free(room->cost);
    rill_free(room->uniforms);
    rill_free(room);
}

static void *room_new(int64_t rows)
{
    enum { MOST_ROWS = 1 << 20 };
    sinkhorn_room *room = rows <= MOST_ROWS ? rill_alloc_zeroed(1, sizeof *room) : NULL;
    if (!room)
        return NULL;
    size_t n = (size_t)rows;
    *room = (sinkhorn_room){ rill_plan_new(rows, rows), rill_assignment_new(rows),
                             rill_alloc(n * n, sizeof *room->cost),
                             rill_alloc(2 * n, sizeof *room->uniforms) };
    if (room->plan && room->points && room->cost && room->uniforms)
        return room;
    room_free(room);
    return NULL;
}

/* Row i of x1 to row j of x0. */
static rill_status fill_costs(const rill_coupling_batch *batch, sinkhorn_room *room,
                              rill_message *message)
{
    rill_point_pairs points = {
        .x0 = batch->x1, .x1 = batch->x0, .dtype = RILL_F32, .n = batch->rows, .dim = batch->width
    };
    return rill_costs_of_points(room->points, &points, room->cost, message);
}

/* The first of each pair from one of n equal parts: where rows weigh the same, each is drawn once.
 */
static void fill_uniforms(const rill_coupling_batch *batch, double *uniforms)
{
    uint64_t key = rill_stream_key(batch->seed, "pairs");
    for (int64_t i = 0; i < batch->rows; i++) {
        rill_stream_uniform(key, (uint32_t)batch->step, i, 0, 2, uniforms + 2 * i);
        uniforms[2 * i] = ((double)i + uniforms[2 * i]) / (double)batch->rows;
    }
}

/* A plan that has not converged serves as well: its marginals are then nearly right. */
static rill_status pair_by(double regularization, double relaxation,
                           const rill_coupling_batch *batch, sinkhorn_room *room, int64_t *from0,
                           int64_t *from1, rill_message *message)
{
    rill_sinkhorn_options options = { .regularization = regularization,
                                      .relaxation = relaxation,
                                      .tolerance = 1e-3 };
    fill_uniforms(batch, room->uniforms);
    rill_sinkhorn_report report;
    rill_status status = fill_costs(batch, room, message);
    if (!status)
        status = rill_plan_sinkhorn(room->plan, room->cost, &options, &report, message);
    if (status)
        return status;
    if (!(report.mass > 0.0))
        return rill_fail(message, RILL_MISMATCH,
                         "coupling: squared distances are so far above the relaxation %g that no "
                         "pair is left",
                         relaxation);
    return rill_plan_draw(room->plan, room->uniforms, batch->rows, from1, from0, message);
}

static rill_status pair(const rill_coupling_batch *batch, void *room, int64_t *from0,
                        int64_t *from1, const void *self, rill_message *message)
{
    const double *p = self;
    return pair_by(p[0], 0.0, batch, room, from0, from1, message);
}

static rill_status pair_unbalanced(const rill_coupling_batch *batch, void *room, int64_t *from0,
                                   int64_t *from1, const void *self, rill_message *message)
{
    const double *p = self;
    return pair_by(p[0], p[1], batch, room, from0, from1, message);
}

#define REGULARIZATION                                                                             \
    {                                                                                              \
        "regularization", "in squared units of what is trained on; 2 s^2 for bridge:s", 0.5, 1e-6, \
            1e12                                                                                   \
    }

static const double standard[] = { 0.5 };
static const rill_parameter parameters[] = { REGULARIZATION };

const rill_coupling rill_coupling_sinkhorn = {
    .name = "sinkhorn",
    .doc = "pairs drawn from an entropic plan",
    .room_new = room_new,
    .room_free = room_free,
    .pair = pair,
    .self = standard,
    .parameters = { parameters, 1 },
};

static const double standard_unbalanced[] = { 0.5, 10.0 };
static const rill_parameter parameters_unbalanced[] = {
    REGULARIZATION,
    { "relaxation", "what a marginal that is off costs, in the same unit", 10.0, 1e-6, 1e12 },
};

const rill_coupling rill_coupling_unbalanced = {
    .name = "unbalanced",
    .doc = "the same with marginals that may give: what is far from all is left out",
    .room_new = room_new,
    .room_free = room_free,
    .pair = pair_unbalanced,
    .self = standard_unbalanced,
    .parameters = { parameters_unbalanced, 2 },
};
