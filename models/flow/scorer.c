#include "scorer_impl.h"

#include "base/alloc.h"

static rill_status check_options(const rill_scorer_options *o, rill_message *message)
{
    rill_status status = rill_check_sampler_options(&o->sampler, message);
    if (status)
        return status;
    if (o->source && !o->source->log_density)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: the source lacks its density");
    if (o->probes < 0 || o->probes > RILL_MAX_PROBES)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: expected 0 to %d probes, not %lld",
                         RILL_MAX_PROBES, (long long)o->probes);
    if (o->law != RILL_RADEMACHER && o->law != RILL_GAUSSIAN)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: there is no law %d of probes",
                         (int)o->law);
    int64_t width = rill_shape_count(&o->sampler.sample);
    if (width < 1 || width > RILL_MAX_COUNT / (o->probes + 1) / (rill_batch_of(&o->sampler) + 1))
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: a sample is empty or too large");
    return RILL_OK;
}

static void lay_out(rill_scorer *s, const rill_scorer_options *o)
{
    s->source = o->source ? *o->source : (rill_source){ rill_normal_log_density, NULL };
    s->probed = (rill_probed){ .dtype = o->sampler.dtype,
                               .labels = o->sampler.labels,
                               .vector = o->sampler.vector,
                               .law = o->law };
    s->probed.spreading.sample = o->sampler.sample;
    s->probed.spreading.probe_count = o->probes;
    s->width = rill_shape_count(&o->sampler.sample);
    s->integrals = rill_spreading_integrals(o->probes);
    s->sample = (size_t)s->width * rill_dtype_size(o->sampler.dtype);
}

static rill_tensor *log_source(rill_tensor *rows, const void *self)
{
    const rill_scorer *s = self;
    rill_tensor *x = rill_spreading_samples(&s->probed.spreading, rows);
    rill_tensor *log_p = s->source.log_density(x, s->source.self);
    if (!rill_is_inert(log_p) && rill_count(log_p) != rill_dim(rows, 0))
        rill_graph_fail(rill_graph_of(rows), "scorer: the density of a source is not [batch]");
    return log_p;
}

static rill_status make(rill_scorer *s, rill_store *store, rill_field field,
                        const rill_scorer_options *o, rill_message *message)
{
    lay_out(s, o);
    s->averages = field.average != NULL;
    rill_probed probed = s->probed;
    probed.spreading.field = field;
    rill_sampler_options options = o->sampler;
    options.sample = RILL_SHAPE(s->width + s->integrals);
    rill_field both = { rill_spreading_at, &probed.spreading };
    if (o->probes > 0) {
        both = (rill_field){ rill_probed_at, &probed };
        options.labels = 0;
        options.vector = rill_probed_width(&probed);
    }
    rill_source weight = { log_source, s };
    s->sampler = rill_sampler_make(store, both, &weight, &options, message);
    return s->sampler ? RILL_OK : RILL_BAD_GRAPH;
}

rill_scorer *rill_scorer_new(rill_store *store, rill_field field,
                             const rill_scorer_options *options, rill_message *message)
{
    if (!store || !field.at || !options) {
        rill_fail(message, RILL_BAD_ARGUMENT, "scorer: store, field or options is NULL");
        return NULL;
    }
    if (check_options(options, message))
        return NULL;
    rill_scorer *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "scorer: out of memory");
    else if (make(s, store, field, options, message)) {
        rill_scorer_free(s);
        s = NULL;
    }
    return s;
}

void rill_scorer_free(rill_scorer *s)
{
    if (!s)
        return;
    rill_sampler_free(s->sampler);
    rill_free(s);
}
