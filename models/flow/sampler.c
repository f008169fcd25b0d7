#include "sampler.h"

#include "base/alloc.h"
#include "core/program.h"
#include "models/ode/integrate.h"
#include "models/sampling/rows.h"

#include <string.h>

struct rill_sampler {
    rill_dtype dtype;
    int64_t batch, width; /* rows of a run, numbers of a sample */
    size_t item;          /* bytes of a number */
    size_t condition;     /* bytes of a condition; 0: there is none */
    rill_program *program;
    rill_tensor *x, *velocity;                  /* [batch, ...] */
    rill_tensor *t, *until;                     /* [batch,1]; until: NULL unless it averages */
    rill_tensor *cond;                          /* NULL: there is none */
    unsigned char *x_rows, *t_rows, *cond_rows; /* one padded chunk of each */
    unsigned char *until_rows;
    unsigned char *state; /* [batch, ...] what is integrated, without the padding */
};

static void build_field(rill_sampler *s, rill_graph *g, rill_field field,
                        const rill_sampler_options *o)
{
    s->x = rill_input(g, "x", o->dtype, rill_batch_shape(o));
    s->t = rill_input(g, "t", o->dtype, RILL_SHAPE(s->batch, 1));
    s->cond = rill_condition_input(g, o);
    s->condition = rill_condition_bytes(o);
    if (field.average)
        s->until = rill_input(g, "until", o->dtype, RILL_SHAPE(s->batch, 1));
    s->velocity = rill_field_ask(field, s->x, s->t, s->until, s->cond);
}

static rill_status make_rows(rill_sampler *s, rill_message *message)
{
    size_t batch = (size_t)s->batch;
    s->x_rows = rill_alloc_zeroed(batch * (size_t)s->width, s->item);
    s->t_rows = rill_alloc_zeroed(batch, s->item);
    s->until_rows = rill_alloc_zeroed(batch, s->item);
    s->cond_rows = rill_alloc_zeroed(batch, s->condition);
    s->state = rill_alloc(batch * (size_t)s->width, s->item);
    if (!s->x_rows || !s->t_rows || !s->until_rows || !s->cond_rows || !s->state)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    return RILL_OK;
}

static rill_status make(rill_sampler *s, rill_store *store, rill_field field,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->item = rill_dtype_size(o->dtype);
    s->batch = rill_batch_of(o);
    s->width = rill_shape_count(&o->sample);
    rill_graph *g = rill_graph_new(store);
    build_field(s, g, field, o);
    rill_status status = make_rows(s, message);
    if (!status && rill_error(g))
        status = rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(g));
    if (!status)
        status = rill_require_parameters(s->velocity, store, message);
    if (!status)
        status = rill_compile_part(g, &s->velocity, 1, "the sampler", &s->program, message);
    rill_graph_free(g);
    return status;
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
    rill_program_free(sampler->program);
    rill_free(sampler->x_rows);
    rill_free(sampler->t_rows);
    rill_free(sampler->until_rows);
    rill_free(sampler->cond_rows);
    rill_free(sampler->state);
    rill_free(sampler);
}

/* ---- One chunk: rows [first, first + count) of the caller's arrays, padded to the batch. */

static rill_status feed_condition(rill_sampler *s, const void *cond, int64_t first, int64_t count)
{
    if (!s->cond)
        return RILL_OK;
    memcpy(s->cond_rows, rill_row_of(cond, first, s->condition), (size_t)count * s->condition);
    return rill_feed(s->program, s->cond, s->cond_rows, rill_count(s->cond));
}

static void put_time(rill_sampler *s, int64_t row, double t, double until)
{
    rill_put_number(s->dtype, s->t_rows, row, t);
    rill_put_number(s->dtype, s->until_rows, row, until);
}

/* v at the batch `x`, with the times that were put. */
static rill_status evaluate(rill_sampler *s, const void *x, void *velocity)
{
    int64_t count = s->batch * s->width;
    rill_status status = rill_feed(s->program, s->x, x, count);
    if (!status)
        status = rill_feed(s->program, s->t, s->t_rows, s->batch);
    if (!status && s->until)
        status = rill_feed(s->program, s->until, s->until_rows, s->batch);
    if (!status)
        status = rill_run(s->program);
    return status ? status : rill_read(s->program, s->velocity, velocity, count);
}

/* ---- The field. */

typedef struct question {
    rill_sampler *s;
    const void *x, *cond;
    const double *t;
    void *out;
} question;

static rill_status answer(void *self, int64_t first, int64_t count)
{
    const question *q = self;
    rill_sampler *s = q->s;
    size_t row = (size_t)s->width * s->item, bytes = (size_t)count * row;
    memcpy(s->x_rows, rill_row_of(q->x, first, row), bytes);
    for (int64_t i = 0; i < count; i++)
        put_time(s, i, q->t[first + i], q->t[first + i]);
    rill_status status = feed_condition(s, q->cond, first, count);
    if (!status)
        status = evaluate(s, s->x_rows, s->x_rows);
    if (!status)
        memcpy((unsigned char *)q->out + (size_t)first * row, s->x_rows, bytes);
    return status;
}

rill_status rill_sampler_velocity(rill_sampler *s, int64_t n, const void *x, const double *t,
                                  const void *cond, void *out, rill_message *message)
{
    const char *why = !s || (n > 0 && (!x || !t))
                          ? "a NULL"
                          : rill_rows_complaint(n, 0, s->width, s->cond != NULL, cond, out);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    question q = { s, x, cond, t, out };
    return rill_sampler_report(s->program, rill_rows_each(n, s->batch, answer, &q), message);
}

/* ---- Sampling. */

typedef struct chunk {
    rill_sampler *sampler;
    const rill_sampling *sampling;
    rill_message *message; /* of what integrates */
    int64_t first, count;
} chunk;

static rill_status chunk_average(void *self, const double *t, const double *until, const void *x,
                                 void *mean)
{
    const chunk *c = self;
    rill_sampler *s = c->sampler;
    size_t bytes = (size_t)(c->count * s->width) * s->item;
    memcpy(s->x_rows, x, bytes);
    for (int64_t i = 0; i < c->count; i++)
        put_time(s, i, t[i], until[i]);
    rill_status status = rill_interrupt_ask(&c->sampling->interrupt);
    if (!status)
        status = evaluate(s, s->x_rows, s->x_rows);
    if (!status)
        memcpy(mean, s->x_rows, bytes);
    return status;
}

static rill_status chunk_velocity(void *self, const double *t, const void *x, void *dxdt)
{
    return chunk_average(self, t, t, x, dxdt);
}

/* Writes a row of a chunk to its place in an array [.., n, ...]. */
static void write_row(const chunk *c, int64_t row, const void *x, void *array, int64_t index)
{
    size_t bytes = (size_t)c->sampler->width * c->sampler->item;
    size_t at = (size_t)index * (size_t)c->sampling->n + (size_t)(c->first + row);
    if (array)
        memcpy((unsigned char *)array + at * bytes, x, bytes);
}

static rill_status chunk_observe(void *self, int64_t row, int64_t index, const void *x)
{
    const chunk *c = self;
    if (index == 0)
        write_row(c, row, x, c->sampling->noise, 0);
    if (index == c->sampling->time_count - 1)
        write_row(c, row, x, c->sampling->samples, 0);
    write_row(c, row, x, c->sampling->trajectory, index);
    return RILL_OK;
}

static void start_chunk(const chunk *c)
{
    rill_sampler *s = c->sampler;
    size_t row = (size_t)s->width * s->item;
    if (c->sampling->x0)
        memcpy(s->state, rill_row_of(c->sampling->x0, c->first, row), (size_t)c->count * row);
    else
        rill_noise_rows(s->dtype, c->sampling->seed, c->sampling->first + c->first, c->count,
                        s->width, s->state);
}

static rill_status sample_rows(void *self, int64_t first, int64_t count)
{
    chunk *c = self;
    rill_sampler *s = c->sampler;
    const rill_sampling *sampling = c->sampling;
    c->first = first;
    c->count = count;
    rill_ode ode = {
        s->dtype, count, s->width, chunk_velocity, chunk_observe, c, s->until ? chunk_average : NULL
    };
    rill_ode_options options = { .solver = sampling->solver,
                                 .tolerance = sampling->tolerance,
                                 .counts = sampling->counts };
    start_chunk(c);
    rill_status status = feed_condition(s, sampling->cond, first, count);
    return status ? status
                  : rill_ode_integrate(&ode, &options, sampling->times, sampling->time_count,
                                       s->state, c->message);
}

rill_status rill_sampler_run(rill_sampler *s, const rill_sampling *sampling, rill_message *message)
{
    const char *why = !s || !sampling ? "a NULL"
                                      : rill_sampling_complaint(sampling, s->width, s->cond != NULL,
                                                                sampling->samples);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    rill_message ode_message = { "" };
    chunk c = { s, sampling, &ode_message, 0, 0 };
    rill_status status = rill_rows_each(sampling->n, s->batch, sample_rows, &c);
    if ((status == RILL_BAD_ARGUMENT || status == RILL_NOT_FINITE) && *ode_message.text)
        return rill_fail(message, status, "%s", ode_message.text);
    return rill_sampler_report(s->program, status, message);
}
