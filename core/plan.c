/* Planning memory: where each value lives, for how long, and at what offset.
 *
 * Buffers are shared by values whose lifetimes, counted in steps, do not meet.  Within a fused step
 * an elementwise member may write over an input that it is the last to read. */
#include "program_impl.h"

#include "../base/alloc.h"
#include "../base/layout.h"

typedef struct planning {
    rill_program *p;
    rill_buffer *buffers; /* [count] in the order of the steps they are first written by */
    int64_t count;
    int64_t *buffer_of; /* [walk.count] of values in the program's memory */
} planning;

static int64_t index_of(const rill_program *p, const rill_tensor *x)
{
    return rill_walk_index(&p->walk, x);
}

/* ---- Homes. */

static void place(rill_program *p, int64_t at)
{
    rill_value *v = &p->values[at];
    const rill_op *op = v->node->op;
    v->bytes = (size_t)rill_count(v->node) * rill_dtype_size(v->node->dtype);
    if (op == &rill_constant_op) {
        v->home = RILL_HOME_GRAPH;
    } else if (op == &rill_state_op) {
        v->home = RILL_HOME_STORE;
    } else if (op->traits & RILL_LEAF) {
        v->home = p->is_slice ? RILL_HOME_GIVEN : RILL_HOME_KEPT;
    } else if (op->traits & (RILL_VIEW | RILL_COMMIT)) {
        int from = op->traits & RILL_COMMIT ? 1 : 0; /* assign(state, value) is the value */
        v->home = RILL_HOME_ALIAS;
        v->root = p->values[index_of(p, v->node->in[from])].root;
        rill_root(p, at)->spread = 1;
    } else {
        v->home = RILL_HOME_PLAN;
    }
}

static void keep_forever(rill_program *p, int64_t at)
{
    rill_value *root = rill_root(p, at);
    root->last_member = root->last_step = RILL_FOREVER;
}

static void read_by(rill_program *p, int64_t member)
{
    const rill_value *v = &p->values[p->members[member]];
    int maps = rill_map_of(p, v->node) != NULL;
    for (int i = 0; i < v->node->count; i++) {
        rill_value *root = rill_root(p, index_of(p, v->node->in[i]));
        if (root->last_member != RILL_FOREVER) {
            root->last_member = member;
            root->last_step = v->step;
        }
        root->spread |= !maps;
    }
}

/* What must still be there when all steps have run. */
static void keep_results(rill_program *p)
{
    for (int64_t i = 0; i < p->output_count; i++) {
        int64_t at = index_of(p, p->roots[i]);
        keep_forever(p, at);
        rill_root(p, at)->spread = rill_root(p, at)->copied = rill_root(p, at)->output = 1;
    }
    for (int64_t at = 0; at < p->walk.count; at++) {
        if (rill_has(p->values[at].node, RILL_COMMIT | RILL_GUARD))
            keep_forever(p, at);
        if (rill_has(p->values[at].node, RILL_COMMIT))
            rill_root(p, at)->spread = rill_root(p, at)->copied = 1;
    }
}

static void find_lifetimes(rill_program *p)
{
    for (int64_t at = 0; at < p->walk.count; at++) {
        rill_value *v = &p->values[at];
        int kept = (p->passes_off & RILL_NO_REUSE) != 0;
        v->last_member = kept ? RILL_FOREVER : v->member;
        v->last_step = kept ? RILL_FOREVER : v->step;
    }
    keep_results(p);
    for (int64_t member = 0; member < p->member_count; member++)
        read_by(p, member);
}

static void settle_homes(rill_program *p)
{
    for (int64_t at = 0; at < p->walk.count; at++) {
        rill_value *v = &p->values[at];
        if (v->home == RILL_HOME_PLAN && v->last_step == v->step && rill_map_of(p, v->node))
            v->home = RILL_HOME_TILE;
        else if (v->home == RILL_HOME_GRAPH && v->spread && v->node->leaf->stored == 1 &&
                 rill_count(v->node) != 1)
            v->home = RILL_HOME_KEPT;
        else if (v->home == RILL_HOME_STORE && v->copied)
            v->home = RILL_HOME_KEPT;
        v->spread = v->home == RILL_HOME_KEPT && v->node->op == &rill_constant_op;
        v->copied = v->home == RILL_HOME_KEPT && v->node->op == &rill_state_op;
    }
}

/* 1 when the value of a commit may be written over the entry at once: the guards are known by then,
 * nobody reads the entry later, and what computes the value reads it place by place. */
static int in_place(const rill_program *p, const rill_value *state, const rill_value *v)
{
    return !(p->passes_off & RILL_NO_REUSE) && v->home == RILL_HOME_PLAN && !v->becomes &&
           !v->output && v->step >= p->guarded && rill_map_of(p, v->node) &&
           state->home == RILL_HOME_STORE && state->last_member <= v->member;
}

static void commit_in_place(rill_program *p)
{
    for (int64_t at = 0; at < p->walk.count; at++) {
        const rill_tensor *commit = p->values[at].node;
        rill_value *v = rill_root(p, at);
        if (!rill_has(commit, RILL_COMMIT) ||
            !in_place(p, &p->values[index_of(p, commit->in[0])], v))
            continue;
        v->home = RILL_HOME_STORE;
        v->becomes = commit->in[0];
    }
}

/* The results of a slice go where the program around wants them. */
static void give_results_away(rill_program *p)
{
    for (int64_t i = 0; p->is_slice && i < p->output_count; i++)
        p->values[index_of(p, p->roots[i])].home = RILL_HOME_GIVEN;
}

/* ---- Buffers. */

static void give_buffer(planning *s, int64_t at, int64_t first, int64_t last)
{
    s->buffer_of[at] = s->count;
    s->buffers[s->count++] =
        (rill_buffer){ .size = s->p->values[at].bytes, .first = first, .last = last };
}

/* Writes `at` over an input that dies with this member, when there is one of its shape. */
static int take_over(planning *s, int64_t at)
{
    rill_program *p = s->p;
    rill_value *v = &p->values[at];
    if (!rill_map_of(p, v->node))
        return 0;
    for (int i = 0; i < v->node->count; i++) {
        int64_t from = p->values[index_of(p, v->node->in[i])].root;
        rill_value *dying = &p->values[from];
        if (dying->home != RILL_HOME_PLAN || dying->last_member != v->member ||
            !rill_shape_equal(&dying->node->shape, &v->node->shape) ||
            dying->node->dtype != v->node->dtype)
            continue;
        s->buffer_of[at] = s->buffer_of[from];
        s->buffers[s->buffer_of[at]].last = v->last_step;
        return 1;
    }
    return 0;
}

static void give_buffers(planning *s)
{
    rill_program *p = s->p;
    for (int64_t at = 0; at < p->walk.count; at++)
        if (p->values[at].home == RILL_HOME_KEPT)
            give_buffer(s, at, 0, RILL_FOREVER);
    for (int64_t m = 0; m < p->member_count; m++) {
        const rill_value *v = &p->values[p->members[m]];
        if (v->home == RILL_HOME_PLAN && !take_over(s, p->members[m]))
            give_buffer(s, p->members[m], v->step, v->last_step);
    }
}

static int place_buffers(planning *s)
{
    rill_program *p = s->p;
    rill_layout layout;
    give_buffers(s);
    if (!rill_lay_out(s->buffers, s->count, &layout))
        return 0;
    p->memory_bytes = layout.bytes;
    p->live_bytes = layout.live;
    for (int64_t at = 0; at < p->walk.count; at++)
        if (p->values[at].home == RILL_HOME_KEPT || p->values[at].home == RILL_HOME_PLAN)
            p->values[at].offset = s->buffers[s->buffer_of[at]].offset;
    return 1;
}

int rill_plan(rill_program *p)
{
    planning s = { .p = p };
    for (int64_t at = 0; at < p->walk.count; at++)
        place(p, at);
    find_lifetimes(p);
    settle_homes(p);
    commit_in_place(p);
    give_results_away(p);
    s.buffers = rill_alloc((size_t)p->walk.count, sizeof *s.buffers);
    s.buffer_of = rill_alloc((size_t)p->walk.count, sizeof *s.buffer_of);
    int done = s.buffers && s.buffer_of && place_buffers(&s);
    rill_free(s.buffers);
    rill_free(s.buffer_of);
    if (!done)
        rill_graph_no_memory(p->work);
    return done;
}
