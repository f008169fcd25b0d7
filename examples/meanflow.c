/* MeanFlow: a network that learns the mean velocity over a time makes a sample in one step.  One
 * that learns the velocity can in one step only aim at the middle of the data. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 256, STEPS = 8000, SAMPLES = 2000 };

static int train(const rill_flow *flow, rill_store *store)
{
    static float rows[BATCH * 2];
    const rill_data_set *set = rill_data_find("8gaussians");
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(flow, (rill_flow_batch){ .x1 = x1 });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_tensor *update = rill_adam(loss, (rill_adam_options){ .lr = 2e-3, .schedule = schedule });
    rill_program *step = rill_compile(g, loss, update);
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

static int sample_in_one_step(const rill_flow *flow, rill_store *store, float *x)
{
    const double times[] = { 0, 1 };
    rill_message message = { "" };
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(store, rill_flow_field(flow), &options, &message);
    rill_sampling sampling = { .times = times, .time_count = 2, .n = SAMPLES, .samples = x };
    rill_status status = rill_sampler_run(sampler, &sampling, &message);
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_sampler_free(sampler);
    return status == RILL_OK;
}

/* How far a point is from the nearest of the eight centres. */
static double distance(const float *x)
{
    double least = 1e9;
    for (int i = 0; i < 8; i++)
        least = fmin(least, hypot((double)x[0] - 2 * cos(M_PI * i / 4),
                                  (double)x[1] - 2 * sin(M_PI * i / 4)));
    return least;
}

/* How many of the samples that one step makes lie in one of the eight, or -1. */
static int count_inside(const rill_objective *objective)
{
    static float x[SAMPLES * 2];
    rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" }, .objective = objective };
    rill_store *store = rill_store_new(0);
    int ok = train(&flow, store) && sample_in_one_step(&flow, store, x), inside = 0;
    for (int i = 0; i < SAMPLES; i++)
        inside += distance(x + 2 * i) < .4;
    rill_store_free(store);
    return ok ? inside : -1;
}

int main(void)
{
    int velocity = count_inside(&rill_objective_velocity);
    int meanflow = count_inside(&rill_objective_meanflow);
    printf("one step: %d of %d samples lie in one of the eight, by the velocity %d\n", meanflow,
           SAMPLES, velocity);
    int learned = meanflow > SAMPLES * 3 / 4 && velocity >= 0 && velocity < SAMPLES / 4;
    return learned ? EXIT_SUCCESS : EXIT_FAILURE;
}
