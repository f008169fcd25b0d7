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

static rill_status make_rows(rill_manifold_sampler *s, rill_message *message)
{
    size_t batch = (size_t)s->batch;
    s->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    s->w_rows = rill_alloc_zeroed(batch * ((size_t)s->width + 1), s->item);
    s->cond_rows = rill_alloc_zeroed(batch, s->condition);
    s->log_p = rill_alloc_zeroed(batch, sizeof *s->log_p);
    if (!s->x_rows || !s->w_rows || !s->cond_rows || !s->log_p)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status make(rill_manifold_sampler *s, rill_store *store, rill_field field,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = o->sample.dim[0];
    s->condition = rill_condition_bytes(o);
    s->g = rill_graph_new(store);
    build(s, field, o);
    rill_status status = make_rows(s, message);
    if (!status && rill_error(s->g))
        status = rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(s->g));
    if (!status)
        status = rill_require_parameters(s->u, store, message);
    if (!status)
        status = rill_compile_part(s->g, &s->dwdt, 1, "the sampler", &s->velocity, message);
    if (!status)
        status = rill_compile_part(s->g, &s->settled, 1, "the sampler", &s->settle, message);
    return status ? status
                  : rill_compile_part(s->g, &s->base, 1, "the sampler", &s->begin, message);
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
    if (!s) {
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
        return NULL;
    }
    s->manifold = manifold;
    if (make(s, store, field, options, message)) {
        rill_manifold_sampler_free(s);
        return NULL;
    }
    return s;
}

void rill_manifold_sampler_free(rill_manifold_sampler *s)
{
    if (!s)
        return;
    rill_program *programs[] = { s->velocity, s->spreading, s->settle, s->begin, s->weigh };
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        rill_program_free(programs[i]);
    rill_graph_free(s->g);
    rill_free(s->x_rows);
    rill_free(s->w_rows);
    rill_free(s->cond_rows);
    rill_free(s->log_p);
    rill_free(s);
}

rill_status rill_manifold_sampler_run(rill_manifold_sampler *s, const rill_sampling *sampling,
                                      rill_message *message)
{
    return rill_manifold_carry(s, sampling, NULL, message);
}
