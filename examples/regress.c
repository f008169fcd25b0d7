/* Fitting a curve with the engine alone: y = sin(3x) by a network of one hidden layer.
 *
 * A graph is built once, by calling functions; gradients and the optimiser are nodes of it; a
 * program is what runs.  Everything that changes from run to run is fed, or lives in the store. */
#include <rill/rill.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 128, STEPS = 1500 };

static rill_tensor *curve(rill_tensor *x)
{
    rill_tensor *h = rill_tanh(rill_linear(x, 32, "hidden"));
    return rill_linear(h, 1, "out");
}

static int fit(rill_store *store, const float *x_values, const float *y_values, float *loss_value)
{
    rill_graph *g = rill_graph_new(store);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(POINTS, 1));
    rill_tensor *y = rill_input(g, "y", RILL_F32, RILL_SHAPE(POINTS, 1));
    rill_tensor *loss = rill_mean_all(rill_square(rill_sub(curve(x), y)));
    rill_tensor *update = rill_adam(loss, (rill_adam_options){ .lr = 1e-2 });
    rill_program *step = rill_compile(g, loss, update);
    rill_status status = step ? RILL_OK : RILL_BAD_GRAPH;
    rill_feed(step, x, x_values, POINTS);
    rill_feed(step, y, y_values, POINTS);
    for (int i = 0; i < STEPS && status == RILL_OK; i++)
        status = rill_run(step);
    /* Whatever went wrong while the graph was built is told at the end, once. */
    if (status != RILL_OK)
        fprintf(stderr, "%s\n", step ? rill_program_error(step) : rill_error(g));
    rill_read(step, loss, loss_value, 1);
    rill_program_free(step);
    rill_graph_free(g);
    return status == RILL_OK;
}

int main(void)
{
    float x[POINTS], y[POINTS], loss = 1.0f;
    for (int i = 0; i < POINTS; i++) {
        x[i] = -1.0f + 2.0f * (float)i / (POINTS - 1);
        y[i] = sinf(3.0f * x[i]);
    }
    rill_store *store = rill_store_new(7);
    int fitted = fit(store, x, y, &loss);
    printf("mean squared error after %d steps: %.2e\n", STEPS, (double)loss);
    rill_store_free(store);
    return fitted && loss < 1e-3f ? EXIT_SUCCESS : EXIT_FAILURE;
}
