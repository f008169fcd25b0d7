/* Running a scorer. */
#include "scorer_impl.h"

#include <math.h>
#include <string.h>

/* ---- One chunk: rows of samples, each with its integrals. */

typedef struct job {
    const rill_scorer *scorer;
    const rill_scores *scores;
    int ascends;
} job;

static rill_status fill_probes(const rill_chunk *c)
{
    const job *j = c->self;
    const rill_sampling *r = c->sampling;
    rill_status status = RILL_OK;
    for (int64_t i = 0; i < c->rows->count && !status; i++)
        status =
            rill_probed_fill(&j->scorer->probed, r->seed, r->first + c->rows->first + i, r->cond,
                             c->rows->first + i, c->lane->cond_rows, i, c->rows->message);
    return status;
}

static void give_samples(const rill_chunk *c, void *array)
{
    const job *j = c->self;
    for (int64_t i = 0; i < c->rows->count; i++)
        rill_rows_give(array, c->rows->first + i, 1, j->scorer->sample,
                       rill_row_of(c->lane->state, i, c->row));
}

static rill_status weigh(const rill_chunk *c)
{
    const job *j = c->self;
    return rill_chunk_weigh(c, j->scores->log_p + c->rows->first);
}

static rill_status start(const rill_chunk *c)
{
    const job *j = c->self;
    const rill_scorer *s = j->scorer;
    for (int64_t i = 0; i < c->rows->count; i++) {
        unsigned char *row = c->lane->state + (size_t)i * c->row;
        rill_start_rows(c->sampling, s->probed.dtype, c->rows->first + i, 1, s->width, row);
        memset(row + s->sample, 0, c->row - s->sample);
    }
    give_samples(c, c->sampling->noise);
    return j->ascends ? weigh(c) : RILL_OK;
}

/* The mean of the integrals of row i, and its standard error. */
static double integral_of(const rill_chunk *c, int64_t i, double *standard_error)
{
    const job *j = c->self;
    const rill_scorer *s = j->scorer;
    int64_t n = s->integrals, at = i * (s->width + n) + s->width;
    double mean = 0, square = 0;
    for (int64_t k = 0; k < n; k++)
        mean += rill_number_at(s->probed.dtype, c->lane->state, at + k) / (double)n;
    for (int64_t k = 0; k < n; k++)
        square += pow(rill_number_at(s->probed.dtype, c->lane->state, at + k) - mean, 2);
    *standard_error = n > 1 ? sqrt(square / (double)(n - 1) / (double)n) : (double)NAN;
    return mean;
}

static rill_status end(const rill_chunk *c)
{
    const job *j = c->self;
    rill_status status = j->ascends ? RILL_OK : weigh(c);
    if (status)
        return status;
    for (int64_t i = 0; i < c->rows->count; i++) {
        double error, integral = integral_of(c, i, &error);
        j->scores->log_p[c->rows->first + i] += j->ascends ? -integral : integral;
        if (j->scores->standard_error)
            j->scores->standard_error[c->rows->first + i] = error;
    }
    give_samples(c, c->sampling->samples);
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
    return rill_sampling_complaint(r, s->width, s->probed.labels || s->probed.vector, out->log_p);
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
    job j = { s, scores, ascends };
    rill_carrier how = { .ode = { .velocity = rill_chunk_velocity },
                         .condition = s->probed.spreading.probe_count > 0 ? fill_probes : NULL,
                         .start = start,
                         .end = end };
    return rill_sampler_carry(s->sampler, request, &how, &j, message);
}
