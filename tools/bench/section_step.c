/* Training steps: time, share of the machine's peak, memory. */
#include "sections.h"
#include "workloads.h"

static rill_status measure(bench *b, const bench_workload *w, rill_program *program, int threads)
{
    bench_key key = { "step", w->name, .threads = threads };
    bench_timing timing;
    rill_status status = bench_time_program(b, program, threads, BENCH_FMA_F32, &timing);
    if (status)
        return status;
    bench_add(&b->figures, &key, BENCH_TIME, timing.seconds);
    bench_add(&b->figures, &key, BENCH_PEAK_SHARE, bench_step_flops(w) / timing.capacity);
    bench_add_speedup(b, &key);
    bench_print_new(&b->figures, stdout);
    return RILL_OK;
}

static rill_status run_workload(bench *b, const bench_workload *w)
{
    bench_step step;
    rill_status status = bench_step_make(&step, w, &b->message);
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads))
        status = measure(b, w, step.program, threads);
    bench_step_free(&step);
    return status;
}

static rill_status run(bench *b)
{
    rill_status status = RILL_OK;
    for (const bench_workload *w = bench_workloads; w->name && !status; w++)
        if (bench_wants(b, w->name))
            status = run_workload(b, w);
    return status;
}

const bench_section bench_step_section = {
    .name = "step",
    .doc = "training steps of networks of four sizes: time, share of the peak, memory",
    .run = run,
};
