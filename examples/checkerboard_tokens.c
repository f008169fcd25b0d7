/* Discrete flow matching: two tokens of 8 that name a square of a board, allowed where blocks of
 * 2 x 2 squares are dark.  A network learns what a token will be, and samples jump from masks to
 * the board. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { K = 8, BATCH = 256, STEPS = 1500, N = 8000, JUMPS = 32 };

static const rill_net_size size = { .hidden = 64, .layers = 2 };
static const rill_net mlp = { .velocity = rill_mlp, .self = &size, .name = "mlp" };

static int is_dark(int32_t row, int32_t column)
{
    return (row / 2 + column / 2) % 2 == 0;
}

/* Rows of the data: dark squares, all equally likely. */
static void draw(int64_t step, int32_t *x)
{
    for (int i = 0; i < BATCH; i++) {
        double u[3];
        rill_stream_uniform(rill_stream_key(1, "board"), 0, step * BATCH + i, 0, 3, u);
        x[2 * i] = (int32_t)(u[0] * K);
        x[2 * i + 1] = (int32_t)(u[1] * 4);
        x[2 * i + 1] += x[2 * i + 1] / 2 * 2 + (x[2 * i] / 2 % 2 ? 2 : 0);
    }
}

static int train(rill_store *store, const rill_discrete *flow)
{
    static int32_t rows[BATCH * 2];
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_I32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_discrete_loss(flow, (rill_discrete_batch){ .x1 = x1 });
    rill_adam_options adam = { .lr = 3e-3, .schedule = { rill_decay_cosine, .steps = STEPS } };
    rill_program *step = rill_compile(g, loss, rill_adam(loss, adam));
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        draw(i, rows);
        rill_feed(step, x1, rows, BATCH * 2);
        status = rill_run(step);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return status == RILL_OK;
}

/* Prints the board with a digit for how often each square was reached, 8 being the share of a dark
 * one; returns the distance of the frequencies from the data in total variation. */
static double show(const int32_t *x)
{
    double count[K][K] = { { 0 } }, distance = 0;
    for (int i = 0; i < N; i++)
        count[x[2 * i]][x[2 * i + 1]]++;
    for (int row = 0; row < K; row++) {
        for (int column = 0; column < K; column++) {
            double share = count[row][column] / N;
            distance += fabs(share - is_dark(row, column) / 32.0) / 2;
            printf(" %c", share * 256 > .5 ? '0' + (int)fmin(9, share * 256 + .5) : '.');
        }
        printf("\n");
    }
    return distance;
}

int main(void)
{
    static int32_t x[N * 2];
    rill_discrete flow = { .vocab = K, .net = rill_embedded_net(&mlp) };
    rill_store *store = rill_store_new(0);
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_message message = { "" };
    rill_jump_sampler *sampler = NULL;
    if (train(store, &flow))
        sampler = rill_jump_sampler_new(store, &flow, &options, &message);
    double times[JUMPS + 1], distance = 1;
    rill_time_grid(0, 1, JUMPS, times, NULL);
    rill_jumping jumping = { .times = times, .time_count = JUMPS + 1, .n = N, .samples = x };
    if (sampler && rill_jump_sampler_run(sampler, &jumping, &message) == RILL_OK)
        distance = show(x);
    fprintf(stderr, "%s", message.text);
    printf("%.3f from the data in total variation (%d draws of the data itself: %.3f)\n", distance,
           N, sqrt(32 / (2 * M_PI * N)));
    rill_jump_sampler_free(sampler);
    rill_store_free(store);
    return distance < .08 ? EXIT_SUCCESS : EXIT_FAILURE;
}
