#include "workloads.h"

#include "core/rng.h"
#include "models/models.h"

#include <stdlib.h>

const bench_workload bench_workloads[] = {
    { "toy", 256, 2, 64, 3, "two-dimensional tutorials" },
    { "mid", 1024, 2, 256, 4, "between" },
    { "meta2d", 4096, 2, 512, 4, "larger tutorials" },
    { "wide", 1024, 64, 1024, 4, "digits of 8 x 8 pixels" },
    { 0 },
};

double bench_forward_flops(const bench_workload *w)
{
    int64_t weights =
        (w->dim + 1) * w->hidden + (w->layers - 1) * w->hidden * w->hidden + w->hidden * w->dim;
    return 2.0 * (double)w->batch * (double)weights;
}

double bench_step_flops(const bench_workload *w)
{
    double first = 2.0 * (double)w->batch * (double)((w->dim + 1) * w->hidden);
    return 3 * bench_forward_flops(w) - first;
}

static rill_status feed_normals(bench_step *step, int64_t count, rill_message *message)
{
    double *draws = malloc((size_t)count * sizeof *draws);
    float *rows = malloc((size_t)count * sizeof *rows);
    rill_status status = RILL_NO_MEMORY;
    if (draws && rows) {
        rill_stream_normal(0, 0, 0, 0, count, draws);
        for (int64_t i = 0; i < count; i++)
            rows[i] = (float)draws[i];
        status = rill_feed(step->program, step->x1, rows, count);
    }
    free(draws);
    free(rows);
    return status ? rill_fail(message, status, "a batch cannot be fed") : RILL_OK;
}

rill_status bench_step_compile(bench_step *step, const bench_workload *w, rill_message *message)
{
    rill_net_size size = { .hidden = w->hidden, .layers = w->layers };
    rill_flow flow = { .net = { .velocity = rill_mlp, .self = &size } };
    *step = (bench_step){ .store = rill_store_new(0) };
    rill_graph *g = rill_graph_new(step->store);
    step->x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(w->batch, w->dim));
    step->loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = step->x1 });
    rill_tensor *update = rill_adam(step->loss, (rill_adam_options){ .lr = 1e-3 });
    step->program = rill_compile(g, step->loss, update);
    rill_status status = RILL_OK;
    if (!step->program)
        status = rill_fail(message, RILL_BAD_GRAPH, "%s: %s", w->name,
                           rill_error(g) ? rill_error(g) : "does not compile");
    rill_graph_free(g);
    return status;
}

rill_status bench_step_make(bench_step *step, const bench_workload *w, rill_message *message)
{
    rill_status status = bench_step_compile(step, w, message);
    return status ? status : feed_normals(step, w->batch * w->dim, message);
}

void bench_step_free(bench_step *step)
{
    rill_program_free(step->program);
    rill_store_free(step->store);
    *step = (bench_step){ 0 };
}
