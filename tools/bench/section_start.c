/* From the start of `rill train` to its first loss, as somebody who waits sees it. */
#include "limits.h"
#include "process.h"
#include "sections.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct run {
    const char *name, *batch, *hidden, *layers;
} runs[] = { { "train, toy", "256", "64", "3" }, { "train, mid", "1024", "256", "4" } };

/* Seconds until the first line; negative when none comes. */
static double time_to_first_line(const char *const *argv)
{
    char line[256];
    bench_process process;
    double start = bench_now();
    if (bench_process_start(&process, argv, STDERR_FILENO, 1) != 0)
        return -1;
    int said = fgets(line, sizeof line, process.from) && strncmp(line, "step ", 5) == 0;
    double seconds = bench_now() - start;
    bench_process_end(&process, 1);
    return said ? seconds : -1;
}

static rill_status measure(bench *b, const struct run *r, const char *folder)
{
    enum { MOST = 25, LEAST = 5 };
    char path[4096], out[64];
    double seconds[MOST], start = bench_now();
    int count = 0;
    snprintf(out, sizeof out, "%s/model", folder);
    const char *const argv[] = { bench_own_path(path, sizeof path),
                                 "train",
                                 "--data",
                                 "moons",
                                 "--out",
                                 out,
                                 "--steps",
                                 "1000",
                                 "--batch",
                                 r->batch,
                                 "--hidden",
                                 r->hidden,
                                 "--layers",
                                 r->layers,
                                 NULL };
    while (count < MOST && (count < LEAST || bench_now() - start < b->seconds)) {
        seconds[count] = time_to_first_line(argv);
        if (seconds[count++] < 0)
            return rill_fail(&b->message, RILL_IO, "'%.200s train' said no loss", path);
    }
    bench_put(b, &(bench_key){ "start", r->name }, BENCH_FIRST_TIME, bench_median(seconds, count));
    bench_show(b);
    return RILL_OK;
}

static rill_status run(bench *b)
{
    char folder[] = "/tmp/rill-bench-XXXXXX", out[64];
    rill_status status = RILL_OK;
    if (!mkdtemp(folder))
        return rill_fail(&b->message, RILL_IO, "cannot make a folder in /tmp");
    for (size_t i = 0; i < sizeof runs / sizeof *runs && !status; i++)
        if (bench_wants(b, runs[i].name))
            status = measure(b, &runs[i], folder);
    snprintf(out, sizeof out, "%s/model", folder);
    unlink(out);
    rmdir(folder);
    return status;
}

const bench_section bench_start_section = {
    .name = "start",
    .doc = "from the start of rill train to its first loss",
    .run = run,
};
