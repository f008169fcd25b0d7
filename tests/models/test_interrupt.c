/* test_interrupt.c - samplers that are asked to stop: each does so before the next evaluation of
 * its network, says why, and works on as before. */
#include "evaluate.h"
#include "models/discrete/sampler.h"
#include "models/flow/sampler.h"
#include "models/flow/scorer.h"
#include "models/flow/stochastic.h"
#include "models/manifold/sampler.h"
#include "models/nets/built_in.h"
#include "models/nets/token_net.h"
#include "ops/elementwise.h"
#include "ops/random.h"

#include <string.h>

enum { N = 10, BATCH = 4, STEPS = 5, WIDTH = 2 };

static const uint64_t seed = 3;
static rill_store *store;
static rill_graph *g;
static double times[STEPS + 1];

static void begin(void)
{
    store = rill_store_new(seed);
    g = rill_graph_new(store);
    rill_time_grid(0, 1, STEPS, times, NULL);
}

static void end(void)
{
    rill_graph_free(g);
    rill_store_free(store);
}

/* Somebody who says stop at a question. */
typedef struct visitor {
    int asked, patience;
} visitor;

static int ask(void *self)
{
    visitor *v = self;
    return ++v->asked > v->patience;
}

/* dx/dt = x: tangent on the torus as well. */
static rill_tensor *growing(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    return x;
}

static const rill_field field = { .at = growing };
static const rill_sampler_options options = { .sample = { 1, { WIDTH } }, .batch = BATCH };

/* ---- What is run: each makes a sampler, lets the visitor stop it, and runs it again alone. */

typedef rill_status run_function(void *sampler, rill_interrupt interrupt, float *x,
                                 rill_message *message);

static rill_sampling sampling(rill_interrupt interrupt, float *x)
{
    return (rill_sampling){ .times = times,
                            .time_count = STEPS + 1,
                            .seed = seed,
                            .n = N,
                            .interrupt = interrupt,
                            .samples = x };
}

static rill_status run_flow(void *sampler, rill_interrupt interrupt, float *x,
                            rill_message *message)
{
    rill_sampling request = sampling(interrupt, x);
    return rill_sampler_run(sampler, &request, message);
}

static rill_status run_chosen_steps(void *sampler, rill_interrupt interrupt, float *x,
                                    rill_message *message)
{
    rill_sampling request = sampling(interrupt, x);
    request.solver = rill_solver_find("dopri5");
    request.tolerance = 1e-3;
    return rill_sampler_run(sampler, &request, message);
}

static rill_status run_scorer(void *scorer, rill_interrupt interrupt, float *x,
                              rill_message *message)
{
    double log_p[N];
    rill_sampling request = sampling(interrupt, x);
    return rill_scorer_run(scorer, &request, &(rill_scores){ .log_p = log_p }, message);
}

static rill_status run_stochastic(void *sampler, rill_interrupt interrupt, float *x,
                                  rill_message *message)
{
    rill_sampling request = sampling(interrupt, x);
    return rill_stochastic_sampler_run(sampler, &request, message);
}

static rill_status run_manifold(void *sampler, rill_interrupt interrupt, float *x,
                                rill_message *message)
{
    rill_sampling request = sampling(interrupt, x);
    return rill_manifold_sampler_run(sampler, &request, message);
}

static rill_status score_manifold(void *sampler, rill_interrupt interrupt, float *x,
                                  rill_message *message)
{
    double log_p[N];
    rill_sampling request = sampling(interrupt, x);
    return rill_manifold_sampler_score(sampler, &request, log_p, message);
}

static rill_status run_jumps(void *sampler, rill_interrupt interrupt, float *x,
                             rill_message *message)
{
    int32_t tokens[N * WIDTH] = { 0 };
    rill_jumping jumping = { .times = times,
                             .time_count = STEPS + 1,
                             .correctors = 1,
                             .seed = seed,
                             .n = N,
                             .interrupt = interrupt,
                             .samples = tokens };
    rill_status status = rill_jump_sampler_run(sampler, &jumping, message);
    for (int i = 0; i < N * WIDTH; i++)
        x[i] = (float)tokens[i];
    return status;
}

/* With the patience for `patience` questions it stops at the next; with all, at none. */
static void stops(run_function *request, void *sampler)
{
    float whole[N * WIDTH], after[N * WIDTH];
    rill_message message;
    visitor patient = { 0, 1000000 };
    ck_assert_ptr_nonnull(sampler);
    ck_assert_int_eq(request(sampler, (rill_interrupt){ ask, &patient }, whole, &message), RILL_OK);
    int batches = (N + BATCH - 1) / BATCH;
    ck_assert_int_ge(patient.asked, batches * STEPS); /* between steps, at least */
    for (int patience = 0; patience < patient.asked; patience += 1 + patience) {
        visitor v = { 0, patience };
        message = (rill_message){ "" };
        rill_status status = request(sampler, (rill_interrupt){ ask, &v }, after, &message);
        ck_assert_int_eq(status, RILL_INTERRUPTED);
        ck_assert_int_eq(v.asked, patience + 1);
        ck_assert_msg(strstr(message.text, "interrupted") != NULL, "'%s'", message.text);
    }
    ck_assert_int_eq(request(sampler, (rill_interrupt){ 0 }, after, &message), RILL_OK);
    ck_assert_mem_eq(whole, after, sizeof whole);
}

START_TEST(flows_stop)
{
    rill_sampler *s = rill_sampler_new(store, field, &options, NULL);
    stops(run_flow, s);
    stops(run_chosen_steps, s);
    rill_sampler_free(s);
}
END_TEST

START_TEST(scores_stop)
{
    rill_scorer *s = rill_scorer_new(store, field, &(rill_scorer_options){ options }, NULL);
    stops(run_scorer, s);
    rill_scorer_free(s);
}
END_TEST

START_TEST(noisy_flows_stop)
{
    rill_stochastic noisy = { field, { .scheduler = &rill_scheduler_linear }, &rill_noise_root };
    rill_stochastic_sampler *s = rill_stochastic_sampler_new(store, &noisy, &options, NULL);
    stops(run_stochastic, s);
    rill_stochastic_sampler_free(s);
}
END_TEST

START_TEST(manifolds_stop)
{
    rill_manifold_sampler *s = rill_manifold_sampler_new(store, field, &rill_torus, &options, NULL);
    stops(run_manifold, s);
    stops(score_manifold, s);
    rill_manifold_sampler_free(s);
}
END_TEST

START_TEST(tokens_stop)
{
    static const rill_net_size size = { .hidden = 8, .layers = 1 };
    static const rill_net mlp = { rill_mlp, &size, "mlp" };
    rill_discrete flow = { .vocab = 5, .net = rill_embedded_net(&mlp) };
    rill_discrete_batch batch = { .x1 = rill_full(g, RILL_I32, RILL_SHAPE(1, WIDTH), 0) };
    rill_tensor *loss = rill_discrete_loss(&flow, batch);
    rill_program_free(compiled(g, &loss, 1)); /* makes the parameters */
    rill_jump_sampler *s = rill_jump_sampler_new(store, &flow, &options, NULL);
    stops(run_jumps, s);
    rill_jump_sampler_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interrupt");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, flows_stop);
    tcase_add_test(all, scores_stop);
    tcase_add_test(all, noisy_flows_stop);
    tcase_add_test(all, manifolds_stop);
    tcase_add_test(all, tokens_stop);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
