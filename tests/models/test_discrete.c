/* test_discrete.c - mixture paths over tokens and their losses, by enumeration. */
#include "core/grad.h"
#include "enumerate.h"
#include "models/nets/built_in.h"
#include "ops/effect.h"

#include <string.h>

static const uint64_t seed = 11;
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

/* ---- Schedulers. */

/* Each by its standard values, and those that take numbers by three more. */
static const struct {
    const char *name;
    double p[2];
} settings[] = {
    { "linear", { 0 } },       { "power", { 2 } },      { "power", { 1 } },
    { "power", { 3 } },        { "power", { 4.5 } },    { "cosine", { 0 } },
    { "sine-squared", { 0 } }, { "cubic", { 0, 0 } },   { "cubic", { .7, 1.3 } },
    { "cubic", { 3, 3 } },     { "cubic", { 0, 2.5 } },
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static rill_kappa kappa_of(int i)
{
    const rill_kappa *found = rill_kappa_find(settings[i].name);
    ck_assert_ptr_nonnull(found);
    rill_kappa kappa = *found;
    if (kappa.parameters.count > 0)
        kappa.self = settings[i].p;
    return kappa;
}

static double kappa_formula(int i, double t)
{
    const double *p = settings[i].p;
    if (strcmp(settings[i].name, "linear") == 0)
        return t;
    if (strcmp(settings[i].name, "power") == 0)
        return pow(t, p[0]);
    if (strcmp(settings[i].name, "cosine") == 0)
        return 1 - cos(M_PI_2 * t);
    if (strcmp(settings[i].name, "sine-squared") == 0)
        return sin(M_PI_2 * t) * sin(M_PI_2 * t);
    return t * t * (3 - 2 * t) + p[0] * t * (1 - t) * (1 - t) - p[1] * t * t * (1 - t);
}

/* kappa', by a difference of fourth order. */
static double rate_formula(int i, double t)
{
    double h = 1e-3;
    return (8 * (kappa_formula(i, t + h) - kappa_formula(i, t - h)) -
            (kappa_formula(i, t + 2 * h) - kappa_formula(i, t - 2 * h))) /
           (12 * h);
}

START_TEST(kappas_are_their_formulas)
{
    enum { N = 200 };
    static double kappa[N], rest[N], rate[N], hazard[N];
    rill_kappa k = kappa_of(_i);
    rill_kappa_point at = rill_kappa_at(&k, time_constant(g, RILL_SHAPE(N)));
    evaluate(at.kappa, kappa, N);
    evaluate(at.rest, rest, N);
    evaluate(at.rate, rate, N);
    evaluate(at.hazard, hazard, N);
    for (int i = 0; i < N; i++) {
        double t = (i + .5) / N, wanted = rate_formula(_i, t);
        ck_assert_double_eq_tol(kappa[i], kappa_formula(_i, t), 1e-14); /* a few roundings */
        ck_assert_double_eq_tol(rest[i], 1 - kappa_formula(_i, t), 1e-14);
        if (t > .01 && t < .99) { /* differences stay within [0,1]; fifth derivatives up to 2,000 */
            ck_assert_double_eq_tol(rate[i], wanted, 1e-8);
            ck_assert_double_eq_tol(hazard[i], wanted / rest[i], 1e-8 / rest[i]);
        }
        ck_assert(i == 0 || kappa[i] >= kappa[i - 1]);
    }
}
END_TEST

START_TEST(ends_of_kappas_are_exact_and_rates_finite)
{
    static const double ends[] = { 0, 1 };
    static const float narrow[] = { 0, 1 };
    double kappa[2], rest[2], rate[2], hazard[2];
    float single[2];
    rill_kappa k = kappa_of(_i);
    rill_kappa_point at = rill_kappa_at(&k, rill_constant(g, RILL_F64, RILL_SHAPE(2), ends, 2));
    evaluate(at.kappa, kappa, 2);
    evaluate(at.rest, rest, 2);
    evaluate(at.rate, rate, 2);
    evaluate(at.hazard, hazard, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert_double_eq(kappa[i], i);
        ck_assert_double_eq(rest[i], 1 - i);
        ck_assert(isfinite(rate[i]) && isfinite(hazard[i]) && hazard[i] >= 0);
    }
    at = rill_kappa_at(&k, rill_constant(g, RILL_F32, RILL_SHAPE(2), narrow, 2));
    evaluate(at.hazard, single, 2);
    for (int i = 0; i < 2; i++) /* cosine's rate at 0 would be -7e-8 */
        ck_assert(isfinite((double)single[i]) && single[i] >= 0);
}
END_TEST

/* In f32 1 - kappa(t) would have lost its digits here, sine-squared's all of them. */
START_TEST(rates_near_the_end_keep_their_digits)
{
    float t = 1 - 0x1p-12f, hazard;
    double wide = (double)t, wanted;
    rill_kappa k = kappa_of(_i);
    evaluate(rill_kappa_at(&k, rill_constant(g, RILL_F32, RILL_SHAPE(1), &t, 1)).hazard, &hazard,
             1);
    evaluate(rill_kappa_at(&k, rill_constant(g, RILL_F64, RILL_SHAPE(1), &wide, 1)).hazard, &wanted,
             1);
    /* kappa' may vanish at 1: half an ulp of pi t/2, 6e-8, in an angle of 4e-4. */
    ck_assert_double_eq_tol((double)hazard / wanted, 1, 4e-4);
}
END_TEST

START_TEST(kappas_are_found_by_name)
{
    for (int i = 0; rill_kappa_built_in(i); i++) {
        const rill_kappa *kappa = rill_kappa_built_in(i);
        int tested = 0;
        for (int k = 0; k < SETTINGS; k++)
            tested |= strcmp(settings[k].name, kappa->name) == 0;
        ck_assert_msg(tested, "%s is not in this test's table", kappa->name);
        ck_assert_ptr_eq(rill_kappa_find(kappa->name), kappa);
        ck_assert_ptr_nonnull(kappa->doc);
        for (int k = 0; k < kappa->parameters.count; k++)
            ck_assert_double_eq(((const double *)kappa->self)[k], kappa->parameters.at[k].standard);
    }
    ck_assert_ptr_null(rill_kappa_find("kappa"));
    ck_assert_ptr_null(rill_kappa_find(NULL));
    ck_assert_ptr_null(rill_kappa_built_in(-1));
    rill_kappa none = { .name = "none" };
    ck_assert(rill_is_inert(rill_kappa_at(&none, rill_full(g, RILL_F32, RILL_SCALAR, 0)).hazard));
    ck_assert(rill_is_inert(rill_kappa_at(NULL, NULL).kappa));
}
END_TEST

START_TEST(sources_and_losses_are_found_by_name)
{
    for (int i = 0; rill_token_source_at(i); i++) {
        const rill_token_source *s = rill_token_source_at(i);
        double sum = 0;
        ck_assert_ptr_eq(rill_token_source_find(s->name), s);
        for (int64_t k = 0; k < 7 + s->extra; k++)
            sum += s->probability(k, 7, s->self);
        ck_assert_double_eq_tol(sum, 1, 1e-15); /* seven sevenths */
    }
    for (int i = 0; rill_token_loss_at(i); i++)
        ck_assert_ptr_eq(rill_token_loss_find(rill_token_loss_at(i)->name), rill_token_loss_at(i));
    ck_assert(!rill_token_source_find("gaussian") && !rill_token_source_find(NULL));
    ck_assert(!rill_token_loss_find("mse") && !rill_token_loss_find(NULL));
    ck_assert(!rill_token_source_at(-1) && !rill_token_loss_at(-1));
}
END_TEST

/* ---- The exact posterior's loss is the floor. */

static double library_loss(const exact *e, const rill_token_loss *loss)
{
    rill_discrete flow = exact_flow(e);
    flow.loss = loss;
    return enumerated_loss(g, &flow, e->board);
}

/* ---- The same from the formulas, in plain C. */

/* E of sum over tokens of [x_t = x1] - p(x_t) - [x_t != x1] log p(x1), at kappa. */
static double divergence_at(const exact *e, double kappa)
{
    static int32_t state[MOST_STATES * MOST_TOKENS];
    double p[MOST_TOKENS * MOST_VOCAB], sum = 0;
    const board *b = e->board;
    int64_t states = all_states(b, e->source, state);
    for (int64_t i = 0; i < states; i++) {
        const int32_t *x = state + i * b->tokens;
        double chance = posterior_of(b, e->source, kappa, x, p);
        /* Given x_t, x1 has the posterior's law: the first two terms cancel in the mean. */
        for (int64_t k = 0; k < b->tokens * b->vocab; k++)
            if (k % b->vocab != x[k / b->vocab] && p[k] > 0)
                sum -= chance * p[k] * log(p[k]);
    }
    return sum;
}

static double formula_loss(const exact *e, int setting, int weighted)
{
    double sum = 0;
    for (int i = 0; i < NODES; i++) {
        double weight, t = node_of(i, &weight), kappa = kappa_formula(setting, t);
        if (!weighted)
            sum += weight * entropy_at(e->board, e->source, kappa);
        else if (t > 1e-7 && t < 1 - 1e-7) /* what is left out is below 1e-6 of the whole */
            sum += weight * divergence_at(e, kappa) * rate_formula(setting, t) / (1 - kappa);
    }
    return sum;
}

/* Scheduler, board and source of a test. */
typedef struct instance {
    int setting, board;
    const rill_token_source *source;
    double printed; /* in the literature of the tests; 0: not */
} instance;

static const instance floors[] = {
    { 0, 0, &rill_source_uniform, 1.312503735 },
    { 1, 0, &rill_source_uniform, 1.610160863 },
    { 3, 0, &rill_source_uniform, 0 },
    { 0, 1, &rill_source_uniform, 0 },
    { 1, 2, &rill_source_uniform, 0 },
    { 0, 3, &rill_source_uniform, 0 },
    { 0, 0, &rill_source_mask, 0 },
    { 5, 2, &rill_source_mask, 0 },
    { 8, 3, &rill_source_mask, 0 },
};

START_TEST(cross_entropy_of_the_posterior_is_the_floor)
{
    const instance *n = &floors[_i];
    rill_kappa kappa = kappa_of(n->setting);
    exact e = { &boards[n->board], &kappa, n->source };
    double loss = library_loss(&e, &rill_loss_cross_entropy);
    ck_assert_double_eq_tol(loss, formula_loss(&e, n->setting, 0), 1e-10); /* of the quadrature */
    if (n->printed != 0)
        ck_assert_double_eq_tol(loss, n->printed, 6e-10); /* its digits */
}
END_TEST

/* With the mask, whatever the scheduler: the bound is tight, and that is the entropy of the data.
 */
START_TEST(generalised_kl_with_the_mask_is_the_entropy)
{
    static int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    int setting = _i < BOARDS ? 0 : _i - BOARDS;
    const board *b = &boards[_i < BOARDS ? _i : 2];
    rill_kappa kappa = kappa_of(setting);
    exact e = { b, &kappa, &rill_source_mask };
    double loss = library_loss(&e, &rill_loss_generalised_kl);
    /* Rates are clipped 1e-10 from the ends; nodes end 1e-14 from them. */
    ck_assert_double_eq_tol(loss, log((double)cells_of(b, cell)), 1e-8);
}
END_TEST

static const instance divergences[] = {
    { 0, 0, &rill_source_uniform, 0 }, { 1, 0, &rill_source_uniform, 0 },
    { 0, 2, &rill_source_uniform, 0 }, { 3, 1, &rill_source_uniform, 0 },
    { 6, 3, &rill_source_uniform, 0 }, { 8, 0, &rill_source_uniform, 0 },
};

START_TEST(generalised_kl_is_its_formula)
{
    static int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    const instance *n = &divergences[_i];
    rill_kappa kappa = kappa_of(n->setting);
    exact e = { &boards[n->board], &kappa, n->source };
    double loss = library_loss(&e, &rill_loss_generalised_kl);
    ck_assert_double_eq_tol(loss, formula_loss(&e, n->setting, 1), 1e-5);   /* see there */
    ck_assert_double_ge(loss, log((double)cells_of(e.board, cell)) - 1e-8); /* a bound */
}
END_TEST

/* ---- The path. */

START_TEST(tokens_are_those_of_data_with_probability_kappa)
{
    enum { B = 4096, N = 3 };
    static int32_t x[B * N], x0[B * N];
    static double t[B];
    rill_kappa kappa = kappa_of(_i);
    exact e = { &boards[3], &kappa, &rill_source_uniform };
    rill_discrete flow = exact_flow(&e);
    rill_tensor *x1 = rill_full(g, RILL_I32, RILL_SHAPE(B, N), 9); /* no token of the source */
    for (int i = 0; i < B; i++)
        t[i] = i < B / 2 ? .3 : .8;
    rill_tensor *times = rill_constant(g, RILL_F64, RILL_SHAPE(B), t, B);
    rill_discrete_parts p =
        rill_discrete_build(&flow, (rill_discrete_batch){ .x1 = x1, .t = times });
    rill_tensor *outputs[] = { p.x0, p.x };
    rill_program *program = compiled(g, outputs, 2);
    run(program);
    rill_read(program, p.x0, x0, B * N);
    rill_read(program, p.x, x, B * N);
    double share[2] = { 0 };
    for (int i = 0; i < B * N; i++) {
        ck_assert(x[i] == 9 || x[i] == x0[i]);
        ck_assert(x0[i] >= 0 && x0[i] < 4);
        share[i >= B * N / 2] += (x[i] == 9) / (B * N / 2.0);
    }
    for (int i = 0; i < 2; i++) { /* five standard deviations of a share of 6,144 */
        double wanted = kappa_formula(_i, i ? .8 : .3);
        ck_assert_double_eq_tol(share[i], wanted, 5 * sqrt(wanted * (1 - wanted) / 6144));
    }
    rill_program_free(program);
}
END_TEST

/* A source of one's own, without a function that draws. */
static double unlike(int64_t token, int64_t vocab, const void *self)
{
    (void)vocab, (void)self;
    static const double p[] = { .5, 0, .3, .2 };
    return p[token];
}

START_TEST(any_source_is_drawn_by_its_probabilities)
{
    enum { B = 8192, N = 2 };
    static int32_t x0[B * N];
    double share[4] = { 0 };
    rill_token_source source = { .name = "unlike", .extra = 1, .probability = unlike };
    exact e = { &boards[0], &rill_kappa_linear, &source };
    rill_discrete flow = exact_flow(&e);
    flow.vocab = 3;
    rill_tensor *x1 = rill_full(g, RILL_I32, RILL_SHAPE(B, N), 0);
    evaluate(rill_discrete_build(&flow, (rill_discrete_batch){ .x1 = x1 }).x0, x0, B * N);
    for (int i = 0; i < B * N; i++)
        share[x0[i]] += 1.0 / (B * N);
    for (int k = 0; k < 4; k++) { /* five standard deviations */
        double p = unlike(k, 3, NULL);
        ck_assert_double_le(fabs(share[k] - p), 5 * sqrt(p * (1 - p) / (B * N)));
    }
}
END_TEST

/* Where the mask is gone nothing is left to learn, whatever the network says. */
START_TEST(what_is_not_masked_is_certain)
{
    int32_t x1[] = { 3, 1 }, x[] = { 3, 4 };
    double p[8], log_data[2], stays[2];
    double t = .5;
    exact wrong = { &boards[3], &rill_kappa_linear, &rill_source_uniform };
    rill_discrete flow = exact_flow(&wrong);
    flow.source = &rill_source_mask;
    rill_net_size size = { .hidden = 8, .layers = 1 };
    rill_net net = { rill_mlp, &size, "mlp" };
    flow.net = rill_embedded_net(&net);
    rill_tensor *state = rill_constant(g, RILL_I32, RILL_SHAPE(1, 2), x, 2);
    rill_tensor *when = rill_constant(g, RILL_F64, RILL_SHAPE(1), &t, 1);
    rill_discrete_parts parts = rill_discrete_build(
        &flow, (rill_discrete_batch){ .x1 = rill_constant(g, RILL_I32, RILL_SHAPE(1, 2), x1, 2),
                                      .x = state,
                                      .t = when });
    evaluate(rill_discrete_posterior(&flow, state, when, NULL), p, 8);
    evaluate(parts.log_data, log_data, 2);
    evaluate(parts.stays, stays, 2);
    for (int k = 0; k < 4; k++)
        ck_assert_double_eq(p[k], k == 3);
    ck_assert_double_eq_tol(p[4] + p[5] + p[6] + p[7], 1, 1e-15);
    ck_assert_double_eq_tol(log_data[1], log(p[5]), 1e-14);
    ck_assert_double_eq(log_data[0], 0);
    ck_assert_double_eq(stays[0], 1);
    ck_assert_double_eq(stays[1], 0);
}
END_TEST

START_TEST(batches_are_drawn_again_by_the_seed)
{
    enum { B = 64, N = 2 };
    int32_t one[B * N], two[B * N];
    exact e = { &boards[0], &rill_kappa_linear, &rill_source_uniform };
    for (int round = 0; round < 2; round++) {
        rill_store *own = rill_store_new(seed);
        rill_graph *h = rill_graph_new(own);
        rill_discrete flow = exact_flow(&e);
        rill_tensor *x1 = rill_full(h, RILL_I32, RILL_SHAPE(B, N), 1);
        evaluate(rill_discrete_build(&flow, (rill_discrete_batch){ .x1 = x1 }).x, round ? two : one,
                 B * N);
        rill_graph_free(h);
        rill_store_free(own);
    }
    ck_assert_mem_eq(one, two, sizeof one);
}
END_TEST

/* ---- Gradients, against differences. */

START_TEST(gradients_of_losses_are_right)
{
    enum { B = 6, N = 2, K = 5, LOGITS = B * N * K };
    const rill_token_loss *loss = rill_token_loss_at(_i / 2);
    const rill_token_source *source = rill_token_source_at(_i % 2);
    exact e = { &boards[2], &rill_kappa_power, source };
    int32_t x[B * N], x1[B * N];
    double gradient[LOGITS], logits[LOGITS];
    for (int i = 0; i < B * N; i++) {
        x1[i] = (i * 7) % K;
        x[i] = i % 3 == 0 ? x1[i] : source->extra ? K : (i * 3) % K;
    }
    rill_discrete flow = exact_flow(&e);
    flow.loss = loss;
    rill_discrete_parts p = rill_discrete_build(
        &flow, (rill_discrete_batch){ .x1 = rill_constant(g, RILL_I32, RILL_SHAPE(B, N), x1, B * N),
                                      .x = rill_constant(g, RILL_I32, RILL_SHAPE(B, N), x, B * N),
                                      .t = time_constant(g, RILL_SHAPE(B)) });
    rill_tensor *slope;
    rill_grad(p.loss, &p.logits, 1, &slope);
    evaluate(slope, gradient, LOGITS);
    evaluate(p.logits, logits, LOGITS);
    /* By hand: softmax less one-hot at each unsettled token, and for the divergence the weight. */
    double hazard[B];
    evaluate(p.hazard, hazard, B);
    for (int i = 0; i < B * N; i++) {
        double q[K], sum = 0, most = -HUGE_VAL;
        for (int k = 0; k < K; k++)
            most = fmax(most, logits[i * K + k]);
        for (int k = 0; k < K; k++)
            sum += q[k] = exp(logits[i * K + k] - most);
        for (int k = 0; k < K; k++) {
            double to_data = q[k] / sum - (k == x1[i]); /* of -log p(x1) */
            double here = x[i] < K ? q[x[i]] / sum : 0;
            double to_here = -here * ((k == x[i]) - q[k] / sum); /* of -p(x_t) */
            int settled = source->extra && x[i] < K;
            double wanted =
                _i / 2 == 0 ? to_data / N : hazard[i / N] * (to_here + (x[i] != x1[i]) * to_data);
            ck_assert_double_eq_tol(gradient[i * K + k], settled ? 0 : wanted / B, 1e-13);
        }
    }
}
END_TEST

/* ---- What is wrong is told. */

static void refused(const rill_discrete *flow, rill_discrete_batch batch, const char *why)
{
    rill_graph *h = rill_graph_of(batch.x1);
    ck_assert(rill_is_inert(rill_discrete_loss(flow, batch)));
    if (why)
        ck_assert_msg(rill_error(h) && strstr(rill_error(h), why), "%s",
                      rill_error(h) ? rill_error(h) : "no error");
}

static rill_tensor *too_few(rill_tensor *x, rill_tensor *t, rill_tensor *cond, int64_t vocab,
                            const void *self)
{
    (void)x, (void)cond, (void)self;
    return rill_broadcast(t, RILL_SHAPE(rill_dim(t, 0), vocab));
}

static rill_tensor *nothing(rill_tensor *x, rill_tensor *t, rill_tensor *cond, int64_t vocab,
                            const void *self)
{
    (void)x, (void)t, (void)cond, (void)vocab, (void)self;
    return NULL;
}

START_TEST(wrong_batches_are_told)
{
    const struct {
        size_t member;
        rill_dtype dtype;
        rill_shape shape;
        const char *why;
    } wrong[] = {
        { offsetof(rill_discrete_batch, x1), RILL_F32, RILL_SHAPE(4, 2), "i32" },
        { offsetof(rill_discrete_batch, x1), RILL_I32, RILL_SHAPE(4), "i32" },
        { offsetof(rill_discrete_batch, x0), RILL_I32, RILL_SHAPE(4, 3), "shape" },
        { offsetof(rill_discrete_batch, x), RILL_I32, RILL_SHAPE(3, 2), "shape" },
        { offsetof(rill_discrete_batch, t), RILL_F64, RILL_SHAPE(2), "one t" },
        { offsetof(rill_discrete_batch, t), RILL_F32, RILL_SHAPE(4), "dtype" },
    };
    exact e = { &boards[0], &rill_kappa_linear, &rill_source_uniform };
    rill_discrete flow = exact_flow(&e);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rill_graph *h = rill_graph_new(NULL);
        rill_discrete_batch batch = { .x1 = rill_full(h, RILL_I32, RILL_SHAPE(4, 2), 0) };
        rill_tensor **member = (rill_tensor **)(void *)((char *)&batch + wrong[i].member);
        *member = rill_full(h, wrong[i].dtype, wrong[i].shape, 0);
        refused(&flow, batch, wrong[i].why);
        rill_graph_free(h);
    }
}
END_TEST

START_TEST(wrong_flows_are_told)
{
    exact e = { &boards[0], &rill_kappa_linear, &rill_source_uniform };
    rill_kappa half = { .name = "half", .kappa = rill_kappa_linear.kappa };
    rill_token_source silent = { .name = "silent" };
    rill_token_loss empty = { "empty", NULL, NULL };
    rill_discrete good = exact_flow(&e), vast = good, none = good, whole = good, halved = good,
                  unsaid = good, lossless = good, narrow = good, void_net = good;
    none.vocab = 0;
    vast.vocab = RILL_MAX_VOCAB + 1;
    whole.dtype = RILL_I32;
    halved.kappa = &half;
    unsaid.source = &silent;
    lossless.loss = &empty;
    narrow.net.logits = too_few;
    void_net.net.logits = nothing;
    const struct {
        const rill_discrete *flow;
        const char *why;
    } wrong[] = { { &none, "vocabulary" },
                  { &vast, "vocabulary" },
                  { &whole, "dtype" },
                  { &halved, "kappa" },
                  { &unsaid, "source" },
                  { &lossless, "loss" },
                  { &narrow, "logits are f64[4,8]" },
                  { &void_net, "NULL" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rill_graph *h = rill_graph_new(NULL);
        refused(wrong[i].flow,
                (rill_discrete_batch){ .x1 = rill_full(h, RILL_I32, RILL_SHAPE(4, 2), 0) },
                wrong[i].why);
        rill_graph_free(h);
    }
}
END_TEST

START_TEST(nothing_at_all_is_refused)
{
    exact e = { &boards[0], &rill_kappa_linear, &rill_source_uniform };
    rill_discrete good = exact_flow(&e);
    refused(&good, (rill_discrete_batch){ .x1 = NULL }, NULL);
    refused(NULL, (rill_discrete_batch){ .x1 = rill_full(g, RILL_I32, RILL_SHAPE(4, 2), 0) }, NULL);
    refused(&(rill_discrete){ 0 }, (rill_discrete_batch){ 0 }, NULL);
    ck_assert(rill_is_inert(rill_discrete_posterior(NULL, NULL, NULL, NULL)));
    ck_assert(rill_is_inert(rill_discrete_posterior(&good, NULL, NULL, NULL)));
    ck_assert(rill_is_inert(rill_token_logits(NULL, NULL, NULL, NULL, 3)));
    ck_assert(rill_is_inert(rill_token_source_table(NULL, g, RILL_F32, 3)));
    ck_assert(rill_is_inert(rill_token_source_table(&rill_source_mask, NULL, RILL_F32, 3)));
    ck_assert(rill_is_inert(rill_token_source_table(&rill_source_mask, g, RILL_I32, 3)));
    ck_assert(rill_is_inert(rill_token_source_table(&rill_source_mask, g, RILL_F32, -1)));
    ck_assert_ptr_eq(rill_discrete_kappa(NULL), &rill_kappa_linear);
    ck_assert_ptr_eq(rill_discrete_source(NULL), &rill_source_mask);
    ck_assert_ptr_null(rill_embedded_net(NULL).self);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("discrete");
    TCase *kappas = tcase_create("kappas");
    tcase_add_checked_fixture(kappas, begin, end);
    suite_add_tcase(suite, kappas);
    tcase_add_loop_test(kappas, kappas_are_their_formulas, 0, SETTINGS);
    tcase_add_loop_test(kappas, ends_of_kappas_are_exact_and_rates_finite, 0, SETTINGS);
    tcase_add_loop_test(kappas, rates_near_the_end_keep_their_digits, 0, SETTINGS);
    tcase_add_test(kappas, kappas_are_found_by_name);
    tcase_add_test(kappas, sources_and_losses_are_found_by_name);

    TCase *losses = tcase_create("losses");
    tcase_add_checked_fixture(losses, begin, end);
    tcase_set_timeout(losses, 60);
    suite_add_tcase(suite, losses);
    tcase_add_loop_test(losses, cross_entropy_of_the_posterior_is_the_floor, 0,
                        sizeof floors / sizeof *floors);
    tcase_add_loop_test(losses, generalised_kl_with_the_mask_is_the_entropy, 0, BOARDS + SETTINGS);
    tcase_add_loop_test(losses, generalised_kl_is_its_formula, 0,
                        sizeof divergences / sizeof *divergences);
    tcase_add_loop_test(losses, gradients_of_losses_are_right, 0, 4);

    TCase *paths = tcase_create("paths");
    tcase_add_checked_fixture(paths, begin, end);
    suite_add_tcase(suite, paths);
    tcase_add_loop_test(paths, tokens_are_those_of_data_with_probability_kappa, 0, SETTINGS);
    tcase_add_test(paths, any_source_is_drawn_by_its_probabilities);
    tcase_add_test(paths, what_is_not_masked_is_certain);
    tcase_add_test(paths, batches_are_drawn_again_by_the_seed);
    tcase_add_test(paths, wrong_batches_are_told);
    tcase_add_test(paths, wrong_flows_are_told);
    tcase_add_test(paths, nothing_at_all_is_refused);
    return run_suite(suite);
}
