/* test_cnf.c - maximum likelihood through a solver: against closed forms, differences, and the
 * solver run as a loop. */
#include "core/grad.h"
#include "evaluate.h"
#include "models/flow/flow.h"
#include "models/flow/scorer.h"
#include "models/nets/built_in.h"
#include "models/train/optimizer.h"
#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

enum { B = 12, D = 3 };
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

static rill_objective cnf_of(const double *steps)
{
    rill_objective objective = rill_objective_cnf;
    objective.self = steps;
    return objective;
}

static rill_tensor *data(void)
{
    return normal_constant(g, seed, 0, RILL_SHAPE(B, D));
}

/* ---- dx/dt = rate x + drift, number by number: x_1 is Gaussian. */

typedef struct line {
    double rate[D], drift[D], sd; /* sd: of the source */
} line;

/* That field, its numbers being parameters. */
static rill_tensor *line_at(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)t, (void)cond, (void)self;
    rill_init zeros = { RILL_INIT_CONSTANT, 0 };
    rill_tensor *rate = rill_param(rill_graph_of(x), RILL_F64, RILL_SHAPE(D), zeros, "rate");
    rill_tensor *drift = rill_param(rill_graph_of(x), RILL_F64, RILL_SHAPE(D), zeros, "drift");
    return rill_add(rill_mul(x, rate), drift);
}

/* -log p of x: the start is N(0, sd^2), and x_1 = e^a x_0 + (b/a) (e^a - 1). */
static double line_nll(const line *l, const double *x)
{
    double nll = 0;
    for (int j = 0; j < D; j++) {
        double grown = exp(l->rate[j]);
        double start = (x[j] - l->drift[j] / l->rate[j] * (grown - 1)) / grown / l->sd;
        nll += .5 * start * start + .5 * log(2 * M_PI) + log(l->sd) + l->rate[j];
    }
    return nll;
}

static double mean_line_nll(const line *l)
{
    const double *x = normals(seed, 0, B * D);
    double sum = 0;
    for (int i = 0; i < B; i++)
        sum += line_nll(l, x + i * D) / B;
    return sum;
}

static const line lines[] = {
    { { .5, -.3, 1e-3 }, { 0, 0, 0 }, 1 },
    { { -1, .7, .2 }, { 1, -.5, .3 }, 1 },
    { { 1.2, 1, -.8 }, { -.4, .2, 2 }, .5 },
    { { -.6, -.2, -.9 }, { .1, 0, -1 }, 2 },
};

/* 64 steps of rk4 leave rate^5 / (120 64^4) of the state, 1.2e-9 for a rate of 1.2: twice that of
 * its square, and five times of its derivative by the rate. */
START_TEST(a_linear_field_has_a_gaussian_likelihood_and_its_gradient)
{
    const line *l = &lines[_i];
    double steps = 64, loss, by[2][D];
    rill_objective objective = cnf_of(&steps);
    rill_flow flow = { .net = { line_at }, .objective = &objective, .source_sd = l->sd };
    rill_tensor *y = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data() });
    rill_tensor *xs[2] = { rill_param(g, RILL_F64, RILL_SHAPE(D), (rill_init){ 0 }, "net.rate"),
                           rill_param(g, RILL_F64, RILL_SHAPE(D), (rill_init){ 0 }, "net.drift") };
    rill_tensor *outputs[3] = { y };
    ck_assert_msg(!rill_error(g), "%s", rill_error(g));
    rill_grad(y, xs, 2, outputs + 1);
    rill_program *p = compiled(g, outputs, 3);
    rill_store_set(store, "net.rate", l->rate, D, NULL);
    rill_store_set(store, "net.drift", l->drift, D, NULL);
    run(p);
    rill_read(p, outputs[0], &loss, 1);
    rill_read(p, outputs[1], by[0], D);
    rill_read(p, outputs[2], by[1], D);
    rill_program_free(p);
    ck_assert_double_eq_tol(loss, mean_line_nll(l), 3e-9 * (1 + mean_line_nll(l)));
    for (int j = 0; j < 2 * D; j++) {
        line up = *l, down = *l;
        double *high = j < D ? up.rate + j : up.drift + (j - D);
        double *low = j < D ? down.rate + j : down.drift + (j - D);
        *high += 1e-5, *low -= 1e-5;
        double slope = (mean_line_nll(&up) - mean_line_nll(&down)) / 2e-5;
        ck_assert_double_eq_tol(by[j / D][j % D], slope, 2e-8 * (1 + fabs(slope)));
    }
}
END_TEST

/* ---- A network. */

static rill_flow mlp_flow(const rill_objective *objective, const rill_net_size *size)
{
    return (rill_flow){ .net = rill_net_make(rill_net_find("mlp"), size), .objective = objective };
}

static const rill_net_size small = { .hidden = 8, .layers = 2 };

/* The loss by as many steps, of the network in the store. */
static double loss_of(double steps)
{
    double loss;
    rill_objective objective = cnf_of(&steps);
    rill_flow flow = mlp_flow(&objective, &small);
    evaluate(rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data() }), &loss, 1);
    return loss;
}

/* Both run the same Butcher table. */
START_TEST(the_loss_is_what_a_loop_of_the_solver_finds)
{
    static const int counts[] = { 1, 3, 20 };
    double steps = counts[_i], times[21], log_p[B], mean = 0, loss = loss_of(steps);
    rill_objective objective = cnf_of(&steps);
    rill_flow flow = mlp_flow(&objective, &small);
    rill_message message = { "" };
    rill_scorer_options options = { .sampler = { .dtype = RILL_F64, .sample = RILL_SHAPE(D) } };
    rill_scorer *scorer = rill_scorer_new(store, rill_flow_field(&flow), &options, &message);
    ck_assert_msg(scorer != NULL, "%s", message.text);
    rill_time_grid(1, 0, counts[_i], times, NULL);
    rill_sampling request = { .solver = rill_solver_find("rk4"),
                              .times = times,
                              .time_count = counts[_i] + 1,
                              .n = B,
                              .x0 = normals(seed, 0, B * D) };
    ck_assert_int_eq(rill_scorer_run(scorer, &request, &(rill_scores){ log_p, NULL }, &message), 0);
    rill_scorer_free(scorer);
    for (int i = 0; i < B; i++)
        mean -= log_p[i] / B;
    ck_assert_double_eq_tol(loss, mean, 1e-13 * (1 + fabs(mean)));
}
END_TEST

/* Through the solver and through the divergence. */
START_TEST(the_gradient_of_a_network_is_that_of_differences)
{
    double steps = 5, by[8], row[8], up[8], down[8];
    const char *const name = "net.hidden1.bias";
    rill_objective objective = cnf_of(&steps);
    rill_flow flow = mlp_flow(&objective, &small);
    rill_tensor *y = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data() }), *grad;
    double none;
    evaluate(y, &none, 1); /* makes the parameters */
    rill_entry_info info;
    ck_assert_msg(!rill_store_find(store, name, &info), "there is no %s", name);
    rill_tensor *bias = rill_param(g, info.dtype, info.shape, (rill_init){ 0 }, name);
    rill_grad(y, &bias, 1, &grad);
    evaluate(grad, by, 8);
    rill_store_get(store, name, row, 8, NULL);
    for (int i = 0; i < 8; i++) {
        memcpy(up, row, sizeof row), memcpy(down, row, sizeof row);
        up[i] += 1e-5, down[i] -= 1e-5;
        rill_store_set(store, name, up, 8, NULL);
        double high = loss_of(steps);
        rill_store_set(store, name, down, 8, NULL);
        double low = loss_of(steps);
        ck_assert_double_eq_tol(by[i], (high - low) / 2e-5, 1e-8);
        ck_assert(fabs(by[i]) > 1e-6); /* not a comparison of zeros */
    }
}
END_TEST

/* ---- What it learns. */

/* Data N(m, s^2) have entropy log(s sqrt(2 pi e)): the loss comes to it and goes no lower. */
START_TEST(the_loss_falls_to_the_entropy_of_the_data)
{
    enum { ROWS = 256, STEPS = 400 };
    static double rows[ROWS];
    double mean = 1.5, sd = .4, late = 0, loss, steps = 6;
    rill_objective objective = cnf_of(&steps);
    rill_flow flow = mlp_flow(&objective, &small);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F64, RILL_SHAPE(ROWS, 1));
    rill_tensor *y = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_tensor *update = rill_adam(y, (rill_adam_options){ .lr = 1e-2, .schedule = schedule });
    rill_program *p = compiled(g, (rill_tensor *[]){ y, update }, 2);
    for (int i = 0; i < STEPS; i++) {
        rill_stream_normal(rill_stream_key(seed, "rows"), (uint32_t)i, 0, 0, ROWS, rows);
        for (int j = 0; j < ROWS; j++)
            rows[j] = mean + sd * rows[j];
        rill_feed(p, x1, rows, ROWS);
        run(p);
        rill_read(p, y, &loss, 1);
        late += i >= STEPS - 100 ? loss / 100 : 0;
    }
    rill_program_free(p);
    /* A mean over 25,600 rows of a term of variance 1/2 is off by .0044. */
    ck_assert_double_eq_tol(late, log(sd * sqrt(2 * M_PI * M_E)), .018);
}
END_TEST

/* ---- What is refused. */

START_TEST(steps_that_are_none_are_an_error)
{
    static const double wrong[] = { 0, -3, 257, (double)NAN, (double)INFINITY };
    rill_objective objective = cnf_of(&wrong[_i]);
    rill_flow flow = mlp_flow(&objective, &small);
    rill_tensor *y = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = data() });
    ck_assert(rill_is_inert(y));
    ck_assert_ptr_nonnull(strstr(rill_error(g), "expected 1 to 256 steps"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cnf");
    TCase *all = tcase_create("cnf");
    tcase_add_checked_fixture(all, begin, end);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_linear_field_has_a_gaussian_likelihood_and_its_gradient, 0,
                        (int)(sizeof lines / sizeof *lines));
    tcase_add_loop_test(all, the_loss_is_what_a_loop_of_the_solver_finds, 0, 3);
    tcase_add_test(all, the_gradient_of_a_network_is_that_of_differences);
    tcase_add_test(all, the_loss_falls_to_the_entropy_of_the_data);
    tcase_add_loop_test(all, steps_that_are_none_are_an_error, 0, 5);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
