#include "sampler.h"

#include "base/alloc.h"
#include "core/program.h"
#include "core/rng.h"
#include "models/sampling/rows.h"
#include "ops/effect.h"

#include <string.h>

struct rill_jump_sampler {
    rill_dtype dtype;
    int64_t batch, width;                        /* rows of a run, tokens of a row */
    int64_t vocab, tokens;                       /* of the data; of data and source */
    size_t condition;                            /* bytes of a condition; 0: there is none */
    double *source;                              /* [tokens] probabilities */
    rill_tensor *x, *t, *u, *forward, *backward; /* inputs: [batch,N], [batch,1], [batch,N], [], []
                                                  */
    rill_tensor *cond;                           /* conditions or NULL */
    rill_tensor *next, *last;                    /* tokens after a step, and after the last one */
    rill_program *step, *finish;                 /* programs of the two */
    const rill_program *failed;                  /* what went wrong last */
    int32_t *x_rows;
    double *uniforms; /* [batch,N] */
    unsigned char *t_rows, *u_rows, *cond_rows;
};

/* ---- Making one. */

static void build(rill_jump_sampler *s, rill_graph *g, const rill_discrete *d,
                  const rill_sampler_options *o)
{
    rill_shape shape = rill_batch_shape(o);
    s->x = rill_input(g, "x", RILL_I32, shape);
    s->t = rill_input(g, "t", s->dtype, RILL_SHAPE(s->batch, 1));
    s->u = rill_input(g, "u", s->dtype, shape);
    s->forward = rill_input(g, "forward", s->dtype, RILL_SCALAR);
    s->backward = rill_input(g, "backward", s->dtype, RILL_SCALAR);
    s->cond = rill_condition_input(g, o);
    rill_jump jump = { s->forward, s->backward };
    rill_tensor *next = rill_jump_distribution(d, s->x, s->t, s->cond, jump);
    rill_tensor *last = rill_discrete_posterior(d, s->x, s->t, s->cond);
    s->next = rill_draw_tokens(rill_require_finite(next), s->u);
    s->last = rill_draw_tokens(rill_require_finite(last), s->u);
}

static rill_status make_rows(rill_jump_sampler *s, const rill_discrete *d, rill_message *message)
{
    const rill_token_source *source = rill_discrete_source(d);
    size_t batch = (size_t)s->batch, width = (size_t)s->width, item = rill_dtype_size(s->dtype);
    s->x_rows = rill_alloc_zeroed(batch * width, sizeof *s->x_rows);
    s->uniforms = rill_alloc_zeroed(batch * width, sizeof *s->uniforms);
    s->t_rows = rill_alloc_zeroed(batch, item);
    s->u_rows = rill_alloc_zeroed(batch * width, item);
    s->cond_rows = rill_alloc_zeroed(batch, s->condition);
    s->source = rill_alloc((size_t)s->tokens, sizeof *s->source);
    if (!s->x_rows || !s->uniforms || !s->t_rows || !s->u_rows || !s->cond_rows || !s->source)
        return rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    for (int64_t i = 0; i < s->tokens; i++)
        s->source[i] = source->probability(i, s->vocab, source->self);
    return RILL_OK;
}

static rill_status make(rill_jump_sampler *s, rill_store *store, const rill_discrete *d,
                        const rill_sampler_options *o, rill_message *message)
{
    s->dtype = o->dtype;
    s->batch = rill_batch_of(o);
    s->width = o->sample.dim[0];
    s->vocab = d->vocab;
    s->tokens = d->vocab + rill_discrete_source(d)->extra;
    s->condition = rill_condition_bytes(o);
    rill_graph *g = rill_graph_new(store);
    build(s, g, d, o);
    rill_status status = make_rows(s, d, message);
    if (!status && rill_error(g))
        status = rill_fail(message, RILL_BAD_GRAPH, "%s", rill_error(g));
    if (!status)
        status = rill_require_parameters(s->next, store, message);
    if (!status)
        status = rill_compile_part(g, &s->next, 1, "the sampler", &s->step, message);
    if (!status)
        status = rill_compile_part(g, &s->last, 1, "the sampler", &s->finish, message);
    rill_graph_free(g);
    return status;
}

rill_jump_sampler *rill_jump_sampler_new(rill_store *store, const rill_discrete *discrete,
                                         const rill_sampler_options *options, rill_message *message)
{
    const char *why =
        !store || !options ? "store or options is NULL" : rill_discrete_complaint(discrete);
    if (!why && (options->sample.rank != 1 || options->dtype != discrete->dtype))
        why = "expected rows of tokens, and the flow's dtype";
    if (why) {
        rill_fail(message, RILL_BAD_ARGUMENT, "sampler: %s", why);
        return NULL;
    }
    if (rill_check_sampler_options(options, message))
        return NULL;
    rill_jump_sampler *s = rill_alloc_zeroed(1, sizeof *s);
    if (!s)
        rill_fail(message, RILL_NO_MEMORY, "sampler: out of memory");
    else if (make(s, store, discrete, options, message)) {
        rill_jump_sampler_free(s);
        s = NULL;
    }
    return s;
}

void rill_jump_sampler_free(rill_jump_sampler *s)
{
    if (!s)
        return;
    rill_program_free(s->step);
    rill_program_free(s->finish);
    rill_free(s->source);
    rill_free(s->x_rows);
    rill_free(s->uniforms);
    rill_free(s->t_rows);
    rill_free(s->u_rows);
    rill_free(s->cond_rows);
    rill_free(s);
}

/* ---- Some rows: first, ..., first + count - 1 of those asked for, padded to the batch. */

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
    if (why)
        return why;
    if (!j->times || j->time_count < 1)
        return "no times";
    if (j->correctors < 0 || j->correctors >= UINT32_MAX / j->time_count)
        return "the number of corrector steps is out of range";
    for (int64_t i = 0; i < j->time_count; i++)
        if (!(j->times[i] >= (i ? j->times[i - 1] : 0.0) && j->times[i] <= 1.0))
            return "times have to ascend within [0,1]";
    return NULL;
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

static rill_status report(const rill_jump_sampler *s, rill_status status, rill_message *message)
{
    if (status == RILL_OK)
        return status;
    const char *why = s->failed ? rill_program_error(s->failed) : NULL;
    return rill_fail(message, status, "sampler: %s", why && *why ? why : rill_status_text(status));
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
    return report(s, rill_rows_each(jumping->n, s->batch, sample_rows, &c), message);
}
