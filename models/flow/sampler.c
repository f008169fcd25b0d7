#include "sampler_impl.h"

#include "base/alloc.h"

/* ---- Lanes. */

static void empty_lane(void *lane)
{
    rill_lane *l = lane;
    rill_program_free(l->program);
    rill_program_free(l->weigh);
    rill_free(l->x_rows);
    rill_free(l->t_rows);
    rill_free(l->until_rows);
    rill_free(l->cond_rows);
    rill_free(l->state);
    rill_free(l->noise);
}

static rill_status make_rows(const rill_sampler *s, rill_lane *l, rill_message *message)
{
    size_t batch = (size_t)s->batch;
    l->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    l->t_rows = rill_alloc_zeroed(batch, s->item);
    l->until_rows = rill_alloc_zeroed(batch, s->item);
    l->cond_rows = rill_alloc_zeroed(batch, s->condition);
    l->state = rill_alloc(batch * (size_t)s->width, s->item);
    l->noise = rill_alloc(batch * (size_t)s->width, s->item);
    if (!l->x_rows || !l->t_rows || !l->until_rows || !l->cond_rows || !l->state || !l->noise)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status fill_lane(const void *sampler, void *lane, rill_message *message)
{
    const rill_sampler *s = sampler;
    rill_lane *l = lane;
    rill_status status = make_rows(s, l, message);
    if (!status)
        status = rill_compile_part(s->graph, &s->velocity, 1, "the sampler", &l->program, message);
    if (!status && s->density)
        status = rill_compile_part(s->graph, &s->density, 1, "the source", &l->weigh, message);
    return status;
}

/* ---- Making one. */

static void build(rill_sampler *s, rill_field field, const rill_source *density,
                  const rill_sampler_options *o)
{
    s->x = rill_input(s->graph, "x", o->dtype, rill_batch_shape(o));
    s->t = rill_input(s->graph, "t", o->dtype, RILL_SHAPE(s->batch, 1));
    s->cond = rill_condition_input(s->graph, o);
    s->condition = rill_condition_bytes(o);
    if (field.average)
        s->until = rill_input(s->graph, "until", o->dtype, RILL_SHAPE(s->batch, 1));
    s->velocity = rill_field_ask(field, s->x, s->t, s->until, s->cond);
    if (density)
        s->density = density->log_density(s->x, density->self);
}

static rill_status make(rill_sampler *s, rill_store *store, rill_field field,
                        const rill_source *density, const rill_sampler_options *o,
                        rill_message *message)
{
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = rill_shape_count(&o->sample);
    s->graph = rill_graph_new(store);
    s->lanes = (rill_lanes){ .batch = s->batch,
                             .size = sizeof(rill_lane),
                             .fill = fill_lane,
                             .empty = empty_lane,
                             .sampler = s };
    build(s, field, density, o);
    if (rill_error(s->graph))
        return rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->graph));
    rill_status status = rill_require_parameters(s->velocity, store, message);
    if (!status && density)
        status = rill_require_parameters(s->density, store, message);
    return status ? status : rill_lanes_begin(&s->lanes, message);
}

rill_sampler *rill_sampler_make(rill_store *store, rill_field field, const rill_source *density,
                                const rill_sampler_options *options, rill_message *message)
{
    if (!store || !field.at || !options) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: store, field or options is NULL");
        return NULL;
    }
    if (rill_check_sampler_options(options, message))
        return NULL;
    rill_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    else if (make(s, store, field, density, options, message)) {
        rill_sampler_free(s);
        s = NULL;
    }
    return s;
}

rill_sampler *rill_sampler_new(rill_store *store, rill_field field,
                               const rill_sampler_options *options, rill_message *message)
{
    return rill_sampler_make(store, field, NULL, options, message);
}

void rill_sampler_free(rill_sampler *sampler)
{
    if (!sampler)
        return;
    rill_lanes_free(&sampler->lanes);
    rill_graph_free(sampler->graph);
    rill_free(sampler);
}
