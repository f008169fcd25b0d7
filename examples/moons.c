/* Flow matching from start to end: two moons learned from an endless stream, then sampled.
 *
 * Noise, times, path, loss, gradients, Adam and the average of the weights are one program. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 8000, SAMPLES = 2000, EULER = 50 };

static const rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" } };

static int train(rill_store *store)
{
    static float rows[BATCH * 2];
    const rill_data_set *moons = rill_data_find("moons");
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_tensor *update =
        rill_adam(loss, (rill_adam_options){ .lr = 2e-3, .ema = 0.99, .schedule = schedule });
    rill_program *step = rill_compile(g, loss, update);
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        rill_data_draw_f32(moons, 0, 0, (int64_t)i * BATCH, BATCH, rows, NULL, NULL);
        rill_feed(step, x1, rows, BATCH * 2);
        status = rill_run(step);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_program_free(step);
    rill_graph_free(g);
    return status == RILL_OK;
}

static int sample(rill_store *store, float *x)
{
    double times[EULER + 1];
    rill_message message = { "" };
    rill_store *averages = rill_averaged_store(store, &message);
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(averages, rill_flow_field(&flow), &options, &message);
    rill_time_grid(0.0, 1.0, EULER, times, NULL);
    rill_sampling sampling = {
        .times = times, .time_count = EULER + 1, .n = SAMPLES, .samples = x
    };
    rill_status status = rill_sampler_run(sampler, &sampling, &message);
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_sampler_free(sampler);
    rill_store_free(averages);
    return status == RILL_OK;
}

/* How far (x, y) is from the nearer of the two half circles of radius 1.5. */
static double distance(double x, double y)
{
    double least = 1e9;
    for (int i = 0; i <= 100; i++) {
        double c = cos(M_PI * i / 100), s = sin(M_PI * i / 100);
        least = fmin(least, hypot(x - 1.5 * (c - .5), y - 1.5 * (s - .25)));
        least = fmin(least, hypot(x - 1.5 * (.5 - c), y - 1.5 * (.25 - s)));
    }
    return least;
}

int main(void)
{
    static float x[SAMPLES * 2];
    rill_store *store = rill_store_new(0);
    int ok = train(store) && sample(store, x), near = 0;
    for (int i = 0; i < SAMPLES; i++)
        near += distance((double)x[2 * i], (double)x[2 * i + 1]) < 0.3;
    printf("%d of %d samples lie on the moons\n", near, SAMPLES);
    rill_store_free(store);
    return ok && near > SAMPLES * 8 / 10 ? EXIT_SUCCESS : EXIT_FAILURE;
}
