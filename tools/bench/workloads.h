/* workloads.h - the training steps that rill and its peers are measured by. */
#ifndef RILL_TOOLS_BENCH_WORKLOADS_H
#define RILL_TOOLS_BENCH_WORKLOADS_H

#include "core/program.h"
#include "core/store.h"
#include "models/flow/flow.h"

#include <stdint.h>

/* A flow matching step: noise, uniform times, the linear path, an MLP with silu on (x, t), the mean
 * squared error on the velocity, gradients, Adam. */
typedef struct bench_workload {
    const char *name;
    int64_t batch, dim, hidden, layers; /* layers: hidden ones */
    const char *doc;
} bench_workload;

/* toy, mid, meta2d, wide; a NULL name ends the table. */
extern const bench_workload bench_workloads[];
/* The network of toy, sampled from: 65,536 samples in 100 Euler steps. */
enum { BENCH_SAMPLES = 65536, BENCH_SAMPLE_STEPS = 100 };

/* Flops of the matrix products alone: 2mkn forwards, as much backwards for the weights and again
 * for the inputs, those of the first layer excepted. */
double bench_step_flops(const bench_workload *w);
double bench_forward_flops(const bench_workload *w);

typedef struct bench_step {
    rill_store *store;
    rill_program *program;
    rill_tensor *x1, *loss;
    rill_tensor *cond; /* labels; NULL: none */
} bench_step;

/* The compiled step; bench_step_free in any case. */
rill_status bench_step_compile(bench_step *step, const bench_workload *w, rill_message *message);
/* The same, fed with a batch. */
rill_status bench_step_make(bench_step *step, const bench_workload *w, rill_message *message);
/* The same of another flow, whose network is set here.  With classes there are labels. */
rill_status bench_flow_step_make(bench_step *step, const bench_workload *w, const rill_flow *flow,
                                 int classes, rill_message *message);
void bench_step_free(bench_step *step);

/* The network of a workload on a batch, and together with how it changes along a tangent of x and
 * t. */
typedef struct bench_network {
    rill_store *store;
    rill_program *forward, *jvp;
} bench_network;

/* bench_network_free in any case. */
rill_status bench_network_make(bench_network *net, const bench_workload *w, rill_message *message);
void bench_network_free(bench_network *net);

#endif
