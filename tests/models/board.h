/* board.h - distributions over few tokens that can be enumerated: every state, the exact posterior
 * as a network, and the same in plain C to hold it against. */
#ifndef RILL_TESTS_MODELS_BOARD_H
#define RILL_TESTS_MODELS_BOARD_H

#include "evaluate.h"
#include "models/discrete/discrete.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/matmul.h"
#include "ops/reduce.h"
#include "ops/shape.h"

#include <math.h>

enum { MOST_TOKENS = 3, MOST_STATES = 256, MOST_CELLS = 64, MOST_VOCAB = 9 };

/* Rows that are allowed, all equally likely. */
typedef struct board {
    const char *name;
    int64_t vocab, tokens;
    int (*allowed)(const int32_t *x);
} board;

static inline int on_checkerboard(const int32_t *x)
{
    return (x[0] / 2 + x[1] / 2) % 2 == 0;
}

static inline int on_large_blocks(const int32_t *x)
{
    return (x[0] / 3 + x[1] / 3) % 2 == 0;
}

static inline int on_diagonal(const int32_t *x)
{
    return abs(x[0] - x[1]) <= 1;
}

static inline int is_even(const int32_t *x)
{
    return (x[0] + x[1] + x[2]) % 2 == 0;
}

static const board boards[] = {
    { "4 x 4 checkerboard", 8, 2, on_checkerboard },
    { "2 x 2 checkerboard", 6, 2, on_large_blocks },
    { "diagonal", 5, 2, on_diagonal },
    { "even sum", 4, 3, is_even },
};

enum { BOARDS = sizeof boards / sizeof *boards };

/* Number `i` of the states of n tokens of 0..base-1, in the order of reading. */
static inline void state_of(int64_t i, int64_t base, int64_t n, int32_t *x)
{
    for (int64_t j = n; j-- > 0; i /= base)
        x[j] = (int32_t)(i % base);
}

static inline int64_t states_of(int64_t base, int64_t n)
{
    int64_t count = 1;
    for (int64_t j = 0; j < n; j++)
        count *= base;
    return count;
}

/* The allowed rows [cells,tokens]; returns how many. */
static inline int64_t cells_of(const board *b, int32_t *cell)
{
    int64_t cells = 0;
    for (int64_t i = 0; i < states_of(b->vocab, b->tokens); i++) {
        state_of(i, b->vocab, b->tokens, cell + cells * b->tokens);
        cells += b->allowed(cell + cells * b->tokens) != 0;
    }
    return cells;
}

/* All states of data and source, [states,tokens]. */
static inline int64_t all_states(const board *b, const rill_token_source *source, int32_t *x)
{
    int64_t base = b->vocab + source->extra, states = states_of(base, b->tokens);
    ck_assert_int_le(states, MOST_STATES);
    for (int64_t i = 0; i < states; i++)
        state_of(i, base, b->tokens, x + i * b->tokens);
    return states;
}

/* ---- In plain C. */

/* P(x_t = x | x1 = cell) at kappa. */
static inline double chance_of(const board *b, const rill_token_source *source, double kappa,
                               const int32_t *x, const int32_t *cell)
{
    double p = 1;
    for (int64_t j = 0; j < b->tokens; j++)
        p *= kappa * (x[j] == cell[j]) +
             (1 - kappa) * source->probability(x[j], b->vocab, source->self);
    return p;
}

/* p_{1|t} of each token given x, [tokens,vocab]; returns P(x_t = x).  Zeros where that is 0. */
static inline double posterior_of(const board *b, const rill_token_source *source, double kappa,
                                  const int32_t *x, double *p)
{
    int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    int64_t cells = cells_of(b, cell);
    double total = 0;
    for (int64_t i = 0; i < b->tokens * b->vocab; i++)
        p[i] = 0;
    for (int64_t c = 0; c < cells; c++) {
        const int32_t *x1 = cell + c * b->tokens;
        double chance = chance_of(b, source, kappa, x, x1) / (double)cells;
        total += chance;
        for (int64_t j = 0; j < b->tokens; j++)
            p[j * b->vocab + x1[j]] += chance;
    }
    for (int64_t i = 0; i < b->tokens * b->vocab && total > 0; i++)
        p[i] /= total;
    return total;
}

/* ---- As a network: the weight of each cell, and from those each token's. */

typedef struct exact {
    const board *board;
    const rill_kappa *kappa;
    const rill_token_source *source;
} exact;

/* [rows,cells]: 1 where token j of a cell is the row's; rows of zeros for tokens that no cell has.
 */
static inline rill_tensor *incidence(rill_graph *g, const board *b, int64_t rows, int64_t j)
{
    static double one[MOST_VOCAB * MOST_CELLS];
    int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    int64_t cells = cells_of(b, cell);
    for (int64_t k = 0; k < rows; k++)
        for (int64_t c = 0; c < cells; c++)
            one[k * cells + c] = cell[c * b->tokens + j] == k;
    return rill_constant(g, RILL_F64, RILL_SHAPE(rows, cells), one, rows * cells);
}

static inline rill_tensor *exact_logits(rill_tensor *x, rill_tensor *t, rill_tensor *cond,
                                        int64_t vocab, const void *self)
{
    const exact *e = self;
    rill_graph *g = rill_graph_of(x);
    rill_tensor *place[MOST_TOKENS], *weight = rill_full(g, RILL_F64, RILL_SCALAR, 1);
    rill_tensor *table = rill_token_source_table(e->source, g, RILL_F64, vocab);
    rill_kappa_point at = rill_kappa_at(e->kappa, t);
    (void)cond;
    for (int64_t j = 0; j < e->board->tokens; j++) {
        rill_tensor *token = rill_squeeze(rill_slice(x, 1, j, j + 1, 1), 1);
        rill_tensor *same = rill_gather(incidence(g, e->board, vocab + e->source->extra, j), token);
        rill_tensor *noise = rill_mul(at.rest, rill_expand_dims(rill_gather(table, token), 1));
        weight = rill_mul(weight, rill_add(rill_mul(at.kappa, same), noise));
    }
    weight = rill_shift(weight, 1e-200); /* states that cannot be have a posterior too */
    for (int64_t j = 0; j < e->board->tokens; j++)
        place[j] = rill_log(rill_matmul(weight, rill_transpose(incidence(g, e->board, vocab, j))));
    return rill_stack(place, (int)e->board->tokens, 1);
}

/* The flow whose network is exact; `e` has to live as long. */
static inline rill_discrete exact_flow(const exact *e)
{
    return (rill_discrete){ .vocab = e->board->vocab,
                            .kappa = e->kappa,
                            .source = e->source,
                            .net = { exact_logits, e, "exact" },
                            .dtype = RILL_F64 };
}

#endif
