#include "bench.h"
#include "sections.h"

#include <string.h>

static const bench_section *const sections[] = {
    &bench_limits_section,
    &bench_step_section,
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

void bench_add_speedup(bench *b, const bench_key *key)
{
    bench_key one = *key;
    one.threads = 1;
    if (key->threads > 1 && bench_find(&b->figures, &one, BENCH_TIME))
        bench_add(&b->figures, key, BENCH_SPEEDUP,
                  bench_value(&b->figures, &one, BENCH_TIME) /
                      bench_value(&b->figures, key, BENCH_TIME));
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
