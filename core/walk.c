#include "walk.h"

#include "../base/alloc.h"

/* A node under way, and the next of its inputs to look at. */
typedef struct frame {
    rill_tensor *node;
    int next;
} frame;

typedef struct stack {
    frame *frames;
    size_t depth, capacity;
} stack;

static int push(stack *s, rill_tensor *node)
{
    void *frames = s->frames;
    if (!rill_grow(&frames, &s->capacity, s->depth + 1, sizeof *s->frames))
        return 0;
    s->frames = frames;
    s->frames[s->depth++] = (frame){ node, 0 };
    return 1;
}

static int seen(const rill_walk *walk, const rill_tensor *x)
{
    return walk->epoch ? x->epoch == walk->epoch
                       : rill_table_get(&walk->index, rill_key_of(x)) != NULL;
}

/* Marks a node as seen; its position is not known yet. */
static int enter(rill_walk *walk, stack *s, rill_tensor *node)
{
    if (seen(walk, node))
        return 1;
    if (walk->epoch)
        node->epoch = walk->epoch;
    else if (!rill_table_set(&walk->index, rill_key_of(node), node))
        return 0;
    return push(s, node);
}

static int leave(rill_walk *walk, size_t *capacity, rill_tensor *node)
{
    void *nodes = walk->nodes;
    if (!rill_grow(&nodes, capacity, (size_t)walk->count + 1, sizeof *walk->nodes))
        return 0;
    walk->nodes = nodes;
    walk->nodes[walk->count++] = node;
    return 1;
}

static int collect(rill_walk *walk, stack *s, const rill_table *cut, size_t *capacity)
{
    while (s->depth > 0) {
        frame *top = &s->frames[s->depth - 1];
        rill_tensor *node = top->node;
        int ends = cut && rill_table_get(cut, rill_key_of(node));
        if (!ends && top->next < node->count) {
            if (!enter(walk, s, node->in[top->next++]))
                return 0;
            continue;
        }
        s->depth--;
        if (!leave(walk, capacity, node))
            return 0;
    }
    return 1;
}

static int number(rill_walk *walk)
{
    int done = 1;
    for (int64_t i = 0; i < walk->count && done; i++) {
        if (walk->epoch)
            walk->nodes[i]->mark = i;
        else /* no growth: every key is there */
            done = rill_table_set(&walk->index, rill_key_of(walk->nodes[i]), &walk->nodes[i]);
    }
    return done;
}

int rill_walk_from(rill_walk *walk, rill_tensor *const *roots, int64_t n, const rill_table *cut)
{
    stack s = { 0 };
    size_t capacity = 0;
    int done = 1;
    *walk = (rill_walk){ .graph = n > 0 ? roots[0]->graph : NULL };
    if (walk->graph && !cut && !walk->graph->marking) {
        walk->graph->marking = 1;
        walk->epoch = ++walk->graph->epoch;
    }
    for (int64_t i = 0; i < n && done; i++)
        done = enter(walk, &s, roots[i]) && collect(walk, &s, cut, &capacity);
    done = done && number(walk);
    rill_free(s.frames);
    if (!done)
        rill_walk_free(walk);
    return done;
}

void rill_walk_free(rill_walk *walk)
{
    if (walk->epoch)
        walk->graph->marking = 0;
    rill_free(walk->nodes);
    rill_table_free(&walk->index);
    *walk = (rill_walk){ 0 };
}

int64_t rill_walk_index(const rill_walk *walk, const rill_tensor *x)
{
    if (walk->epoch)
        return x->epoch == walk->epoch ? x->mark : -1;
    rill_tensor **at = rill_table_get(&walk->index, rill_key_of(x));
    return at ? at - walk->nodes : -1;
}

int rill_walk_widest(const rill_walk *walk)
{
    int most = 1;
    for (int64_t at = 0; at < walk->count; at++)
        if (walk->nodes[at]->count > most)
            most = walk->nodes[at]->count;
    return most;
}
