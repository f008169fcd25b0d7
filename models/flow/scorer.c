#include "scorer.h"

#include "base/alloc.h"
#include "models/sampling/rows.h"
#include "scorer_impl.h"

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
    s->options = o->sampler;
    s->options.batch = s->batch = rill_batch_of(&o->sampler);
    s->probed = (rill_probed){ .dtype = o->sampler.dtype,
                               .labels = o->sampler.labels,
                               .vector = o->sampler.vector,
                               .law = o->law };
    s->probed.spreading.sample = o->sampler.sample;
    s->probed.spreading.probe_count = o->probes;
    s->width = rill_shape_count(&o->sampler.sample);
    s->integrals = rill_spreading_integrals(o->probes);
    s->sample = (size_t)s->width * rill_dtype_size(o->sampler.dtype);
    s->row = s->sample + (size_t)s->integrals * rill_dtype_size(o->sampler.dtype);
}

static rill_status make_sampler(rill_scorer *s, rill_store *store, rill_field field,
                                rill_message *message)
{
    rill_probed probed = s->probed;
    probed.spreading.field = field;
    rill_sampler_options options = s->options;
    options.sample = RILL_SHAPE(s->width + s->integrals);
    rill_field both = { rill_spreading_at, &probed.spreading };
    if (probed.spreading.probe_count > 0) {
        both = (rill_field){ rill_probed_at, &probed };
        options.labels = 0;
        options.vector = rill_probed_width(&probed);
    }
    s->sampler = rill_sampler_new(store, both, &options, message);
    return s->sampler ? RILL_OK : RILL_BAD_GRAPH;
}

static rill_status make_weigh(rill_scorer *s, const rill_source *source, rill_message *message)
{
    rill_graph *g = rill_graph_new(NULL);
    s->rows =
        rill_input(g, "rows", s->options.dtype, RILL_SHAPE(s->batch, s->width + s->integrals));
    rill_tensor *x = rill_spreading_samples(&s->probed.spreading, s->rows);
    s->log_source =
        source ? source->log_density(x, source->self) : rill_normal_log_density(x, NULL);
    if (!rill_is_inert(s->log_source) && rill_count(s->log_source) != s->batch)
        rill_graph_fail(g, "scorer: the density of a source is not [batch]");
    rill_status status = rill_compile_part(g, &s->log_source, 1, "the source", &s->weigh, message);
    rill_graph_free(g);
    return status;
}

static rill_status make_rows(rill_scorer *s, rill_message *message)
{
    size_t batch = (size_t)s->batch, item = rill_dtype_size(s->options.dtype);
    s->starts = rill_alloc_zeroed(batch, s->row);
    s->ends = rill_alloc_zeroed(batch, s->row);
    s->conditions = rill_alloc_zeroed(batch * (size_t)rill_probed_width(&s->probed), item);
    s->weights = rill_alloc_zeroed(batch, item);
    s->deviates = rill_alloc_zeroed((size_t)s->width, sizeof *s->deviates);
    if (s->starts && s->ends && s->conditions && s->weights && s->deviates)
        return RILL_OK;
    return rill_fail(message, RILL_NO_MEMORY, "scorer: out of memory");
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
    if (!s) {
        rill_fail(message, RILL_NO_MEMORY, "scorer: out of memory");
        return NULL;
    }
    lay_out(s, options);
    s->averages = field.average != NULL;
    if (make_sampler(s, store, field, message) || make_weigh(s, options->source, message) ||
        make_rows(s, message)) {
        rill_scorer_free(s);
        return NULL;
    }
    return s;
}

void rill_scorer_free(rill_scorer *s)
{
    if (!s)
        return;
    rill_sampler_free(s->sampler);
    rill_program_free(s->weigh);
    rill_free(s->starts);
    rill_free(s->ends);
    rill_free(s->conditions);
    rill_free(s->weights);
    rill_free(s->deviates);
    rill_free(s);
}
