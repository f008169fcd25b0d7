/* Training steps of growing batch, width and depth, and beside somebody else's work. */
#include "sections.h"
#include "workloads.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* The network of toy, but for one number. */
static const bench_workload ladder[] = {
    { "batch 256", 256, 2, 64, 3, NULL },     { "batch 1024", 1024, 2, 64, 3, NULL },
    { "batch 4096", 4096, 2, 64, 3, NULL },   { "batch 16384", 16384, 2, 64, 3, NULL },
    { "batch 65536", 65536, 2, 64, 3, NULL }, { "width 16", 256, 2, 16, 3, NULL },
    { "width 32", 256, 2, 32, 3, NULL },      { "width 64", 256, 2, 64, 3, NULL },
    { "width 128", 256, 2, 128, 3, NULL },    { "width 256", 256, 2, 256, 3, NULL },
    { "width 512", 256, 2, 512, 3, NULL },    { "width 1024", 256, 2, 1024, 3, NULL },
    { "depth 2", 256, 2, 64, 2, NULL },       { "depth 4", 256, 2, 64, 4, NULL },
    { "depth 8", 256, 2, 64, 8, NULL },       { "depth 16", 256, 2, 64, 16, NULL },
    { "depth 32", 256, 2, 64, 32, NULL },
};

static rill_status measure_at(bench *b, const bench_workload *w, const char *name,
                              rill_program *program, int threads)
{
    bench_timing timing;
    bench_key key = { "scaling", name, .threads = threads };
    rill_status status = bench_time_program(b, program, threads, BENCH_FMA_F32, &timing);
    if (status)
        return status;
    bench_put_timing(b, &key, &timing, BENCH_FMA_F32, bench_step_flops(w));
    bench_put(b, &key, BENCH_SAMPLE_TIME, timing.seconds / (double)w->batch);
    bench_show(b);
    return RILL_OK;
}

static rill_status measure(bench *b, const bench_workload *w, const char *name)
{
    bench_step step;
    rill_status status = bench_step_make(&step, w, &b->message);
    for (int threads = 1; threads && !status; threads = bench_next_threads(b, threads))
        status = measure_at(b, w, name, step.program, threads);
    bench_step_free(&step);
    return status;
}

/* A sample should cost the same in any batch. */
static void put_growth(bench *b)
{
    for (int threads = 1; threads; threads = bench_next_threads(b, threads)) {
        bench_key small = { "scaling", "batch 1024", .threads = threads };
        bench_key large = { "scaling", "batch 65536", .threads = threads };
        bench_put(b, &large, BENCH_GROWTH,
                  bench_value(&b->report.figures, &large, BENCH_SAMPLE_TIME) /
                      bench_value(&b->report.figures, &small, BENCH_SAMPLE_TIME));
    }
    bench_show(b);
}

/* ---- With one other process that never rests. */

/* It ends with this one, however that ends. */
static pid_t start_busy_process(void)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    while (getppid() == parent)
        for (volatile unsigned i = 0; i < 1000000; i++)
            ;
    _exit(0);
}

static rill_status measure_beside(bench *b, const bench_workload *w)
{
    char name[BENCH_NAME];
    snprintf(name, sizeof name, "%s, another busy", w->name);
    if (!bench_wants(b, name))
        return RILL_OK;
    pid_t pid = start_busy_process();
    rill_status status = measure(b, w, name);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return status;
}

static rill_status run(bench *b)
{
    rill_status status = RILL_OK;
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder && !status; i++)
        if (bench_wants(b, ladder[i].name))
            status = measure(b, &ladder[i], ladder[i].name);
    put_growth(b);
    for (int i = 0; i < 2 && !status; i++) /* toy and mid */
        status = measure_beside(b, &bench_workloads[i]);
    return status;
}

const bench_section bench_scaling_section = {
    .name = "scaling",
    .doc = "training steps by batch, width and depth, and beside another busy process",
    .run = run,
};
