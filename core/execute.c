/* Running a program: feed, all steps, guards, commits, read. */
#include "program_impl.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../base/pool.h"
#include "region.h"

#include <math.h>
#include <string.h>

/* ---- Steps. */

/* A job under way, for the workers. */
typedef struct running {
    const rill_job *job;
    char *scratch;
    size_t scratch_bytes;
} running;

static void run_call(const rill_step *step, int64_t begin, int64_t end, char *scratch, int add)
{
    rill_call call = step->call;
    call.scratch = scratch;
    call.add = add && step->sums;
    step->kernel->eval(&call, begin, end);
}

void rill_run_step(const rill_step *step, int64_t begin, int64_t end, char *scratch, int add,
                   int worker)
{
    int64_t start = step->watcher ? rill_nanoseconds() : 0;
    if (step->fused)
        rill_run_fused(step->fused, begin, end, scratch);
    else if (step->region)
        rill_region_run(step->region, begin, end, worker);
    else
        run_call(step, begin, end, scratch, add);
    if (step->watcher)
        rill_tell_watcher(step, end - begin, start, worker);
}

static void run_units(void *self, int64_t begin, int64_t end, int worker)
{
    const running *now = self;
    char *scratch = now->scratch + (size_t)worker * now->scratch_bytes;
    rill_run_step(now->job->step, begin, end, scratch, 0, worker);
}

static void run_pieces(void *self, int64_t begin, int64_t end, int worker)
{
    const running *now = self;
    char *scratch = now->scratch + (size_t)worker * now->scratch_bytes;
    for (int64_t i = begin; i < end; i++) {
        const rill_piece *piece = &now->job->pieces[i];
        rill_run_step(piece->step, piece->begin, piece->end, scratch, 0, worker);
    }
}

void rill_copy_states(rill_program *p)
{
    for (int64_t i = 0; i < p->copied_count; i++) {
        const rill_value *v = &p->values[p->copied[i]];
        memcpy(v->data, v->stored, v->bytes);
    }
}

/* Slices have runners for as many workers as there are lanes, at most. */
static int workers_of(const rill_program *p, const rill_step *step)
{
    return step->region && step->region->runner_count < p->scratch_workers
               ? step->region->runner_count
               : p->scratch_workers;
}

void rill_run_jobs(rill_program *p, int64_t begin, int64_t end)
{
    for (const rill_job *job = p->jobs + begin; job < p->jobs + end; job++) {
        const rill_step *step = job->step;
        running now = { job, p->scratch, p->scratch_bytes };
        if (job->pieces)
            rill_pool_run(run_pieces, &now, job->count, 1, p->scratch_workers);
        else
            rill_pool_run(run_units, &now, step->units, step->grain, workers_of(p, step));
    }
}

rill_status rill_ready(rill_program *p)
{
    int workers = rill_pool_size();
    if (workers <= p->scratch_workers)
        return RILL_OK;
    if (p->region && !rill_region_ready(p->region, workers))
        return rill_fail(&p->error, RILL_NO_MEMORY, "run: no memory for slices of the batch");
    char *scratch = rill_alloc_aligned((size_t)workers * p->scratch_bytes);
    if (!scratch)
        return rill_fail(&p->error, RILL_NO_MEMORY, "run: no memory for scratch");
    rill_free(p->scratch);
    p->scratch = scratch;
    p->scratch_workers = workers;
    return RILL_OK;
}

/* ---- Effects. */

static int all_finite(const rill_value *v, int64_t count)
{
    const float *x = v->data;
    const double *wide = v->data;
    for (int64_t i = 0; i < count && v->node->dtype != RILL_I32; i++)
        if (!isfinite(v->node->dtype == RILL_F32 ? (double)x[i] : wide[i]))
            return 0;
    return 1;
}

int rill_value_finite(const rill_program *p, int64_t at)
{
    const rill_value *root = rill_root(p, at);
    return all_finite(root, rill_count(root->node));
}

static int guards_hold(const rill_program *p)
{
    for (int64_t i = 0; i < p->guard_count; i++)
        if (!rill_value_finite(p, p->guards[i]))
            return 0;
    return 1;
}

static void commit(rill_program *p)
{
    for (int64_t i = 0; i < p->commit_count; i++) {
        const rill_value *v = &p->values[p->commits[i]];
        void *stored = p->values[rill_walk_index(&p->walk, v->node->in[0])].stored;
        if (rill_root(p, p->commits[i])->data != stored)
            memcpy(stored, rill_root(p, p->commits[i])->data, v->bytes);
    }
}

/* ---- Public. */

static rill_status nothing_missing(rill_program *p)
{
    for (int64_t i = 0; i < p->input_count; i++) {
        const rill_value *v = &p->values[p->inputs[i]];
        if (!v->fed)
            return rill_fail(&p->error, RILL_BAD_ARGUMENT, "run: input %s was never fed",
                             v->node->leaf->name);
    }
    return RILL_OK;
}

rill_status rill_run(rill_program *p)
{
    if (!p)
        return RILL_BAD_ARGUMENT;
    rill_status status = nothing_missing(p);
    if (status == RILL_OK)
        status = rill_ready(p);
    if (status != RILL_OK)
        return status;
    rill_copy_states(p);
    rill_run_jobs(p, 0, p->guarded_jobs);
    p->runs++;
    p->stopped = !guards_hold(p);
    if (p->stopped) {
        rill_blame(p);
        return RILL_NOT_FINITE;
    }
    rill_run_jobs(p, p->guarded_jobs, p->job_count); /* these may write to the store */
    commit(p);
    return RILL_OK;
}

rill_status rill_feed(rill_program *p, const rill_tensor *x, const void *data, int64_t count)
{
    if (!p)
        return RILL_BAD_ARGUMENT;
    if (!x || x->op != &rill_input_op || x->graph != p->source)
        return rill_fail(&p->error, RILL_NOT_FOUND, "feed: not an input of this program's graph");
    if (count != rill_count(x) || (!data && count > 0)) {
        char text[RILL_SHAPE_TEXT];
        return rill_fail(&p->error, RILL_BAD_ARGUMENT, "feed: %s is %s, %lld elements; got %lld",
                         x->leaf->name, rill_shape_print(&x->shape, text, sizeof text),
                         (long long)rill_count(x), (long long)(data ? count : 0));
    }
    for (int64_t i = 0; i < p->input_count; i++) {
        rill_value *v = &p->values[p->inputs[i]];
        if (strcmp(v->node->leaf->name, x->leaf->name) != 0)
            continue;
        if (v->bytes > 0)
            memcpy(v->data, data, v->bytes);
        v->fed = 1;
    }
    return RILL_OK;
}

rill_status rill_read(rill_program *p, const rill_tensor *y, void *out, int64_t count)
{
    rill_message *error = p ? &p->error : NULL;
    if (!p || !y || (!out && count > 0) || p->runs == 0)
        return rill_fail(error, RILL_BAD_ARGUMENT, "read: %s",
                         p && p->runs == 0 ? "the program has not run" : "a NULL was given");
    for (int64_t i = 0; i < p->output_count; i++) {
        if (p->outputs[i] != y)
            continue;
        if (count != rill_count(y))
            return rill_fail(error, RILL_MISMATCH, "read: the output has %lld elements; got %lld",
                             (long long)rill_count(y), (long long)count);
        int64_t at = rill_walk_index(&p->walk, p->roots[i]);
        if (p->stopped && rill_root(p, at)->step >= p->first_held)
            return RILL_BAD_ARGUMENT; /* the run has told why */
        if (count > 0)
            memcpy(out, rill_root(p, at)->data, p->values[at].bytes);
        return RILL_OK;
    }
    return rill_fail(error, RILL_NOT_FOUND, "read: not an output of this program");
}

const char *rill_program_error(const rill_program *p)
{
    return p ? p->error.text : "no program: NULL was given";
}

rill_program_info rill_program_describe(const rill_program *p)
{
    if (!p)
        return (rill_program_info){ 0 };
    rill_program_info info = { .nodes = p->walk.count,
                               .steps = p->step_count,
                               .buffer_bytes = (int64_t)p->memory_bytes,
                               .live_bytes = (int64_t)p->live_bytes,
                               .runs = p->runs };
    rill_region_bytes(p->region, &info.buffer_bytes, &info.live_bytes);
    return info;
}
