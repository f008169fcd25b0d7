/* The Trace Event Format: complete events ("ph": "X"), microseconds from the first run on. */
#include "profile.h"

#include "tools/bench/report.h"

#include <stdlib.h>
#include <string.h>

/* A trace being written. */
typedef struct trace {
    FILE *out;
    char (*names)[sizeof(((rill_step_info *)0)->name)]; /* [steps] */
    int64_t start;
    int thread, any;
} trace;

static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++)
        if ((unsigned char)*text < ' ')
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            fprintf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
    fputc('"', out);
}

static void put_event(void *self, const rill_span *span)
{
    trace *t = self;
    fprintf(t->out, "%s\n{\"ph\": \"X\", \"pid\": 1, \"tid\": %d, \"ts\": %.3f, \"dur\": %.3f, ",
            t->any ? "," : "", t->thread, 1e-3 * (double)(span->begin - t->start),
            1e-3 * (double)(span->end - span->begin));
    fprintf(t->out, "\"name\": ");
    put_text(t->out, span->step == PROFILE_RUN ? "run" : t->names[span->step]);
    if (span->step != PROFILE_RUN)
        fprintf(t->out, ", \"args\": {\"step\": %lld, \"part\": %.4g}", (long long)span->step,
                span->part);
    fprintf(t->out, "}");
    t->any = 1;
}

static void put_thread_name(trace *t)
{
    fprintf(t->out,
            "%s\n{\"ph\": \"M\", \"pid\": 1, \"tid\": %d, \"name\": \"thread_name\", "
            "\"args\": {\"name\": \"thread %d\"}}",
            t->any ? "," : "", t->thread, t->thread);
    t->any = 1;
}

static void find_start(void *self, const rill_span *span)
{
    int64_t *start = self;
    if (span->begin < *start)
        *start = span->begin;
}

static int name_steps(const profile *f, trace *t)
{
    int64_t count = rill_step_count(profile_program(f));
    rill_step_info info;
    t->names = calloc((size_t)count + 1, sizeof *t->names);
    for (int64_t i = 0; t->names && i < count; i++)
        if (rill_step_describe(profile_program(f), i, &info) == RILL_OK)
            memcpy(t->names[i], info.name, sizeof info.name);
    return t->names != NULL;
}

static void put_trace(const profile *f, trace *t)
{
    int threads = profile_total_of(f).threads;
    t->start = INT64_MAX;
    profile_each_span(f, 0, find_start, &t->start);
    fprintf(t->out, "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [");
    for (t->thread = 0; t->thread < threads; t->thread++) {
        put_thread_name(t);
        profile_each_span(f, t->thread, put_event, t);
    }
    fprintf(t->out, "\n]}\n");
}

rill_status profile_write_trace(const profile *f, const char *path, rill_message *message)
{
    char *text = NULL;
    size_t size = 0;
    trace t = { .out = open_memstream(&text, &size) };
    int done = t.out && name_steps(f, &t);
    if (done)
        put_trace(f, &t);
    free(t.names);
    if (t.out)
        done = (fclose(t.out) == 0) && done;
    rill_status status = done ? bench_write_file(path, text, size, message)
                              : rill_fail(message, RILL_NO_MEMORY, "no memory for the trace");
    free(text);
    return status;
}
