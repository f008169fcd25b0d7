#include "likelihood.h"

#include "models/nets/net.h"
#include "models/ode/unroll.h"
#include "ops/elementwise.h"
#include "ops/shape.h"
#include "spreading.h"

static const rill_source standard_normal = { rill_normal_log_density, NULL };

static rill_likelihood_parts failed(rill_tensor *x, const char *why)
{
    rill_tensor *none = rill_graph_fail(rill_graph_of(x), "likelihood: %s", why);
    return (rill_likelihood_parts){ none, none, none };
}

static int ascends(const rill_likelihood *l)
{
    return rill_time_grid_ascends(l->times, l->time_count);
}

/* NULL, or what is wrong. */
static const char *complaint(const rill_likelihood *l, const rill_tensor *x)
{
    if (!l || !l->field.at)
        return "there is no field";
    if (rill_rank(x) < 2)
        return "expected x [batch, ...]";
    if (l->source && !l->source->log_density)
        return "the source lacks its density";
    if (l->probe_count < 0 || (l->probe_count > 0 && !l->probes))
        return "expected probes, or none";
    if (!l->times || l->time_count < 1)
        return "expected at least one time";
    return rill_spreading_complaint(l->field.average != NULL, l->solver, ascends(l));
}

static rill_spreading spreading_of(const rill_likelihood *l, const rill_tensor *x)
{
    rill_spreading s = { l->field, { .rank = rill_rank(x) - 1 }, l->probes, l->probe_count };
    for (int i = 0; i < s.sample.rank; i++)
        s.sample.dim[i] = rill_dim(x, i + 1);
    return s;
}

/* Rows of x, nothing integrated yet. */
static rill_tensor *start_rows(rill_tensor *x, int64_t integrals)
{
    rill_tensor *none =
        rill_full(rill_graph_of(x), rill_dtype_of(x), RILL_SHAPE(rill_dim(x, 0), integrals), 0);
    return rill_concat(rill_net_rows(x), none, 1);
}

rill_likelihood_parts rill_likelihood_build(const rill_likelihood *l, rill_tensor *x,
                                            rill_tensor *cond)
{
    const char *why = complaint(l, x);
    if (why)
        return failed(x, why);
    rill_spreading spreading = spreading_of(l, x);
    const rill_source *source = l->source ? l->source : &standard_normal;
    rill_field both = { rill_spreading_at, &spreading };
    rill_tensor *row = start_rows(x, rill_spreading_integrals(l->probe_count));
    row = rill_ode_unroll(both, l->solver, l->times, l->time_count, row, cond);
    rill_tensor *end = rill_spreading_samples(&spreading, row);
    int64_t width = rill_shape_count(&spreading.sample);
    rill_estimate integral = rill_estimate_of(rill_slice(row, 1, width, RILL_END, 1));
    rill_tensor *log_source = source->log_density(ascends(l) ? x : end, source->self);
    rill_likelihood_parts parts = { .x = end, .standard_error = integral.standard_error };
    parts.log_p =
        ascends(l) ? rill_sub(log_source, integral.mean) : rill_add(log_source, integral.mean);
    return parts;
}
