/* Scheduling: an order of execution in which elementwise nodes of one shape stand together wherever
 * their inputs allow, so that fusing only has to cut runs.
 *
 * Nodes are taken in the order of the walk; once an elementwise node is taken, those of its class
 * (same shape and dtype) that have become ready are taken with it.  Scalars are taken as soon as
 * they are ready.  The newest goes first, so that a chain is followed to its end and few values
 * live at once.  What guards look at comes before all else, so that a run may stop there. */
#include "program_impl.h"

#include "../base/alloc.h"

typedef struct ready_class {
    rill_shape shape;
    rill_dtype dtype;
    struct ready_class *next; /* another class with the same hash */
    int64_t newest;           /* of the ready nodes, linked by `after`; -1: there are none */
} ready_class;

typedef struct scheduling {
    rill_program *p;
    rill_arena arena;
    rill_table by_hash;
    int64_t *pending;    /* [count] inputs not yet scheduled */
    int64_t *user_start; /* [count + 1] into users */
    int64_t *users;
    int64_t *after;         /* [count] the one that became ready before it */
    ready_class **class_of; /* [count] NULL: alone */
    ready_class scalars;
    char *done;
    char *guarded;    /* a guard depends on it */
    int guarded_only; /* take no others yet */
    int64_t *settled; /* nodes whose users are still to be told */
    int64_t settled_count;
} scheduling;

static int make_classes(scheduling *s)
{
    for (int64_t at = 0; at < s->p->walk.count; at++) {
        rill_tensor *y = s->p->walk.nodes[at];
        if (rill_count(y) == 1 && !rill_has(y, RILL_ORDERED))
            s->class_of[at] = &s->scalars;
        if (rill_count(y) == 1 || !rill_map_of(s->p, y))
            continue;
        uint64_t hash = rill_hash((uint64_t)y->dtype, y->shape.dim, sizeof y->shape.dim);
        ready_class *newest = rill_table_get(&s->by_hash, hash), *c = newest;
        while (c && (c->dtype != y->dtype || !rill_shape_equal(&c->shape, &y->shape)))
            c = c->next;
        if (!c) {
            c = rill_arena_take(&s->arena, sizeof *c);
            if (!c || !rill_table_set(&s->by_hash, hash, c))
                return 0;
            *c = (ready_class){ y->shape, y->dtype, newest, -1 };
        }
        s->class_of[at] = c;
    }
    return 1;
}

static int find_users(scheduling *s)
{
    rill_walk *walk = &s->p->walk;
    int64_t links = 0;
    for (int64_t at = 0; at < walk->count; at++) {
        s->pending[at] = walk->nodes[at]->count;
        links += walk->nodes[at]->count;
        for (int i = 0; i < walk->nodes[at]->count; i++)
            s->user_start[rill_walk_index(walk, walk->nodes[at]->in[i]) + 1]++;
    }
    s->users = rill_alloc((size_t)links, sizeof *s->users);
    int64_t *cursor = rill_alloc((size_t)walk->count + 1, sizeof *cursor);
    if (s->users && cursor) {
        for (int64_t at = 0; at < walk->count; at++)
            s->user_start[at + 1] += s->user_start[at];
        for (int64_t at = 0; at <= walk->count; at++)
            cursor[at] = s->user_start[at];
        for (int64_t at = 0; at < walk->count; at++)
            for (int i = 0; i < walk->nodes[at]->count; i++)
                s->users[cursor[rill_walk_index(walk, walk->nodes[at]->in[i])]++] = at;
    }
    rill_free(cursor);
    return s->users && cursor;
}

/* Nodes that nothing computes: they are there as soon as their inputs are. */
static int needs_no_member(const rill_tensor *y)
{
    return rill_has(y, RILL_LEAF | RILL_VIEW | RILL_COMMIT);
}

static void take(scheduling *s, int64_t at)
{
    rill_program *p = s->p;
    if (s->done[at])
        return;
    s->done[at] = 1;
    if (!needs_no_member(p->walk.nodes[at])) {
        p->values[at].member = p->member_count;
        p->members[p->member_count++] = at;
    }
    s->settled[s->settled_count++] = at;
}

static void make_ready(scheduling *s, int64_t at, int now)
{
    ready_class *c = s->class_of[at];
    if (needs_no_member(s->p->walk.nodes[at])) {
        take(s, at);
    } else if (c && (now || s->guarded[at])) {
        s->after[at] = c->newest;
        c->newest = at;
    }
}

/* Tells the users of all that was taken; what needs no member follows at once. */
static void settle(scheduling *s)
{
    while (s->settled_count > 0) {
        int64_t at = s->settled[--s->settled_count];
        for (int64_t i = s->user_start[at]; i < s->user_start[at + 1]; i++)
            if (--s->pending[s->users[i]] == 0)
                make_ready(s, s->users[i], !s->guarded_only);
    }
}

static void take_class(scheduling *s, ready_class *c)
{
    while (c->newest >= 0) {
        int64_t at = c->newest;
        c->newest = s->after[at];
        take(s, at);
        settle(s);
    }
}

static void take_all(scheduling *s)
{
    int fuses = !(s->p->passes_off & RILL_NO_FUSE);
    for (int64_t at = 0; at < s->p->walk.count; at++) {
        take_class(s, &s->scalars);
        if (s->done[at] || (s->guarded_only && !s->guarded[at]))
            continue;
        take(s, at);
        settle(s);
        if (fuses && s->class_of[at])
            take_class(s, s->class_of[at]);
    }
}

static int find_guarded(scheduling *s)
{
    rill_walk *walk = &s->p->walk;
    int found = 0;
    for (int64_t at = walk->count - 1; at >= 0; at--) {
        if (rill_has(walk->nodes[at], RILL_GUARD))
            s->guarded[at] = 1;
        for (int i = 0; s->guarded[at] && i < walk->nodes[at]->count; i++)
            s->guarded[rill_walk_index(walk, walk->nodes[at]->in[i])] = 1;
        found |= s->guarded[at];
    }
    return found;
}

static void order(scheduling *s)
{
    s->guarded_only = find_guarded(s);
    for (int64_t at = 0; at < s->p->walk.count; at++)
        if (rill_has(s->p->walk.nodes[at], RILL_LEAF))
            take(s, at);
    settle(s);
    if (s->guarded_only)
        take_all(s);
    s->p->guarded = s->p->member_count;
    for (int64_t at = 0; at < s->p->walk.count && s->guarded_only; at++)
        if (!s->done[at] && !s->guarded[at] && s->pending[at] == 0)
            make_ready(s, at, 1);
    s->guarded_only = 0;
    settle(s);
    take_all(s);
}

static int prepare(scheduling *s)
{
    rill_program *p = s->p;
    if (!rill_walk_from(&p->walk, p->roots, p->output_count, NULL))
        return 0;
    size_t count = (size_t)p->walk.count;
    p->values = rill_alloc_zeroed(count, sizeof *p->values);
    p->members = rill_alloc(count, sizeof *p->members);
    s->pending = rill_alloc(count, sizeof *s->pending);
    s->user_start = rill_alloc_zeroed(count + 1, sizeof *s->user_start);
    s->after = rill_alloc(count, sizeof *s->after);
    s->class_of = rill_alloc_zeroed(count, sizeof *s->class_of);
    s->done = rill_alloc_zeroed(count, 1);
    s->guarded = rill_alloc_zeroed(count, 1);
    s->scalars.newest = -1;
    s->settled = rill_alloc(count, sizeof *s->settled);
    return p->values && p->members && s->pending && s->user_start && s->after && s->class_of &&
           s->done && s->guarded && s->settled && make_classes(s) && find_users(s);
}

static void forget(scheduling *s)
{
    rill_arena_free(&s->arena);
    rill_table_free(&s->by_hash);
    rill_free(s->pending);
    rill_free(s->user_start);
    rill_free(s->users);
    rill_free(s->after);
    rill_free(s->class_of);
    rill_free(s->done);
    rill_free(s->guarded);
    rill_free(s->settled);
}

int rill_order(rill_program *p)
{
    scheduling s = { .p = p };
    int done = prepare(&s);
    if (done) {
        for (int64_t at = 0; at < p->walk.count; at++)
            p->values[at] =
                (rill_value){ .node = p->walk.nodes[at], .root = at, .member = -1, .step = -1 };
        order(&s);
    } else {
        rill_graph_no_memory(p->work);
    }
    forget(&s);
    return done;
}
