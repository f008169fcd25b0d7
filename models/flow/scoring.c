/* Running a scorer. */
#include "scorer_impl.h"

#include "models/sampling/rows.h"

#include <math.h>
#include <string.h>

/* ---- One chunk: rows [first, first + count) of the caller's arrays. */

typedef struct chunk {
    rill_scorer *scorer;
    const rill_sampling *request;
    const rill_scores *scores;
    int ascends;
    rill_message *message;
    int64_t first, count;
} chunk;

/* Samples from one array to another, `from_bytes` and `to_bytes` apart. */
static void copy_samples(const chunk *c, void *to, size_t to_bytes, const void *from,
                         size_t from_bytes)
{
    for (int64_t i = 0; i < c->count; i++)
        memcpy((unsigned char *)to + (size_t)i * to_bytes, rill_row_of(from, i, from_bytes),
               c->scorer->sample);
}

static void start_rows(const chunk *c)
{
    rill_scorer *s = c->scorer;
    const void *x = s->ends;
    if (c->request->x0)
        x = rill_row_of(c->request->x0, c->first, s->sample);
    else
        rill_noise_rows(s->options.dtype, c->request->seed, c->request->first + c->first, c->count,
                        s->width, s->ends);
    memset(s->starts, 0, (size_t)s->batch * s->row);
    copy_samples(c, s->starts, s->row, x, s->sample);
}

/* The conditions of a chunk, with probes where there are some. */
static rill_status chunk_conditions(const chunk *c, const void **cond, rill_message *message)
{
    rill_scorer *s = c->scorer;
    const rill_sampling *r = c->request;
    rill_status status = RILL_OK;
    *cond = r->cond ? rill_row_of(r->cond, c->first, rill_condition_bytes(&s->options)) : NULL;
    if (s->probed.spreading.probe_count == 0)
        return status;
    for (int64_t i = 0; i < c->count && !status; i++)
        status = rill_probed_fill(&s->probed, r->seed, r->first + c->first + i, *cond, i,
                                  s->conditions, i, s->deviates, message);
    *cond = s->conditions;
    return status;
}

static rill_status weigh_rows(rill_scorer *s, const void *rows, rill_message *message)
{
    rill_status status = rill_feed(s->weigh, s->rows, rows, rill_count(s->rows));
    if (!status)
        status = rill_run(s->weigh);
    if (!status)
        status = rill_read(s->weigh, s->log_source, s->weights, s->batch);
    return status ? rill_fail(message, status, "scorer: %s", rill_program_error(s->weigh)) : status;
}

/* The mean of the integrals of row i, and its standard error. */
static double integral_of(const rill_scorer *s, int64_t i, double *standard_error)
{
    int64_t n = s->integrals, at = i * (s->width + n) + s->width;
    double mean = 0, square = 0;
    for (int64_t k = 0; k < n; k++)
        mean += rill_number_at(s->options.dtype, s->ends, at + k) / (double)n;
    for (int64_t k = 0; k < n; k++)
        square += pow(rill_number_at(s->options.dtype, s->ends, at + k) - mean, 2);
    *standard_error = n > 1 ? sqrt(square / (double)(n - 1) / (double)n) : (double)NAN;
    return mean;
}

static void give_scores(const chunk *c)
{
    const rill_scorer *s = c->scorer;
    for (int64_t i = 0; i < c->count; i++) {
        double error, integral = integral_of(s, i, &error);
        double log_source = rill_number_at(s->options.dtype, s->weights, i);
        c->scores->log_p[c->first + i] = log_source + (c->ascends ? -integral : integral);
        if (c->scores->standard_error)
            c->scores->standard_error[c->first + i] = error;
    }
}

static void give_samples(const chunk *c, const void *rows, void *array)
{
    size_t sample = c->scorer->sample;
    if (array)
        copy_samples(c, (unsigned char *)array + (size_t)c->first * sample, sample, rows,
                     c->scorer->row);
}

static rill_status score_rows(void *self, int64_t first, int64_t count)
{
    chunk *c = self;
    rill_scorer *s = c->scorer;
    c->first = first;
    c->count = count;
    rill_sampling inner = *c->request;
    rill_status status = chunk_conditions(c, &inner.cond, c->message);
    if (status)
        return status;
    start_rows(c);
    inner.n = c->count;
    inner.first = 0;
    inner.x0 = s->starts;
    inner.samples = s->ends;
    inner.noise = NULL;
    status = rill_sampler_run(s->sampler, &inner, c->message);
    if (!status)
        status = weigh_rows(s, c->ascends ? s->starts : s->ends, c->message);
    if (status)
        return status;
    give_scores(c);
    give_samples(c, s->starts, c->request->noise);
    give_samples(c, s->ends, c->request->samples);
    return RILL_OK;
}

/* ---- All of them. */

/* NULL, or what is wrong with a request. */
static const char *complaint(const rill_scorer *s, const rill_sampling *r, const rill_scores *out)
{
    if (!s || !r || !out)
        return "a NULL";
    if (r->trajectory)
        return "trajectories are not kept";
    return rill_sampling_complaint(r, s->width, s->options.labels || s->options.vector, out->log_p);
}

rill_status rill_scorer_run(rill_scorer *s, const rill_sampling *request, const rill_scores *scores,
                            rill_message *message)
{
    const char *why = complaint(s, request, scores);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: %s", why);
    int ascends = rill_time_grid_ascends(request->times, request->time_count);
    why = rill_spreading_complaint(s->averages, request->solver, ascends);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: %s", why);
    if (!ascends && !request->x0 && request->n > 0)
        return rill_fail(message, RILL_BAD_ARGUMENT, "scorer: times descend, but there is no data");
    chunk c = { s, request, scores, ascends, message, 0, 0 };
    return rill_rows_each(request->n, s->batch, score_rows, &c);
}
