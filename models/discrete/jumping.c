/* Running a sampler of tokens, a batch of rows at a time. */
#include "core/rng.h"
#include "sampler_impl.h"
#include "tokens.h"

#include <string.h>

/* Rows first, ..., first + count - 1 of those asked for, padded to the batch. */
typedef struct chunk {
    rill_jump_sampler *s;
    const rill_jumping *jumping;
    int64_t first, count;
    uint64_t key; /* of the stream of jumps */
} chunk;

/* The first token up to which the source's probabilities sum to u. */
static int32_t source_token(const rill_jump_sampler *s, double u)
{
    double sum = 0;
    int32_t last = 0;
    for (int64_t i = 0; i < s->tokens && sum < u; i++) {
        last = s->source[i] > 0 ? (int32_t)i : last;
        sum += s->source[i];
    }
    return last;
}

/* Known tokens stay what they are. */
static void hold_fixed(const chunk *c)
{
    const int32_t *fixed = c->jumping->fixed;
    int64_t width = c->s->width;
    for (int64_t i = 0; fixed && i < c->count * width; i++)
        if (fixed[c->first * width + i] >= 0)
            c->s->x_rows[i] = fixed[c->first * width + i];
}

/* Uniforms number `step` of a stream, for the rows of the chunk. */
static const double *uniforms(const chunk *c, uint64_t key, int64_t step)
{
    rill_jump_sampler *s = c->s;
    for (int64_t i = 0; i < c->count; i++)
        rill_stream_uniform(key, (uint32_t)step, c->jumping->first + c->first + i, 0, s->width,
                            s->uniforms + i * s->width);
    return s->uniforms;
}

static void start(const chunk *c)
{
    rill_jump_sampler *s = c->s;
    int64_t count = c->count * s->width;
    const int32_t *x0 = c->jumping->x0;
    const double *u = x0 ? NULL : uniforms(c, rill_stream_key(c->jumping->seed, "source"), 0);
    for (int64_t i = 0; i < count; i++)
        s->x_rows[i] = x0 ? x0[c->first * s->width + i] : source_token(s, u[i]);
    hold_fixed(c);
}

static void fill_rows(const chunk *c, double t, int64_t draw)
{
    rill_jump_sampler *s = c->s;
    const double *u = uniforms(c, c->key, draw);
    for (int64_t i = 0; i < s->batch; i++)
        rill_put_number(s->dtype, s->t_rows, i, t);
    for (int64_t i = 0; i < c->count * s->width; i++)
        rill_put_number(s->dtype, s->u_rows, i, u[i]);
}

/* x_rows by one run of p, with the uniforms number `draw` of their stream. */
static rill_status advance(const chunk *c, rill_program *p, const rill_tensor *y, double t,
                           double forward, double backward, int64_t draw)
{
    rill_jump_sampler *s = c->s;
    int64_t count = s->batch * s->width;
    rill_status status = rill_interrupt_ask(&c->jumping->interrupt);
    if (status)
        return status;
    fill_rows(c, t, draw);
    status = rill_feed(p, s->x, s->x_rows, count);
    if (!status)
        status = rill_feed(p, s->t, s->t_rows, s->batch);
    if (!status)
        status = rill_feed(p, s->u, s->u_rows, count);
    if (!status)
        status = rill_feed_number(p, s->forward, forward);
    if (!status)
        status = rill_feed_number(p, s->backward, backward);
    if (!status && s->cond)
        status = rill_feed(p, s->cond, s->cond_rows, rill_count(s->cond));
    if (!status)
        status = rill_run(p);
    if (!status)
        status = rill_read(p, y, s->x_rows, count);
    if (status)
        s->failed = p;
    else
        hold_fixed(c);
    return status;
}

/* Step number i, from times[i-1] to times[i], and the corrector steps after it. */
static rill_status take_step(const chunk *c, int64_t i)
{
    rill_jump_sampler *s = c->s;
    const double *times = c->jumping->times;
    double h = times[i] - times[i - 1];
    int64_t draw = (i - 1) * (1 + c->jumping->correctors);
    if (times[i] == 1.0)
        return advance(c, s->finish, s->last, times[i - 1], 0, 0, draw);
    rill_status status = advance(c, s->step, s->next, times[i - 1], h, 0, draw);
    for (int64_t k = 1; k <= c->jumping->correctors && !status; k++)
        status = advance(c, s->step, s->next, times[i], h, h, draw + k);
    return status;
}

/* x_rows to row `at` of the caller's array, which may be NULL. */
static void give_rows(const chunk *c, int32_t *array, int64_t at)
{
    size_t row = (size_t)c->s->width * sizeof(int32_t);
    if (array)
        memcpy((unsigned char *)array + (size_t)at * row, c->s->x_rows, (size_t)c->count * row);
}

static rill_status sample_rows(void *self, int64_t first, int64_t count)
{
    chunk *c = self;
    rill_jump_sampler *s = c->s;
    c->first = first;
    c->count = count;
    const rill_jumping *j = c->jumping;
    rill_status status = RILL_OK;
    if (s->cond)
        memcpy(s->cond_rows, rill_row_of(j->cond, c->first, s->condition),
               (size_t)c->count * s->condition);
    start(c);
    give_rows(c, j->start, c->first);
    give_rows(c, j->trajectory, c->first);
    for (int64_t i = 1; i < j->time_count && !status; i++) {
        status = take_step(c, i);
        if (!status)
            give_rows(c, j->trajectory, i * j->n + c->first);
    }
    if (!status)
        give_rows(c, j->samples, c->first);
    return status;
}

/* ---- What is asked. */

static const char *complaint(const rill_jump_sampler *s, const rill_jumping *j)
{
    if (!s || !j)
        return "a NULL";
    const char *why =
        rill_rows_complaint(j->n, j->first, s->width, s->cond != NULL, j->cond, j->samples);
    why = why ? why : rill_jump_times_complaint(j->times, j->time_count);
    if (!why && (j->correctors < 0 || j->correctors >= UINT32_MAX / j->time_count))
        why = "the number of corrector steps is out of range";
    return why;
}

/* Tokens low..high-1 in all n rows; the array may be NULL. */
static rill_status check_tokens(const rill_jump_sampler *s, int64_t n, const char *what,
                                const int32_t *x, int64_t low, int64_t high, rill_message *message)
{
    for (int64_t i = 0; x && i < n * s->width; i++)
        if (x[i] < low || x[i] >= high)
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "sampler: token %lld of row %lld of %s is %d, expected %lld to %lld",
                             (long long)(i % s->width), (long long)(i / s->width), what, (int)x[i],
                             (long long)low, (long long)high - 1);
    return RILL_OK;
}

rill_status rill_jump_sampler_run(rill_jump_sampler *s, const rill_jumping *jumping,
                                  rill_message *message)
{
    const char *why = complaint(s, jumping);
    if (why)
        return rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
    rill_status status = check_tokens(s, jumping->n, "x0", jumping->x0, 0, s->tokens, message);
    if (!status)
        status = check_tokens(s, jumping->n, "fixed", jumping->fixed, -1, s->vocab, message);
    if (status)
        return status;
    s->failed = NULL;
    chunk c = { .s = s, .jumping = jumping, .key = rill_stream_key(jumping->seed, "jump") };
    status = rill_rows_each(jumping->n, s->batch, sample_rows, &c);
    return rill_sampler_report(s->failed, status, message);
}
