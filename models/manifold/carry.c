/* Rows carried along the field of a manifold, a batch at a time. */
#include "models/ode/integrate.h"
#include "sampler_impl.h"

#include <string.h>

/* Some rows of a request, padded to the batch. */
typedef struct journey {
    const rill_manifold_sampler *s;
    const rill_sampling *request;
    double *log_p; /* of the rows, as far as it is known on the way; NULL: not wanted */
    int ascends;
    const rill_rows *rows;
    rill_manifold_lane *l;
    int64_t calls; /* of the velocity */
} journey;

/* y of a program, at the points of x_rows and the vectors w. */
static rill_status evaluate(const journey *j, rill_program *p, const void *w, const rill_tensor *y,
                            void *out)
{
    const rill_manifold_sampler *s = j->s;
    rill_status status = rill_feed_rows(p, s->x, j->l->x_rows, j->rows->count);
    if (!status)
        status = rill_feed(p, s->w, w, rill_count(s->w));
    if (!status)
        status = rill_run(p);
    if (!status)
        status = rill_read(p, y, out, rill_count(y));
    return rill_sampler_report(p, status, j->rows->message);
}

/* ---- A step. */

/* d/dt of w [batch,n], and behind it of the integral of div [batch]. */
static rill_status normal_velocity(void *self, const double *t, const void *w, void *dwdt)
{
    journey *j = self;
    const rill_manifold_sampler *s = j->s;
    rill_status status = rill_rows_ask(j->rows);
    if (status)
        return status;
    j->calls++;
    status = rill_feed_number(j->l->move, s->t, *t);
    if (!status)
        status = evaluate(j, j->l->move, w, s->dwdt, dwdt);
    if (!status && j->log_p)
        status =
            rill_read(j->l->move, s->div,
                      (unsigned char *)dwdt + (size_t)(s->batch * s->width) * s->item, s->batch);
    return status;
}

/* log p falls along the way as fast as the field spreads samples.  Of data what is behind them is
 * added: log p(x_1) = log p(x_0) - integral from 0 to 1. */
static void add_integrals(const journey *j)
{
    const rill_manifold_sampler *s = j->s;
    for (int64_t i = 0; i < j->rows->count; i++) {
        double integral = rill_number_at(s->dtype, j->l->w_rows, s->batch * s->width + i);
        j->log_p[i] += j->ascends ? -integral : integral;
    }
}

/* x_rows from times[i-1] to times[i]. */
static rill_status take_step(journey *j, int64_t i)
{
    const rill_manifold_sampler *s = j->s;
    rill_manifold_lane *l = j->l;
    int64_t count = s->batch * (s->width + (j->log_p != NULL));
    rill_ode ode = { s->dtype, 1, count, .velocity = normal_velocity, .self = j };
    rill_ode_options options = { .solver = j->request->solver };
    memset(l->w_rows, 0, (size_t)count * s->item);
    rill_status status = rill_ode_integrate(&ode, &options, j->request->times + i - 1, 2, l->w_rows,
                                            j->rows->message);
    if (status)
        return status;
    if (j->log_p)
        add_integrals(j);
    return evaluate(j, l->settle, l->w_rows, s->settled, l->x_rows);
}

/* ---- From the first time to the last. */

/* The caller's rows as points of the manifold, or points of the base. */
static rill_status start_rows(const journey *j)
{
    const rill_manifold_sampler *s = j->s;
    rill_manifold_lane *l = j->l;
    memset(l->w_rows, 0, (size_t)(s->batch * s->width) * s->item);
    rill_start_rows(j->request, s->dtype, j->rows->first, j->rows->count, s->width, l->x_rows);
    return j->request->x0 ? evaluate(j, l->settle, l->w_rows, s->settled, l->x_rows)
                          : evaluate(j, l->begin, l->w_rows, s->base, l->x_rows);
}

/* x_rows to row `at` of the caller's array, which may be NULL. */
static void give_rows(const journey *j, void *array, int64_t at)
{
    rill_rows_give(array, at, j->rows->count, (size_t)j->s->width * j->s->item, j->l->x_rows);
}

/* log_p at the end of the way that is noise. */
static rill_status weigh_rows(const journey *j)
{
    const rill_manifold_sampler *s = j->s;
    rill_manifold_lane *l = j->l;
    if (!j->log_p)
        return RILL_OK;
    rill_status status = evaluate(j, l->weigh, l->w_rows, s->log_base, l->w_rows);
    for (int64_t i = 0; i < j->rows->count && !status; i++)
        j->log_p[i] += rill_number_at(s->dtype, l->w_rows, i);
    return status;
}

static rill_status travel(journey *j)
{
    const rill_sampling *r = j->request;
    rill_manifold_lane *l = j->l;
    int64_t first = j->rows->first;
    rill_rows_take(l->cond_rows, r->cond, first, j->rows->count, j->s->condition);
    rill_status status = rill_feed_rows(l->move, j->s->cond, l->cond_rows, j->rows->count);
    if (!status)
        status = start_rows(j);
    if (!status)
        give_rows(j, r->noise, first);
    if (!status && j->ascends)
        status = weigh_rows(j);
    for (int64_t i = 0; i < r->time_count && !status; i++) {
        if (i > 0)
            status = take_step(j, i);
        if (!status)
            give_rows(j, r->trajectory, i * r->n + first);
    }
    if (!status)
        give_rows(j, r->samples, first);
    if (!status && !j->ascends)
        status = weigh_rows(j);
    return status;
}

/* self: a journey of no rows yet. */
static rill_status carry(void *self, const rill_rows *rows)
{
    journey j = *(const journey *)self;
    j.rows = rows, j.l = rows->lane;
    for (int64_t i = 0; i < rows->count && j.log_p; i++)
        j.log_p[rows->first + i] = 0;
    j.log_p = j.log_p ? j.log_p + rows->first : NULL;
    rill_status status = travel(&j);
    rill_ode_counts counts = { .calls = j.calls,
                               .evaluations = j.calls * rows->count,
                               .accepted = (j.request->time_count - 1) * rows->count };
    rill_count_work(j.request->counts, &counts);
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
    journey j = { .s = s, .request = request, .log_p = log_p, .ascends = ascends };
    return rill_rows_share(log_p ? &s->scoring : &s->sampling, request->n, &request->interrupt,
                           carry, &j, message);
}
