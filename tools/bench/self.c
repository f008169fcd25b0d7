#include "self.h"
#include "process.h"

#include <string.h>
#include <unistd.h>

rill_status bench_run_self(bench *b, const char *variable, const char *section, const char *only,
                           double seconds, bench_report *report)
{
    char path[4096], number[32];
    bench_process process;
    snprintf(number, sizeof number, "%g", seconds);
    const char *const argv[] = { "env",
                                 variable ? variable : "RILL_BENCH=",
                                 bench_own_path(path, sizeof path),
                                 "bench",
                                 section,
                                 "--only",
                                 only,
                                 "--threads",
                                 "1",
                                 "--seconds",
                                 number,
                                 "--json",
                                 "/dev/stdout",
                                 NULL };
    int error = bench_process_start(&process, argv, STDOUT_FILENO, 0);
    if (error)
        return rill_fail(&b->message, RILL_IO, "cannot run '%.200s': %s", path, strerror(error));
    bench_read_json(report, process.from);
    if (bench_process_end(&process, 0) != 0)
        return rill_fail(&b->message, RILL_IO, "'%.200s bench %s' failed", path, section);
    return RILL_OK;
}
