/* A velocity network of your own: a function that builds nodes.  Parameters come from layers, by
 * name; gradients, training and sampling follow.
 *
 * This one is gated: each layer's output is multiplied by what time says of it.  It learns eight
 * Gaussians on a circle. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static rill_tensor *gated(rill_tensor *x, rill_tensor *t, rill_tensor *cond, const void *self)
{
    (void)cond, (void)self;
    rill_tensor *time = rill_time_features(t, 2); /* [B,5] */
    rill_tensor *h = rill_concat(x, time, -1);
    for (int i = 0; i < 3; i++) {
        rill_tensor *gate = rill_sigmoid(rill_linear(time, 48, "gate%d", i));
        h = rill_mul(gate, rill_silu(rill_linear(h, 48, "hidden%d", i)));
    }
    return rill_linear(h, rill_dim(x, -1), "out");
}

static const rill_flow flow = { .net = { .velocity = gated, .name = "gated" } };

enum { BATCH = 256, STEPS = 3000, SAMPLES = 1000 };

static int train(rill_store *store, const rill_data_set *set)
{
    static float rows[BATCH * 2];
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_adam_options adam = { .lr = 2e-3, .ema = 0.99, .schedule = schedule };
    rill_program *step = rill_compile(g, loss, rill_adam(loss, adam));
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        rill_data_draw_f32(set, 0, 0, (int64_t)i * BATCH, BATCH, rows, NULL, NULL);
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
    double times[51];
    rill_message message = { "" };
    rill_store *averages = rill_averaged_store(store, &message);
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(averages, rill_flow_field(&flow), &options, &message);
    rill_time_grid(0.0, 1.0, 50, times, NULL);
    rill_sampling sampling = { .times = times, .time_count = 51, .n = SAMPLES, .samples = x };
    rill_status status = rill_sampler_run(sampler, &sampling, &message);
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_sampler_free(sampler);
    rill_store_free(averages);
    return status == RILL_OK;
}

/* Distance to the nearest of the eight centres, at radius 2. */
static double distance(const float *x)
{
    double angle = atan2((double)x[1], (double)x[0]);
    double nearest = round(angle / (M_PI / 4)) * (M_PI / 4);
    return hypot((double)x[0] - 2 * cos(nearest), (double)x[1] - 2 * sin(nearest));
}

int main(void)
{
    static float x[SAMPLES * 2];
    rill_store *store = rill_store_new(0);
    int near = 0, ok = train(store, rill_data_find("8gaussians")) && sample(store, x);
    for (int i = 0; i < SAMPLES; i++)
        near += distance(x + 2 * i) < 0.5;
    printf("%d of %d samples lie within five deviations of a centre\n", near, SAMPLES);
    rill_store_free(store);
    return ok && near > SAMPLES * 8 / 10 ? EXIT_SUCCESS : EXIT_FAILURE;
}
