/* The smallest picture of flow matching: noise on a line carried to a Gaussian, and to two modes.
 *
 * Two things to see.  On a line trajectories cannot cross: the order of samples stays as it is. And
 * one Euler step is not enough for two modes: it goes to their mean, as plain regression would. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, TRAINING = 3000, N = 400, MOST = 100 };

static const rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" } };

/* Row i of the data: a mode, and a deviate around it. */
static void draw(int modes, int64_t first, float *x)
{
    uint64_t key = rill_stream_key(1, "data");
    for (int i = 0; i < BATCH; i++) {
        double z[2];
        rill_stream_normal(key, 0, first + i, 0, 2, z);
        double mean = modes == 1 ? 1.0 : z[1] < 0 ? -2.0 : 2.0;
        x[i] = (float)(mean + (modes == 1 ? 0.5 : 0.3) * z[0]);
    }
}

static rill_store *train(int modes)
{
    float rows[BATCH];
    rill_store *store = rill_store_new(3);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 1));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = TRAINING };
    rill_program *step = rill_compile(
        g, loss, rill_adam(loss, (rill_adam_options){ .lr = 3e-3, .schedule = schedule }));
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < TRAINING && status == RILL_OK; i++) {
        draw(modes, (int64_t)i * BATCH, rows);
        rill_feed(step, x1, rows, BATCH);
        status = rill_run(step);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return store;
}

/* Standard deviation of what `steps` Euler steps make of x0, and how many neighbours change order
 * on the way. */
static double carry(rill_sampler *sampler, int steps, const float *x0, int *crossings)
{
    static float x[N], way[(MOST + 1) * N];
    double times[MOST + 1], sum = 0.0, squares = 0.0;
    rill_time_grid(0.0, 1.0, steps, times, NULL);
    rill_sampling sampling = {
        .times = times, .time_count = steps + 1, .n = N, .x0 = x0, .samples = x, .trajectory = way
    };
    if (rill_sampler_run(sampler, &sampling, NULL) != RILL_OK)
        return (double)NAN;
    *crossings = 0;
    for (int i = 0; i < (steps + 1) * N; i++)
        *crossings += i % N > 0 && way[i] < way[i - 1];
    for (int i = 0; i < N; i++)
        sum += (double)x[i], squares += (double)x[i] * (double)x[i];
    return sqrt(squares / N - sum * sum / N / N);
}

/* Trains, and prints a line for each number of steps; 1 when the last is right. */
static int show(int modes, double expected)
{
    static const int steps[] = { 1, 2, 10, 100 };
    static float x0[N];
    int crossings = 0;
    double sd = 0.0;
    for (int i = 0; i < N; i++) /* ascending, so that an order can be kept */
        x0[i] = (float)(-2.5 + 5.0 * i / (N - 1));
    rill_store *store = train(modes);
    rill_sampler_options options = { .sample = RILL_SHAPE(1) };
    rill_sampler *sampler = rill_sampler_new(store, rill_flow_field(&flow), &options, NULL);
    printf("%s\n", modes == 1 ? "to a Gaussian at 1 of sd .5" : "to two modes, -2 and 2");
    for (int i = 0; i < 4; i++) {
        sd = carry(sampler, steps[i], x0, &crossings);
        printf("  %3d steps: spread %.3f, crossings %d\n", steps[i], sd, crossings);
    }
    rill_sampler_free(sampler);
    rill_store_free(store);
    return fabs(sd - expected) < 0.1 && crossings == 0;
}

int main(void)
{
    /* Points spread evenly over [-2.5, 2.5] keep their quantiles on the way: exactly carried they
     * would end with a spread of half their own, .724, and of 2.223. */
    int one = show(1, 0.724), two = show(2, 2.223);
    return one && two ? EXIT_SUCCESS : EXIT_FAILURE;
}
