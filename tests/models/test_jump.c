/* test_jump.c - the jump process: its steps by enumeration, and the sampler against them. */
#include "base/alloc.h"
#include "board.h"
#include "models/discrete/sampler.h"
#include "models/nets/built_in.h"
#include "models/ode/integrate.h"
#include "ops/random.h"

#include <string.h>

static const uint64_t seed = 17;
static rill_store *store;
static rill_graph *g;

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* ---- The chain of the library: all states in one batch, and how their chances move. */

typedef struct chain {
    const exact *e;
    int64_t states, tokens, base; /* base: tokens of data and source */
    int32_t *state;
    rill_tensor *t, *forward, *backward, *next, *last;
    rill_program *program;
    double p[MOST_STATES]; /* of each state */
} chain;

static chain chain_of(const exact *e)
{
    static int32_t state[MOST_STATES * MOST_TOKENS];
    rill_discrete flow = exact_flow(e);
    chain c = { .e = e, .tokens = e->board->tokens, .state = state };
    c.base = e->board->vocab + e->source->extra;
    c.states = all_states(e->board, e->source, state);
    rill_tensor *x =
        rill_constant(g, RILL_I32, RILL_SHAPE(c.states, c.tokens), state, c.states * c.tokens);
    c.t = rill_input(g, "t", RILL_F64, RILL_SCALAR);
    c.forward = rill_input(g, "forward", RILL_F64, RILL_SCALAR);
    c.backward = rill_input(g, "backward", RILL_F64, RILL_SCALAR);
    rill_tensor *when = rill_broadcast(c.t, RILL_SHAPE(c.states, 1));
    c.next = rill_jump_distribution(&flow, x, when, NULL, (rill_jump){ c.forward, c.backward });
    c.last = rill_discrete_posterior(&flow, x, when, NULL);
    rill_tensor *outputs[] = { c.next, c.last };
    c.program = compiled(g, outputs, 2);
    return c;
}

/* P(x_t) at kappa. */
static void set_marginal(chain *c, double kappa)
{
    double unused[MOST_TOKENS * MOST_VOCAB];
    for (int64_t i = 0; i < c->states; i++)
        c->p[i] = posterior_of(c->e->board, c->e->source, kappa, c->state + i * c->tokens, unused);
}

/* Each token by its own distribution q [states,tokens,base]. */
static void propagate(chain *c, const double *q, int64_t base)
{
    double moved[MOST_STATES] = { 0 };
    for (int64_t i = 0; i < c->states; i++)
        for (int64_t k = 0; k < c->states && c->p[i] > 0; k++) {
            double chance = c->p[i];
            for (int64_t j = 0; j < c->tokens; j++) {
                int32_t token = c->state[k * c->tokens + j];
                chance *= token < base ? q[(i * c->tokens + j) * base + token] : 0;
            }
            moved[k] += chance;
        }
    memcpy(c->p, moved, sizeof moved);
}

static void step(chain *c, double t, double forward, double backward)
{
    static double q[MOST_STATES * MOST_TOKENS * MOST_VOCAB];
    rill_feed(c->program, c->t, &t, 1);
    rill_feed(c->program, c->forward, &forward, 1);
    rill_feed(c->program, c->backward, &backward, 1);
    run(c->program);
    ck_assert_int_eq(rill_read(c->program, c->next, q, rill_count(c->next)), RILL_OK);
    propagate(c, q, c->base);
}

static void last_step(chain *c, double t)
{
    static double q[MOST_STATES * MOST_TOKENS * MOST_VOCAB];
    double zero = 0;
    rill_feed(c->program, c->t, &t, 1);
    rill_feed(c->program, c->forward, &zero, 1);
    rill_feed(c->program, c->backward, &zero, 1);
    run(c->program);
    ck_assert_int_eq(rill_read(c->program, c->last, q, rill_count(c->last)), RILL_OK);
    propagate(c, q, c->e->board->vocab);
}

static void sample(chain *c, int steps, int correctors)
{
    set_marginal(c, 0);
    for (int i = 0; i + 1 < steps; i++) {
        double t = (double)i / steps, h = (i + 1.0) / steps - t;
        step(c, t, h, 0);
        for (int k = 0; k < correctors; k++)
            step(c, (i + 1.0) / steps, h, h);
    }
    last_step(c, 1 - 1.0 / steps);
}

static double variation_from_data(const chain *c)
{
    int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    double cells = (double)cells_of(c->e->board, cell), sum = 0;
    for (int64_t i = 0; i < c->states; i++) {
        const int32_t *x = c->state + i * c->tokens;
        int is_data = c->e->board->allowed(x);
        for (int64_t j = 0; j < c->tokens; j++)
            is_data &= x[j] < c->e->board->vocab;
        sum += fabs(c->p[i] - (is_data ? 1 / cells : 0)) / 2;
    }
    return sum;
}

/* ---- The same chain in plain C: the formula of an Euler step. */

static double hazard_formula(const rill_kappa *kappa, double t)
{
    if (kappa == &rill_kappa_linear)
        return 1 / (1 - t);
    if (kappa == &rill_kappa_power)
        return 2 * t / (1 - t * t);
    double slope = tan(M_PI_2 * t); /* of cosine, half that of sin^2 */
    return kappa == &rill_kappa_cosine ? M_PI_2 * slope : M_PI * slope;
}

static double kappa_formula(const rill_kappa *kappa, double t)
{
    if (kappa == &rill_kappa_linear)
        return t;
    if (kappa == &rill_kappa_cosine)
        return 1 - cos(M_PI_2 * t);
    return kappa == &rill_kappa_power ? t * t : pow(sin(M_PI_2 * t), 2);
}

static double formula_variation(const exact *e, int steps)
{
    static double q[MOST_STATES * MOST_TOKENS * MOST_VOCAB];
    chain c = chain_of(e);
    int64_t vocab = e->board->vocab;
    set_marginal(&c, 0);
    for (int s = 0; s < steps; s++) {
        double t = (double)s / steps, p[MOST_TOKENS * MOST_VOCAB];
        double leaves = s + 1 < steps ? 1 - exp(-hazard_formula(e->kappa, t) / steps) : 1;
        for (int64_t i = 0; i < c.states; i++) {
            const int32_t *x = c.state + i * c.tokens;
            double total = posterior_of(e->board, e->source, kappa_formula(e->kappa, t), x, p);
            for (int64_t j = 0; j < c.tokens; j++)
                for (int64_t k = 0; k < c.base; k++) {
                    int known = e->source->extra && x[j] < vocab;
                    double to = known ? (k == x[j]) : k < vocab ? p[j * vocab + k] : 0;
                    to = total > 0 || known ? to : 0; /* nowhere to go: no state of the data */
                    q[(i * c.tokens + j) * c.base + k] = leaves * to + (1 - leaves) * (k == x[j]);
                }
        }
        propagate(&c, q, c.base);
    }
    rill_program_free(c.program);
    return variation_from_data(&c);
}

/* ---- Steps. */

static const struct {
    int steps;
    double uniform, mask;
} printed[] = {
    { 1, .5, .5 },        { 2, .34, .2613 },    { 4, .1996, .1302 },   { 8, .1114, .0642 },
    { 16, .0597, .0317 }, { 64, .0159, .0078 }, { 128, .0081, .0039 },
};

START_TEST(distance_to_data_is_that_of_the_literature)
{
    for (int mask = 0; mask < 2; mask++) {
        exact e = { &boards[0], &rill_kappa_linear,
                    mask ? &rill_source_mask : &rill_source_uniform };
        chain c = chain_of(&e);
        sample(&c, printed[_i].steps, 0);
        ck_assert_double_eq_tol(variation_from_data(&c),
                                mask ? printed[_i].mask : printed[_i].uniform, 5.1e-5); /* digits */
        rill_program_free(c.program);
    }
}
END_TEST

static const struct {
    int board, steps;
    const rill_kappa *kappa;
} others[] = { { 0, 8, &rill_kappa_power },         { 1, 4, &rill_kappa_linear },
               { 2, 6, &rill_kappa_sine_squared },  { 2, 5, &rill_kappa_power },
               { 1, 12, &rill_kappa_sine_squared }, { 0, 3, &rill_kappa_linear },
               { 0, 16, &rill_kappa_cosine } };

START_TEST(distance_to_data_is_that_of_the_formula)
{
    for (int mask = 0; mask < 2; mask++) {
        exact e = { &boards[others[_i].board], others[_i].kappa,
                    mask ? &rill_source_mask : &rill_source_uniform };
        chain c = chain_of(&e);
        sample(&c, others[_i].steps, 0);
        /* The rest of two-token boards: what cannot be goes nowhere, here and there. */
        ck_assert_double_eq_tol(variation_from_data(&c), formula_variation(&e, others[_i].steps),
                                1e-12); /* sums of 64 products */
        rill_program_free(c.program);
    }
}
END_TEST

START_TEST(distributions_sum_to_one)
{
    static double q[MOST_STATES * MOST_TOKENS * MOST_VOCAB];
    exact e = { &boards[_i % BOARDS], &rill_kappa_power,
                _i < BOARDS ? &rill_source_uniform : &rill_source_mask };
    chain c = chain_of(&e);
    static const double lengths[][3] = { { 0, .1, 0 },  { .5, .2, .2 }, { .3, 0, 0 }, { 0, 1, 1 },
                                         { 1, .5, .5 }, { .7, 1e6, 0 }, { .4, 0, .3 } };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        rill_feed(c.program, c.t, &lengths[i][0], 1);
        rill_feed(c.program, c.forward, &lengths[i][1], 1);
        rill_feed(c.program, c.backward, &lengths[i][2], 1);
        run(c.program);
        rill_read(c.program, c.next, q, rill_count(c.next));
        for (int64_t k = 0; k < c.states * c.tokens; k++) {
            double sum = 0;
            for (int64_t y = 0; y < c.base; y++) {
                ck_assert(q[k * c.base + y] >= 0);
                sum += q[k * c.base + y];
            }
            ck_assert_double_eq_tol(sum, 1, 1e-12); /* nine terms, each of a few roundings */
        }
    }
    rill_program_free(c.program);
}
END_TEST

/* How far a step of the given lengths is from the marginal at t + h. */
static double step_error(chain *c, double t, double h, double back)
{
    double wanted[MOST_STATES], worst = 0;
    double (*kappa)(const rill_kappa *, double) = kappa_formula;
    set_marginal(c, kappa(c->e->kappa, t + h));
    memcpy(wanted, c->p, sizeof wanted);
    set_marginal(c, kappa(c->e->kappa, t));
    step(c, t, h + back, back);
    for (int64_t i = 0; i < c->states; i++)
        worst = fmax(worst, fabs(c->p[i] - wanted[i]));
    return worst;
}

/* A step of any length back moves the marginal as far as the one without: to the second order. */
START_TEST(steps_back_and_forth_keep_the_marginal)
{
    static const rill_kappa *const kappas[] = { &rill_kappa_linear, &rill_kappa_power,
                                                &rill_kappa_sine_squared };
    exact e = { &boards[_i % BOARDS], kappas[_i % 3],
                _i < BOARDS ? &rill_source_uniform : &rill_source_mask };
    chain c = chain_of(&e);
    for (double share = 0; share <= 1; share += .5) { /* a corrector step; both; an Euler step */
        double h = 2e-3 * share, back = 2e-3 * (1 - share);
        double one = step_error(&c, .6, h, back), half = step_error(&c, .6, h / 2, back / 2);
        ck_assert_msg(one < 1e-4, "share %g: %g", share, one);
        ck_assert_msg(half < one / 3.8 || one < 1e-13, "share %g: %g, halved %g", share, one, half);
    }
    rill_program_free(c.program);
}
END_TEST

START_TEST(correctors_bring_samples_nearer)
{
    exact e = { &boards[0], &rill_kappa_linear, _i ? &rill_source_mask : &rill_source_uniform };
    chain c = chain_of(&e);
    double distance[3];
    for (int k = 0; k < 3; k++) {
        sample(&c, 8, k);
        distance[k] = variation_from_data(&c);
    }
    ck_assert_double_lt(distance[1], .9 * distance[0]);
    ck_assert_double_lt(distance[2], distance[1]);
    rill_program_free(c.program);
}
END_TEST

/* ---- Draws. */

START_TEST(draws_are_by_inversion)
{
    static const double p[] = { 0, .5, 0, 1.5, 0 }, u[] = { 1e-12, .2499, .2501, .9999, 1 };
    int32_t x[5];
    rill_tensor *row = rill_constant(g, RILL_F64, RILL_SHAPE(1, 1, 5), p, 5);
    rill_tensor *rows = rill_broadcast(row, RILL_SHAPE(1, 5, 5));
    evaluate(rill_draw_tokens(rows, rill_constant(g, RILL_F64, RILL_SHAPE(1, 5), u, 5)), x, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(x[i], i < 2 ? 1 : 3); /* never one of probability 0 */
}
END_TEST

/* ---- The sampler. */

static rill_jump_sampler *sampler_of(const rill_discrete *flow, int64_t batch, int labels)
{
    rill_message message;
    rill_sampler_options options = {
        .sample = RILL_SHAPE(2), .batch = batch, .dtype = flow->dtype, .labels = labels
    };
    rill_jump_sampler *s = rill_jump_sampler_new(store, flow, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    return s;
}

static void jump(rill_jump_sampler *s, const rill_jumping *jumping)
{
    rill_message message;
    ck_assert_msg(rill_jump_sampler_run(s, jumping, &message) == RILL_OK, "%s", message.text);
}

static const double grid[] = { 0, .25, .5, .75, 1 };

/* n rows of two tokens against the chances of the chain's states. */
static void check_frequencies(const chain *c, const int32_t *x, int n)
{
    double counts[MOST_STATES] = { 0 }, square = 0;
    int freedom = -1;
    for (int i = 0; i < n; i++)
        counts[x[2 * i] * c->base + x[2 * i + 1]]++;
    for (int64_t i = 0; i < c->states; i++) {
        double wanted = n * c->p[i];
        ck_assert(wanted > 1e-9 || counts[i] == 0);
        square += wanted > 1e-9 ? (counts[i] - wanted) * (counts[i] - wanted) / wanted : 0;
        freedom += wanted > 1e-9;
    }
    /* Chi-square has the mean and half the variance `freedom`: five standard deviations. */
    ck_assert_msg(square < freedom + 5 * sqrt(2.0 * freedom), "seed %llu: %g of %d",
                  (unsigned long long)seed, square, freedom);
}

START_TEST(frequencies_are_those_of_the_chain)
{
    enum { N = 20000 };
    static int32_t x[N * 2];
    int mask = _i % 2, correctors = _i / 2;
    exact e = { &boards[0], &rill_kappa_linear, mask ? &rill_source_mask : &rill_source_uniform };
    chain c = chain_of(&e);
    sample(&c, 4, correctors);
    rill_discrete flow = exact_flow(&e);
    rill_jump_sampler *s = sampler_of(&flow, 4096, 0);
    jump(s, &(rill_jumping){ .times = grid,
                             .time_count = 5,
                             .correctors = correctors,
                             .seed = seed,
                             .n = N,
                             .samples = x });
    check_frequencies(&c, x, N);
    rill_jump_sampler_free(s);
    rill_program_free(c.program);
}
END_TEST

/* As one graph, over the very same steps. */
START_TEST(unrolled_steps_have_the_same_frequencies)
{
    enum { N = 20000 };
    static int32_t x[N * 2];
    exact e = { &boards[0], &rill_kappa_linear, _i ? &rill_source_mask : &rill_source_uniform };
    chain c = chain_of(&e);
    sample(&c, 4, 0);
    rill_discrete flow = exact_flow(&e);
    rill_tensor *x0 =
        _i ? rill_full(g, RILL_I32, RILL_SHAPE(N, 2), 8) : rill_integers(g, RILL_SHAPE(N, 2), 0, 8);
    evaluate(rill_jump_unroll(&flow, grid, 5, x0, NULL), x, N * 2);
    check_frequencies(&c, x, N);
    rill_program_free(c.program);
}
END_TEST

/* A network with weights as they start, in f32. */
static const rill_net_size size = { .hidden = 16, .layers = 2, .classes = 3 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

static rill_discrete untrained(const rill_token_source *source, int labels)
{
    rill_discrete flow = { .vocab = 5, .source = source, .net = rill_embedded_net(&mlp) };
    rill_discrete_batch batch = { .x1 = rill_full(g, RILL_I32, RILL_SHAPE(1, 2), 0) };
    if (labels)
        batch.cond = rill_full(g, RILL_I32, RILL_SHAPE(1), 0);
    rill_tensor *loss = rill_discrete_loss(&flow, batch);
    rill_program_free(compiled(g, &loss, 1));
    return flow;
}

START_TEST(a_sample_depends_on_seed_and_number_alone)
{
    enum { MANY = 70, FEW = 21, OFF = 30 };
    int32_t many[MANY * 2], few[MANY * 2];
    rill_discrete flow = untrained(rill_token_source_at(_i), 0);
    rill_jump_sampler *s = sampler_of(&flow, 16, 0), *other = sampler_of(&flow, 5, 0);
    rill_jumping jumping = { .times = grid, .time_count = 5, .correctors = 1, .seed = 9 };
    jumping.n = MANY, jumping.samples = many;
    jump(s, &jumping);
    jumping.n = FEW, jumping.samples = few;
    jump(other, &jumping);
    ck_assert_mem_eq(many, few, FEW * 2 * sizeof *few);
    jumping.first = OFF;
    jump(s, &jumping);
    ck_assert_mem_eq(many + OFF * 2, few, FEW * 2 * sizeof *few);
    jumping.first = 0, jumping.n = MANY, jumping.seed = 10;
    jump(s, &jumping);
    ck_assert_mem_ne(many, few, sizeof many);
    jumping.n = 0, jumping.samples = NULL;
    jump(s, &jumping);
    rill_jump_sampler_free(s);
    rill_jump_sampler_free(other);
}
END_TEST

START_TEST(a_trajectory_goes_from_the_source_to_samples)
{
    enum { N = 19 };
    int32_t x[N * 2], start[N * 2], again[N * 2], path[5 * N * 2];
    rill_discrete flow = untrained(&rill_source_mask, 0);
    rill_jump_sampler *s = sampler_of(&flow, 8, 0);
    rill_jumping jumping = {
        .times = grid, .time_count = 5, .n = N, .samples = x, .start = start, .trajectory = path
    };
    jump(s, &jumping);
    ck_assert_mem_eq(path, start, sizeof start);
    ck_assert_mem_eq(path + 4 * N * 2, x, sizeof x);
    for (int i = 0; i < N * 2; i++) {
        ck_assert_int_eq(start[i], 5);
        ck_assert(x[i] >= 0 && x[i] < 5); /* no mask is left */
    }
    for (int i = 0; i < 4 * N * 2; i++) /* what has been said stays */
        ck_assert(path[i] == 5 || path[i] == path[N * 2 + i]);
    jumping.x0 = start, jumping.samples = again, jumping.trajectory = NULL, jumping.start = NULL;
    jump(s, &jumping);
    ck_assert_mem_eq(again, x, sizeof x);
    rill_jump_sampler_free(s);
}
END_TEST

/* With the mask, samples around given tokens follow the data given them. */
START_TEST(given_tokens_stay_and_the_others_follow)
{
    enum { N = 4000 };
    static int32_t x[N * 2], fixed[N * 2];
    static const double later[] = { .01, .25, .5, .75, 1 }; /* at 0 no token can be there */
    double counts[8] = { 0 }, square = 0;
    exact e = { &boards[0], &rill_kappa_linear, &rill_source_mask };
    rill_discrete flow = exact_flow(&e);
    rill_jump_sampler *s = sampler_of(&flow, 1024, 0);
    for (int i = 0; i < N; i++)
        fixed[2 * i] = -1, fixed[2 * i + 1] = 5;
    jump(s,
         &(rill_jumping){
             .times = later, .time_count = 5, .seed = seed, .n = N, .fixed = fixed, .samples = x });
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(x[2 * i + 1], 5);
        counts[x[2 * i]]++;
    }
    for (int k = 0; k < 8; k++) { /* 0, 1, 4 and 5 go with 5 */
        int32_t row[] = { k, 5 };
        ck_assert(on_checkerboard(row) || counts[k] == 0);
        square += on_checkerboard(row) ? pow(counts[k] - N / 4.0, 2) / (N / 4.0) : 0;
    }
    ck_assert_double_lt(square, 3 + 5 * sqrt(6)); /* chi-square of 3, five standard deviations */
    rill_jump_sampler_free(s);
}
END_TEST

/* Also where every token could jump. */
START_TEST(given_tokens_stay_at_every_step)
{
    enum { N = 50 };
    int32_t x[N * 2], fixed[N * 2], path[5 * N * 2];
    rill_discrete flow = untrained(&rill_source_uniform, 0);
    rill_jump_sampler *s = sampler_of(&flow, 16, 0);
    for (int i = 0; i < N * 2; i++)
        fixed[i] = i % 3 == 0 ? i % 5 : -1;
    jump(s, &(rill_jumping){ .times = grid,
                             .time_count = 5,
                             .correctors = 1,
                             .n = N,
                             .fixed = fixed,
                             .samples = x,
                             .trajectory = path });
    for (int i = 0; i < 5 * N * 2; i++)
        ck_assert(fixed[i % (N * 2)] < 0 || path[i] == fixed[i % (N * 2)]);
    rill_jump_sampler_free(s);
}
END_TEST

START_TEST(each_row_has_its_own_label)
{
    enum { N = 21 };
    int32_t together[N * 2], alone[N * 2], labels[N], same[N];
    rill_discrete flow = untrained(&rill_source_uniform, 1);
    rill_jump_sampler *s = sampler_of(&flow, 8, 1);
    for (int i = 0; i < N; i++)
        labels[i] = i % 4 - 1;
    rill_jumping jumping = { .times = grid, .time_count = 5, .n = N };
    jumping.samples = together, jumping.cond = labels;
    jump(s, &jumping);
    for (int label = -1; label < 3; label++) {
        for (int i = 0; i < N; i++)
            same[i] = label;
        jumping.samples = alone, jumping.cond = same;
        jump(s, &jumping);
        for (int i = 0; i < N; i++)
            if (labels[i] == label)
                ck_assert_mem_eq(alone + 2 * i, together + 2 * i, 2 * sizeof *alone);
    }
    rill_jump_sampler_free(s);
}
END_TEST

/* ---- What is wrong is told. */

static void refused(rill_jump_sampler *s, rill_jumping jumping, const char *why)
{
    rill_message message = { "" };
    ck_assert_int_ne(rill_jump_sampler_run(s, &jumping, &message), RILL_OK);
    ck_assert_msg(strstr(message.text, why) != NULL, "'%s' lacks '%s'", message.text, why);
    ck_assert_int_ne(rill_jump_sampler_run(s, &jumping, NULL), RILL_OK);
}

START_TEST(wrong_requests_are_told)
{
    int32_t x[4], bad[4] = { 0, 0, 0, 6 };
    static const double back[] = { 0, .5, .25 }, beyond[] = { 0, 1.5 }, nan[] = { 0, (double)NAN };
    rill_discrete flow = untrained(&rill_source_mask, 0);
    rill_jump_sampler *s = sampler_of(&flow, 8, 0);
    rill_jumping good = { .times = grid, .time_count = 5, .n = 2, .samples = x };
    rill_jumping j = good;
    jump(s, &good);
    j = good, j.samples = NULL, refused(s, j, "NULL");
    j = good, j.n = -1, refused(s, j, "negative");
    j = good, j.n = INT64_MAX, refused(s, j, "too many");
    j = good, j.first = -1, refused(s, j, "first");
    j = good, j.cond = x, refused(s, j, "no condition");
    j = good, j.times = NULL, refused(s, j, "no times");
    j = good, j.time_count = 0, refused(s, j, "no times");
    j = good, j.times = back, j.time_count = 3, refused(s, j, "ascend");
    j = good, j.times = beyond, j.time_count = 2, refused(s, j, "ascend");
    j = good, j.times = nan, j.time_count = 2, refused(s, j, "ascend");
    j = good, j.correctors = -1, refused(s, j, "corrector");
    j = good, j.correctors = INT64_MAX, refused(s, j, "corrector");
    j = good, j.x0 = bad, refused(s, j, "token 1 of row 1 of x0 is 6, expected 0 to 5");
    bad[3] = 5, bad[0] = -2;
    j = good, j.fixed = bad, refused(s, j, "token 0 of row 0 of fixed is -2, expected -1 to 4");
    refused(NULL, good, "NULL");
    rill_jump_sampler_free(s);
    rill_jump_sampler_free(NULL);
}
END_TEST

static void not_made(rill_store *from, const rill_discrete *flow, const rill_sampler_options *o,
                     const char *why)
{
    rill_message message = { "" };
    ck_assert_ptr_null(rill_jump_sampler_new(from, flow, o, &message));
    ck_assert_msg(strstr(message.text, why) != NULL, "'%s' lacks '%s'", message.text, why);
    ck_assert_ptr_null(rill_jump_sampler_new(from, flow, o, NULL));
}

START_TEST(wrong_samplers_are_told)
{
    rill_discrete flow = untrained(&rill_source_uniform, 0), bad = flow;
    rill_store *empty = rill_store_new(seed);
    rill_sampler_options good = { .sample = RILL_SHAPE(2) }, o = good;
    not_made(NULL, &flow, &good, "NULL");
    not_made(store, NULL, &good, "no flow");
    not_made(store, &flow, NULL, "NULL");
    not_made(empty, &flow, &good, "net.token.table");
    bad.vocab = 0, not_made(store, &bad, &good, "vocabulary");
    o.dtype = RILL_F64, not_made(store, &flow, &o, "dtype");
    o = good, o.sample = RILL_SHAPE(2, 2), not_made(store, &flow, &o, "rows of tokens");
    o = good, o.batch = -1, not_made(store, &flow, &o, "batch");
    rill_store_free(empty);
}
END_TEST

START_TEST(no_memory_anywhere_is_a_clean_failure)
{
    int32_t x[6];
    rill_discrete flow = untrained(rill_token_source_at(_i), 0);
    rill_sampler_options options = { .sample = RILL_SHAPE(2), .batch = 4 };
    rill_jumping jumping = { .times = grid, .time_count = 5, .n = 3, .samples = x };
    for (int n = 1;; n++) {
        rill_message message = { "" };
        rill_alloc_fail(n, 0);
        rill_jump_sampler *s = rill_jump_sampler_new(store, &flow, &options, &message);
        rill_status status = s ? rill_jump_sampler_run(s, &jumping, &message) : RILL_NO_MEMORY;
        rill_alloc_fail(0, 0);
        rill_jump_sampler_free(s);
        if (status == RILL_OK)
            break;
        ck_assert_msg(message.text[0], "allocation %d: no message", n);
        ck_assert_int_lt(n, 100000);
    }
}
END_TEST

/* NaN has no distribution to draw from. */
START_TEST(weights_that_are_not_finite_are_told)
{
    int32_t x[6];
    float table[6 * 5];
    rill_message message = { "" };
    rill_discrete flow = untrained(rill_token_source_at(_i), 0);
    for (int i = 0; i < 30; i++)
        table[i] = NAN;
    ck_assert_int_eq(rill_store_set(store, "net.token.table", table, 30, NULL), RILL_OK);
    rill_jump_sampler *s = sampler_of(&flow, 8, 0);
    rill_jumping jumping = { .times = grid, .time_count = 5, .n = 3, .samples = x };
    ck_assert_int_eq(rill_jump_sampler_run(s, &jumping, &message), RILL_NOT_FINITE);
    ck_assert_ptr_nonnull(strstr(message.text, "sampler:"));
    rill_jump_sampler_free(s);
}
END_TEST

START_TEST(wrong_steps_are_told)
{
    rill_discrete flow = untrained(&rill_source_uniform, 0);
    rill_tensor *x = rill_full(g, RILL_I32, RILL_SHAPE(4, 2), 0);
    rill_tensor *t = rill_full(g, RILL_F32, RILL_SHAPE(4), 0);
    rill_tensor *h = rill_full(g, RILL_F32, RILL_SCALAR, .1);
    rill_tensor *wide = rill_full(g, RILL_F64, RILL_SCALAR, .1);
    rill_tensor *p = rill_full(g, RILL_F32, RILL_SHAPE(4, 2, 5), .2);
    ck_assert(!rill_is_inert(rill_jump_distribution(&flow, x, t, NULL, (rill_jump){ h, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(NULL, x, t, NULL, (rill_jump){ h, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, x, h, NULL, (rill_jump){ h, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, t, t, NULL, (rill_jump){ h, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, x, t, NULL, (rill_jump){ NULL, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, x, t, NULL, (rill_jump){ h, wide })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, x, t, NULL, (rill_jump){ t, h })));
    ck_assert(rill_is_inert(rill_jump_distribution(&flow, NULL, NULL, NULL, (rill_jump){ h, h })));
    ck_assert(rill_is_inert(rill_jump_unroll(&flow, NULL, 5, x, NULL)));
    ck_assert(rill_is_inert(rill_jump_unroll(&flow, grid, 0, x, NULL)));
    ck_assert(rill_is_inert(rill_jump_unroll(&flow, (double[]){ 0, 2 }, 2, x, NULL)));
    ck_assert(rill_is_inert(rill_jump_unroll(NULL, grid, 5, x, NULL)));
    ck_assert(rill_is_inert(rill_jump_unroll(&flow, grid, 5, NULL, NULL)));
    ck_assert(rill_is_inert(rill_draw_tokens(NULL, NULL)));
    ck_assert(rill_is_inert(rill_draw_tokens(t, NULL)));
    ck_assert(rill_is_inert(rill_draw_tokens(p, t)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jump");
    TCase *steps = tcase_create("steps");
    tcase_add_checked_fixture(steps, begin, end);
    tcase_set_timeout(steps, 60);
    suite_add_tcase(suite, steps);
    tcase_add_loop_test(steps, distance_to_data_is_that_of_the_literature, 0,
                        sizeof printed / sizeof *printed);
    tcase_add_loop_test(steps, distance_to_data_is_that_of_the_formula, 0,
                        sizeof others / sizeof *others);
    tcase_add_loop_test(steps, distributions_sum_to_one, 0, 2 * BOARDS);
    tcase_add_loop_test(steps, steps_back_and_forth_keep_the_marginal, 0, 2 * BOARDS);
    tcase_add_loop_test(steps, correctors_bring_samples_nearer, 0, 2);
    tcase_add_test(steps, draws_are_by_inversion);

    TCase *samples = tcase_create("samples");
    tcase_add_checked_fixture(samples, begin, end);
    tcase_set_timeout(samples, 60);
    suite_add_tcase(suite, samples);
    tcase_add_loop_test(samples, frequencies_are_those_of_the_chain, 0, 4);
    tcase_add_loop_test(samples, unrolled_steps_have_the_same_frequencies, 0, 2);
    tcase_add_loop_test(samples, a_sample_depends_on_seed_and_number_alone, 0, 2);
    tcase_add_test(samples, a_trajectory_goes_from_the_source_to_samples);
    tcase_add_test(samples, given_tokens_stay_and_the_others_follow);
    tcase_add_test(samples, given_tokens_stay_at_every_step);
    tcase_add_test(samples, each_row_has_its_own_label);

    TCase *wrong = tcase_create("wrong");
    tcase_add_checked_fixture(wrong, begin, end);
    suite_add_tcase(suite, wrong);
    tcase_add_test(wrong, wrong_requests_are_told);
    tcase_add_test(wrong, wrong_samplers_are_told);
    tcase_add_test(wrong, wrong_steps_are_told);
    tcase_add_loop_test(wrong, no_memory_anywhere_is_a_clean_failure, 0, 2);
    tcase_add_loop_test(wrong, weights_that_are_not_finite_are_told, 0, 2);
    return run_suite(suite);
}
