/* What this machine can do at most. */
#include "limits.h"
#include "sections.h"

static void measure_fma(bench *b, const char *name, rill_dtype dtype, int threads)
{
    bench_put(b, &(bench_key){ "limits", name, .threads = threads }, BENCH_FLOPS,
              bench_fma_peak(dtype, threads, b->seconds / 4));
}

static rill_status run(bench *b)
{
    for (int threads = 1; threads; threads = bench_next_threads(b, threads)) {
        measure_fma(b, "FMA f32", RILL_F32, threads);
        measure_fma(b, "FMA f64", RILL_F64, threads);
        bench_copy_bandwidth(threads, 0); /* the memory is there from now on */
        bench_put(b, &(bench_key){ "limits", "memcpy", .threads = threads }, BENCH_BANDWIDTH,
                  bench_copy_bandwidth(threads, b->seconds / 4));
        bench_show(b);
    }
    return RILL_OK;
}

const bench_section bench_limits_section = {
    .name = "limits",
    .doc = "multiply-adds and memcpy: what this machine can do at most",
    .run = run,
};
