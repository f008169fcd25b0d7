/* The equation on arrays: the drift from a sampler of fields, the noise from the host. */
#include "base/alloc.h"
#include "core/rng.h"
#include "models/ode/integrate.h"
#include "models/sampling/rows.h"
#include "source.h"
#include "stochastic.h"
#include "stochastic_step.h"

#include <string.h>

struct rill_stochastic_sampler {
    rill_sampler *drift;
    const rill_noise_level *level;
    rill_dtype dtype;
    int64_t batch, width; /* rows at a time, numbers of a sample */
    size_t item;          /* bytes of a number */
    size_t condition;     /* bytes of a condition; 0: there is none */
    void *x, *noise;      /* [batch, ...], noise as eta */
};

static rill_status make(rill_stochastic_sampler *s, rill_store *store, const rill_stochastic *of,
                        const rill_sampler_options *o, rill_message *message)
{
    s->drift = rill_sampler_new(store, rill_stochastic_drift(of), o, message);
    if (!s->drift)
        return RILL_BAD_ARGUMENT;
    s->level = of->level;
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = rill_shape_count(&o->sample);
    s->condition = rill_condition_bytes(o);
    s->x = rill_alloc((size_t)(s->batch * s->width), s->item);
    s->noise = rill_alloc((size_t)(s->batch * s->width), s->item);
    if (!s->x || !s->noise)
        return rill_fail(message, RILL_NO_MEMORY, "stochastic: out of memory");
    return RILL_OK;
}

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
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "stochastic: out of memory");
    else if (make(s, store, stochastic, options, message)) {
        rill_stochastic_sampler_free(s);
        s = NULL;
    }
    return s;
}

void rill_stochastic_sampler_free(rill_stochastic_sampler *sampler)
{
    if (!sampler)
        return;
    rill_sampler_free(sampler->drift);
    rill_free(sampler->x);
    rill_free(sampler->noise);
    rill_free(sampler);
}

/* ---- Some rows on their way. */

typedef struct journey {
    rill_stochastic_sampler *s;
    const rill_sampling *sampling;
    const double *factors; /* of each step */
    rill_message *message;
    int64_t first, count; /* rows */
} journey;

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
    const journey *j = self;
    rill_stochastic_sampler *s = j->s;
    const void *cond = j->sampling->cond;
    if (cond)
        cond = rill_row_of(cond, j->first, s->condition);
    rill_status status = rill_interrupt_ask(&j->sampling->interrupt);
    if (status)
        return rill_fail(j->message, status, "stochastic: %s", rill_status_text(status));
    status = rill_sampler_velocity(s->drift, j->count, x, t, cond, dxdt, j->message);
    if (!status)
        add(s->dtype, j->count * s->width, s->noise, dxdt);
    return status;
}

/* eta of a row for step `index`. */
static void draw(const journey *j, int64_t row, int64_t index)
{
    rill_stochastic_sampler *s = j->s;
    uint64_t key = rill_stream_key(j->sampling->seed, "steps");
    unsigned char *noise = (unsigned char *)s->noise + (size_t)(row * s->width) * s->item;
    rill_normal_rows(s->dtype, key, (uint32_t)index, j->sampling->first + j->first + row, 1,
                     s->width, noise);
    scale(s->dtype, s->width, j->factors[index], noise);
}

static void write_row(const journey *j, int64_t row, const void *x, void *array, int64_t index)
{
    size_t bytes = (size_t)j->s->width * j->s->item;
    size_t at = (size_t)index * (size_t)j->sampling->n + (size_t)(j->first + row);
    if (array)
        memcpy((unsigned char *)array + at * bytes, x, bytes);
}

static rill_status observe(void *self, int64_t row, int64_t index, const void *x)
{
    const journey *j = self;
    if (index == 0)
        write_row(j, row, x, j->sampling->noise, 0);
    write_row(j, row, x, j->sampling->trajectory, index);
    if (index + 1 == j->sampling->time_count)
        write_row(j, row, x, j->sampling->samples, 0);
    else
        draw(j, row, index);
    return RILL_OK;
}

static rill_status carry(void *self, int64_t first, int64_t count)
{
    journey *j = self;
    rill_stochastic_sampler *s = j->s;
    j->first = first;
    j->count = count;
    const rill_sampling *sampling = j->sampling;
    size_t row = (size_t)s->width * s->item;
    rill_message again;
    rill_ode ode = { s->dtype, j->count, s->width, velocity, observe, j };
    rill_ode_options options = { .solver = sampling->solver, .counts = sampling->counts };
    if (sampling->x0)
        memcpy(s->x, rill_row_of(sampling->x0, j->first, row), (size_t)j->count * row);
    else
        rill_noise_rows(s->dtype, sampling->seed, sampling->first + j->first, j->count, s->width,
                        s->x);
    *j->message = (rill_message){ "" };
    rill_status status =
        rill_ode_integrate(&ode, &options, sampling->times, sampling->time_count, s->x, &again);
    if (status && !*j->message->text) /* the solver's own complaint */
        *j->message = again;
    return status;
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
    return rill_sampling_complaint(sampling, s->width, s->condition > 0, sampling->samples);
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
    rill_message own; /* `message` may be NULL */
    rill_status status =
        rill_stochastic_factors(s->level, sampling->times, sampling->time_count, factors, &own);
    journey j = { s, sampling, factors, &own, 0, 0 };
    if (!status)
        status = rill_rows_each(sampling->n, s->batch, carry, &j);
    rill_free(factors);
    return status ? rill_fail(message, status, "%s", own.text) : RILL_OK;
}
