#include "sampler_impl.h"

#include "base/alloc.h"

/* ---- Lanes: one from the start, more when there are threads and rows for them. */

static void free_lane(rill_lane *l)
{
    if (!l)
        return;
    rill_program_free(l->program);
    rill_free(l->x_rows);
    rill_free(l->t_rows);
    rill_free(l->until_rows);
    rill_free(l->cond_rows);
    rill_free(l->state);
    rill_free(l);
}

static rill_status make_rows(const rill_sampler *s, rill_lane *l, rill_message *message)
{
    size_t batch = (size_t)s->batch;
    l->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    l->t_rows = rill_alloc_zeroed(batch, s->item);
    l->until_rows = rill_alloc_zeroed(batch, s->item);
    l->cond_rows = rill_alloc_zeroed(batch, s->condition);
    l->state = rill_alloc(batch * (size_t)s->width, s->item);
    if (!l->x_rows || !l->t_rows || !l->until_rows || !l->cond_rows || !l->state)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status add_lane(rill_sampler *s, rill_message *message)
{
    rill_lane *l = rill_alloc_zeroed(1, sizeof *l);
    rill_status status =
        l ? make_rows(s, l, message) : rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    if (!status)
        status = rill_compile_part(s->graph, &s->velocity, 1, "the sampler", &l->program, message);
    if (status)
        free_lane(l);
    else
        s->lanes[s->lane_count++] = l;
    return status;
}

int rill_sampler_lanes(rill_sampler *s, int64_t n)
{
    int wanted = rill_lanes_for(n, s->batch);
    while (s->lane_count < wanted && add_lane(s, NULL) == RILL_OK)
        continue;
    return wanted < s->lane_count ? wanted : s->lane_count;
}

/* ---- Making one. */

static void build_field(rill_sampler *s, rill_field field, const rill_sampler_options *o)
{
    s->x = rill_input(s->graph, "x", o->dtype, rill_batch_shape(o));
    s->t = rill_input(s->graph, "t", o->dtype, RILL_SHAPE(s->batch, 1));
    s->cond = rill_condition_input(s->graph, o);
    s->condition = rill_condition_bytes(o);
    if (field.average)
        s->until = rill_input(s->graph, "until", o->dtype, RILL_SHAPE(s->batch, 1));
    s->velocity = rill_field_ask(field, s->x, s->t, s->until, s->cond);
}

static rill_status make(rill_sampler *s, rill_store *store, rill_field field,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = rill_shape_count(&o->sample);
    s->graph = rill_graph_new(store);
    build_field(s, field, o);
    if (rill_error(s->graph))
        return rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->graph));
    rill_status status = rill_require_parameters(s->velocity, store, message);
    return status ? status : add_lane(s, message);
}

rill_sampler *rill_sampler_new(rill_store *store, rill_field field,
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
    else if (make(s, store, field, options, message)) {
        rill_sampler_free(s);
        s = NULL;
    }
    return s;
}

void rill_sampler_free(rill_sampler *sampler)
{
    if (!sampler)
        return;
    for (int i = 0; i < sampler->lane_count; i++)
        free_lane(sampler->lanes[i]);
    rill_graph_free(sampler->graph);
    rill_free(sampler);
}
