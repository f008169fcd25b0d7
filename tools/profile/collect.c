/* Collecting: every thread adds to sums of its own, and keeps its last spans. */
#include "profile.h"

#include <stdlib.h>
#include <time.h>

enum { KEPT = 1 << 14, SHOWN = 16 /* runs at most */ };

/* The last KEPT spans. */
typedef struct ring {
    rill_span *spans; /* [KEPT] */
    int64_t heard;
} ring;

typedef struct sum {
    double ns, times;
} sum;

typedef struct thread {
    _Alignas(128) sum *sums; /* [steps] */
    ring ring;
} thread;

struct profile {
    rill_program *program;
    rill_watcher watcher;
    int64_t steps;
    int threads;
    thread *thread; /* [threads] */
    ring runs;
    int64_t run_count; /* of those that were watched */
    double run_ns, between_ns;
};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void keep(ring *r, const rill_span *span)
{
    r->spans[r->heard++ % KEPT] = *span;
}

static void hear(void *self, const rill_span *span)
{
    profile *f = self;
    if (span->worker >= f->threads || span->step >= f->steps)
        return;
    thread *t = &f->thread[span->worker];
    t->sums[span->step].ns += (double)(span->end - span->begin);
    t->sums[span->step].times += span->part;
    keep(&t->ring, span);
}

/* ---- Making. */

static int make_thread(thread *t, int64_t steps)
{
    t->sums = calloc((size_t)steps + 1, sizeof *t->sums);
    t->ring.spans = calloc(KEPT, sizeof *t->ring.spans);
    return t->sums && t->ring.spans;
}

profile *profile_new(rill_program *p, int threads)
{
    profile *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    *f = (profile){ .program = p, .watcher = { hear, f }, .steps = rill_step_count(p) };
    f->thread = aligned_alloc(_Alignof(thread), (size_t)threads * sizeof *f->thread);
    f->runs.spans = calloc(KEPT, sizeof *f->runs.spans);
    int done = f->thread && f->runs.spans;
    while (done && f->threads < threads) {
        f->thread[f->threads] = (thread){ 0 };
        done = make_thread(&f->thread[f->threads++], f->steps);
    }
    if (done)
        return f;
    profile_free(f);
    return NULL;
}

void profile_free(profile *f)
{
    if (!f)
        return;
    rill_program_watch(f->program, NULL);
    for (int i = 0; i < f->threads; i++) {
        free(f->thread[i].sums);
        free(f->thread[i].ring.spans);
    }
    free(f->thread);
    free(f->runs.spans);
    free(f);
}

/* ---- Running. */

rill_status profile_run(profile *f)
{
    if (f->runs.heard == 1)
        rill_program_watch(f->program, &f->watcher);
    rill_span span = { .step = PROFILE_RUN, .part = 1, .begin = now() };
    rill_status status = rill_run(f->program);
    span.end = now();
    if (f->runs.heard > 0) {
        f->run_count++;
        f->run_ns += (double)(span.end - span.begin);
    }
    if (f->runs.heard > 1)
        f->between_ns += (double)(span.begin - f->runs.spans[(f->runs.heard - 1) % KEPT].end);
    keep(&f->runs, &span);
    return status;
}

/* ---- Asking. */

const rill_program *profile_program(const profile *f)
{
    return f->program;
}

profile_total profile_total_of(const profile *f)
{
    double gaps = (double)(f->run_count - 1);
    return (profile_total){ .runs = f->run_count,
                            .threads = f->threads,
                            .seconds = 1e-9 * f->run_ns * f->threads,
                            .between = gaps > 0 ? 1e-9 * f->between_ns * (gaps + 1) / gaps : 0 };
}

static sum sum_of(const profile *f, int64_t step)
{
    sum all = { 0 };
    for (int i = 0; i < f->threads; i++) {
        all.ns += f->thread[i].sums[step].ns;
        all.times += f->thread[i].sums[step].times;
    }
    return all;
}

/* What a step of slices takes is told by the steps inside it. */
static double inside_ns(const profile *f, int64_t step)
{
    double ns = 0;
    rill_step_info info;
    for (int64_t i = 0; i < f->steps; i++)
        if (rill_step_describe(f->program, i, &info) == RILL_OK && info.inside == step)
            ns += sum_of(f, i).ns;
    return ns;
}

rill_status profile_step_at(const profile *f, int64_t step, profile_step *out)
{
    *out = (profile_step){ 0 };
    if (step < 0 || step >= f->steps)
        return RILL_NOT_FOUND;
    sum all = sum_of(f, step);
    rill_status status = rill_step_describe(f->program, step, &out->info);
    if (status != RILL_OK || all.times == 0)
        return status == RILL_OK ? RILL_NOT_FOUND : status;
    out->seconds = 1e-9 * (all.ns - (out->info.slices > 0 ? inside_ns(f, step) : 0));
    out->times = all.times;
    return RILL_OK;
}

/* ---- The last runs. */

static int64_t oldest(const ring *r)
{
    return r->heard > KEPT ? r->heard - KEPT : 0;
}

/* When the oldest run began that no thread has forgotten anything of. */
static int64_t known_since(const profile *f)
{
    int64_t since = 0;
    for (int i = 0; i < f->threads; i++) {
        const ring *r = &f->thread[i].ring;
        if (r->heard > KEPT && r->spans[r->heard % KEPT].end > since)
            since = r->spans[r->heard % KEPT].end;
    }
    int64_t first = f->runs.heard > SHOWN ? f->runs.heard - SHOWN : 1;
    while (first < f->runs.heard && f->runs.spans[first % KEPT].begin < since)
        first++;
    return first < f->runs.heard ? f->runs.spans[first % KEPT].begin : INT64_MAX;
}

void profile_each_span(const profile *f, int thread_number,
                       void (*visit)(void *self, const rill_span *span), void *self)
{
    int64_t since = known_since(f);
    const ring *rings[] = { &f->thread[thread_number].ring, &f->runs };
    for (int k = 0; k < (thread_number == 0 ? 2 : 1); k++)
        for (int64_t i = oldest(rings[k]); i < rings[k]->heard; i++)
            if (rings[k]->spans[i % KEPT].begin >= since)
                visit(self, &rings[k]->spans[i % KEPT]);
}
