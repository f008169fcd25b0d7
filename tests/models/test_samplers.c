/* test_samplers.c - what all samplers and scorers do alike: threads take chunks of the rows and
 * make no difference, of chunks that fail the first is told, and who is asked to stop does so
 * before the next evaluation of its network, says why, and works on as before. */
#include "evaluate.h"
#include "models/discrete/sampler.h"
#include "models/flow/sampler.h"
#include "models/flow/scorer.h"
#include "models/flow/stochastic.h"
#include "models/manifold/sampler.h"
#include "ops/effect.h"
#include "ops/elementwise.h"
#include "ops/index.h"
#include "ops/shape.h"

#include <string.h>
#include <unistd.h>

enum { N = 38, BATCH = 4, CHUNKS = (N + BATCH - 1) / BATCH, STEPS = 5, WIDTH = 2, C = 2 };

static const uint64_t seed = 3;
static rill_store *store;
static double times[STEPS + 1], back[STEPS + 1];

static void begin(void)
{
    store = rill_store_new(seed);
    rill_time_grid(0, 1, STEPS, times, NULL);
    rill_time_grid(1, 0, STEPS, back, NULL);
}

static void end(void)
{
    rill_store_free(store);
}

/* Of a row's condition (a, b), [B,1]: NaN by `log` where a < 0, by `sqrt` where b < 0.  Rows that
 * pad a batch would fail too if they were zeros, or what another chunk left there. */
static rill_tensor *doubt(rill_tensor *cond)
{
    rill_tensor *a = rill_log(rill_slice(cond, 1, 0, 1, 1));
    return rill_require_finite(rill_add(a, rill_sqrt(rill_slice(cond, 1, 1, 2, 1))));
}

/* Tangent on the torus as well. */
static rill_tensor *growing(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)self;
    return rill_add(rill_sin(x), rill_mul(t, doubt(cond)));
}

static const rill_field field = { .at = growing };
static const rill_sampler_options options = { .sample = { 1, { WIDTH } },
                                              .batch = BATCH,
                                              .vector = C };

/* ---- What is run. */

/* All that a request may fill. */
typedef struct made {
    float x[N * WIDTH], noise[N * WIDTH], path[(STEPS + 1) * N * WIDTH];
    int32_t tokens[N * WIDTH], start[N * WIDTH], jumps[(STEPS + 1) * N * WIDTH];
    double log_p[N], error[N];
    rill_ode_counts counts;
} made;

typedef rill_status run_function(void *sampler, rill_interrupt interrupt, const float *cond,
                                 made *m, rill_message *message);

static rill_sampling sampling(rill_interrupt interrupt, const float *cond, made *m)
{
    return (rill_sampling){ .solver = rill_solver_find("heun"),
                            .times = times,
                            .time_count = STEPS + 1,
                            .counts = &m->counts,
                            .seed = seed,
                            .n = N,
                            .cond = cond,
                            .interrupt = interrupt,
                            .samples = m->x,
                            .noise = m->noise };
}

static rill_status run_flow(void *sampler, rill_interrupt interrupt, const float *cond, made *m,
                            rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.trajectory = m->path;
    return rill_sampler_run(sampler, &request, message);
}

static rill_status run_chosen_steps(void *sampler, rill_interrupt interrupt, const float *cond,
                                    made *m, rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.solver = rill_solver_find("dopri5");
    request.tolerance = 1e-3;
    return rill_sampler_run(sampler, &request, message);
}

static rill_status run_scorer(void *scorer, rill_interrupt interrupt, const float *cond, made *m,
                              rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    return rill_scorer_run(scorer, &request, &(rill_scores){ m->log_p, m->error }, message);
}

static rill_status score_data(void *scorer, rill_interrupt interrupt, const float *cond, made *m,
                              rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.times = back, request.x0 = cond;
    return rill_scorer_run(scorer, &request, &(rill_scores){ m->log_p, m->error }, message);
}

static rill_status run_stochastic(void *sampler, rill_interrupt interrupt, const float *cond,
                                  made *m, rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.trajectory = m->path;
    return rill_stochastic_sampler_run(sampler, &request, message);
}

static rill_status run_manifold(void *sampler, rill_interrupt interrupt, const float *cond, made *m,
                                rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.trajectory = m->path;
    return rill_manifold_sampler_run(sampler, &request, message);
}

static rill_status score_manifold(void *sampler, rill_interrupt interrupt, const float *cond,
                                  made *m, rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    return rill_manifold_sampler_score(sampler, &request, m->log_p, message);
}

static rill_status score_points(void *sampler, rill_interrupt interrupt, const float *cond, made *m,
                                rill_message *message)
{
    rill_sampling request = sampling(interrupt, cond, m);
    request.times = back, request.x0 = cond;
    return rill_manifold_sampler_score(sampler, &request, m->log_p, message);
}

static rill_status run_jumps(void *sampler, rill_interrupt interrupt, const float *cond, made *m,
                             rill_message *message)
{
    rill_jumping jumping = { .times = times,
                             .time_count = STEPS + 1,
                             .correctors = 1,
                             .seed = seed,
                             .n = N,
                             .cond = cond,
                             .interrupt = interrupt,
                             .samples = m->tokens,
                             .start = m->start,
                             .trajectory = m->jumps };
    return rill_jump_sampler_run(sampler, &jumping, message);
}

static const float *fine_conditions(void)
{
    static float cond[N * C];
    for (int i = 0; i < N * C; i++)
        cond[i] = .5f + (float)(i % 7) / 8;
    return cond;
}

/* ---- Threads. */

static void shares(run_function *request, void *sampler)
{
    static made alone, shared;
    rill_message message = { "" };
    for (int threads = 1; threads <= 5; threads++) {
        made *m = threads == 1 ? &alone : &shared;
        memset(m, 0, sizeof *m);
        rill_set_threads(threads);
        ck_assert_msg(request(sampler, (rill_interrupt){ 0 }, fine_conditions(), m, &message) ==
                          RILL_OK,
                      "%s", message.text);
        if (threads > 1)
            ck_assert_mem_eq(&alone, &shared, sizeof alone);
    }
    rill_set_threads(0);
}

/* Two chunks fail, each in its own way: what comes before is made as ever, and the first is told.
 */
static void fails_at(run_function *request, void *sampler, int chunk_a, int chunk_b)
{
    static made whole, part;
    float cond[N * C];
    rill_message message = { "" };
    int64_t rows = (chunk_a < chunk_b ? chunk_a : chunk_b) * BATCH;
    memset(&whole, 0, sizeof whole);
    ck_assert_int_eq(request(sampler, (rill_interrupt){ 0 }, fine_conditions(), &whole, NULL),
                     RILL_OK);
    memcpy(cond, fine_conditions(), sizeof cond);
    cond[(chunk_a * BATCH + 1) * C] = -1;
    cond[(chunk_b * BATCH) * C + 1] = -1;
    memset(&part, 0, sizeof part);
    rill_status status = request(sampler, (rill_interrupt){ 0 }, cond, &part, &message);
    ck_assert_int_eq(status, RILL_NOT_FINITE);
    const char *first = chunk_a < chunk_b ? "log" : "sqrt",
               *other = chunk_a < chunk_b ? "sqrt" : "log";
    ck_assert_msg(strstr(message.text, "sampler: ") && strstr(message.text, first) &&
                      !strstr(message.text, other),
                  "'%s', expected %s", message.text, first);
    ck_assert_mem_eq(part.x, whole.x, (size_t)(rows * WIDTH) * sizeof *part.x);
    ck_assert_mem_eq(part.tokens, whole.tokens, (size_t)(rows * WIDTH) * sizeof *part.tokens);
    ck_assert_mem_eq(part.log_p, whole.log_p, (size_t)rows * sizeof *part.log_p);
}

static void tells(run_function *request, void *sampler)
{
    for (int threads = 1; threads <= 4; threads++) {
        rill_set_threads(threads);
        for (int first = 0; first < CHUNKS - 1; first += 2) {
            fails_at(request, sampler, first, first + 1);
            fails_at(request, sampler, CHUNKS - 1, first);
        }
    }
    rill_set_threads(0);
}

/* ---- Stopping. */

/* Somebody who says stop at a question, and takes so long that other threads have theirs by then.
 */
typedef struct visitor {
    int asked, patience;
} visitor;

static int ask(void *self)
{
    visitor *v = self;
    if (++v->asked <= v->patience)
        return 0;
    usleep(1000);
    return 1;
}

/* With the patience for `patience` questions it stops at the next; with all, at none. */
static void stops(run_function *request, void *sampler)
{
    static made whole, after;
    const float *cond = fine_conditions();
    rill_message message;
    visitor patient = { 0, 1000000 };
    memset(&whole, 0, sizeof whole);
    ck_assert_int_eq(request(sampler, (rill_interrupt){ ask, &patient }, cond, &whole, &message),
                     RILL_OK);
    ck_assert_int_ge(patient.asked, CHUNKS * STEPS); /* between steps, at least */
    for (int patience = 0; patience < patient.asked; patience += 1 + patience) {
        visitor v = { 0, patience };
        message = (rill_message){ "" };
        rill_status status = request(sampler, (rill_interrupt){ ask, &v }, cond, &after, &message);
        ck_assert_int_eq(status, RILL_INTERRUPTED);
        ck_assert_int_eq(v.asked, patience + 1);
        ck_assert_str_eq(message.text, "sampler: interrupted");
    }
    memset(&after, 0, sizeof after);
    ck_assert_int_eq(request(sampler, (rill_interrupt){ 0 }, cond, &after, &message), RILL_OK);
    ck_assert_mem_eq(&whole, &after, sizeof whole);
}

static void keeps_to_it(run_function *request, void *sampler)
{
    ck_assert_ptr_nonnull(sampler);
    shares(request, sampler);
    tells(request, sampler);
    stops(request, sampler);
}

/* ---- Samplers. */

START_TEST(flows)
{
    rill_sampler *s = rill_sampler_new(store, field, &options, NULL);
    keeps_to_it(run_flow, s);
    keeps_to_it(run_chosen_steps, s);
    rill_sampler_free(s);
}
END_TEST

/* By the exact divergence and by probes. */
START_TEST(scores)
{
    rill_scorer_options with = { .sampler = options, .probes = _i };
    rill_scorer *s = rill_scorer_new(store, field, &with, NULL);
    keeps_to_it(run_scorer, s);
    keeps_to_it(score_data, s);
    rill_scorer_free(s);
}
END_TEST

START_TEST(noisy_flows)
{
    rill_stochastic noisy = { field, { .scheduler = &rill_scheduler_linear }, &rill_noise_root };
    rill_stochastic_sampler *s = rill_stochastic_sampler_new(store, &noisy, &options, NULL);
    keeps_to_it(run_stochastic, s);
    rill_stochastic_sampler_free(s);
}
END_TEST

START_TEST(manifolds)
{
    rill_manifold_sampler *s = rill_manifold_sampler_new(store, field, &rill_torus, &options, NULL);
    keeps_to_it(run_manifold, s);
    keeps_to_it(score_manifold, s);
    keeps_to_it(score_points, s);
    rill_manifold_sampler_free(s);
}
END_TEST

static rill_tensor *logits(rill_tensor *x, rill_tensor *t, rill_tensor *cond, int64_t vocab,
                           const void *self)
{
    (void)self;
    rill_tensor *here = rill_one_hot(x, vocab, rill_dtype_of(t)); /* none of a mask */
    return rill_add(here, rill_expand_dims(rill_mul(t, doubt(cond)), -1));
}

START_TEST(tokens)
{
    rill_discrete flow = { .vocab = 5, .net = { logits, NULL, "logits" } };
    rill_jump_sampler *s = rill_jump_sampler_new(store, &flow, &options, NULL);
    keeps_to_it(run_jumps, s);
    rill_jump_sampler_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("samplers");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, begin, end);
    tcase_add_test(all, flows);
    tcase_add_loop_test(all, scores, 0, 3);
    tcase_add_test(all, noisy_flows);
    tcase_add_test(all, manifolds);
    tcase_add_test(all, tokens);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
