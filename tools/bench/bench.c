#include "bench.h"
#include "sections.h"

#include <string.h>

static const bench_section *const sections[] = {
    &bench_limits_section,  &bench_matmul_section,    &bench_elementwise_section,
    &bench_step_section,    &bench_objective_section, &bench_sample_section,
    &bench_memory_section,  &bench_compile_section,   &bench_start_section,
    &bench_scaling_section,
};

const bench_section *bench_section_at(int i)
{
    return i >= 0 && i < (int)(sizeof sections / sizeof *sections) ? sections[i] : NULL;
}

int bench_wants(const bench *b, const char *name)
{
    return !b->only || strstr(name, b->only);
}

int bench_next_threads(const bench *b, int threads)
{
    return threads < b->threads ? b->threads : 0;
}

void bench_put(bench *b, const bench_key *key, bench_quantity quantity, double value)
{
    bench_add(&b->report.figures, key, quantity, value);
}

void bench_show(bench *b)
{
    bench_print_new(&b->report.figures, stdout);
}

void bench_put_timing(bench *b, const bench_key *key, const bench_timing *timing, bench_limit limit,
                      double work)
{
    bench_key one = *key;
    one.threads = 1;
    bench_put(b, key, BENCH_TIME, timing->seconds);
    bench_put(b, key, limit == BENCH_COPY ? BENCH_COPY_SHARE : BENCH_PEAK_SHARE,
              work / timing->capacity);
    if (key->threads > 1)
        bench_put(b, key, BENCH_SPEEDUP,
                  bench_value(&b->report.figures, &one, BENCH_TIME) / timing->seconds);
}

rill_status bench_fail_program(bench *b, rill_status status, const rill_program *p)
{
    const char *why = rill_program_error(p);
    return rill_fail(&b->message, status, "%s", *why ? why : rill_status_text(status));
}

rill_status bench_fail_graph(bench *b, const rill_graph *g)
{
    const char *why = rill_error(g);
    return rill_fail(&b->message, RILL_BAD_GRAPH, "%s", why ? why : "the graph does not compile");
}
