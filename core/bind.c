/* Binding: turns a plan into what a run needs and nothing else - pointers, kernels, calls. */
#include "program_impl.h"

#include "../base/alloc.h"
#include "region.h"
#include "store_impl.h"

#include <string.h>

static rill_value *input_value(const rill_program *p, const rill_tensor *y, int i)
{
    return &p->values[rill_walk_index(&p->walk, y->in[i])];
}

/* Sets a pointer (of any type) to the memory of v, and notes it where that moves with the slice. */
static int point_at(rill_program *p, const rill_value *v, void *field)
{
    const rill_value *root = &p->values[v->root];
    memcpy(field, &root->data, sizeof root->data);
    if (!root->port || (root->port->stride == 0 && root->port->count <= 1))
        return 1;
    rill_patch *patch = rill_arena_take(&p->arena, sizeof *patch);
    if (patch)
        *patch = (rill_patch){ field, root->port, p->patches };
    p->patches = patch ? patch : p->patches;
    return patch != NULL;
}

/* ---- Memory. */

static void spread(rill_value *v)
{
    rill_load load = rill_load_of(v->node, &v->node->shape);
    rill_load_run(&load, 0, rill_count(v->node), rill_dtype_size(v->node->dtype), v->data);
}

static int place(rill_program *p, rill_value *v)
{
    const rill_tensor *state = v->node->op == &rill_state_op ? v->node : v->becomes;
    if (state)
        v->stored = rill_store_entry(p->work->store, state->leaf->name)->data;
    if (v->home == RILL_HOME_PLAN || v->home == RILL_HOME_KEPT) {
        v->data = p->memory + v->offset;
    } else if (v->home == RILL_HOME_GRAPH) {
        v->data = rill_arena_copy(&p->arena, v->node->leaf->data,
                                  (size_t)v->node->leaf->stored * rill_dtype_size(v->node->dtype));
        return v->data != NULL;
    } else if (v->home == RILL_HOME_STORE) {
        v->data = v->stored;
    }
    if (v->spread)
        spread(v);
    return 1;
}

/* ---- Fused steps. */

/* Tiles of scratch that hold no value at the moment. */
typedef struct tiles {
    int64_t *free;
    int64_t free_count, made;
} tiles;

static int64_t take_tile(tiles *t)
{
    return t->free_count > 0 ? t->free[--t->free_count] : t->made++;
}

/* The tile into which a stretched input is brought, once a step. */
static int load_tile(rill_program *p, rill_step *step, int64_t id, tiles *t, rill_value *v,
                     const rill_shape *shape)
{
    if (v->slot_step == id)
        return 1;
    rill_load *load = &step->fused->loads[step->fused->load_count++];
    *load = rill_load_of(v->node, shape);
    load->slot = t->made++;
    v->slot_step = id;
    v->slot = load->slot;
    return point_at(p, v, &load->data);
}

static int bind_operand(rill_program *p, rill_step *step, int64_t id, tiles *t,
                        const rill_tensor *y, int i, rill_operand *operand)
{
    rill_value *v = input_value(p, y, i);
    rill_value *root = &p->values[v->root];
    int one_for_all = root->home == RILL_HOME_GRAPH && root->node->leaf->stored == 1;
    int alike = rill_shape_equal(&y->in[i]->shape, &y->shape) && !one_for_all;
    *operand = (rill_operand){ -1, NULL };
    if (root->step == id && root->home == RILL_HOME_TILE) {
        operand->slot = root->slot;
        return 1;
    }
    if (root->step == id || alike)
        return point_at(p, v, &operand->data);
    int done = load_tile(p, step, id, t, v, &y->shape);
    operand->slot = v->slot;
    return done;
}

/* Gives back the tiles of values that y is the last to read. */
static void free_tiles(const rill_program *p, tiles *t, const rill_tensor *y, int64_t member)
{
    for (int i = 0; i < y->count; i++) {
        rill_value *root = &p->values[input_value(p, y, i)->root];
        if (root->home != RILL_HOME_TILE || root->last_member != member || root->slot < 0)
            continue;
        t->free[t->free_count++] = root->slot;
        root->slot = -1;
    }
}

/* Where a member's result goes, once its inputs have been read. */
static int bind_result(rill_program *p, tiles *t, rill_value *v, rill_operand *out)
{
    *out = (rill_operand){ -1, NULL };
    if (v->home != RILL_HOME_TILE)
        return point_at(p, v, &out->data);
    out->slot = v->slot = take_tile(t);
    return 1;
}

/* The mapping of the member before this one, when it is alone and one sweep can do both; NULL. */
static rill_mapping *pair_with_last(const rill_program *p, const rill_step *step, int64_t member)
{
    if (member == step->first)
        return NULL;
    rill_mapping *last = &step->fused->mappings[step->fused->mapping_count - 1];
    if (last->pair)
        return NULL;
    last->pair =
        rill_pair_of(p, p->values[p->members[member - 1]].node, p->values[p->members[member]].node);
    return last->pair ? last : NULL;
}

static int add_mapping(rill_program *p, rill_step *step, int64_t id, tiles *t, int64_t member)
{
    rill_fused *fused = step->fused;
    rill_value *v = &p->values[p->members[member]];
    const rill_tensor *y = v->node;
    rill_mapping *m = pair_with_last(p, step, member);
    if (m) {
        int joined = bind_result(p, t, v, &m->second);
        free_tiles(p, t, y, member);
        return joined;
    }
    m = &fused->mappings[fused->mapping_count++];
    rill_operand *in = rill_arena_take(&p->arena, (size_t)y->count * sizeof *in);
    int done = in != NULL;
    *m = (rill_mapping){ .map = rill_map_of(p, y), .attrs = y->attrs, .count = y->count, .in = in };
    for (int i = 0; i < y->count && done; i++)
        done = bind_operand(p, step, id, t, y, i, &in[i]);
    free_tiles(p, t, y, member);
    return done && bind_result(p, t, v, &m->out);
}

static int64_t links_of(const rill_program *p, const rill_step *step)
{
    int64_t links = 0;
    for (int64_t m = step->first; m < step->first + step->count; m++)
        links += p->values[p->members[m]].node->count;
    return links;
}

static int bind_fused(rill_program *p, int64_t id)
{
    rill_step *step = &p->steps[id];
    const rill_tensor *y = p->values[p->members[step->first]].node;
    rill_fused *fused = step->fused = rill_arena_take(&p->arena, sizeof *fused);
    if (!fused)
        return 0;
    fused->elements = rill_count(y);
    fused->element_size = rill_dtype_size(y->dtype);
    fused->loads = rill_arena_take(&p->arena, (size_t)links_of(p, step) * sizeof *fused->loads);
    fused->mappings = rill_arena_take(&p->arena, (size_t)step->count * sizeof *fused->mappings);
    tiles t = { .free = rill_alloc((size_t)step->count, sizeof *t.free) };
    int done = fused->loads && fused->mappings && t.free;
    for (int64_t m = step->first; m < step->first + step->count && done; m++)
        done = add_mapping(p, step, id, &t, m);
    rill_free(t.free);
    fused->slots = t.made;
    rill_choose_tile(fused);
    step->units = (fused->elements + fused->tile - 1) / fused->tile;
    step->scratch = (size_t)t.made * RILL_TILE_BYTES;
    return done;
}

/* ---- Kernel calls. */

static int bind_call(rill_program *p, int64_t id)
{
    rill_step *step = &p->steps[id];
    rill_value *v = &p->values[p->members[step->first]];
    const rill_tensor *y = v->node;
    rill_array_view *in = rill_arena_take(&p->arena, (size_t)y->count * sizeof *in);
    step->kernel = rill_kernel_of(p, y);
    if (!step->kernel)
        return RILL_REFUSE(p->work, "%s: has no kernel for %s", y->op->name,
                           rill_dtype_name(y->dtype));
    int done = in != NULL;
    for (int i = 0; i < y->count && done; i++) {
        in[i] = (rill_array_view){ y->in[i]->dtype, y->in[i]->shape, NULL };
        done = point_at(p, input_value(p, y, i), &in[i].data);
    }
    step->call = (rill_call){ .op = y->op,
                              .attrs = y->attrs,
                              .count = y->count,
                              .in = in,
                              .out = { y->dtype, y->shape, NULL } };
    if (!done || !point_at(p, v, &step->call.out.data))
        return 0;
    step->sums = v->port && v->port->stride == 0;
    step->units = step->kernel->units ? step->kernel->units(&step->call) : 1;
    step->scratch = step->kernel->scratch ? step->kernel->scratch(&step->call) : 0;
    return 1;
}

/* ---- Regions. */

/* Runners are bound when it is known how many there are. */
static int bind_region(rill_program *p, int64_t id)
{
    rill_region *region = p->steps[id].region = p->region;
    for (int64_t i = 0; i < region->port_count; i++) {
        rill_port *port = &region->ports[i];
        for (int64_t k = 0; k < port->count; k++)
            port->data[k] = rill_root(p, rill_walk_index(&p->walk, port->outer[k]))->data;
    }
    p->steps[id].units = region->lanes;
    return 1;
}

static int bind_step(rill_program *p, int64_t id)
{
    const rill_tensor *y = p->values[p->members[p->steps[id].first]].node;
    return y->op == &rill_region_op ? bind_region(p, id)
           : rill_map_of(p, y)      ? bind_fused(p, id)
                                    : bind_call(p, id);
}

/* Steps without work - rooms, groups - need not be visited in every run. */
static void drop_idle_steps(rill_program *p)
{
    int64_t kept = 0, guarded = 0;
    for (int64_t id = 0; id < p->step_count; id++)
        if (p->steps[id].units > 0) {
            p->steps[kept++] = p->steps[id];
            guarded += id < p->guarded;
        }
    p->step_count = kept;
    p->first_held = p->guarded;
    p->guarded = guarded;
}

int rill_bind(rill_program *p)
{
    int done = (p->memory = rill_alloc_aligned(p->memory_bytes)) != NULL;
    for (int64_t at = 0; at < p->walk.count && done; at++) {
        p->values[at].slot = p->values[at].slot_step = -1;
        done = place(p, &p->values[at]);
    }
    for (int64_t id = 0; id < p->step_count && done; id++) {
        rill_step *step = &p->steps[id];
        done = bind_step(p, id);
        if (!done)
            break;
        size_t room = (step->scratch + 63) / 64 * 64;
        p->scratch_bytes = room > p->scratch_bytes ? room : p->scratch_bytes;
    }
    if (!done)
        rill_graph_no_memory(p->work);
    if (!p->is_slice) /* where patches point to steps */
        drop_idle_steps(p);
    return done;
}
