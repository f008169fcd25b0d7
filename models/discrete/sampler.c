#include "sampler_impl.h"

#include "base/alloc.h"
#include "ops/effect.h"

static void build(rill_jump_sampler *s, rill_graph *g, const rill_discrete *d,
                  const rill_sampler_options *o)
{
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

static rill_status make_rows(rill_jump_sampler *s, const rill_discrete *d, rill_message *message)
{
    const rill_token_source *source = rill_discrete_source(d);
    size_t batch = (size_t)s->batch, width = (size_t)s->width, item = rill_dtype_size(s->dtype);
    s->x_rows = rill_alloc_zeroed(batch * width, sizeof *s->x_rows);
    s->uniforms = rill_alloc_zeroed(batch * width, sizeof *s->uniforms);
    s->t_rows = rill_alloc_zeroed(batch, item);
    s->u_rows = rill_alloc_zeroed(batch * width, item);
    s->cond_rows = rill_alloc_zeroed(batch, s->condition);
    s->source = rill_alloc((size_t)s->tokens, sizeof *s->source);
    if (!s->x_rows || !s->uniforms || !s->t_rows || !s->u_rows || !s->cond_rows || !s->source)
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
    rill_graph *g = rill_graph_new(store);
    build(s, g, d, o);
    rill_status status = make_rows(s, d, message);
    if (!status && rill_error(g))
        status = rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(g));
    if (!status)
        status = rill_require_parameters(s->next, store, message);
    if (!status)
        status = rill_compile_part(g, &s->next, 1, "the sampler", &s->step, message);
    if (!status)
        status = rill_compile_part(g, &s->last, 1, "the sampler", &s->finish, message);
    rill_graph_free(g);
    return status;
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
    rill_program_free(s->step);
    rill_program_free(s->finish);
    rill_free(s->source);
    rill_free(s->x_rows);
    rill_free(s->uniforms);
    rill_free(s->t_rows);
    rill_free(s->u_rows);
    rill_free(s->cond_rows);
    rill_free(s);
}
