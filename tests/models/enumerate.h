/* enumerate.h - the expected loss of a network over tokens: not drawn, but summed over all rows of
 * data and all states, and integrated over t. */
#ifndef RILL_TESTS_MODELS_ENUMERATE_H
#define RILL_TESTS_MODELS_ENUMERATE_H

#include "board.h"
#include "ops/cast.h"

enum { NODES = 61 };

/* A rule on (0,1) whose nodes crowd at both ends, where the integrands have logarithms: tanh-sinh
 * (Takahasi, Mori, 1974), good to 1e-12 for them. */
static inline double node_of(int i, double *weight)
{
    double h = .1, s = h * (i - NODES / 2), y = M_PI_2 * sinh(s);
    *weight = h * M_PI_2 * cosh(s) / (2 * cosh(y) * cosh(y));
    return 1 / (1 + exp(-2 * y));
}

/* A program of the loss of every pair of a row of data and a state, at one t. */
typedef struct judge {
    const board *b;
    const rill_token_source *source;
    rill_program *program;
    rill_tensor *t, *kappa, *each;
    int32_t *x1, *x;
    int64_t cells, rows;
} judge;

static inline judge judge_of(rill_graph *g, const rill_discrete *flow, const board *b)
{
    static int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS], state[MOST_STATES * MOST_TOKENS];
    judge j = { .b = b, .source = flow->source, .cells = cells_of(b, cell) };
    int64_t n = b->tokens, states = all_states(b, flow->source, state);
    j.rows = j.cells * states;
    j.x1 = malloc((size_t)(j.rows * n) * sizeof *j.x1);
    j.x = malloc((size_t)(j.rows * n) * sizeof *j.x);
    for (int64_t i = 0; i < j.rows * n; i++) {
        j.x1[i] = cell[i / n / states * n + i % n];
        j.x[i] = state[i / n % states * n + i % n];
    }
    j.t = rill_input(g, "t", RILL_F64, RILL_SCALAR);
    j.kappa = rill_kappa_at(flow->kappa, j.t).kappa;
    rill_discrete_batch batch = {
        .x1 = rill_constant(g, RILL_I32, RILL_SHAPE(j.rows, n), j.x1, j.rows * n),
        .x = rill_constant(g, RILL_I32, RILL_SHAPE(j.rows, n), j.x, j.rows * n),
        .t = rill_broadcast(rill_cast(j.t, flow->dtype), RILL_SHAPE(j.rows)),
    };
    j.each = rill_cast(rill_discrete_build(flow, batch).each, RILL_F64);
    rill_tensor *outputs[] = { j.each, j.kappa };
    j.program = compiled(g, outputs, 2);
    return j;
}

static inline double judged(const judge *j, double t)
{
    double *each = malloc((size_t)j->rows * sizeof *each), kappa, sum = 0;
    rill_feed(j->program, j->t, &t, 1);
    run(j->program);
    rill_read(j->program, j->kappa, &kappa, 1);
    rill_read(j->program, j->each, each, j->rows);
    for (int64_t i = 0; i < j->rows; i++) {
        double chance =
            chance_of(j->b, j->source, kappa, j->x + i * j->b->tokens, j->x1 + i * j->b->tokens);
        sum += chance > 0 ? chance / (double)j->cells * each[i] : 0;
    }
    free(each);
    return sum;
}

/* Over uniform t.  The flow names its kappa and its source. */
static inline double enumerated_loss(rill_graph *g, const rill_discrete *flow, const board *b)
{
    judge j = judge_of(g, flow, b);
    double sum = 0;
    for (int i = 0; i < NODES; i++) {
        double weight, t = node_of(i, &weight);
        if (weight > 1e-14 && t < 1)
            sum += weight * judged(&j, t);
    }
    rill_program_free(j.program);
    free(j.x1);
    free(j.x);
    return sum;
}

/* The mean over a row of the entropy of its tokens given x_t, over x_t, at kappa: in plain C. */
static inline double entropy_at(const board *b, const rill_token_source *source, double kappa)
{
    static int32_t state[MOST_STATES * MOST_TOKENS];
    double p[MOST_TOKENS * MOST_VOCAB], sum = 0;
    int64_t states = all_states(b, source, state);
    for (int64_t i = 0; i < states; i++) {
        double chance = posterior_of(b, source, kappa, state + i * b->tokens, p);
        for (int64_t k = 0; k < b->tokens * b->vocab; k++)
            sum -= p[k] > 0 ? chance * p[k] * log(p[k]) / (double)b->tokens : 0;
    }
    return sum;
}

#endif
