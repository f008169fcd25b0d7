/* The bars, as a table.  All are ratios within one run, or times that no machine of today should
 * need. */
#include "bars.h"

#include <math.h>

enum sense { AT_LEAST, AT_MOST };

struct bar {
    int number; /* bars of one number belong together */
    const char *section, *name;
    int threads;
    bench_quantity quantity;
    enum sense sense;
    double limit;
    double share; /* of the FMA peak, which suffices as well: the peer may be near it; 0: nothing
                     does */
};

/* So many times as fast as the fastest peer with 1 and with 2 threads, or that share of the peak.
 */
#define AGAINST_PEERS(section, name, one, two, share)                                              \
    { 1, section, name, 1, BENCH_RATIO, AT_LEAST, one, share },                                    \
    {                                                                                              \
        1, section, name, 2, BENCH_RATIO, AT_LEAST, two, share                                     \
    }
#define PRODUCT(name, least)                                                                       \
    {                                                                                              \
        2, "matmul", name, 1, BENCH_PEAK_SHARE, AT_LEAST, least, 0                                 \
    }
#define PRODUCTS(shape, least)                                                                     \
    PRODUCT("f32 NN " shape, least), PRODUCT("f32 NT " shape, least),                              \
        PRODUCT("f32 TN " shape, least), PRODUCT("f64 NN " shape, least),                          \
        PRODUCT("f64 NT " shape, least), PRODUCT("f64 TN " shape, least)
#define TWICE(name)                                                                                \
    {                                                                                              \
        2, "matmul", name, 2, BENCH_SPEEDUP, AT_LEAST, 1.8, 0                                      \
    }
#define TWO_THREADS(shape) TWICE("f32 NN " shape), TWICE("f32 NT " shape), TWICE("f32 TN " shape)
#define OVER_MEMORY(name)                                                                          \
    { 3, "elementwise", name, 1, BENCH_ROOF_SHARE, AT_LEAST, 0.8, 0 },                             \
    {                                                                                              \
        3, "elementwise", name, 2, BENCH_ROOF_SHARE, AT_LEAST, 0.8, 0                              \
    }
#define IN_CACHE(name, most)                                                                       \
    {                                                                                              \
        3, "elementwise", name, 1, BENCH_ELEMENT_FLOPS, AT_MOST, most, 0                           \
    }
#define MEMORY(name)                                                                               \
    {                                                                                              \
        5, "memory", name, 1, BENCH_OVERHEAD, AT_MOST, 1.1, 0                                      \
    }

#define STEPS(name, most)                                                                          \
    { 13, "objective", "toy " name, 1, BENCH_STEPS, AT_MOST, most, 0 },                            \
    {                                                                                              \
        13, "objective", "mid " name, 1, BENCH_STEPS, AT_MOST, most, 0                             \
    }

static const struct bar bars[] = {
    AGAINST_PEERS("step", "toy", 2.5, 4.5, 0.62),
    AGAINST_PEERS("step", "mid", 1.35, 1.4, 0.78),
    AGAINST_PEERS("step", "meta2d", 1.6, 1.8, 0.77),
    AGAINST_PEERS("step", "wide", 1.12, 1.15, 0.75),
    AGAINST_PEERS("sample", "65536 in 100 steps", 1.6, 1.7, 0.6),
    PRODUCTS("1024x1024x1024", 0.88),
    PRODUCTS("1024x256x256", 0.88),
    PRODUCTS("4096x512x512", 0.85),
    PRODUCTS("256x64x64", 0.75),
    PRODUCT("avx2 f32 NN 1024x1024x1024", 0.85),
    TWO_THREADS("1024x1024x1024"),
    TWO_THREADS("1024x256x256"),
    TWO_THREADS("4096x512x512"),
    OVER_MEMORY("neg"),
    OVER_MEMORY("add"),
    OVER_MEMORY("exp"),
    OVER_MEMORY("tanh"),
    OVER_MEMORY("silu"),
    OVER_MEMORY("normal"),
    IN_CACHE("exp", 70),
    IN_CACHE("silu", 70),
    IN_CACHE("normal", 280),
    MEMORY("toy"),
    MEMORY("mid"),
    MEMORY("meta2d"),
    MEMORY("wide"),
    { 6, "compile", "toy", 1, BENCH_TIME, AT_MOST, 5e-3, 0 },
    { 6, "compile", "mid", 1, BENCH_TIME, AT_MOST, 10e-3, 0 },
    { 6, "compile", "a fused step without work", 1, BENCH_TIME, AT_MOST, 100e-9, 0 },
    { 6, "start", "train, toy", 1, BENCH_FIRST_TIME, AT_MOST, 30e-3, 0 },
    { 6, "start", "train, mid", 1, BENCH_FIRST_TIME, AT_MOST, 30e-3, 0 },
    { 7, "scaling", "batch 65536", 1, BENCH_GROWTH, AT_MOST, 1.15, 0 },
    { 7, "scaling", "batch 65536", 2, BENCH_GROWTH, AT_MOST, 1.15, 0 },
    { 7, "scaling", "toy, another busy", 2, BENCH_SPEEDUP, AT_LEAST, 1, 0 },
    { 7, "scaling", "mid, another busy", 2, BENCH_SPEEDUP, AT_LEAST, 1, 0 },
    STEPS("data", 1.2),
    STEPS("noise", 1.2),
    STEPS("score", 1.2),
    STEPS("min-snr", 1.2),
    STEPS("cosmap", 1.2),
    STEPS("dropout", 1.2),
    STEPS("sf2m", 2.2),
    STEPS("meanflow", 3),
    STEPS("shortcut", 3),
    STEPS("consistency", 3),
    { 13, "objective", "toy jvp", 1, BENCH_FORWARDS, AT_MOST, 2.2, 0 },
    { 13, "objective", "mid jvp", 1, BENCH_FORWARDS, AT_MOST, 2.2, 0 },
};

enum verdict { MISSED, REACHED, NOT_MEASURED };

static const char *const verdicts[] = { "MISSED", "reached" };

static enum verdict judge(const struct bar *bar, double value, double share)
{
    int reached = bar->sense == AT_LEAST ? value >= bar->limit : value <= bar->limit;
    if (reached || (bar->share > 0 && share >= bar->share))
        return REACHED;
    return isnan(value) ? NOT_MEASURED : MISSED;
}

/* "step toy, 2 threads: 4.83 times as fast as the best peer; at least 4.50 times as fast ..." */
static void print_bar(const struct bar *bar, double value, double share, enum verdict verdict,
                      FILE *out)
{
    char text[BENCH_VALUE_TEXT], limit[BENCH_VALUE_TEXT];
    fprintf(out, "bar %d  %-7s  %s %s, %d thread%s", bar->number, verdicts[verdict], bar->section,
            bar->name, bar->threads, bar->threads == 1 ? "" : "s");
    if (!isnan(value))
        fprintf(out, ": %s", bench_print_value(bar->quantity, value, text));
    if (bar->share > 0 && !isnan(share))
        fprintf(out, ", %s", bench_print_value(BENCH_PEAK_SHARE, share, text));
    fprintf(out, "; %s %s", bar->sense == AT_LEAST ? "at least" : "at most",
            bench_print_value(bar->quantity, bar->limit, limit));
    if (bar->share > 0)
        fprintf(out, " or %s", bench_print_value(BENCH_PEAK_SHARE, bar->share, limit));
    putc('\n', out);
}

int bench_check_bars(const bench_figures *f, FILE *out)
{
    int count[3] = { 0 };
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++) {
        bench_key key = { bars[i].section, bars[i].name, .threads = bars[i].threads };
        double value = bench_value(f, &key, bars[i].quantity);
        double share = bench_value(f, &key, BENCH_PEAK_SHARE);
        enum verdict verdict = judge(&bars[i], value, share);
        if (verdict != NOT_MEASURED)
            print_bar(&bars[i], value, share, verdict, out);
        count[verdict]++;
    }
    fprintf(out, "%d bars reached, %d missed, %d not measured\n", count[REACHED], count[MISSED],
            count[NOT_MEASURED]);
    return count[MISSED];
}
