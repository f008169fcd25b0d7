#include "jump.h"

#include "ops/cast.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/random.h"
#include "ops/reduce.h"
#include "ops/shape.h"
#include "tokens.h"

#define TINY 1e-30 /* a normal number of f32 */

/* The probability of x itself, [B,N], of p [B,N,K]. */
static rill_tensor *of_itself(rill_tensor *p, rill_tensor *x)
{
    return rill_sum(rill_mul(p, rill_one_hot(x, rill_dim(p, -1), rill_dtype_of(p))), RILL_AXES(-1),
                    0);
}

/* Expected jumps to the source in a step, [B,N].  A token that is x1 came from the data with
 * probability kappa/(kappa + (1 - kappa) s(x)), s the source's probabilities, and its x0 is then
 * any; one that is not x1 is its x0. */
static rill_tensor *backward_jumps(const rill_discrete *d, rill_tensor *x, rill_kappa_point at,
                                   rill_tensor *p, rill_tensor *length)
{
    rill_tensor *chance = rill_source_chance(d, x);
    rill_tensor *total = rill_add(at.kappa, rill_mul(at.rest, chance));
    total = rill_max(total, rill_scalar_like(total, TINY));
    return rill_div(rill_mul(rill_mul(length, at.rate), of_itself(p, x)), total);
}

static int fits(const rill_discrete *d, const rill_tensor *length, int64_t batch)
{
    rill_shape shape = rill_shape_of(length), column = RILL_SHAPE(batch, 1);
    return rill_dtype_of(length) == d->dtype &&
           (shape.rank == 0 || rill_shape_equal(&shape, &column));
}

static const char *complaint(const rill_discrete *d, rill_tensor *x, rill_tensor *t, rill_jump jump)
{
    if (rill_discrete_complaint(d))
        return rill_discrete_complaint(d);
    if (rill_rank(x) != 2 || rill_dtype_of(x) != RILL_I32)
        return "expected tokens i32 [batch, tokens]";
    if (rill_count(t) != rill_dim(x, 0) || rill_dtype_of(t) != d->dtype)
        return "expected one t for each row, of the flow's dtype";
    if (!jump.forward || !fits(d, jump.forward, rill_dim(x, 0)) ||
        (jump.backward && !fits(d, jump.backward, rill_dim(x, 0))))
        return "expected lengths of a step [] or [batch, 1], of the flow's dtype";
    return NULL;
}

rill_tensor *rill_jump_distribution(const rill_discrete *d, rill_tensor *x, rill_tensor *t,
                                    rill_tensor *cond, rill_jump jump)
{
    const char *why = complaint(d, x, t, jump);
    if (why)
        return rill_graph_fail(rill_graph_of(x), "jump: %s", why);
    int extra = rill_discrete_source(d)->extra;
    t = rill_reshape(t, RILL_SHAPE(rill_dim(x, 0), 1));
    rill_kappa_point at = rill_kappa_at(rill_discrete_kappa(d), t);
    rill_tensor *p = rill_discrete_posterior(d, x, t, cond);
    rill_tensor *here = rill_one_hot(x, d->vocab + extra, d->dtype);
    rill_tensor *jumps = rill_mul(jump.forward, at.hazard); /* [B,1] */
    rill_tensor *to = rill_mul(rill_expand_dims(jumps, -1), rill_pad(p, -1, 0, extra, 1));
    if (jump.backward) {
        rill_tensor *back = backward_jumps(d, x, at, p, jump.backward);
        rill_tensor *source =
            rill_token_source_table(rill_discrete_source(d), rill_graph_of(x), d->dtype, d->vocab);
        to = rill_add(to, rill_mul(rill_expand_dims(back, -1), source));
        jumps = rill_add(jumps, back);
    }
    jumps = rill_expand_dims(jumps, -1); /* [B,1 or N,1] */
    rill_tensor *stays = rill_exp(rill_neg(jumps)), *leaves = rill_neg(rill_expm1(rill_neg(jumps)));
    rill_tensor *share = rill_div(leaves, rill_max(jumps, rill_scalar_like(jumps, TINY)));
    return rill_add(rill_mul(stays, here), rill_mul(share, to));
}

rill_tensor *rill_draw_tokens(rill_tensor *p, rill_tensor *u)
{
    rill_graph *g = rill_graph_of(p);
    if (rill_rank(p) != 3 || !rill_dtype_is_float(rill_dtype_of(p)) || rill_dim(p, 2) < 1)
        return rill_graph_fail(g, "draw: expected probabilities [batch, tokens, vocab]");
    rill_shape shape = RILL_SHAPE(rill_dim(p, 0), rill_dim(p, 1));
    if (!u)
        u = rill_uniform(g, rill_dtype_of(p), shape);
    rill_shape got = rill_shape_of(u);
    if (!rill_shape_equal(&shape, &got) || rill_dtype_of(u) != rill_dtype_of(p))
        return rill_graph_fail(g, "draw: expected one u for each token, of p's dtype");
    rill_tensor *sums = rill_cumsum(p, -1);
    rill_tensor *total = rill_slice(sums, -1, -1, RILL_END, 1);
    rill_tensor *passed = rill_lt(sums, rill_mul(rill_expand_dims(u, -1), total));
    return rill_cast(rill_sum(passed, RILL_AXES(-1), 0), RILL_I32);
}

static rill_tensor *one_step(const rill_discrete *d, double from, double to, rill_tensor *x,
                             rill_tensor *cond)
{
    rill_graph *g = rill_graph_of(x);
    rill_tensor *t = rill_full(g, d->dtype, RILL_SHAPE(rill_dim(x, 0), 1), from);
    rill_jump jump = { .forward = rill_full(g, d->dtype, RILL_SCALAR, to - from) };
    rill_tensor *p = to == 1.0 ? rill_discrete_posterior(d, x, t, cond)
                               : rill_jump_distribution(d, x, t, cond, jump);
    return rill_draw_tokens(p, NULL);
}

rill_tensor *rill_jump_unroll(const rill_discrete *d, const double *times, int64_t count,
                              rill_tensor *x0, rill_tensor *cond)
{
    const char *why = rill_discrete_complaint(d);
    why = why ? why : rill_jump_times_complaint(times, count);
    if (why)
        return rill_graph_fail(rill_graph_of(x0), "jump: %s", why);
    for (int64_t i = 1; i < count && !rill_is_inert(x0); i++)
        x0 = one_step(d, times[i - 1], times[i], x0, cond);
    return x0;
}
