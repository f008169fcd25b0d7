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
    double now = seconds();
    return (cli_progress){ !quiet && isatty(STDERR_FILENO), done, now, now };
}

void cli_progress_show(cli_progress *progress, int64_t done, int64_t steps, double loss)
{
    if (!progress->shown)
        return;
    double now = seconds();
    if (now - progress->printed < 0.2 && done < steps)
        return;
    progress->printed = now;
    double rate = (double)(done - progress->first) / (now - progress->started + 1e-9);
    fprintf(stderr, "\rstep %lld/%lld  loss %.4g  %.0f steps/s  %.0f s left   ", (long long)done,
            (long long)steps, loss, rate, (double)(steps - done) / (rate + 1e-9));
    fflush(stderr);
}

void cli_progress_end(const cli_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}
