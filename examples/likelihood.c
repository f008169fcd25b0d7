/* How probable is a point?  A flow knows: it carries a density from noise to data, and back.
 *
 * Two moons are learned; then held-out data are scored, exactly and by probes, the density is
 * integrated, and a point goes uphill along the gradient of log p until it is on a moon. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, TRAINING = 3000, STEPS = 25, N = 512, SIDE = 128, CLIMB = 60 };

static const rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" } };

static rill_store *train(void)
{
    float rows[BATCH * 2];
    rill_store *store = rill_store_new(1);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = TRAINING };
    rill_program *step = rill_compile(
        g, loss, rill_adam(loss, (rill_adam_options){ .lr = 3e-3, .schedule = schedule }));
    for (int i = 0; step && i < TRAINING; i++) {
        rill_data_draw_f32(rill_data_find("moons"), 0, 0, i * BATCH, BATCH, rows, NULL, NULL);
        rill_feed(step, x1, rows, BATCH * 2);
        rill_run(step);
    }
    rill_program_free(step);
    rill_graph_free(g);
    return store;
}

/* log p of n points; by so many probes each, or exactly where there are none. */
static void score(rill_store *store, int probes, int n, const float *x, double *log_p, double *se)
{
    double times[STEPS + 1];
    rill_message message = { "" };
    rill_scorer_options options = { .sampler = { .sample = RILL_SHAPE(2) }, .probes = probes };
    rill_scorer *scorer = rill_scorer_new(store, rill_flow_field(&flow), &options, &message);
    rill_time_grid(1.0, 0.0, STEPS, times, NULL); /* from data back to noise */
    rill_sampling request = {
        .solver = rill_solver_find("rk4"), .times = times, .time_count = STEPS + 1, .n = n, .x0 = x
    };
    if (rill_scorer_run(scorer, &request, &(rill_scores){ log_p, se }, &message) != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_scorer_free(scorer);
}

static double mean(const double *x)
{
    double sum = 0;
    for (int i = 0; i < N; i++)
        sum += x[i] / N;
    return sum;
}

/* The integral of the density over [-4,4]^2. */
static double integral(rill_store *store)
{
    static float x[SIDE * SIDE * 2];
    static double log_p[SIDE * SIDE];
    double step = 8.0 / SIDE, sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
        x[2 * i] = (float)(-4 + (i % SIDE + .5) * step);
        x[2 * i + 1] = (float)(-4 + (i / SIDE + .5) * step);
    }
    score(store, 0, SIDE * SIDE, x, log_p, NULL);
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += exp(log_p[i]) * step * step;
    return sum;
}

/* x goes uphill; log p and its gradient are nodes of one graph.  Returns log p in the end. */
static double climb(rill_store *store, float x[2])
{
    double times[STEPS + 1];
    float log_p = 0, slope[2];
    rill_time_grid(1.0, 0.0, STEPS, times, NULL);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *point = rill_input(g, "x", RILL_F32, RILL_SHAPE(1, 2)), *gradient;
    rill_likelihood likelihood = { .field = rill_flow_field(&flow),
                                   .solver = rill_solver_find("heun"),
                                   .times = times,
                                   .time_count = STEPS + 1 };
    rill_tensor *p = rill_sum_all(rill_likelihood_build(&likelihood, point, NULL).log_p);
    rill_grad(p, &point, 1, &gradient);
    rill_program *program = rill_compile(g, p, gradient);
    for (int i = 0; program && i < CLIMB; i++) {
        rill_feed(program, point, x, 2);
        rill_run(program);
        rill_read(program, p, &log_p, 1);
        rill_read(program, gradient, slope, 2);
        for (int j = 0; j < 2; j++) /* at most .05 at a time */
            x[j] += .05F * slope[j] / (1 + hypotf(slope[0], slope[1]));
    }
    rill_program_free(program);
    rill_graph_free(g);
    return (double)log_p;
}

int main(void)
{
    float data[N * 2], x[2] = { 0, 0 };
    double exact[N], estimate[N], error[N];
    rill_store *store = train();
    rill_data_draw_f32(rill_data_find("moons"), 0, 1, 0, N, data, NULL, NULL);
    score(store, 0, N, data, exact, NULL);
    score(store, 4, N, data, estimate, error);
    printf("held-out moons: %.3f nats; by 4 probes %.3f, each point to %.2f\n", mean(exact),
           mean(estimate), mean(error));
    double sum = integral(store), top = climb(store, x);
    printf("integral of the density: %.4f\n", sum);
    printf("uphill from (0, 0): log p %.2f at (%.2f, %.2f)\n", top, (double)x[0], (double)x[1]);
    rill_store_free(store);
    int known = mean(exact) > -1.6 && fabs(mean(estimate) - mean(exact)) < .2;
    return known && fabs(sum - 1) < .01 && top > -1.5 ? EXIT_SUCCESS : EXIT_FAILURE;
}
