/* Where and with what a run was made. */
#include "process.h"
#include "report.h"

#include "core/program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The value of the first line of a file in /proc that begins with `name`; 0 when there is none. */
static int read_proc(const char *path, const char *name, char *text, size_t size)
{
    char line[512];
    int found = 0;
    FILE *in = fopen(path, "r");
    while (in && !found && fgets(line, sizeof line, in)) {
        const char *colon = strchr(line, ':');
        found = colon && strncmp(line, name, strlen(name)) == 0;
        if (found)
            snprintf(text, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (in)
        fclose(in);
    return found;
}

static void set_machine(bench_report *r)
{
    char text[BENCH_FACT_TEXT];
    struct utsname system;
    if (read_proc("/proc/cpuinfo", "model name", text, sizeof text))
        bench_set_fact(r, "processor", "%s", text);
    if (read_proc("/proc/cpuinfo", "cache size", text, sizeof text))
        bench_set_fact(r, "cache", "%s", text);
    bench_set_fact(r, "processors", "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    bench_set_fact(r, "memory", "%.0f GB",
                   (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 1e9);
    if (uname(&system) == 0)
        bench_set_fact(r, "system", "%s %.*s %s", system.sysname, (int)strcspn(system.release, "-"),
                       system.release, system.machine);
}

/* What else the machine was doing in the minute before. */
static void set_load(bench_report *r)
{
    double load;
    if (getloadavg(&load, 1) == 1)
        bench_set_fact(r, "load before", "%.1f", load);
}

static void set_date(bench_report *r)
{
    char text[32];
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc))
        bench_set_fact(r, "date", "%s", text);
}

void bench_set_facts(bench_report *r)
{
    set_date(r);
    set_machine(r);
    set_load(r);
    bench_set_fact(r, "rill", "%s", RILL_VERSION);
    bench_set_fact(r, "instruction set", "%s", rill_instruction_set());
#ifdef __clang__
    bench_set_fact(r, "compiler", "%s", __VERSION__);
#else
    bench_set_fact(r, "compiler", "gcc %s", __VERSION__);
#endif
}

double bench_process_memory(void)
{
    char text[64];
    double kilobytes = 0;
    if (read_proc("/proc/self/status", "VmHWM", text, sizeof text))
        sscanf(text, "%lf", &kilobytes);
    return kilobytes * 1024;
}
