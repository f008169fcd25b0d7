/* Splitting: the jobs that a run hands to the pool, and the pieces in which threads take them.  A
 * job is a step, or several short ones that touch nothing of each other's.  A piece is worth
 * several times what handing it out costs. */
#include "program_impl.h"

#include "../base/alloc.h"

#include <math.h>

/* Shorter jobs are for the caller alone, and long ones go in long runs through memory. */
static const double piece_ns = 500.0, alone_ns = 1000.0, most_pieces = 512.0;

/* What is looked at to find steps for one job: some that follow the first, until so many do not
 * fit.  Shorter ones are not worth a look, longer ones are jobs of their own. */
enum { LOOKS = 16, MISSES = 6, SHORTEST_NS = 20, LONGEST_NS = 50000 };

/* Nanoseconds or so. */
static double cost_of(const rill_step *step)
{
    const double element = 0.2; /* one map of an element, in a vector and in cache */
    if (step->region)
        return (double)INFINITY;
    if (step->fused)
        return element * (double)step->fused->elements * (double)step->count;
    const rill_call *call = &step->call;
    if (step->kernel->cost)
        return (double)step->kernel->cost(call) * (double)step->units;
    return (double)rill_shape_count(&call->out.shape);
}

/* How long the step takes, and in what pieces it is taken. */
static void weigh(rill_step *step)
{
    step->cost = cost_of(step);
    double pieces = fmin(floor(step->cost / piece_ns), most_pieces), units = (double)step->units;
    step->grain = pieces >= units ? 1 : pieces > 1.0 ? (int64_t)(units / pieces) : step->units;
}

/* ---- What steps touch. */

/* Memory that steps may write to, or NULL. */
static const rill_value *memory_of(const rill_program *p, int64_t at)
{
    const rill_value *root = rill_root(p, at);
    return root->home == RILL_HOME_TILE || root->home == RILL_HOME_GRAPH ? NULL : root;
}

static int overlap(const rill_value *a, const rill_value *b)
{
    return a && b && (char *)a->data < (char *)b->data + b->bytes &&
           (char *)b->data < (char *)a->data + a->bytes;
}

/* 1 when a writes where b reads or writes. */
static int writes_into(const rill_program *p, const rill_step *a, const rill_step *b)
{
    for (int64_t m = a->first; m < a->first + a->count; m++) {
        const rill_value *written = memory_of(p, p->members[m]);
        for (int64_t k = b->first; written && k < b->first + b->count; k++) {
            const rill_tensor *y = p->values[p->members[k]].node;
            if (overlap(written, memory_of(p, p->members[k])))
                return 1;
            for (int i = 0; i < y->count; i++)
                if (overlap(written, memory_of(p, rill_walk_index(&p->walk, y->in[i]))))
                    return 1;
        }
    }
    return 0;
}

/* ---- Jobs of several steps. */

typedef struct splitting {
    rill_program *p;
    char *done; /* [step_count] it is in a job already */
    rill_step *bunch[LOOKS];
    int64_t count;
    double cost;
} splitting;

/* Others stay where they are.  Regions, which are ordered, write to their operands. */
static int is_movable(const rill_program *p, const rill_step *step)
{
    return step->cost <= LONGEST_NS &&
           !rill_has(p->values[p->members[step->first]].node, RILL_ORDERED);
}

/* 1 when the step may run with step `first` and before those in between. */
static int may_join(const splitting *s, int64_t first, int64_t step)
{
    const rill_program *p = s->p;
    for (int64_t i = first; i < step; i++)
        if (!s->done[i] && (writes_into(p, &p->steps[i], &p->steps[step]) ||
                            writes_into(p, &p->steps[step], &p->steps[i])))
            return 0;
    return 1;
}

/* The bunch becomes step `first` with those before `end` that may run at the same time. */
static void gather(splitting *s, int64_t first, int64_t end)
{
    rill_step *steps = s->p->steps;
    int misses = 0;
    s->count = 0;
    s->cost = 0;
    if ((s->p->passes_off & RILL_NO_BUNCH) || steps[first].cost < SHORTEST_NS)
        return;
    end = end - first < LOOKS ? end : first + LOOKS;
    for (int64_t i = first; i < end && misses <= MISSES && is_movable(s->p, &steps[i]); i++) {
        if (s->done[i])
            continue;
        if (may_join(s, first, i)) {
            s->bunch[s->count++] = &steps[i];
            s->cost += steps[i].cost;
        } else {
            misses++;
        }
    }
}

/* How far into the step a piece lies. */
static double place_of(const rill_piece *at)
{
    return (double)(at->begin + at->end) / (double)(2 * at->step->units);
}

/* Pieces are in the order of their places, so that a thread has the same part of every step: what
 * it wrote in one job is in its cache in the next. */
static void insert(rill_job *job, rill_piece new)
{
    int64_t at = job->count++;
    for (; at > 0 && place_of(&job->pieces[at - 1]) > place_of(&new); at--)
        job->pieces[at] = job->pieces[at - 1];
    job->pieces[at] = new;
}

/* Makes the job one of the whole bunch. */
static int join(splitting *s, rill_job *job)
{
    int64_t most = 0;
    for (int64_t i = 0; i < s->count; i++)
        most += s->bunch[i]->units / s->bunch[i]->grain + 1;
    job->pieces = rill_arena_take(&s->p->arena, (size_t)most * sizeof *job->pieces);
    if (!job->pieces)
        return 0;
    for (int64_t i = 0; i < s->count; i++) {
        const rill_step *step = s->bunch[i];
        s->done[step - s->p->steps] = 1;
        for (int64_t begin = 0, end; begin < step->units; begin = end) {
            end = step->units - begin < step->grain ? step->units : begin + step->grain;
            insert(job, (rill_piece){ step, begin, end });
        }
    }
    return 1;
}

/* Steps begin..end-1 into jobs; returns the number of all jobs then, or -1 without memory. */
static int64_t split_steps(splitting *s, int64_t begin, int64_t end)
{
    rill_program *p = s->p;
    for (int64_t i = begin; i < end; i++) {
        if (s->done[i])
            continue;
        rill_job *job = &p->jobs[p->job_count++];
        *job = (rill_job){ .step = &p->steps[i] };
        gather(s, i, end);
        if (s->count > 1 && s->cost >= alone_ns && !join(s, job))
            return -1;
    }
    return p->job_count;
}

int rill_split(rill_program *p)
{
    splitting s = { .p = p, .done = rill_alloc_zeroed((size_t)p->step_count, 1) };
    p->jobs = rill_arena_take(&p->arena, (size_t)p->step_count * sizeof *p->jobs);
    for (int64_t i = 0; i < p->step_count; i++)
        weigh(&p->steps[i]);
    int done = s.done && p->jobs && (p->guarded_jobs = split_steps(&s, 0, p->guarded)) >= 0 &&
               split_steps(&s, p->guarded, p->step_count) >= 0;
    rill_free(s.done);
    return done || (rill_graph_no_memory(p->work), 0);
}
