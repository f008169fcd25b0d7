/* A sampler of tokens at work: chunks of the caller's rows, each in a lane. */
#include "core/rng.h"
#include "sampler_impl.h"
#include "tokens.h"

/* Some rows of those asked for, padded to the batch. */
typedef struct chunk {
    const rill_jump_sampler *s;
    const rill_jumping *jumping;
    uint64_t key; /* of the stream of jumps */
    const rill_rows *rows;
    rill_jump_lane *l;
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
    for (int64_t i = 0; fixed && i < c->rows->count * width; i++)
        if (fixed[c->rows->first * width + i] >= 0)
            c->l->x_rows[i] = fixed[c->rows->first * width + i];
}

/* Uniforms number `step` of a stream, for the rows of the chunk. */
static const double *uniforms(const chunk *c, uint64_t key, int64_t step)
{
    int64_t width = c->s->width;
    for (int64_t i = 0; i < c->rows->count; i++)
        rill_stream_uniform(key, (uint32_t)step, c->jumping->first + c->rows->first + i, 0, width,
                            c->l->uniforms + i * width);
    return c->l->uniforms;
}

static void start(const chunk *c)
{
    const rill_jump_sampler *s = c->s;
    int64_t count = c->rows->count * s->width;
    const int32_t *x0 = c->jumping->x0;
    const double *u = x0 ? NULL : uniforms(c, rill_stream_key(c->jumping->seed, "source"), 0);
    for (int64_t i = 0; i < count; i++)
        c->l->x_rows[i] = x0 ? x0[c->rows->first * s->width + i] : source_token(s, u[i]);
    hold_fixed(c);
}

static void fill_rows(const chunk *c, double t, int64_t draw)
{
    const rill_jump_sampler *s = c->s;
    const double *u = uniforms(c, c->key, draw);
    rill_put_number(s->dtype, c->l->t_rows, 0, t);
    rill_put_numbers(s->dtype, c->l->u_rows, u, c->rows->count * s->width);
}

/* x_rows by one run of p, with the uniforms number `draw` of their stream. */
static rill_status advance(const chunk *c, rill_program *p, const rill_tensor *y, double t,
                           double forward, double backward, int64_t draw)
{
    const rill_jump_sampler *s = c->s;
    rill_jump_lane *l = c->l;
    int64_t count = c->rows->count;
    rill_status status = rill_rows_ask(c->rows);
    if (status)
        return status;
    fill_rows(c, t, draw);
    status = rill_feed_rows(p, s->x, l->x_rows, count);
    if (!status)
        status = rill_feed_rows(p, s->t, l->t_rows, 1);
    if (!status)
        status = rill_feed_rows(p, s->u, l->u_rows, count);
    if (!status)
        status = rill_feed_number(p, s->forward, forward);
    if (!status)
        status = rill_feed_number(p, s->backward, backward);
    if (!status)
        status = rill_feed_rows(p, s->cond, l->cond_rows, count);
    if (!status)
        status = rill_run(p);
    if (!status)
        status = rill_read(p, y, l->x_rows, rill_count(y));
    if (!status)
        hold_fixed(c);
    return rill_sampler_report(p, status, c->rows->message);
}

/* Step number i, from times[i-1] to times[i], and the corrector steps after it. */
static rill_status take_step(const chunk *c, int64_t i)
{
    const rill_jump_sampler *s = c->s;
    const double *times = c->jumping->times;
    double h = times[i] - times[i - 1];
    int64_t draw = (i - 1) * (1 + c->jumping->correctors);
    if (times[i] == 1.0)
        return advance(c, c->l->finish, s->last, times[i - 1], 0, 0, draw);
    rill_status status = advance(c, c->l->step, s->next, times[i - 1], h, 0, draw);
    for (int64_t k = 1; k <= c->jumping->correctors && !status; k++)
        status = advance(c, c->l->step, s->next, times[i], h, h, draw + k);
    return status;
}

/* x_rows to row `at` of the caller's array, which may be NULL. */
static void give_rows(const chunk *c, int32_t *array, int64_t at)
{
    rill_rows_give(array, at, c->rows->count, (size_t)c->s->width * sizeof *array, c->l->x_rows);
}

/* self: a chunk of no rows yet. */
static rill_status sample_rows(void *self, const rill_rows *rows)
{
    chunk c = *(const chunk *)self;
    c.rows = rows, c.l = rows->lane;
    const rill_jumping *j = c.jumping;
    rill_status status = RILL_OK;
    rill_rows_take(c.l->cond_rows, j->cond, rows->first, rows->count, c.s->condition);
    start(&c);
    give_rows(&c, j->start, rows->first);
    give_rows(&c, j->trajectory, rows->first);
    for (int64_t i = 1; i < j->time_count && !status; i++) {
        status = take_step(&c, i);
        if (!status)
            give_rows(&c, j->trajectory, i * j->n + rows->first);
    }
    if (!status)
        give_rows(&c, j->samples, rows->first);
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
    chunk c = { .s = s, .jumping = jumping, .key = rill_stream_key(jumping->seed, "jump") };
    return rill_rows_share(&s->lanes, jumping->n, &jumping->interrupt, sample_rows, &c, message);
}
