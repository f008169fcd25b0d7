/* The equation on arrays: the drift from a sampler of fields, the noise from the host. */
#include "sampler_impl.h"

#include "base/alloc.h"
#include "core/rng.h"
#include "models/ode/integrate.h"
#include "source.h"
#include "stochastic.h"
#include "stochastic_step.h"

#include <string.h>

struct rill_stochastic_sampler {
    rill_sampler *drift; /* its lanes carry the rows */
    const rill_noise_level *level;
};

rill_stochastic_sampler *rill_stochastic_sampler_new(rill_store *store,
                                                     const rill_stochastic *stochastic,
                                                     const rill_sampler_options *options,
                                                     rill_message *message)
{
    if (!store || !stochastic || !options) {
        rill_fail(message, RILL_BAD_ARGUMENT, "stochastic: store, equation or options is NULL");
        return NULL;
    }
    rill_stochastic_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s) {
        rill_fail(message, RILL_NO_MEMORY, "stochastic: out of memory");
        return NULL;
    }
    s->level = stochastic->level;
    s->drift = rill_sampler_new(store, rill_stochastic_drift(stochastic), options, message);
    if (s->drift)
        return s;
    rill_stochastic_sampler_free(s);
    return NULL;
}

void rill_stochastic_sampler_free(rill_stochastic_sampler *sampler)
{
    if (!sampler)
        return;
    rill_sampler_free(sampler->drift);
    rill_free(sampler);
}

/* ---- Some rows on their way, by the factors of the steps. */

/* x = factor x, the factor rounded to the dtype first, as a graph's constant is. */
static void scale(rill_dtype dtype, int64_t count, double factor, void *x)
{
    if (dtype == RILL_F64)
        for (int64_t i = 0; i < count; i++)
            ((double *)x)[i] *= factor;
    else
        for (int64_t i = 0; i < count; i++)
            ((float *)x)[i] *= (float)factor;
}

static void add(rill_dtype dtype, int64_t count, const void *y, void *x)
{
    if (dtype == RILL_F64)
        for (int64_t i = 0; i < count; i++)
            ((double *)x)[i] += ((const double *)y)[i];
    else
        for (int64_t i = 0; i < count; i++)
            ((float *)x)[i] += ((const float *)y)[i];
}

static rill_status velocity(void *self, const double *t, const void *x, void *dxdt)
{
    const rill_chunk *c = self;
    rill_status status = rill_chunk_velocity(self, t, x, dxdt);
    if (!status)
        add(c->sampler->dtype, c->rows->count * c->sampler->width, c->lane->noise, dxdt);
    return status;
}

/* eta of a row for step `index`. */
static void draw(const rill_chunk *c, int64_t row, int64_t index)
{
    const double *factors = c->self;
    const rill_sampler *drift = c->sampler;
    uint64_t key = rill_stream_key(c->sampling->seed, "steps");
    void *noise = c->lane->noise + (size_t)row * c->row;
    rill_normal_rows(drift->dtype, key, (uint32_t)index, c->sampling->first + c->rows->first + row,
                     1, drift->width, noise);
    scale(drift->dtype, drift->width, factors[index], noise);
}

static rill_status observe(void *self, int64_t row, int64_t index, const void *x)
{
    const rill_chunk *c = self;
    if (index + 1 < c->sampling->time_count)
        draw(c, row, index);
    return rill_chunk_observe(self, row, index, x);
}

/* NULL, or what is wrong. */
static const char *complaint(const rill_stochastic_sampler *s, const rill_sampling *sampling)
{
    if (!s || !sampling)
        return "a NULL";
    if (sampling->time_count > UINT32_MAX)
        return "there are more than 2^32 - 1 times";
    if (sampling->tolerance != 0)
        return "a step is an interval of the grid, there is no tolerance";
    return rill_sampling_complaint(sampling, s->drift->width, s->drift->condition > 0,
                                   sampling->samples);
}

rill_status rill_stochastic_sampler_run(rill_stochastic_sampler *s, const rill_sampling *sampling,
                                        rill_message *message)
{
    const char *why = complaint(s, sampling);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "stochastic: %s", why);
    double *factors = rill_alloc((size_t)sampling->time_count, sizeof *factors);
    if (!factors)
        return rill_fail(message, RILL_NO_MEMORY, "stochastic: out of memory");
    rill_status status =
        rill_stochastic_factors(s->level, sampling->times, sampling->time_count, factors, message);
    static const rill_carrier how = { .ode = { .velocity = velocity, .observe = observe } };
    if (!status)
        status = rill_sampler_carry(s->drift, sampling, &how, factors, message);
    rill_free(factors);
    return status;
}
