#include "workloads.h"

#include "core/grad.h"
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

static rill_status feed_normals(rill_program *program, rill_tensor *x, rill_message *message)
{
    int64_t count = rill_count(x);
    double *draws = malloc((size_t)count * sizeof *draws);
    float *rows = malloc((size_t)count * sizeof *rows);
    rill_status status = RILL_NO_MEMORY;
    if (draws && rows) {
        rill_stream_normal(0, 0, 0, 0, count, draws);
        for (int64_t i = 0; i < count; i++)
            rows[i] = (float)draws[i];
        status = rill_feed(program, x, rows, count);
    }
    free(draws);
    free(rows);
    return status ? rill_fail(message, status, "a batch cannot be fed") : RILL_OK;
}

static rill_status feed_labels(bench_step *step, int classes, rill_message *message)
{
    int64_t count = step->cond ? rill_count(step->cond) : 0;
    int32_t *labels = count > 0 ? malloc((size_t)count * sizeof *labels) : NULL;
    rill_status status = count > 0 && !labels ? RILL_NO_MEMORY : RILL_OK;
    for (int64_t i = 0; labels && i < count; i++)
        labels[i] = (int32_t)(i % classes);
    if (labels)
        status = rill_feed(step->program, step->cond, labels, count);
    free(labels);
    return status ? rill_fail(message, status, "labels cannot be fed") : RILL_OK;
}

static rill_status compile_flow(bench_step *step, const bench_workload *w, rill_flow flow,
                                int classes, rill_message *message)
{
    rill_net_size size = { .hidden = w->hidden, .layers = w->layers, .classes = classes };
    flow.net = (rill_net){ .velocity = rill_mlp, .self = &size };
    *step = (bench_step){ .store = rill_store_new(0) };
    rill_graph *g = rill_graph_new(step->store);
    step->x1 = rill_input(g, "x1", RILL_F32, RILL_SHAPE(w->batch, w->dim));
    step->cond = classes ? rill_input(g, "cond", RILL_I32, RILL_SHAPE(w->batch)) : NULL;
    step->loss = rill_flow_loss(&flow, (rill_flow_batch){ .x1 = step->x1, .cond = step->cond });
    rill_tensor *update = rill_adam(step->loss, (rill_adam_options){ .lr = 1e-3 });
    step->program = rill_compile(g, step->loss, update);
    rill_status status = RILL_OK;
    if (!step->program)
        status = rill_fail(message, RILL_BAD_GRAPH, "%s: %s", w->name,
                           rill_error(g) ? rill_error(g) : "does not compile");
    rill_graph_free(g);
    return status;
}

rill_status bench_step_compile(bench_step *step, const bench_workload *w, rill_message *message)
{
    return compile_flow(step, w, (rill_flow){ 0 }, 0, message);
}

rill_status bench_flow_step_make(bench_step *step, const bench_workload *w, const rill_flow *flow,
                                 int classes, rill_message *message)
{
    rill_status status = compile_flow(step, w, *flow, classes, message);
    if (!status)
        status = feed_normals(step->program, step->x1, message);
    return status ? status : feed_labels(step, classes, message);
}

rill_status bench_step_make(bench_step *step, const bench_workload *w, rill_message *message)
{
    return bench_flow_step_make(step, w, &(rill_flow){ 0 }, 0, message);
}

void bench_step_free(bench_step *step)
{
    rill_program_free(step->program);
    rill_store_free(step->store);
    *step = (bench_step){ 0 };
}

/* ---- A network, and how it changes. */

static rill_status compile_network(bench_network *net, rill_graph *g, const bench_workload *w,
                                   rill_tensor *x, rill_tensor *t, rill_message *message)
{
    rill_net_size size = { .hidden = w->hidden, .layers = w->layers };
    rill_net mlp = { .velocity = rill_mlp, .self = &size };
    rill_tensor *v = rill_net_velocity(&mlp, x, t, NULL);
    rill_tensor *ones = rill_full(g, RILL_F32, rill_shape_of(t), 1);
    rill_tensor *rate = rill_jvps(v, (rill_tensor *[]){ x, t }, (rill_tensor *[]){ v, ones }, 2);
    net->forward = rill_compile(g, v);
    net->jvp = rill_compile(g, v, rate);
    if (net->forward && net->jvp)
        return RILL_OK;
    return rill_fail(message, RILL_BAD_GRAPH, "%s: %s", w->name,
                     rill_error(g) ? rill_error(g) : "does not compile");
}

rill_status bench_network_make(bench_network *net, const bench_workload *w, rill_message *message)
{
    *net = (bench_network){ .store = rill_store_new(0) };
    rill_graph *g = rill_graph_new(net->store);
    rill_tensor *x = rill_input(g, "x", RILL_F32, RILL_SHAPE(w->batch, w->dim));
    rill_tensor *t = rill_input(g, "t", RILL_F32, RILL_SHAPE(w->batch, 1));
    rill_status status = compile_network(net, g, w, x, t, message);
    rill_program *const programs[] = { net->forward, net->jvp };
    for (int i = 0; i < 2 && !status; i++) {
        status = feed_normals(programs[i], x, message);
        if (!status)
            status = feed_normals(programs[i], t, message);
    }
    rill_graph_free(g);
    return status;
}

void bench_network_free(bench_network *net)
{
    rill_program_free(net->forward);
    rill_program_free(net->jvp);
    rill_store_free(net->store);
    *net = (bench_network){ 0 };
}
