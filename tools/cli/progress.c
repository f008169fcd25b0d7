#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

cli_progress cli_progress_begin(int quiet, int64_t done)
{
    return (cli_progress){ .quiet = quiet,
                           .terminal = isatty(STDERR_FILENO),
                           .first = done,
                           .done = done,
                           .started = seconds() };
}

/* Without a terminal the first loss is a line of its own. */
static void show_first(const cli_progress *progress, int64_t done, int64_t steps, double loss)
{
    if (done == progress->first + 1)
        fprintf(stderr, "step %lld/%lld  loss %.4g\n", (long long)done, (long long)steps, loss);
}

void cli_progress_show(cli_progress *progress, int64_t done, int64_t steps, double loss)
{
    progress->done = done;
    progress->recent[done % CLI_PROGRESS_MEAN] = loss;
    if (progress->quiet)
        return;
    if (!progress->terminal) {
        show_first(progress, done, steps, loss);
        return;
    }
    double now = seconds();
    if (now - progress->printed < 0.2 && done < steps)
        return;
    progress->printed = now;
    double rate = (double)(done - progress->first) / (now - progress->started + 1e-9);
    fprintf(stderr, "\rstep %lld/%lld  loss %.4g  %.0f steps/s  %.0f s left   ", (long long)done,
            (long long)steps, loss, rate, (double)(steps - done) / (rate + 1e-9));
    fflush(stderr);
}

void cli_progress_clear(const cli_progress *progress)
{
    if (progress->terminal && progress->printed > 0.0)
        fputs("\r\033[K", stderr);
}

/* How many losses are there to take the mean of. */
static int recent_count(const cli_progress *progress)
{
    int64_t taken = progress->done - progress->first;
    return taken < CLI_PROGRESS_MEAN ? (int)taken : CLI_PROGRESS_MEAN;
}

static double recent_mean(const cli_progress *progress)
{
    double sum = 0.0;
    int count = recent_count(progress);
    for (int i = 0; i < count; i++)
        sum += progress->recent[(progress->done - i) % CLI_PROGRESS_MEAN];
    return sum / count;
}

void cli_progress_end(const cli_progress *progress, int64_t steps)
{
    cli_progress_clear(progress);
    if (!progress->quiet && progress->done > progress->first)
        fprintf(stderr, "step %lld/%lld  loss %.4g (mean of %d)  after %.1f s\n",
                (long long)progress->done, (long long)steps, recent_mean(progress),
                recent_count(progress), seconds() - progress->started);
}
