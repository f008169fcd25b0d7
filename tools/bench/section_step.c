/* Training steps: time, and share of the machine's peak. */
#include "contest.h"
#include "sections.h"

typedef struct subject {
    bench *b;
    rill_program *program;
} subject;

static rill_status take_step(void *self)
{
    subject *s = self;
    rill_status status = rill_run(s->program);
    return status ? bench_fail_program(s->b, status, s->program) : RILL_OK;
}

static rill_status run_workload(bench *b, const bench_workload *w)
{
    bench_step step;
    rill_status status = bench_step_make(&step, w, &b->message);
    subject s = { b, step.program };
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads)) {
        bench_contest contest = {
            .key = { "step", w->name, .threads = threads },
            .task = take_step,
            .self = &s,
            .flops = bench_step_flops(w),
            .work = "step",
            .workload = w,
        };
        status = bench_hold_contest(b, &contest);
    }
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
    .doc = "training steps of networks of four sizes",
    .run = run,
};
