/* Optimal transport within each batch: the same network learns straighter ways.
 *
 * Noise and data of a batch are paired before the step is fed, so that they have the least way to
 * go; then one of two networks is taught as ever.  E |v|^2 along the ways of its samples falls
 * towards the squared distance that no flow can undercut. */
#include <rill/rill.h>

#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 128, STEPS = 3000, SAMPLES = 1000, EULER = 50 };

static const rill_flow flow = { .net = { .velocity = rill_mlp, .name = "mlp" } };

/* A batch of both, in pairs. */
static rill_status draw(rill_pairing *pairing, int64_t step, float *x0, float *x1)
{
    static float noise[BATCH * 2], data[BATCH * 2];
    int64_t from0[BATCH], from1[BATCH];
    rill_coupling_batch batch = {
        .rows = BATCH, .width = 2, .x0 = noise, .x1 = data, .step = step
    };
    rill_normal_rows(RILL_F32, rill_stream_key(0, "noise"), (uint32_t)step, 0, BATCH, 2, noise);
    rill_data_draw_f32(rill_data_find("8gaussians"), 0, 0, step * BATCH, BATCH, data, NULL, NULL);
    rill_status status = rill_pairing_find(pairing, &batch, from0, from1, NULL);
    rill_take_rows(x0, noise, from0, BATCH, 2 * sizeof *x0);
    rill_take_rows(x1, data, from1, BATCH, 2 * sizeof *x1);
    return status;
}

static rill_status train(rill_store *store, const rill_coupling *coupling)
{
    static float x0_rows[BATCH * 2], x1_rows[BATCH * 2];
    rill_pairing *pairing = rill_pairing_new(coupling, BATCH, NULL);
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x0 = rill_input(g, "x0", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(BATCH, 2));
    rill_tensor *loss = rill_flow_loss(&flow, (rill_flow_batch){ .x0 = x0, .x1 = x1 });
    rill_program *step = rill_compile(g, loss, rill_adam(loss, (rill_adam_options){ .lr = 2e-3 }));
    rill_status status = step && pairing ? RILL_OK : RILL_NO_MEMORY;
    for (int64_t i = 0; i < STEPS && status == RILL_OK; i++) {
        status = draw(pairing, i, x0_rows, x1_rows);
        rill_feed(step, x0, x0_rows, BATCH * 2);
        rill_feed(step, x1, x1_rows, BATCH * 2);
        if (status == RILL_OK)
            status = rill_run(step);
    }
    rill_program_free(step);
    rill_graph_free(g);
    rill_pairing_free(pairing);
    return status;
}

/* The mean over samples of the integral of |dx/dt|^2 along their ways; negative on failure. */
static double energy(rill_store *store)
{
    static float ways[EULER + 1][SAMPLES * 2], x[SAMPLES * 2];
    double times[EULER + 1], sum = 0;
    rill_sampler_options options = { .sample = RILL_SHAPE(2) };
    rill_sampler *sampler = rill_sampler_new(store, rill_flow_field(&flow), &options, NULL);
    rill_time_grid(0.0, 1.0, EULER, times, NULL);
    rill_sampling sampling = {
        .times = times, .time_count = EULER + 1, .n = SAMPLES, .samples = x, .trajectory = ways
    };
    rill_status status = rill_sampler_run(sampler, &sampling, NULL);
    rill_sampler_free(sampler);
    for (int k = 0; k < EULER && status == RILL_OK; k++)
        for (int i = 0; i < SAMPLES * 2; i++) {
            double move = (double)ways[k + 1][i] - (double)ways[k][i];
            sum += move * move * EULER / SAMPLES;
        }
    return status == RILL_OK ? sum : -1;
}

int main(void)
{
    const rill_coupling *const couplings[] = { &rill_coupling_independent, &rill_coupling_ot };
    double found[2];
    for (int k = 0; k < 2; k++) {
        rill_store *store = rill_store_new(0);
        found[k] = train(store, couplings[k]) == RILL_OK ? energy(store) : -1;
        printf("%-12s E |v|^2 = %.2f\n", couplings[k]->name, found[k]);
        rill_store_free(store);
    }
    return found[1] > 0 && found[1] < 0.9 * found[0] ? EXIT_SUCCESS : EXIT_FAILURE;
}
