/* A path that is learned: the bend of the way from noise to data is a network that vanishes at both
 * ends, and trains with the velocity.  Nothing else is written: the derivative of the bend, and the
 * gradient through that derivative, are derived.
 *
 * Where ways bend apart, fewer of them cross, and the velocity is easier to tell from where one is:
 * the loss falls below that of the straight path, whose floor no network can pass. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 4000, SAMPLES = 2000, EULER = 50 };

/* (1-t) x0 + t x1 + t(1-t) tanh(N(x0, x1, t)) */
static rill_tensor *bent_at(rill_tensor *x0, rill_tensor *x1, rill_tensor *t, const void *self)
{
    (void)self;
    rill_tensor *rest = rill_sub(rill_scalar_like(t, 1.0), t);
    rill_tensor *h = rill_concat_array((rill_tensor *[]){ x0, x1, t }, 3, -1);
    h = rill_silu(rill_linear(h, 32, "hidden0"));
    h = rill_silu(rill_linear(h, 32, "hidden1"));
    rill_tensor *bend = rill_tanh(rill_linear(h, rill_dim(x0, -1), "bend"));
    rill_tensor *straight = rill_add(rill_mul(rest, x0), rill_mul(t, x1));
    return rill_add(straight, rill_mul(rill_mul(t, rest), bend));
}

static const rill_path bent = { .name = "bent", .at = bent_at };

/* The mean loss of the last quarter; NaN on failure. */
static double train(rill_store *store, const rill_flow *flow)
{
    static float rows[BATCH * 2];
    double mean = 0.0;
    float value = 0;
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_tensor *update =
        rill_adam(loss, (rill_adam_options){ .lr = 2e-3, .ema = 0.99, .schedule = schedule });
    rill_program *step = rill_compile(g, loss, update);
    if (!step)
        fprintf(stderr, "%s\n", rill_error(g));
    for (int i = 0; i < STEPS && step; i++) {
        rill_data_draw_f32(rill_data_find("8gaussians"), 0, 0, (int64_t)i * BATCH, BATCH, rows,
                           NULL, NULL);
        rill_feed(step, x1, rows, BATCH * 2);
        rill_status status = rill_run(step);
        rill_read(step, loss, &value, 1);
        mean += i >= STEPS * 3 / 4 ? (double)value / (STEPS / 4) : 0.0;
        if (status != RILL_OK)
            fprintf(stderr, "%s\n", rill_program_error(step)), mean = (double)NAN;
    }
    rill_program_free(step);
    rill_graph_free(g);
    return step ? mean : (double)NAN;
}

/* The share of samples within .5 of one of the eight centres, on a circle of radius 2. */
static double share_near(rill_store *store, const rill_flow *flow)
{
    static float x[SAMPLES * 2];
    double times[EULER + 1], near = 0.0;
    rill_message message = { "" };
    rill_store *averages = rill_averaged_store(store, &message);
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(averages, rill_flow_field(flow), &options, &message);
    rill_time_grid(0.0, 1.0, EULER, times, NULL);
    rill_sampling sampling = {
        .times = times, .time_count = EULER + 1, .n = SAMPLES, .samples = x
    };
    if (rill_sampler_run(sampler, &sampling, &message) != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    for (int i = 0; i < SAMPLES; i++) {
        double angle = M_PI_4 * round(atan2((double)x[2 * i + 1], (double)x[2 * i]) / M_PI_4);
        near +=
            hypot((double)x[2 * i] - 2 * cos(angle), (double)x[2 * i + 1] - 2 * sin(angle)) < .5;
    }
    rill_sampler_free(sampler);
    rill_store_free(averages);
    return near / SAMPLES;
}

int main(void)
{
    static const rill_path *const paths[] = { &rill_path_linear, &bent };
    double loss[2], share[2];
    for (int i = 0; i < 2; i++) {
        rill_flow flow = { .path = paths[i], .net = { .velocity = rill_mlp } };
        rill_store *store = rill_store_new(0);
        loss[i] = train(store, &flow);
        share[i] = share_near(store, &flow);
        printf("%-6s loss %.3f, %.0f%% of samples near a mode\n", paths[i]->name, loss[i],
               100 * share[i]);
        rill_store_free(store);
    }
    return loss[1] < 0.9 * loss[0] && share[0] > .8 && share[1] > .8 ? EXIT_SUCCESS : EXIT_FAILURE;
}
