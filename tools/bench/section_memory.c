/* Memory of training steps: what a program plans, and what a process takes. */
#include "sections.h"
#include "self.h"
#include "workloads.h"

static rill_status measure(bench *b, const bench_workload *w)
{
    bench_step step;
    bench_key key = { "memory", w->name };
    bench_report report = { 0 };
    rill_status status = bench_step_make(&step, w, &b->message);
    if (!status) {
        rill_program_info info = rill_program_describe(step.program);
        bench_put(b, &key, BENCH_BUFFERS, (double)info.buffer_bytes);
        bench_put(b, &key, BENCH_LIVE, (double)info.live_bytes);
        bench_put(b, &key, BENCH_OVERHEAD, (double)info.buffer_bytes / (double)info.live_bytes);
        status = bench_run_self(b, NULL, "step", w->name, 0, &report);
        bench_put(b, &key, BENCH_PROCESS,
                  bench_value(&report.figures, &(bench_key){ "process", "peak" }, BENCH_PROCESS));
    }
    bench_show(b);
    bench_step_free(&step);
    return status;
}

static rill_status run(bench *b)
{
    rill_status status = RILL_OK;
    for (const bench_workload *w = bench_workloads; w->name && !status; w++)
        if (bench_wants(b, w->name))
            status = measure(b, w);
    return status;
}

const bench_section bench_memory_section = {
    .name = "memory",
    .doc = "buffers of the training steps, and memory of a process that runs one",
    .run = run,
};
