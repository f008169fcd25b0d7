#include "drawing.h"

#include "base/alloc.h"
#include "core/region.h"

#include <string.h>

enum { DEEPEST = 16 }; /* opened composites within opened composites */

/* ---- Numbers kept in a table of pointers. */

static int table_put(rill_table *table, const void *key, int64_t number)
{
    return rill_table_set(table, rill_key_of(key), (void *)(uintptr_t)(number + 1));
}

static int64_t table_find(const rill_table *table, const void *key)
{
    return (int64_t)(uintptr_t)rill_table_get(table, rill_key_of(key)) - 1;
}

/* ---- A program that runs by slices is drawn with what is inside: rooms and ports are looked
 * through. */

static rill_tensor *through(const rill_drawing *d, rill_tensor *x)
{
    const rill_tensor *room = x->op == &rill_filled_op ? x->in[0] : x;
    rill_tensor *beyond = rill_table_get(&d->through, rill_key_of(room));
    return beyond ? beyond : x;
}

static int find_ports(rill_drawing *d)
{
    const rill_region *region = d->program ? d->program->region : NULL;
    int done = 1;
    for (int64_t i = 0; region && i < region->port_count && done; i++) {
        const rill_port *port = &region->ports[i];
        rill_tensor *inner = port->inner[0];
        if (inner && inner->op != &rill_input_op)
            for (int64_t k = 0; k < port->count && done; k++)
                done = rill_table_set(&d->through, rill_key_of(port->outer[k]), inner);
        else if (inner && port->count > 0 && port->to_clear == 0)
            done = rill_table_set(&d->through, rill_key_of(inner), port->outer[0]);
    }
    return done;
}

/* The program that x is of: the slices', or the one around them. */
static const rill_program *program_of(const rill_drawing *d, const rill_tensor *x)
{
    const rill_region *region = d->program ? d->program->region : NULL;
    return region && x->graph == region->slice->work ? region->slice : d->program;
}

/* ---- Collecting: depth first without recursion.  A composite that is opened has its expansion as
 * a last input, so that all that is new below the expansion is a part of it. */

typedef struct frame {
    rill_tensor *x, *body;
    int64_t owner, number;
    int next, depth;
} frame;

typedef struct stack {
    frame *frames;
    size_t depth, capacity;
} stack;

static rill_tensor *opened(const rill_drawing *d, rill_tensor *x, int depth)
{
    if (!d->options->zoom || d->program || !x->op->expand || depth >= DEEPEST)
        return NULL;
    rill_place before = rill_graph_go(x->graph, (rill_place){ x->scope, x->backward });
    rill_tensor *body = x->op->expand(x);
    rill_graph_go(x->graph, before);
    return body && body != x && body->graph == x->graph && !rill_is_inert(body) ? body : NULL;
}

/* A composite takes its number before its parts do: they name it as their owner. */
static int enter(rill_drawing *d, stack *s, rill_tensor *x, int64_t owner, int depth)
{
    x = through(d, x);
    if (rill_table_get(&d->index, rill_key_of(x)))
        return 1;
    void *frames = s->frames;
    if (!table_put(&d->index, x, 0) ||
        !rill_grow(&frames, &s->capacity, s->depth + 1, sizeof *s->frames))
        return 0;
    s->frames = frames;
    s->frames[s->depth++] = (frame){ x, opened(d, x, depth), owner, -1, 0, depth };
    return 1;
}

static int add_item(rill_drawing *d, frame *f)
{
    void *items = d->items;
    if (!rill_grow(&items, &d->capacity, d->count + 1, sizeof *d->items))
        return 0;
    d->items = items;
    f->number = (int64_t)d->count;
    d->items[d->count++] = (rill_dot_item){
        .x = f->x, .body = f->body, .owner = f->owner, .number = -1, .next = -1, .box = -1
    };
    return table_put(&d->index, f->x, f->number);
}

static int collect(rill_drawing *d, stack *s)
{
    while (s->depth > 0) {
        frame *top = &s->frames[s->depth - 1];
        if (top->next < top->x->count) {
            if (!enter(d, s, top->x->in[top->next++], top->owner, top->depth))
                return 0;
        } else if (top->number < 0 && !add_item(d, top)) {
            return 0;
        } else if (top->body && top->next == top->x->count) {
            top->next++;
            if (!enter(d, s, top->body, top->number, top->depth + 1))
                return 0;
        } else {
            s->depth--;
        }
    }
    return 1;
}

rill_dot_item *rill_drawing_item(const rill_drawing *d, const rill_tensor *x)
{
    int64_t at = table_find(&d->index, x);
    return at >= 0 ? &d->items[at] : NULL;
}

rill_tensor *rill_drawing_source(const rill_drawing *d, rill_tensor *x, int views)
{
    for (size_t hops = 0; hops <= d->count; hops++) { /* an expansion may name what it expands */
        x = through(d, x);
        const rill_dot_item *item = rill_drawing_item(d, x);
        if (item->body)
            x = item->body;
        else if (views && item->number < 0 && rill_has(x, RILL_VIEW) && x->count > 0)
            x = x->in[0];
        else
            break;
    }
    return x;
}

/* ---- What is drawn. */

static int shows(const rill_dot_item *item)
{
    if (item->body)
        return 0;
    return item->is_output || !(rill_is_splat(item->x, NULL) || rill_has(item->x, RILL_VIEW));
}

static void number_items(rill_drawing *d)
{
    int64_t number = 0;
    for (size_t i = 0; i < d->count; i++)
        if (shows(&d->items[i]))
            d->items[i].number = number++;
}

/* ---- Clusters. */

/* The cluster that stands for `key`, new when *fresh; -1 without memory. */
static int64_t cluster_for(rill_drawing *d, const void *key, rill_dot_cluster cluster, int *fresh)
{
    int64_t at = table_find(&d->cluster_of, key);
    *fresh = at < 0;
    if (at >= 0)
        return at;
    void *clusters = d->clusters;
    if (!rill_grow(&clusters, &d->cluster_capacity, d->cluster_count + 1, sizeof *d->clusters))
        return -1;
    d->clusters = clusters;
    at = (int64_t)d->cluster_count;
    cluster.parent = cluster.child = cluster.sibling = cluster.last_child = -1;
    cluster.first_item = cluster.last_item = -1;
    d->clusters[d->cluster_count++] = cluster;
    return table_put(&d->cluster_of, key, at) ? at : -1;
}

static void adopt(rill_drawing *d, int64_t parent, int64_t child)
{
    rill_dot_cluster *p = &d->clusters[parent];
    d->clusters[child].parent = parent;
    if (p->last_child < 0)
        p->child = child;
    else
        d->clusters[p->last_child].sibling = child;
    p->last_child = child;
}

/* What an item stands in, from the inside out: composites, then scopes; in a program, steps. */
typedef struct inside {
    const rill_dot_item *item;
    const rill_scope *scope;
    int backward;
    int sliced; /* it runs by slices */
} inside;

/* The last part of the path: what the scope adds to the one around it. */
static const char *scope_name(const rill_scope *scope)
{
    size_t outer = strlen(scope->parent->path);
    return scope->path + (outer > 0 ? outer + 1 : 0);
}

/* The forward and the backward part of a layer are clusters apart, so that both run downwards. */
static const void *next_around(const rill_drawing *d, inside *at, rill_dot_cluster *cluster)
{
    *cluster = (rill_dot_cluster){ .step = -1 };
    if (at->item && at->item->owner >= 0) {
        at->item = &d->items[at->item->owner];
        at->scope = at->item->x->scope;
        at->backward = at->item->x->backward;
        cluster->op = at->item->x->op;
        return at->item->x;
    }
    const rill_scope *scope = at->scope;
    at->item = NULL;
    if (!scope->parent)
        return d;
    cluster->label = scope_name(scope);
    cluster->backward = at->backward;
    at->scope = scope->parent;
    return at->backward ? (const void *)&scope->path : (const void *)&scope->parent;
}

/* What stands for the step of x when others are fused with it: the first of them; else NULL. */
static const void *fused_step(const rill_drawing *d, const rill_tensor *x)
{
    const rill_program *p = program_of(d, x);
    const rill_value *v = &p->values[rill_walk_index(&p->walk, x)];
    int64_t first = v->member, after = v->member + 1;
    while (first > 0 && p->values[p->members[first - 1]].step == v->step)
        first--;
    while (after < p->member_count && p->values[p->members[after]].step == v->step)
        after++;
    return v->member >= 0 && after - first > 1 ? &p->members[first] : NULL;
}

/* Steps of several nodes, then the slices that they may be in. */
static const void *step_around(const rill_drawing *d, inside *at, rill_dot_cluster *cluster)
{
    const rill_tensor *x = at->item ? at->item->x : NULL;
    const void *step = x ? fused_step(d, x) : NULL;
    *cluster = (rill_dot_cluster){ .step = step ? rill_drawing_step(d, x) : -1 };
    if (x)
        at->sliced = program_of(d, x) != d->program;
    at->item = NULL;
    if (step || !at->sliced)
        return step ? step : d;
    cluster->region = d->program->region;
    at->sliced = 0;
    return d->program->region;
}

/* The innermost cluster of an item, made with all around it as needed; -1 without memory. */
static int64_t place(rill_drawing *d, const rill_dot_item *item)
{
    inside at = { item, item->x->scope, item->x->backward, 0 };
    int64_t innermost = -1, inner = -1;
    for (int fresh = 1; fresh;) {
        rill_dot_cluster cluster;
        const void *key =
            d->program ? step_around(d, &at, &cluster) : next_around(d, &at, &cluster);
        int64_t found = cluster_for(d, key, cluster, &fresh);
        if (found < 0)
            return -1;
        if (inner >= 0)
            adopt(d, found, inner);
        if (innermost < 0)
            innermost = found;
        inner = found;
        fresh = fresh && key != d;
    }
    return innermost;
}

static int cluster_items(rill_drawing *d)
{
    int fresh;
    if (cluster_for(d, d, (rill_dot_cluster){ .step = -1 }, &fresh) < 0)
        return 0;
    for (size_t i = 0; i < d->count; i++) {
        if (d->items[i].number < 0)
            continue;
        int64_t at = place(d, &d->items[i]);
        if (at < 0)
            return 0;
        rill_dot_cluster *cluster = &d->clusters[at];
        if (cluster->last_item < 0)
            cluster->first_item = (int64_t)i;
        else
            d->items[cluster->last_item].next = (int64_t)i;
        cluster->last_item = (int64_t)i;
    }
    return 1;
}

int64_t rill_drawing_step(const rill_drawing *d, const rill_tensor *x)
{
    const rill_program *p = program_of(d, x);
    int64_t at = p ? rill_walk_index(&p->walk, x) : -1;
    if (at < 0 || !p->values || p->values[at].step < 0)
        return -1;
    return p->values[at].step + (p == d->program ? 0 : rill_step_numbers(d->program));
}

int64_t rill_drawing_lane(const rill_drawing *d, rill_tensor *x)
{
    const rill_region *region = d->program ? d->program->region : NULL;
    while (region && x->op != &rill_filled_op && rill_has(x, RILL_VIEW) && x->count > 0)
        x = x->in[0];
    if (!region || x->op != &rill_filled_op)
        return -1;
    for (int64_t i = 0; i < region->port_count; i++)
        for (int64_t lane = 0; region->ports[i].count > 1 && lane < region->ports[i].count; lane++)
            if (region->ports[i].outer[lane] == x->in[0])
                return lane;
    return -1;
}

/* ---- Names. */

/* The random stream of x, or NULL. */
static const uint64_t *stream_of(const rill_tensor *x)
{
    for (int i = 0; rill_has(x, RILL_RANDOM) && x->attrs && i < x->op->attr_count; i++)
        if (x->op->attrs[i].kind == RILL_ATTR_KEY)
            return (const void *)((const char *)x->attrs + x->op->attrs[i].offset);
    return NULL;
}

/* The node of what is drawn that stands for x of the user's graph, or NULL. */
static rill_tensor *stand_in(const rill_drawing *d, const rill_tensor *x)
{
    const uint64_t *key = stream_of(x);
    for (int64_t i = 0; d->program && i < d->program->output_count; i++)
        if (d->program->outputs[i] == x)
            return d->program->roots[i];
    for (size_t i = 0; d->program && key && i < d->count; i++) {
        const uint64_t *other = stream_of(d->items[i].x);
        if (other && *other == *key)
            return d->items[i].x;
    }
    return d->program ? NULL : x->graph->nodes[x->id];
}

/* The item that a name of x goes to, NULL when there is none: what is computed, past views of it
 * that have all of its elements. */
static rill_dot_item *to_name(const rill_drawing *d, rill_tensor *x)
{
    if (!rill_drawing_item(d, through(d, x)))
        return NULL;
    rill_dot_item *item = rill_drawing_item(d, rill_drawing_source(d, x, 0));
    while (item->number < 0 && rill_has(item->x, RILL_VIEW) && item->x->count > 0 &&
           rill_count(item->x->in[0]) == rill_count(item->x))
        item = rill_drawing_item(d, rill_drawing_source(d, item->x->in[0], 0));
    return item;
}

static void name_items(rill_drawing *d)
{
    for (int64_t i = 0; i < d->options->name_count; i++) {
        const rill_dot_name *given = &d->options->names[i];
        rill_tensor *x = given->x && !rill_is_inert(given->x) ? stand_in(d, given->x) : NULL;
        rill_dot_item *item = x ? to_name(d, x) : NULL;
        if (item && !item->name)
            item->name = given->name;
    }
}

/* ---- All of it. */

int rill_drawing_make(rill_drawing *d, rill_tensor *const *outputs, int64_t n)
{
    stack s = { 0 };
    int done = find_ports(d);
    for (int64_t i = 0; i < n && done; i++)
        done = enter(d, &s, outputs[i], -1, 0) && collect(d, &s);
    rill_free(s.frames);
    if (!done)
        return 0;
    for (int64_t i = 0; i < n; i++)
        rill_drawing_item(d, rill_drawing_source(d, outputs[i], 0))->is_output = 1;
    number_items(d);
    name_items(d);
    if (!cluster_items(d))
        return 0;
    rill_drawing_fold(d);
    return 1;
}

void rill_drawing_free(rill_drawing *d)
{
    rill_free(d->items);
    rill_free(d->clusters);
    rill_table_free(&d->index);
    rill_table_free(&d->through);
    rill_table_free(&d->cluster_of);
}
