/* Reflow: a model learns once more, from pairs of where its own samples start and end.  Ways that
 * crossed had to bend; the pairs' ways do not cross, so the second model's are straight, and one
 * step of Euler's takes them.  Liu, Gong, Liu: "Flow straight and fast", 2022.
 *
 * Nothing in the library is made for it: a sampler tells where samples started, and a batch may
 * hold x0 beside x1.  `rill reflow` does the same. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 6000, PAIRS = BATCH * 100, EULER = 50 };

static const rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" } };

static float x0[PAIRS * 2], x1[PAIRS * 2]; /* the pairs */
static float ways[(EULER + 1) * PAIRS * 2];

/* What step i learns from: the data, or the pairs over and over. */
static void feed(rill_program *step, rill_tensor *from, rill_tensor *to, int i)
{
    static float rows[BATCH * 2];
    int64_t first = (int64_t)i * BATCH;
    rill_data_draw_f32(rill_data_find("moons"), 0, 0, first, BATCH, rows, NULL, NULL);
    if (from)
        rill_feed(step, from, x0 + first % PAIRS * 2, BATCH * 2);
    rill_feed(step, to, from ? x1 + first % PAIRS * 2 : rows, BATCH * 2);
}

static int train(rill_store *store, int of_pairs)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *to = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *from = of_pairs ? rill_input(g, "x0", RILL_F32, RILL_SHAPE(BATCH, 2)) : NULL;
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x0 = from, .x1 = to });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_tensor *update =
        rill_adam(loss, (rill_adam_options){ .lr = 3e-3, .ema = 0.99, .schedule = schedule });
    rill_program *step = rill_compile(g, loss, update);
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        feed(step, from, to, i);
        status = rill_run(step);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return status == RILL_OK;
}

/* Fills x0, x1 and `ways` [steps+1, PAIRS, 2]. */
static int sample(rill_store *store, int steps)
{
    double times[EULER + 1];
    rill_message message = { "" };
    rill_store *averages = rill_averaged_store(store, &message);
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(averages, rill_flow_field(&flow), &options, &message);
    rill_time_grid(0.0, 1.0, steps, times, NULL);
    rill_sampling sampling = { .times = times,
                               .time_count = steps + 1,
                               .n = PAIRS,
                               .noise = x0,
                               .samples = x1,
                               .trajectory = ways };
    rill_status status = rill_sampler_run(sampler, &sampling, &message);
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_sampler_free(sampler);
    rill_store_free(averages);
    return status == RILL_OK;
}

/* The integral of E|x_1 - x_0 - dx/dt|^2 along `ways`. */
static double bend(void)
{
    double sum = 0.0;
    for (int k = 0; k < EULER; k++)
        for (int i = 0; i < PAIRS * 2; i++) {
            const float *at = ways + (int64_t)k * PAIRS * 2 + i;
            double velocity = EULER * ((double)at[PAIRS * 2] - (double)at[0]);
            sum += pow((double)x1[i] - (double)x0[i] - velocity, 2) / EULER;
        }
    return sum / PAIRS;
}

/* The share of x1 within .3 of the nearer of the two half circles. */
static double share_near(void)
{
    double near = 0.0;
    for (int i = 0; i < PAIRS; i++) {
        double x = (double)x1[2 * i], y = (double)x1[2 * i + 1];
        double upper = hypot(fabs(hypot(x + .75, y + .375) - 1.5), fmin(y + .375, 0));
        double lower = hypot(fabs(hypot(x - .75, y - .375) - 1.5), fmax(y - .375, 0));
        near += fmin(upper, lower) < .3;
    }
    return near / PAIRS;
}

int main(void)
{
    double bent[2], one_step[2];
    for (int i = 0; i < 2; i++) {
        rill_store *store = rill_store_new((uint64_t)i);
        int done = train(store, i > 0) && sample(store, 1);
        one_step[i] = share_near();
        done = done && sample(store, EULER); /* leaves the pairs that the next one learns from */
        bent[i] = bend();
        printf(
            "%s: straightness %.4f, %.0f%% of samples near the moons in one step, %.0f%% in %d\n",
            i ? "reflow" : "moons ", bent[i], 100 * one_step[i], 100 * share_near(), EULER);
        rill_store_free(store);
        if (!done)
            return EXIT_FAILURE;
    }
    return bent[1] < .05 * bent[0] && one_step[1] > .85 ? EXIT_SUCCESS : EXIT_FAILURE;
}
