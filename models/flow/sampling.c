/* A sampler at work: chunks of the caller's rows, each in a lane. */
#include "sampler_impl.h"

#include "models/ode/integrate.h"

#include <string.h>

/* ---- One chunk: rows [first, first + count) of the caller's arrays, padded to the batch. */

static rill_status feed_condition(const rill_sampler *s, rill_lane *l, const void *cond,
                                  int64_t first, int64_t count)
{
    if (!s->cond)
        return RILL_OK;
    memcpy(l->cond_rows, rill_row_of(cond, first, s->condition), (size_t)count * s->condition);
    return rill_feed(l->program, s->cond, l->cond_rows, rill_count(s->cond));
}

/* The rows' mean velocity from t[i] until until[i], or where the field does not average their
 * velocity at t[i]; x and out are [count, ...]. */
static rill_status ask(const rill_sampler *s, rill_lane *l, int64_t count, const double *t,
                       const double *until, const void *x, void *out)
{
    size_t bytes = (size_t)(count * s->width) * s->item;
    memcpy(l->x_rows, x, bytes);
    rill_put_numbers(s->dtype, l->t_rows, t, count);
    rill_status status = rill_feed(l->program, s->x, l->x_rows, s->batch * s->width);
    if (!status)
        status = rill_feed(l->program, s->t, l->t_rows, s->batch);
    if (s->until && !status) {
        rill_put_numbers(s->dtype, l->until_rows, until, count);
        status = rill_feed(l->program, s->until, l->until_rows, s->batch);
    }
    if (!status)
        status = rill_run(l->program);
    if (!status)
        status = rill_read(l->program, s->velocity, l->x_rows, s->batch * s->width);
    if (!status)
        memcpy(out, l->x_rows, bytes);
    return status;
}

/* ---- The field. */

typedef struct question {
    const rill_sampler *sampler;
    const void *x, *cond;
    const double *t;
    void *out;
} question;

static rill_status answer(void *self, int number, int64_t first, int64_t count)
{
    const question *q = self;
    const rill_sampler *s = q->sampler;
    rill_lane *l = s->lanes[number];
    size_t row = (size_t)s->width * s->item;
    rill_status status = feed_condition(s, l, q->cond, first, count);
    return status ? status
                  : ask(s, l, count, q->t + first, q->t + first, rill_row_of(q->x, first, row),
                        (unsigned char *)q->out + (size_t)first * row);
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
    int failed = 0;
    rill_status status =
        rill_rows_share(n, s->batch, rill_sampler_lanes(s, n), answer, &q, &failed);
    return rill_sampler_report(s->lanes[failed]->program, status, message);
}

/* ---- Sampling. */

static rill_status chunk_average(void *self, const double *t, const double *until, const void *x,
                                 void *mean)
{
    const rill_chunk *c = self;
    rill_status status = rill_interrupt_ask_once(c->asking);
    return status ? status : ask(c->sampler, c->lane, c->count, t, until, x, mean);
}

rill_status rill_chunk_velocity(void *self, const double *t, const void *x, void *dxdt)
{
    return chunk_average(self, t, t, x, dxdt);
}

rill_status rill_chunk_observe(void *self, int64_t row, int64_t index, const void *x)
{
    const rill_chunk *c = self;
    int64_t at = index * c->sampling->n + c->first + row;
    if (c->sampling->trajectory)
        memcpy((unsigned char *)c->sampling->trajectory + (size_t)at * c->row, x, c->row);
    return RILL_OK;
}

/* Copies the state of a chunk to its place in an array [n, ...], unless that is NULL. */
static void keep(const rill_chunk *c, void *array)
{
    if (array)
        memcpy((unsigned char *)array + (size_t)c->first * c->row, c->lane->state,
               (size_t)c->count * c->row);
}

static void start_chunk(const rill_chunk *c)
{
    const rill_sampler *s = c->sampler;
    if (c->sampling->x0)
        memcpy(c->lane->state, rill_row_of(c->sampling->x0, c->first, c->row),
               (size_t)c->count * c->row);
    else
        rill_noise_rows(s->dtype, c->sampling->seed, c->sampling->first + c->first, c->count,
                        s->width, c->lane->state);
    keep(c, c->sampling->noise);
}

/* A request under way. */
typedef struct job {
    const rill_sampler *sampler;
    const rill_sampling *sampling;
    const rill_ode *how;
    const void *self;
    rill_asking asking;
} job;

static rill_status carry_rows(void *self, int number, int64_t first, int64_t count)
{
    job *j = self;
    const rill_sampler *s = j->sampler;
    const rill_sampling *sampling = j->sampling;
    rill_lane *l = s->lanes[number];
    rill_chunk c = { .sampler = s,
                     .sampling = sampling,
                     .self = j->self,
                     .asking = &j->asking,
                     .number = number,
                     .lane = l,
                     .first = first,
                     .count = count,
                     .row = (size_t)s->width * s->item };
    rill_ode ode = *j->how;
    ode.dtype = s->dtype, ode.rows = count, ode.width = s->width, ode.self = &c;
    rill_ode_options options = { .solver = sampling->solver,
                                 .tolerance = sampling->tolerance,
                                 .counts = &l->counts };
    rill_status status = feed_condition(s, l, sampling->cond, first, count);
    if (status)
        return status;
    start_chunk(&c);
    status = rill_ode_integrate(&ode, &options, sampling->times, sampling->time_count, l->state,
                                &l->message);
    if (!status)
        keep(&c, sampling->samples);
    return status;
}

static void begin_lanes(const rill_sampler *s, int lanes)
{
    for (int i = 0; i < lanes; i++) {
        s->lanes[i]->counts = (rill_ode_counts){ 0 };
        s->lanes[i]->message.text[0] = '\0';
    }
}

static void add_counts(const rill_sampler *s, int lanes, rill_ode_counts *sum)
{
    for (int i = 0; sum && i < lanes; i++) {
        const rill_ode_counts *counts = &s->lanes[i]->counts;
        sum->calls += counts->calls;
        sum->evaluations += counts->evaluations;
        sum->accepted += counts->accepted;
        sum->rejected += counts->rejected;
    }
}

rill_status rill_sampler_carry(const rill_sampler *s, const rill_sampling *sampling, int lanes,
                               const rill_ode *how, const void *self, rill_message *message)
{
    int failed = 0;
    job j = {
        s, sampling, how, self, { &sampling->interrupt, PTHREAD_MUTEX_INITIALIZER, RILL_OK }
    };
    begin_lanes(s, lanes);
    rill_status status = rill_rows_share(sampling->n, s->batch, lanes, carry_rows, &j, &failed);
    add_counts(s, lanes, sampling->counts);
    const rill_lane *l = s->lanes[failed];
    if ((status == RILL_BAD_ARGUMENT || status == RILL_NOT_FINITE) && *l->message.text)
        return rill_fail(message, status, "%s", l->message.text);
    return rill_sampler_report(l->program, status, message);
}

rill_status rill_sampler_run(rill_sampler *s, const rill_sampling *sampling, rill_message *message)
{
    const char *why = !s || !sampling ? "a NULL"
                                      : rill_sampling_complaint(sampling, s->width, s->cond != NULL,
                                                                sampling->samples);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    rill_ode how = { .velocity = rill_chunk_velocity,
                     .observe = sampling->trajectory ? rill_chunk_observe : NULL,
                     .average = s->until ? chunk_average : NULL };
    return rill_sampler_carry(s, sampling, rill_sampler_lanes(s, sampling->n), &how, NULL, message);
}
