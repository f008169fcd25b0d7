#include "sampler_impl.h"

#include "base/alloc.h"
#include "ops/effect.h"

/* ---- Lanes. */

static rill_status make_rows(const rill_jump_sampler *s, rill_jump_lane *l, rill_message *message)
{
    size_t batch = (size_t)s->batch, width = (size_t)s->width, item = rill_dtype_size(s->dtype);
    l->x_rows = rill_alloc_zeroed(batch * width, sizeof *l->x_rows);
    l->uniforms = rill_alloc_zeroed(batch * width, sizeof *l->uniforms);
    l->t_rows = rill_alloc_zeroed(batch, item);
    l->u_rows = rill_alloc_zeroed(batch * width, item);
    l->cond_rows = rill_alloc_zeroed(batch, s->condition);
    if (!l->x_rows || !l->uniforms || !l->t_rows || !l->u_rows || !l->cond_rows)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status fill_lane(const void *sampler, void *lane, rill_message *message)
{
    const rill_jump_sampler *s = sampler;
    rill_jump_lane *l = lane;
    rill_status status = make_rows(s, l, message);
    if (!status)
        status = rill_compile_part(s->graph, &s->next, 1, "the sampler", &l->step, message);
    if (!status)
        status = rill_compile_part(s->graph, &s->last, 1, "the sampler", &l->finish, message);
    return status;
}

static void empty_lane(void *lane)
{
    rill_jump_lane *l = lane;
    rill_program_free(l->step);
    rill_program_free(l->finish);
    rill_free(l->x_rows);
    rill_free(l->uniforms);
    rill_free(l->t_rows);
    rill_free(l->u_rows);
    rill_free(l->cond_rows);
}

/* ---- Making one. */

static void build(rill_jump_sampler *s, const rill_discrete *d, const rill_sampler_options *o)
{
    rill_graph *g = s->graph;
    rill_shape shape = rill_batch_shape(o);
    s->x = rill_input(g, "x", RILL_I32, shape);
    s->t = rill_input(g, "t", s->dtype, RILL_SHAPE(s->batch, 1));
    s->u = rill_input(g, "u", s->dtype, shape);
    s->forward = rill_input(g, "forward", s->dtype, RILL_SCALAR);
    s->backward = rill_input(g, "backward", s->dtype, RILL_SCALAR);
    s->cond = rill_condition_input(g, o);
    rill_jump jump = { s->forward, s->backward };
    rill_tensor *next = rill_jump_distribution(d, s->x, s->t, s->cond, jump);
    rill_tensor *last = rill_discrete_posterior(d, s->x, s->t, s->cond);
    s->next = rill_draw_tokens(rill_require_finite(next), s->u);
    s->last = rill_draw_tokens(rill_require_finite(last), s->u);
}

static rill_status list_source(rill_jump_sampler *s, const rill_discrete *d, rill_message *message)
{
    const rill_token_source *source = rill_discrete_source(d);
    s->source = rill_alloc((size_t)s->tokens, sizeof *s->source);
    if (!s->source)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    for (int64_t i = 0; i < s->tokens; i++)
        s->source[i] = source->probability(i, s->vocab, source->self);
    return RILL_OK;
}

static rill_status make(rill_jump_sampler *s, rill_store *store, const rill_discrete *d,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->batch = rill_batch_of(o);
    s->width = o->sample.dim[0];
    s->vocab = d->vocab;
    s->tokens = d->vocab + rill_discrete_source(d)->extra;
    s->condition = rill_condition_bytes(o);
    s->graph = rill_graph_new(store);
    s->lanes = (rill_lanes){ .batch = s->batch,
                             .size = sizeof(rill_jump_lane),
                             .fill = fill_lane,
                             .empty = empty_lane,
                             .sampler = s };
    build(s, d, o);
    if (rill_error(s->graph))
        return rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->graph));
    rill_status status = list_source(s, d, message);
    if (!status)
        status = rill_require_parameters(s->next, store, message);
    return status ? status : rill_lanes_begin(&s->lanes, message);
}

rill_jump_sampler *rill_jump_sampler_new(rill_store *store, const rill_discrete *discrete,
                                         const rill_sampler_options *options, rill_message *message)
{
    const char *why =
        !store || !options ? "store or options is NULL" : rill_discrete_complaint(discrete);
    if (!why && (options->sample.rank != 1 || options->dtype != discrete->dtype))
        why = "expected rows of tokens, and the flow's dtype";
    if (why) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
        return NULL;
    }
    if (rill_check_sampler_options(options, message))
        return NULL;
    rill_jump_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    else if (make(s, store, discrete, options, message)) {
        rill_jump_sampler_free(s);
        s = NULL;
    }
    return s;
}

void rill_jump_sampler_free(rill_jump_sampler *s)
{
    if (!s)
        return;
    rill_lanes_free(&s->lanes);
    rill_graph_free(s->graph);
    rill_free(s->source);
    rill_free(s);
}
