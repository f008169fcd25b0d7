#include "sampler_impl.h"

#include "base/alloc.h"
#include "ops/shape.h"
#include "unroll.h"

static void build(rill_manifold_sampler *s, rill_field field, const rill_sampler_options *o)
{
    rill_shape point = rill_batch_shape(o);
    s->x = rill_input(s->g, "x", o->dtype, point);
    s->w = rill_input(s->g, "w", o->dtype, point);
    s->t = rill_input(s->g, "t", o->dtype, RILL_SCALAR);
    s->cond = rill_condition_input(s->g, o);
    s->y = rill_manifold_exp(s->manifold, s->x, s->w);
    rill_tensor *when = rill_broadcast(s->t, RILL_SHAPE(s->batch, 1));
    s->u = field.at(s->y, when, s->cond, field.self);
    s->dwdt = rill_normal_velocity(s->manifold, s->x, s->y, s->u);
    s->settled = rill_manifold_project(s->manifold, s->y);
    s->base = rill_manifold_base(s->manifold, s->x);
    s->log_base = rill_manifold_log_base(s->manifold, s->x);
}

/* ---- Lanes. */

static rill_status make_rows(const rill_manifold_sampler *s, rill_manifold_lane *l,
                             rill_message *message)
{
    size_t batch = (size_t)s->batch;
    l->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    l->w_rows = rill_alloc_zeroed(batch * ((size_t)s->width + 1), s->item);
    l->cond_rows = rill_alloc_zeroed(batch, s->condition);
    if (!l->x_rows || !l->w_rows || !l->cond_rows)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status fill_lane(const rill_manifold_sampler *s, rill_manifold_lane *l, int scores,
                             rill_message *message)
{
    const char *what = scores ? "the scorer" : "the sampler";
    rill_tensor *rates[] = { s->dwdt, s->div };
    rill_status status = make_rows(s, l, message);
    if (!status)
        status = rill_compile_part(s->g, rates, 1 + scores, what, &l->move, message);
    if (!status)
        status = rill_compile_part(s->g, &s->settled, 1, what, &l->settle, message);
    if (!status)
        status = rill_compile_part(s->g, &s->base, 1, what, &l->begin, message);
    if (!status && scores)
        status = rill_compile_part(s->g, &s->log_base, 1, what, &l->weigh, message);
    return status;
}

static rill_status fill_sampling(const void *sampler, void *lane, rill_message *message)
{
    return fill_lane(sampler, lane, 0, message);
}

static rill_status fill_scoring(const void *sampler, void *lane, rill_message *message)
{
    return fill_lane(sampler, lane, 1, message);
}

static void empty_lane(void *lane)
{
    rill_manifold_lane *l = lane;
    rill_program *programs[] = { l->move, l->settle, l->begin, l->weigh };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        rill_program_free(programs[i]);
    rill_free(l->x_rows);
    rill_free(l->w_rows);
    rill_free(l->cond_rows);
}

/* ---- Making one. */

static rill_status make(rill_manifold_sampler *s, rill_store *store, rill_field field,
                        const rill_manifold *manifold, const rill_sampler_options *o,
                        rill_message *message)
{
    s->manifold = manifold;
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = o->sample.dim[0];
    s->condition = rill_condition_bytes(o);
    s->g = rill_graph_new(store);
    build(s, field, o);
    if (rill_error(s->g))
        return rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->g));
    s->sampling = s->scoring = (rill_lanes){ .batch = s->batch,
                                             .size = sizeof(rill_manifold_lane),
                                             .fill = fill_sampling,
                                             .empty = empty_lane,
                                             .sampler = s };
    s->scoring.fill = fill_scoring;
    rill_status status = rill_require_parameters(s->u, store, message);
    return status ? status : rill_lanes_begin(&s->sampling, message);
}

rill_manifold_sampler *rill_manifold_sampler_new(rill_store *store, rill_field field,
                                                 const rill_manifold *manifold,
                                                 const rill_sampler_options *options,
                                                 rill_message *message)
{
    if (!store || !field.at || !options) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: store, field or options is NULL");
        return NULL;
    }
    if (rill_check_sampler_options(options, message))
        return NULL;
    if (options->sample.rank != 1) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: points of a manifold are rows of numbers");
        return NULL;
    }
    if (rill_manifold_check(manifold, options->sample.dim[0], message))
        return NULL;
    rill_manifold_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    else if (make(s, store, field, manifold, options, message)) {
        rill_manifold_sampler_free(s);
        s = NULL;
    }
    return s;
}

void rill_manifold_sampler_free(rill_manifold_sampler *s)
{
    if (!s)
        return;
    rill_lanes_free(&s->sampling);
    rill_lanes_free(&s->scoring);
    rill_graph_free(s->g);
    rill_free(s);
}

rill_status rill_manifold_sampler_run(rill_manifold_sampler *s, const rill_sampling *sampling,
                                      rill_message *message)
{
    return rill_manifold_carry(s, sampling, NULL, message);
}
