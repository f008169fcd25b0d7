#include "region.h"

#include "../base/alloc.h"

#include <stddef.h>
#include <string.h>

/* ---- The ops of a sliced program. */

typedef struct room_attrs {
    rill_dtype dtype;
    rill_shape shape;
} room_attrs;

static int room_infer(rill_infer *infer)
{
    const room_attrs *attrs = infer->attrs;
    infer->out_dtype = attrs->dtype;
    infer->out_shape = attrs->shape;
    return 1;
}

static int region_infer(rill_infer *infer)
{
    infer->out_dtype = RILL_I32;
    infer->out_shape = (rill_shape){ .rank = 1 };
    return 1;
}

static int filled_infer(rill_infer *infer)
{
    infer->out_dtype = infer->dtype[0];
    infer->out_shape = infer->shape[0];
    return 1;
}

static int64_t no_units(const rill_call *call)
{
    (void)call;
    return 0;
}

static void nothing(const rill_call *call, int64_t begin, int64_t end)
{
    (void)call, (void)begin, (void)end;
}

static const rill_attr room_described[] = {
    { "dtype", RILL_ATTR_DTYPE, offsetof(room_attrs, dtype) },
    { "shape", RILL_ATTR_SHAPE, offsetof(room_attrs, shape) },
};

const rill_op rill_room_op = {
    .name = "room",
    .doc = "memory that a region fills",
    .traits = RILL_OPAQUE | RILL_NOT_DIFFERENTIABLE,
    .attr_size = sizeof(room_attrs),
    .attrs = room_described,
    .attr_count = 2,
    .infer = room_infer,
    .kernel = { .eval = nothing, .units = no_units },
};

const rill_op rill_region_op = {
    .name = "region",
    .doc = "runs by slices of the batch, filling rooms",
    .arity = RILL_ANY_ARITY,
    .traits = RILL_ORDERED | RILL_NOT_DIFFERENTIABLE,
    .infer = region_infer,
    .kernel = { .eval = nothing, .units = no_units },
};

const rill_op rill_filled_op = {
    .name = "filled",
    .doc = "the first input, once the region that fills it has run",
    .arity = 2,
    .traits = RILL_VIEW | RILL_NOT_DIFFERENTIABLE,
    .infer = filled_infer,
};

rill_tensor *rill_room(rill_graph *g, rill_dtype dtype, rill_shape shape)
{
    room_attrs attrs = { dtype, shape };
    return rill_apply_in(g, &rill_room_op, NULL, 0, &attrs);
}

/* ---- Runners: what a worker needs to run slices. */

typedef struct rill_runner {
    rill_program *slice, *last; /* bound to memory of their own */
    int32_t first_row;
} rill_runner;

/* A bound copy shares what planning made, and owns what binding makes. */
static void free_bound(rill_program *p)
{
    if (!p)
        return;
    rill_arena_free(&p->arena);
    rill_free(p->values);
    rill_free(p->steps);
    rill_free(p->memory);
    rill_free(p->scratch);
    rill_free(p);
}

static void *copied(const void *from, int64_t count, size_t size)
{
    void *copy = rill_alloc((size_t)count, size);
    if (copy && count > 0)
        memcpy(copy, from, (size_t)count * size);
    return copy;
}

static void connect(rill_program *p, const rill_region *region, int last, rill_runner *runner)
{
    for (int64_t i = 0; i < region->port_count; i++) {
        rill_port *port = &region->ports[i];
        int64_t at = port->inner[last] ? rill_walk_index(&p->walk, port->inner[last]) : -1;
        if (at < 0)
            continue;
        p->values[at].data = port->count == 0 ? (char *)&runner->first_row : port->data[0];
        p->values[at].port = port;
    }
}

static rill_program *bound(const rill_region *region, int last, rill_runner *runner)
{
    const rill_program *planned = last ? region->last : region->slice;
    rill_program *p = rill_alloc_zeroed(1, sizeof *p);
    if (!p)
        return NULL;
    *p = *planned;
    p->arena = (rill_arena){ 0 };
    p->values = copied(planned->values, planned->walk.count, sizeof *p->values);
    p->steps = copied(planned->steps, planned->step_count, sizeof *p->steps);
    int done = p->values && p->steps;
    if (done) {
        connect(p, region, last, runner);
        done = rill_bind(p);
    }
    if (done)
        done = p->scratch_bytes == 0 || (p->scratch = rill_alloc_aligned(p->scratch_bytes)) != NULL;
    if (done)
        return p;
    free_bound(p);
    return NULL;
}

static void free_runners(rill_runner *runners, int count)
{
    for (int i = 0; i < count; i++) {
        free_bound(runners[i].slice);
        free_bound(runners[i].last);
    }
    rill_free(runners);
}

static int make_runner(const rill_region *region, rill_runner *runner)
{
    *runner = (rill_runner){ 0 };
    runner->slice = bound(region, 0, runner);
    runner->last = runner->slice && region->last ? bound(region, 1, runner) : NULL;
    return runner->slice && (runner->last || !region->last);
}

int rill_region_ready(rill_region *region, int workers)
{
    int count = 0;
    if (workers > region->lanes)
        workers = (int)region->lanes;
    if (workers <= region->runner_count)
        return 1;
    rill_runner *runners = rill_alloc_zeroed((size_t)workers, sizeof *runners);
    while (runners && count < workers)
        if (!make_runner(region, &runners[count++])) {
            free_runners(runners, count);
            return 0;
        }
    if (!runners)
        return 0;
    free_runners(region->runners, region->runner_count);
    region->runners = runners;
    region->runner_count = count;
    return 1;
}

void rill_region_free(rill_region *region)
{
    if (!region)
        return;
    free_runners(region->runners, region->runner_count);
    rill_program_free(region->slice);
    rill_program_free(region->last);
    rill_arena_free(&region->arena);
    rill_free(region->ports);
    rill_free(region);
}

void rill_region_watch(rill_region *region, const rill_watcher *watcher, int64_t first)
{
    int64_t last = first + rill_watch_steps(region->slice, watcher, first);
    if (region->last)
        rill_watch_steps(region->last, watcher, last);
    for (int i = 0; i < region->runner_count; i++) {
        rill_watch_steps(region->runners[i].slice, watcher, first);
        if (region->last)
            rill_watch_steps(region->runners[i].last, watcher, last);
    }
}

void rill_region_bytes(const rill_region *region, int64_t *planned, int64_t *live)
{
    for (int i = 0; region && i < region->runner_count; i++)
        for (int last = 0; last < 2; last++) {
            const rill_program *p = last ? region->runners[i].last : region->runners[i].slice;
            *planned += p ? (int64_t)p->memory_bytes : 0;
            *live += p ? (int64_t)p->live_bytes : 0;
        }
}

/* ---- Running. */

static void clear_sums(const rill_region *region, int64_t lane)
{
    for (int64_t i = 0; i < region->port_count; i++)
        if (region->ports[i].to_clear > 0)
            memset(region->ports[i].data[lane], 0, region->ports[i].to_clear);
}

static void move_to(rill_program *p, int64_t slice, int64_t lane)
{
    for (rill_patch *patch = p->patches; patch; patch = patch->next) {
        const rill_port *port = patch->port;
        char *data = port->data[port->count > 1 ? lane : 0] + (size_t)slice * port->stride;
        memcpy(patch->field, &data, sizeof data);
    }
}

static void run_slice(rill_program *p, int add, int worker)
{
    for (int64_t i = 0; i < p->step_count; i++)
        if (p->steps[i].units > 0)
            rill_run_step(&p->steps[i], 0, p->steps[i].units, p->scratch, add, worker);
}

void rill_region_run(const rill_region *region, int64_t begin, int64_t end, int worker)
{
    rill_runner *runner = &region->runners[worker];
    for (int64_t lane = begin; lane < end; lane++) {
        int64_t first = lane * region->slices / region->lanes;
        int64_t after = (lane + 1) * region->slices / region->lanes;
        clear_sums(region, lane);
        for (int64_t slice = first; slice < after; slice++) {
            int ends = slice == region->slices - 1 && runner->last;
            rill_program *p = ends ? runner->last : runner->slice;
            runner->first_row = (int32_t)(slice * region->rows);
            move_to(p, slice, lane);
            run_slice(p, slice > first, worker);
        }
    }
}
