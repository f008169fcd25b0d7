/* Guidance on digits: one network learns the field of each class and, its label left out of every
 * fifth row, that of all.  Led away from the second towards the first, samples are the digit asked
 * for more surely.  Ho, Salimans: "Classifier-free diffusion guidance", 2022. */
#include <rill/rill.h>

#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 128, STEPS = 800, IMAGES = 1500, PIXELS = 64, CLASSES = 10, EACH = 40 };
enum { SAMPLES = CLASSES * EACH };

static const rill_net_size size = { .hidden = 128, .layers = 3, .classes = CLASSES };
static const rill_flow flow = { .net = { rill_mlp, &size, "mlp" }, .dropout = .2 };
static float images[IMAGES * PIXELS];
static int32_t labels[IMAGES];

/* Batch `step`: images in order, again and again. */
static void feed(rill_program *p, rill_tensor *x1, rill_tensor *cond, int step)
{
    static float rows[BATCH * PIXELS];
    static int32_t classes[BATCH];
    for (int i = 0; i < BATCH; i++) {
        int from = (step * BATCH + i) % IMAGES;
        classes[i] = labels[from];
        for (int j = 0; j < PIXELS; j++)
            rows[i * PIXELS + j] = images[from * PIXELS + j];
    }
    rill_feed(p, x1, rows, BATCH * PIXELS);
    rill_feed(p, cond, classes, BATCH);
}

static int train(rill_store *store)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, PIXELS));
    rill_tensor *cond = rill_input(g, "cond", RILL_I32, RILL_SHAPE(BATCH));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = x1, .cond = cond });
    rill_schedule schedule = { .decay = rill_decay_cosine, .steps = STEPS };
    rill_adam_options adam = { .lr = 3e-3, .ema = 0.99, .schedule = schedule };
    rill_program *p = rill_compile(g, loss, rill_adam(loss, adam));
    rill_status status = p ? RILL_OK : RILL_BAD_GRAPH;
    for (int i = 0; i < STEPS && status == RILL_OK; i++) {
        feed(p, x1, cond, i);
        status = rill_run(p);
    }
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", p ? rill_program_error(p) : rill_error(g));
    rill_program_free(p);
    rill_graph_free(g);
    return status == RILL_OK;
}

/* Images of each class in turn, guided by the weight. */
static int sample(rill_store *weights, double weight, float *x)
{
    double times[21];
    int32_t wanted[SAMPLES];
    rill_message message = { "" };
    rill_guidance guidance = { .field = rill_flow_field(&flow), .weight = weight };
    rill_sampler_options options = { .sample = RILL_SHAPE(PIXELS), .labels = 1 };
    rill_sampler *sampler =
        rill_sampler_new(weights, rill_guided_field(&guidance), &options, &message);
    for (int i = 0; i < SAMPLES; i++)
        wanted[i] = i / EACH;
    rill_time_grid(0.0, 1.0, 20, times, NULL);
    rill_sampling sampling = {
        .times = times, .time_count = 21, .n = SAMPLES, .cond = wanted, .samples = x
    };
    rill_status status = rill_sampler_run(sampler, &sampling, &message);
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", message.text);
    rill_sampler_free(sampler);
    return status == RILL_OK;
}

/* The label of the nearest training image. */
static int32_t classify(const float *x)
{
    float least = 1e30f;
    int32_t label = -1;
    for (int i = 0; i < IMAGES; i++) {
        float square = 0.0f;
        for (int j = 0; j < PIXELS; j++)
            square += (x[j] - images[i * PIXELS + j]) * (x[j] - images[i * PIXELS + j]);
        label = square < least ? labels[i] : label;
        least = square < least ? square : least;
    }
    return label;
}

int main(void)
{
    static float x[SAMPLES * PIXELS];
    static const double weight[] = { 0, 1, 2.5 };
    int agree[3] = { 0 };
    rill_data_draw_f32(rill_data_find("digits"), 0, 0, 0, IMAGES, images, labels, NULL);
    rill_store *store = rill_store_new(0);
    int ok = train(store);
    rill_store *weights = rill_averaged_store(store, NULL);
    for (int k = 0; k < 3 && ok; k++) {
        ok = sample(weights, weight[k], x);
        for (int i = 0; i < SAMPLES; i++)
            agree[k] += classify(x + i * PIXELS) == i / EACH;
        printf("weight %.1f: %d of %d samples are the digit asked for\n", weight[k], agree[k],
               SAMPLES);
    }
    rill_store_free(weights);
    rill_store_free(store);
    return ok && agree[0] < SAMPLES / 4 && agree[1] > agree[0] && agree[2] > agree[1]
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
