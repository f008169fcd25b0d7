/* What comes before a step and around it: compiling, and starting a kernel. */
#include "sections.h"
#include "workloads.h"

#include "ops/ops.h"

typedef struct subject {
    bench *b;
    const bench_workload *workload;
} subject;

/* Graph, derivatives, passes and initial weights. */
static rill_status compile(void *self)
{
    subject *s = self;
    bench_step step;
    rill_status status = bench_step_compile(&step, s->workload, &s->b->message);
    bench_step_free(&step);
    return status;
}

static rill_status measure_compile(bench *b, const bench_workload *w)
{
    bench_timing timing;
    subject s = { b, w };
    rill_status status = bench_time(b, compile, &s, 1, BENCH_FMA_F32, &timing);
    if (!status)
        bench_put(b, &(bench_key){ "compile", w->name }, BENCH_TIME, timing.seconds);
    bench_show(b);
    return status;
}

/* A few numbers negated in `count` shapes, so that each is a step of its own. */
static rill_program *compile_small_steps(int count)
{
    enum { MOST = 65 };
    static const float numbers[MOST];
    rill_tensor *in[MOST], *out[MOST];
    rill_graph *g = rill_graph_new(NULL);
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i);
        in[i] = rill_input(g, name, RILL_F32, RILL_SHAPE(1 + i % 8, 1 + i / 8));
        out[i] = rill_neg(in[i]);
    }
    rill_program *p = rill_compile(g, rill_group(out, count));
    for (int i = 0; p && i < count; i++)
        rill_feed(p, in[i], numbers, rill_count(in[i]));
    rill_graph_free(g);
    return p;
}

/* A run of `count` steps, and how many they are. */
static rill_status time_small_steps(bench *b, int count, double *seconds, double *steps)
{
    bench_timing timing = { 0 };
    rill_program *p = compile_small_steps(count);
    if (!p)
        return rill_fail(&b->message, RILL_BAD_GRAPH, "small steps do not compile");
    rill_status status = bench_time_program(b, p, 1, BENCH_FMA_F32, &timing);
    *seconds = timing.seconds;
    *steps = (double)rill_program_describe(p).steps;
    rill_program_free(p);
    return status;
}

/* What a step costs beside a run: the difference of many and few. */
static rill_status measure_overhead(bench *b)
{
    double few = 0, many = 0, few_steps = 0, many_steps = 0;
    rill_status status = time_small_steps(b, 1, &few, &few_steps);
    if (!status)
        status = time_small_steps(b, 65, &many, &many_steps);
    if (status)
        return status;
    bench_put(b, &(bench_key){ "compile", "an empty run" }, BENCH_TIME, few);
    bench_put(b, &(bench_key){ "compile", "a fused step without work" }, BENCH_TIME,
              (many - few) / (many_steps - few_steps));
    bench_show(b);
    return RILL_OK;
}

static rill_status run(bench *b)
{
    rill_status status = RILL_OK;
    for (const bench_workload *w = bench_workloads; w->name && !status; w++)
        if (bench_wants(b, w->name))
            status = measure_compile(b, w);
    if (!status && bench_wants(b, "a fused step without work"))
        status = measure_overhead(b);
    return status;
}

const bench_section bench_compile_section = {
    .name = "compile",
    .doc = "compiling the training steps; what a run and a step cost that have nothing to do",
    .run = run,
};
