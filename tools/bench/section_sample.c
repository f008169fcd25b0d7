/* Sampling: noise carried along the field of an untrained network, which costs as much. */
#include "contest.h"
#include "sections.h"

#include "models/models.h"

#include <stdlib.h>

static const char name[] = "65536 in 100 steps";

typedef struct sampling {
    bench *b;
    rill_sampler *sampler;
    rill_sampling how;
} sampling;

static rill_status draw(void *self)
{
    sampling *s = self;
    return rill_sampler_run(s->sampler, &s->how, &s->b->message);
}

/* The parameters appear in the store when a step is compiled. */
static rill_sampler *make_sampler(bench *b, const bench_workload *w)
{
    bench_step step;
    rill_net_size size = { .hidden = w->hidden, .layers = w->layers };
    rill_flow flow = { .net = { rill_mlp, &size } };
    rill_sampler_options options = { .sample = RILL_SHAPE(w->dim) };
    rill_sampler *sampler = NULL;
    if (bench_step_make(&step, w, &b->message) == RILL_OK)
        sampler = rill_sampler_new(step.store, rill_flow_field(&flow), &options, &b->message);
    bench_step_free(&step);
    return sampler;
}

static rill_status hold_contests(bench *b, sampling *s, const bench_workload *w)
{
    rill_status status = RILL_OK;
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads)) {
        bench_contest contest = {
            .key = { "sample", name, .threads = threads },
            .task = draw,
            .self = s,
            .flops = BENCH_SAMPLE_STEPS * bench_forward_flops(w),
            .work = "sample",
            .workload = w,
        };
        status = bench_hold_contest(b, &contest);
    }
    return status;
}

static rill_status run(bench *b)
{
    if (!bench_wants(b, name))
        return RILL_OK;
    bench_workload w = bench_workloads[0];
    w.batch = BENCH_SAMPLES;
    double times[BENCH_SAMPLE_STEPS + 1];
    float *samples = malloc((size_t)(BENCH_SAMPLES * w.dim) * sizeof *samples);
    sampling s = { .b = b, .sampler = samples ? make_sampler(b, &bench_workloads[0]) : NULL };
    s.how = (rill_sampling){
        .times = times, .time_count = BENCH_SAMPLE_STEPS + 1, .n = BENCH_SAMPLES, .samples = samples
    };
    rill_status status = rill_time_grid(0, 1, BENCH_SAMPLE_STEPS, times, &b->message);
    if (!status)
        status = s.sampler ? hold_contests(b, &s, &w) : RILL_NO_MEMORY;
    rill_sampler_free(s.sampler);
    free(samples);
    return status;
}

const bench_section bench_sample_section = {
    .name = "sample",
    .doc = "65,536 samples of the network of toy, in 100 Euler steps",
    .run = run,
};
