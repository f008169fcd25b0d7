#include "profile.h"

#include "tools/bench/limits.h"

#include <math.h>
#include <stdlib.h>

/* A second of one thread can be so much. */
typedef struct limits {
    double flops, bytes;
} limits;

/* The best of some short measurements: other processes take from them too.  Threads share the way
 * to memory. */
static limits measure(int threads)
{
    enum { TIMES = 5 };
    const double moment = 0.01; /* seconds */
    limits most = { 0, 0 };
    for (int i = 0; i < TIMES; i++) {
        most.flops = fmax(most.flops, bench_fma_peak(RILL_F32, 1, moment));
        most.bytes = fmax(most.bytes, bench_copy_bandwidth(threads, moment) / threads);
    }
    return most;
}

static int slower_first(const void *a, const void *b)
{
    const profile_step *x = a, *y = b;
    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

/* Those that ran, the slowest first; NULL without memory. */
static profile_step *sorted(const profile *f, int64_t *count)
{
    int64_t all = rill_step_count(profile_program(f));
    profile_step *steps = malloc((size_t)(all + 1) * sizeof *steps);
    *count = 0;
    for (int64_t i = 0; steps && i < all; i++)
        if (profile_step_at(f, i, &steps[*count]) == RILL_OK)
            ++*count;
    if (steps)
        qsort(steps, (size_t)*count, sizeof *steps, slower_first);
    return steps;
}

/* What is moved from cache has no limit that is known here. */
static void print_rates(FILE *out, const profile_step *s, limits most)
{
    double flops = s->info.flops * s->times / s->seconds;
    double bytes = s->info.bytes * s->times / s->seconds;
    double of_flops = flops / most.flops, of_bytes = bytes / most.bytes;
    fprintf(out, "%9.1f%9.1f", 1e-9 * flops, 1e-9 * bytes);
    if (of_flops < of_bytes && (s->info.inside >= 0 || of_bytes > 1))
        fprintf(out, "    cache");
    else
        fprintf(out, "%8.0f%%", 100 * fmax(of_flops, of_bytes));
}

static void print_share(FILE *out, double seconds, const profile_total *total)
{
    fprintf(out, "%5.1f%%%10.2f", 100 * seconds / total->seconds,
            1e6 * seconds / (double)total->runs);
}

static void print_step(FILE *out, const profile_step *s, const profile_total *total, limits most)
{
    print_share(out, s->seconds, total);
    fprintf(out, "%7.0f", s->times / (double)total->runs);
    if (s->info.slices > 0) /* the work is in the lines of what is inside */
        fprintf(out, "%27s", "");
    else
        print_rates(out, s, most);
    fprintf(out, "  %s%s%s\n", s->info.inside >= 0 ? "slice: " : "", s->info.name,
            s->info.slices > 0 ? ", beside the steps in them" : "");
}

/* Steps that take next to nothing share a line. */
static void print_steps(FILE *out, const profile_step *steps, int64_t count,
                        const profile_total *total, limits most)
{
    const double worth_a_line = 2e-3; /* of the time */
    double rest = total->seconds, small = 0;
    int64_t shown = 0;
    while (shown < count && steps[shown].seconds > worth_a_line * total->seconds)
        shown++;
    for (int64_t i = 0; i < count; i++)
        rest -= steps[i].seconds;
    for (int64_t i = shown; i < count; i++)
        small += steps[i].seconds;
    fprintf(out, " share        us  times     GF/s     GB/s    limit  step\n");
    for (int64_t i = 0; i < shown; i++)
        print_step(out, &steps[i], total, most);
    print_share(out, small, total);
    fprintf(out, "%36s%lld smaller steps\n", "", (long long)(count - shown));
    print_share(out, rest, total);
    fprintf(out, "%36sbetween steps, and waiting for other threads\n", "");
}

rill_status profile_print(const profile *f, FILE *out, rill_message *message)
{
    profile_total total = profile_total_of(f);
    int64_t count;
    if (total.runs == 0) {
        fprintf(out, "nothing to profile: the first step is not counted\n");
        return RILL_OK;
    }
    profile_step *steps = sorted(f, &count);
    if (!steps)
        return rill_fail(message, RILL_NO_MEMORY, "no memory for the profile");
    limits most = measure(total.threads);
    print_steps(out, steps, count, &total, most);
    free(steps);
    fprintf(out, "\n%lld runs of %.2f us, and %.2f us from one to the next, on %d thread%s.\n",
            (long long)total.runs, 1e6 * total.seconds / total.threads / (double)total.runs,
            1e6 * total.between / (double)total.runs, total.threads, total.threads > 1 ? "s" : "");
    fprintf(
        out,
        "Microseconds are those of all threads, in one run.  The limit is %.0f GF/s a thread, or "
        "%.1f GB/s from and to memory;\ncache: data came from nearer than that.\n",
        1e-9 * most.flops, 1e-9 * most.bytes);
    return RILL_OK;
}
