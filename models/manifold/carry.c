/* Rows carried along the field of a manifold, a batch at a time. */
#include "models/ode/integrate.h"
#include "sampler_impl.h"

#include <string.h>

/* Rows first, ..., first + count - 1 of a request, padded to the batch. */
typedef struct journey {
    rill_manifold_sampler *s;
    rill_program *program; /* velocity, or spreading */
    const rill_sampling *request;
    double *log_p; /* [n], of the request; NULL: not wanted */
    int ascends;
    rill_message *message;
    int64_t first, count;
    int64_t calls; /* of the program */
} journey;

/* y of a program, at the points of x_rows and the vectors w. */
static rill_status evaluate(rill_manifold_sampler *s, rill_program *p, const void *w,
                            const rill_tensor *y, void *out)
{
    int64_t count = s->batch * s->width;
    rill_status status = rill_feed(p, s->x, s->x_rows, count);
    if (!status)
        status = rill_feed(p, s->w, w, count);
    if (!status)
        status = rill_run(p);
    if (!status)
        status = rill_read(p, y, out, rill_count(y));
    if (status)
        s->failed = p;
    return status;
}

/* ---- A step. */

/* d/dt of w [batch,n], and behind it of the integral of div [batch]. */
static rill_status normal_velocity(void *self, const double *t, const void *w, void *dwdt)
{
    journey *j = self;
    rill_manifold_sampler *s = j->s;
    rill_status status = rill_interrupt_ask(&j->request->interrupt);
    if (status)
        return rill_fail(j->message, status, "sampler: %s", rill_status_text(status));
    j->calls++;
    status = rill_feed_number(j->program, s->t, *t);
    if (!status)
        status = evaluate(s, j->program, w, s->dwdt, dwdt);
    if (!status && j->log_p)
        status =
            rill_read(j->program, s->div,
                      (unsigned char *)dwdt + (size_t)(s->batch * s->width) * s->item, s->batch);
    return status;
}

/* log p falls along the way as fast as the field spreads samples.  Of data what is behind them is
 * added: log p(x_1) = log p(x_0) - integral from 0 to 1. */
static void add_integrals(const journey *j)
{
    rill_manifold_sampler *s = j->s;
    for (int64_t i = 0; i < s->batch; i++) {
        double integral = rill_number_at(s->dtype, s->w_rows, s->batch * s->width + i);
        s->log_p[i] += j->ascends ? -integral : integral;
    }
}

/* x_rows from times[i-1] to times[i]. */
static rill_status take_step(journey *j, int64_t i)
{
    rill_manifold_sampler *s = j->s;
    int64_t count = s->batch * (s->width + (j->log_p != NULL));
    rill_ode ode = { s->dtype, 1, count, .velocity = normal_velocity, .self = j };
    rill_ode_options options = { .solver = j->request->solver };
    memset(s->w_rows, 0, (size_t)count * s->item);
    rill_status status =
        rill_ode_integrate(&ode, &options, j->request->times + i - 1, 2, s->w_rows, j->message);
    if (status)
        return status;
    if (j->log_p)
        add_integrals(j);
    return evaluate(s, s->settle, s->w_rows, s->settled, s->x_rows);
}

/* ---- From the first time to the last. */

static rill_status feed_condition(const journey *j)
{
    rill_manifold_sampler *s = j->s;
    if (!s->cond)
        return RILL_OK;
    memcpy(s->cond_rows, rill_row_of(j->request->cond, j->first, s->condition),
           (size_t)j->count * s->condition);
    return rill_feed(j->program, s->cond, s->cond_rows, rill_count(s->cond));
}

/* The caller's rows as points of the manifold, or points of the base. */
static rill_status start_rows(const journey *j)
{
    rill_manifold_sampler *s = j->s;
    const rill_sampling *r = j->request;
    size_t row = (size_t)s->width * s->item;
    memset(s->w_rows, 0, (size_t)s->batch * row);
    if (!r->x0) {
        rill_noise_rows(s->dtype, r->seed, r->first + j->first, j->count, s->width, s->x_rows);
        return evaluate(s, s->begin, s->w_rows, s->base, s->x_rows);
    }
    memcpy(s->x_rows, rill_row_of(r->x0, j->first, row), (size_t)j->count * row);
    return evaluate(s, s->settle, s->w_rows, s->settled, s->x_rows);
}

/* x_rows to row `at` of the caller's array, which may be NULL. */
static void give_rows(const journey *j, void *array, int64_t at)
{
    size_t row = (size_t)j->s->width * j->s->item;
    if (array)
        memcpy((unsigned char *)array + (size_t)at * row, j->s->x_rows, (size_t)j->count * row);
}

/* log_p at the end of the way that is noise. */
static rill_status weigh_rows(const journey *j)
{
    rill_manifold_sampler *s = j->s;
    if (!j->log_p)
        return RILL_OK;
    rill_status status = evaluate(s, s->weigh, s->w_rows, s->log_base, s->w_rows);
    for (int64_t i = 0; i < s->batch && !status; i++)
        s->log_p[i] += rill_number_at(s->dtype, s->w_rows, i);
    return status;
}

static void give_scores(const journey *j)
{
    for (int64_t i = 0; i < j->count && j->log_p; i++)
        j->log_p[j->first + i] = j->s->log_p[i];
}

static void count_work(const journey *j)
{
    rill_ode_counts *counts = j->request->counts;
    if (!counts)
        return;
    counts->calls += j->calls;
    counts->evaluations += j->calls * j->count;
    counts->accepted += (j->request->time_count - 1) * j->count;
}

static rill_status carry(void *self, int64_t first, int64_t count)
{
    journey *j = self;
    const rill_sampling *r = j->request;
    j->first = first;
    j->count = count;
    j->calls = 0;
    memset(j->s->log_p, 0, (size_t)j->s->batch * sizeof *j->s->log_p);
    rill_status status = feed_condition(j);
    if (!status)
        status = start_rows(j);
    if (!status)
        give_rows(j, r->noise, j->first);
    if (!status && j->ascends)
        status = weigh_rows(j);
    for (int64_t i = 0; i < r->time_count && !status; i++) {
        if (i > 0)
            status = take_step(j, i);
        if (!status)
            give_rows(j, r->trajectory, i * r->n + j->first);
    }
    if (!status)
        give_rows(j, r->samples, j->first);
    if (!status && !j->ascends)
        status = weigh_rows(j);
    if (!status)
        give_scores(j);
    count_work(j);
    return status;
}

/* ---- All rows. */

/* NULL, or what is wrong with a request. */
static const char *complaint(const rill_manifold_sampler *s, const rill_sampling *r, double *log_p)
{
    if (!s || !r)
        return "a NULL";
    if (r->tolerance != 0)
        return "on a manifold a step is an interval of the grid, there is no tolerance";
    return rill_sampling_complaint(r, s->width, s->cond != NULL, log_p ? log_p : r->samples);
}

/* The message of a program that failed goes before what the solver says of it. */
static rill_status report(const rill_manifold_sampler *s, rill_status status, rill_message *message)
{
    const char *why = status && s->failed ? rill_program_error(s->failed) : NULL;
    if (why && *why)
        rill_fail(message, status, "sampler: %s", why);
    return status;
}

rill_status rill_manifold_carry(rill_manifold_sampler *s, const rill_sampling *request,
                                double *log_p, rill_message *message)
{
    const char *why = complaint(s, request, log_p);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    rill_status status = rill_time_grid_check(request->times, request->time_count, message);
    if (status)
        return status;
    int ascends = rill_time_grid_ascends(request->times, request->time_count);
    if (log_p && !ascends && !request->x0 && request->n > 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "sampler: times descend, but there are no points to score");
    s->failed = NULL;
    journey j = { .s = s,
                  .program = log_p ? s->spreading : s->velocity,
                  .request = request,
                  .log_p = log_p,
                  .ascends = ascends,
                  .message = message };
    return report(s, rill_rows_each(request->n, s->batch, carry, &j), message);
}
