/* test_token_training.c - networks that learn a board, against the floor that they cannot pass. */
#include "enumerate.h"
#include "models/discrete/sampler.h"
#include "models/nets/built_in.h"
#include "models/ode/integrate.h"
#include "models/train/optimizer.h"

enum { BATCH = 256, STEPS = 1500 };
static const uint64_t seed = 3;
static rill_store *store;

static void begin(void)
{
    store = rill_store_new(seed);
}

static void end(void)
{
    rill_store_free(store);
}

static const rill_net_size size = { .hidden = 64, .layers = 2, .classes = 2 };
static const rill_net mlp = { rill_mlp, &size, "mlp" };

/* Rows of the board drawn at random; labels, if wanted, say in which half token 0 is. */
static void draw(const board *b, int64_t step, int32_t *x, int32_t *labels)
{
    int32_t cell[MOST_CELLS * MOST_TOKENS + MOST_TOKENS];
    int64_t cells = cells_of(b, cell), n = b->tokens;
    for (int64_t i = 0; i < BATCH; i++) {
        double u;
        rill_stream_uniform(rill_stream_key(seed, "rows"), 0, step * BATCH + i, 0, 1, &u);
        for (int64_t j = 0; j < n; j++)
            x[i * n + j] = cell[(int64_t)(u * (double)cells) * n + j];
        labels[i] = x[i * n] >= b->vocab / 2;
    }
}

static void train(const rill_discrete *flow, const board *b, int steps, int labelled)
{
    static int32_t rows[BATCH * MOST_TOKENS], labels[BATCH];
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_I32, RILL_SHAPE(BATCH, b->tokens));
    rill_tensor *cond = labelled ? rill_input(g, "cond", RILL_I32, RILL_SHAPE(BATCH)) : NULL;
    rill_tensor *loss = rill_discrete_loss(flow, (rill_discrete_batch){ .x1 = x1, .cond = cond });
    rill_adam_options adam = { .lr = 3e-3, .schedule = { rill_decay_cosine, .steps = steps } };
    rill_tensor *outputs[] = { loss, rill_adam(loss, adam) };
    rill_program *p = compiled(g, outputs, 2);
    for (int i = 0; i < steps; i++) {
        draw(b, i, rows, labels);
        rill_feed(p, x1, rows, BATCH * b->tokens);
        if (labelled)
            rill_feed(p, cond, labels, BATCH);
        run(p);
    }
    rill_program_free(p);
    rill_graph_free(g);
}

static const struct {
    int board;
    const rill_kappa *kappa;
    const rill_token_source *source;
} settings[] = { { 0, &rill_kappa_linear, &rill_source_uniform },
                 { 0, &rill_kappa_linear, &rill_source_mask },
                 { 3, &rill_kappa_power, &rill_source_uniform } };

START_TEST(a_network_comes_within_a_hundredth_of_the_floor)
{
    const board *b = &boards[settings[_i].board];
    rill_discrete flow = { .vocab = b->vocab,
                           .kappa = settings[_i].kappa,
                           .source = settings[_i].source,
                           .net = rill_embedded_net(&mlp) };
    train(&flow, b, STEPS, 0);
    rill_graph *g = rill_graph_new(store);
    exact e = { b, flow.kappa, flow.source };
    rill_discrete perfect = exact_flow(&e);
    double floor = enumerated_loss(g, &perfect, b), loss = enumerated_loss(g, &flow, b);
    rill_graph_free(g);
    ck_assert_msg(loss < floor + .01, "%s, %s: %g, the floor is %g", b->name, flow.source->name,
                  loss, floor);
    ck_assert_double_gt(loss, floor - 1e-5); /* losses of f32 */
}
END_TEST

/* A network that is told the half in which token 0 is puts it there. */
START_TEST(labels_are_obeyed)
{
    enum { N = 1000 };
    static int32_t x[N * 2], cond[N];
    double times[9];
    rill_discrete flow = { .vocab = 8, .net = rill_embedded_net(&mlp) };
    train(&flow, &boards[0], 400, 1);
    rill_message message = { "" };
    rill_sampler_options options = { .sample = RILL_SHAPE(2), .labels = 1 };
    rill_jump_sampler *s = rill_jump_sampler_new(store, &flow, &options, &message);
    ck_assert_msg(s != NULL, "%s", message.text);
    for (int i = 0; i < N; i++)
        cond[i] = i % 2;
    rill_time_grid(0, 1, 8, times, NULL);
    rill_jumping jumping = { .times = times, .time_count = 9, .n = N, .cond = cond, .samples = x };
    ck_assert_int_eq(rill_jump_sampler_run(s, &jumping, &message), RILL_OK);
    int obeyed = 0;
    for (int i = 0; i < N; i++)
        obeyed += (x[2 * i] >= 4) == cond[i];
    ck_assert_int_ge(obeyed, 950); /* without the label, 500 +- 16 */
    rill_jump_sampler_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("token training");
    TCase *training = tcase_create("training");
    tcase_add_checked_fixture(training, begin, end);
    tcase_set_timeout(training, 60);
    suite_add_tcase(suite, training);
    tcase_add_loop_test(training, a_network_comes_within_a_hundredth_of_the_floor, 0,
                        sizeof settings / sizeof *settings);
    tcase_add_test(training, labels_are_obeyed);
    return run_suite(suite);
}
