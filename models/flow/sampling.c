/* A sampler at work: chunks of the caller's rows, each in a lane. */
#include "sampler_impl.h"

#include "models/ode/integrate.h"

#include <string.h>

/* ---- One chunk. */

/* The rows' mean velocity from t[i] until until[i], or where the field does not average their
 * velocity at t[i]; x and out are [count, ...]. */
static rill_status ask(const rill_chunk *c, const double *t, const double *until, const void *x,
                       void *out)
{
    const rill_sampler *s = c->sampler;
    rill_lane *l = c->lane;
    size_t bytes = (size_t)c->rows->count * c->row;
    memcpy(l->x_rows, x, bytes);
    rill_put_numbers(s->dtype, l->t_rows, t, c->rows->count);
    rill_put_numbers(s->dtype, l->until_rows, until, c->rows->count);
    rill_status status = rill_feed_rows(l->program, s->x, l->x_rows, c->rows->count);
    if (!status)
        status = rill_feed_rows(l->program, s->t, l->t_rows, c->rows->count);
    if (!status)
        status = rill_feed_rows(l->program, s->until, l->until_rows, c->rows->count);
    if (!status)
        status = rill_run(l->program);
    if (!status)
        status = rill_read(l->program, s->velocity, l->x_rows, s->batch * s->width);
    if (!status)
        memcpy(out, l->x_rows, bytes);
    return rill_sampler_report(l->program, status, c->rows->message);
}

rill_status rill_chunk_weigh(const rill_chunk *c, double *log_density)
{
    const rill_sampler *s = c->sampler;
    rill_lane *l = c->lane;
    rill_status status = rill_feed_rows(l->weigh, s->x, l->state, c->rows->count);
    if (!status)
        status = rill_run(l->weigh);
    if (!status)
        status = rill_read(l->weigh, s->density, l->x_rows, s->batch);
    for (int64_t i = 0; i < c->rows->count && !status; i++)
        log_density[i] = rill_number_at(s->dtype, l->x_rows, i);
    return rill_sampler_report(l->weigh, status, c->rows->message);
}

/* ---- The field. */

typedef struct question {
    const rill_sampler *sampler;
    const void *x, *cond;
    const double *t;
    void *out;
} question;

static rill_status answer(void *self, const rill_rows *rows)
{
    const question *q = self;
    const rill_sampler *s = q->sampler;
    rill_lane *l = rows->lane;
    rill_chunk c = { .sampler = s, .rows = rows, .lane = l, .row = (size_t)s->width * s->item };
    rill_rows_take(l->cond_rows, q->cond, rows->first, rows->count, s->condition);
    rill_status status = rill_feed_rows(l->program, s->cond, l->cond_rows, rows->count);
    return status ? status
                  : ask(&c, q->t + rows->first, q->t + rows->first,
                        rill_row_of(q->x, rows->first, c.row),
                        (unsigned char *)q->out + (size_t)rows->first * c.row);
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
    return rill_rows_share(&s->lanes, n, NULL, answer, &q, message);
}

/* ---- Sampling. */

static rill_status chunk_average(void *self, const double *t, const double *until, const void *x,
                                 void *mean)
{
    const rill_chunk *c = self;
    rill_status status = rill_rows_ask(c->rows);
    return status ? status : ask(c, t, until, x, mean);
}

rill_status rill_chunk_velocity(void *self, const double *t, const void *x, void *dxdt)
{
    return chunk_average(self, t, t, x, dxdt);
}

rill_status rill_chunk_observe(void *self, int64_t row, int64_t index, const void *x)
{
    const rill_chunk *c = self;
    rill_rows_give(c->sampling->trajectory, index * c->sampling->n + c->rows->first + row, 1,
                   c->row, x);
    return RILL_OK;
}

static rill_status take_condition(const rill_chunk *c)
{
    rill_rows_take(c->lane->cond_rows, c->sampling->cond, c->rows->first, c->rows->count,
                   c->sampler->condition);
    return RILL_OK;
}

static rill_status start(const rill_chunk *c)
{
    rill_start_rows(c->sampling, c->sampler->dtype, c->rows->first, c->rows->count,
                    c->sampler->width, c->lane->state);
    rill_rows_give(c->sampling->noise, c->rows->first, c->rows->count, c->row, c->lane->state);
    return RILL_OK;
}

static rill_status end(const rill_chunk *c)
{
    rill_rows_give(c->sampling->samples, c->rows->first, c->rows->count, c->row, c->lane->state);
    return RILL_OK;
}

/* self: a chunk that is in no lane yet, nor any rows. */
static rill_status carry(void *self, const rill_rows *rows)
{
    rill_chunk c = *(const rill_chunk *)self;
    c.rows = rows, c.lane = rows->lane;
    const rill_carrier *how = c.how;
    const rill_sampling *r = c.sampling;
    rill_ode ode = how->ode;
    ode.dtype = c.sampler->dtype, ode.rows = rows->count, ode.width = c.sampler->width,
    ode.self = &c;
    rill_ode_counts counts = { 0 };
    rill_ode_options options = { .solver = r->solver,
                                 .tolerance = r->tolerance,
                                 .counts = &counts };
    rill_status status = (how->condition ? how->condition : take_condition)(&c);
    if (!status)
        status = rill_feed_rows(c.lane->program, c.sampler->cond, c.lane->cond_rows, rows->count);
    if (!status)
        status = (how->start ? how->start : start)(&c);
    if (!status)
        status = rill_ode_integrate(&ode, &options, r->times, r->time_count, c.lane->state,
                                    rows->message);
    rill_count_work(r->counts, &counts);
    return status ? status : (how->end ? how->end : end)(&c);
}

rill_status rill_sampler_carry(rill_sampler *s, const rill_sampling *sampling,
                               const rill_carrier *how, const void *self, rill_message *message)
{
    rill_chunk c = { .sampler = s,
                     .sampling = sampling,
                     .how = how,
                     .self = self,
                     .row = (size_t)s->width * s->item };
    return rill_rows_share(&s->lanes, sampling->n, &sampling->interrupt, carry, &c, message);
}

rill_status rill_sampler_run(rill_sampler *s, const rill_sampling *sampling, rill_message *message)
{
    const char *why = !s || !sampling ? "a NULL"
                                      : rill_sampling_complaint(sampling, s->width, s->cond != NULL,
                                                                sampling->samples);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    rill_carrier how = { .ode = { .velocity = rill_chunk_velocity,
                                  .observe = sampling->trajectory ? rill_chunk_observe : NULL,
                                  .average = s->until ? chunk_average : NULL } };
    return rill_sampler_carry(s, sampling, &how, NULL, message);
}
