/* Carving: the region's nodes become a program over the rows of a slice, and in the program around
 * it one node that runs it. */
#include "slice.h"

#include "../base/alloc.h"
#include "region.h"

#include <stdio.h>
#include <string.h>

/* The program of a slice, under construction. */
typedef struct carving {
    rill_slicing *s;
    rill_region *region;
    rill_table *ports; /* (tensor, by rows) -> number of its port */
    rill_graph *g;
    int64_t rows;
    int last;            /* of the slice that takes what is left */
    rill_tensor **roots; /* of it */
    int64_t root_count;
} carving;

/* Views are made again outside, of what they look at. */
static void find_needed(rill_slicing *s)
{
    for (int64_t i = 0; i < s->p->output_count; i++)
        s->needed[rill_walk_index(&s->r.walk, s->p->roots[i])] = 1;
    for (int64_t at = s->r.walk.count - 1; at >= 0; at--) {
        const rill_tensor *x = s->r.walk.nodes[at];
        if (!rill_inside(s, at) || (s->needed[at] && rill_has(x, RILL_VIEW)))
            for (int i = 0; i < x->count; i++)
                s->needed[rill_walk_index(&s->r.walk, x->in[i])] = 1;
    }
}

static int is_room(const rill_slicing *s, int64_t at)
{
    return rill_inside(s, at) && s->needed[at] && !rill_has(s->r.walk.nodes[at], RILL_VIEW);
}

/* ---- Ports. */

/* A new port of `count` tensors; NULL without memory. */
static rill_port *add_port(rill_region *r, int64_t count)
{
    void *ports = r->ports;
    size_t capacity = (size_t)r->port_capacity;
    rill_port port = { .count = count };
    port.outer = rill_arena_take(&r->arena, (size_t)count * sizeof *port.outer);
    port.data = rill_arena_take(&r->arena, (size_t)count * sizeof *port.data);
    if (!port.outer || !port.data ||
        !rill_grow(&ports, &capacity, (size_t)r->port_count + 1, sizeof *r->ports))
        return NULL;
    r->ports = ports;
    r->port_capacity = (int64_t)capacity;
    r->ports[r->port_count] = port;
    return &r->ports[r->port_count++];
}

static size_t bytes_of(const rill_tensor *x)
{
    return (size_t)rill_count(x) * rill_dtype_size(x->dtype);
}

/* Bytes of a slice's rows of x. */
static size_t slice_bytes(const carving *c, const rill_tensor *x)
{
    return bytes_of(x) / (size_t)c->region->batch * (size_t)c->region->rows;
}

/* The number of the port through which a slice sees x, or -1. */
static int64_t operand_port(carving *c, rill_tensor *x, int by_rows)
{
    uint64_t key = rill_key_of(x) + (uint64_t)by_rows;
    int64_t known = (int64_t)(intptr_t)rill_table_get(c->ports, key);
    if (known > 0)
        return known;
    int64_t number = c->region->port_count;
    rill_port *port = add_port(c->region, 1);
    if (!port || !rill_table_set(c->ports, key, (void *)(intptr_t)number))
        return -1;
    port->outer[0] = x;
    port->stride = by_rows ? slice_bytes(c, x) : 0;
    return number;
}

/* The leaf of the slice's graph that a port is. */
static rill_tensor *port_leaf(carving *c, int64_t port, rill_dtype dtype, rill_shape shape)
{
    char name[24];
    if (port < 0)
        return rill_graph_no_memory(c->g);
    snprintf(name, sizeof name, port == RILL_ROW_PORT ? "row" : "%lld", (long long)port);
    rill_tensor *leaf = rill_input(c->g, name, dtype, shape);
    c->region->ports[port].inner[c->last] = leaf;
    return leaf;
}

/* ---- Nodes of the slice's graph. */

static rill_shape sliced(const carving *c, rill_shape shape)
{
    shape.dim[0] = c->rows;
    return shape;
}

static rill_tensor *inner_input(carving *c, rill_tensor *x, int by_rows)
{
    enum { FEW_BYTES = 1 << 14 };
    int64_t at = rill_walk_index(&c->s->r.walk, x);
    rill_shape shape = by_rows ? sliced(c, x->shape) : x->shape;
    if (rill_inside(c->s, at))
        return c->s->inner[at];
    if (rill_has(x, RILL_LAYOUT) && bytes_of(x) <= FEW_BYTES) { /* no thread waits for another */
        rill_tensor *from = inner_input(c, x->in[0], 0);
        return rill_apply_in(c->g, x->op, &from, 1, x->attrs);
    }
    if (x->op == &rill_constant_op && x->leaf->stored == 1)
        return rill_graph_add_leaf(c->g, x->op, x->dtype, shape, x->leaf);
    return port_leaf(c, operand_port(c, x, by_rows), x->dtype, shape);
}

/* Rows of a random node count on from the slice's first. */
static rill_tensor *row_after(carving *c, rill_tensor *first)
{
    double known = 1;
    rill_tensor *row = port_leaf(c, RILL_ROW_PORT, RILL_I32, RILL_SCALAR);
    return rill_is_splat(first, &known) && known == 0 ? row : rill_builtin_algebra.add(first, row);
}

/* The attributes with the slice's rows where the batch's were. */
static void slice_attrs(const carving *c, const rill_op *op, char *attrs)
{
    for (int i = 0; i < op->attr_count; i++) {
        rill_shape *shape = (rill_shape *)(void *)(attrs + op->attrs[i].offset);
        if (op->attrs[i].kind == RILL_ATTR_SHAPE && shape->rank > 0 && shape->dim[0] == c->s->batch)
            shape->dim[0] = c->rows;
    }
}

static rill_tensor *inner_node(carving *c, int64_t at)
{
    rill_slicing *s = c->s;
    const rill_tensor *x = s->r.walk.nodes[at];
    _Alignas(16) char attrs[RILL_MAX_ATTR_SIZE];
    rill_by_rows how = rill_how_by_rows(s, x, s->by_rows);
    rill_graph_go(c->g, (rill_place){ rill_graph_scope(c->g, x->scope->path), x->backward });
    for (int i = 0; i < x->count; i++)
        s->r.in[i] = inner_input(c, x->in[i], s->by_rows[i]);
    if (rill_has(x, RILL_RANDOM))
        s->r.in[1] = row_after(c, s->r.in[1]);
    if (x->op->attr_size > 0)
        memcpy(attrs, x->attrs, x->op->attr_size);
    if (how == RILL_EACH_ROW)
        slice_attrs(c, x->op, attrs);
    rill_tensor *y = rill_apply_in(c->g, x->op, s->r.in, x->count, attrs);
    rill_shape expected = how == RILL_EACH_ROW ? sliced(c, x->shape) : x->shape;
    if (!rill_is_inert(y) && !rill_shape_equal(&y->shape, &expected))
        return rill_graph_fail(c->g, "%s: its rule for rows does not fit its shapes", x->op->name);
    return y;
}

/* ---- Rooms: what is read outside. */

/* Makes the rooms of node `at`, and, where sums are added by a node, the port through which that
 * reads them.  The port's number, or -1. */
static int64_t room_port(carving *c, int64_t at, int adds)
{
    rill_slicing *s = c->s;
    const rill_tensor *x = s->r.walk.nodes[at];
    int sums = s->part[at] == RILL_IN_SUMS;
    if (s->room[at] > 0)
        return s->room[at];
    s->room[at] = c->region->port_count;
    rill_port *port = add_port(c->region, sums ? c->region->lanes : 1);
    for (int64_t i = 0; port && i < port->count; i++)
        port->outer[i] = rill_room(s->p->work, x->dtype, x->shape);
    if (port && !sums)
        port->stride = slice_bytes(c, x);
    rill_port *so_far = port && !adds ? add_port(c->region, port->count) : port;
    if (!so_far)
        return -1;
    if (!adds) {
        port = so_far - 1; /* the ports may have moved */
        memcpy(so_far->outer, port->outer, (size_t)port->count * sizeof *port->outer);
        so_far->to_clear = bytes_of(x);
    }
    return s->room[at];
}

/* A root of the slice's program.  A kernel that cannot add to what the lane has so far is followed
 * by an addition. */
static int add_root(carving *c, int64_t at)
{
    rill_slicing *s = c->s;
    rill_tensor *y = s->inner[at];
    if (rill_is_inert(y))
        return 0;
    const rill_kernel *kernel = rill_kernel_of(s->p, y);
    int adds = s->part[at] == RILL_IN_ROWS || (kernel && kernel->adds);
    int64_t port = room_port(c, at, adds);
    if (port < 0)
        return 0;
    if (!adds)
        y = rill_builtin_algebra.add(port_leaf(c, port + 1, y->dtype, y->shape), y);
    c->region->ports[port].inner[c->last] = y;
    c->roots[c->root_count++] = y;
    return !rill_is_inert(y);
}

/* The program of a slice of `rows` rows; NULL on failure. */
static rill_program *carve_slice(carving *c, int64_t rows)
{
    rill_slicing *s = c->s;
    rill_program *slice = NULL;
    c->g = rill_graph_new(NULL);
    c->rows = rows;
    c->root_count = 0;
    c->roots = rill_alloc((size_t)s->r.walk.count, sizeof *c->roots);
    int done = c->roots != NULL;
    for (int64_t at = 0; at < s->r.walk.count && done; at++) {
        if (rill_inside(s, at))
            s->inner[at] = inner_node(c, at);
        if (is_room(s, at))
            done = add_root(c, at);
    }
    if (done && !c->g->failed)
        slice = rill_slice_program(c->g, c->roots, c->root_count, s->p->passes_off);
    if (!slice && c->g->failed)
        rill_graph_fail(s->p->work, "%s", c->g->error.text);
    if (!slice)
        rill_graph_free(c->g);
    rill_free(c->roots);
    c->last = 1;
    return slice;
}

/* ---- The region's node. */

static rill_tensor *region_node(rill_slicing *s, const rill_region *r)
{
    int64_t links = 0;
    int count = 0;
    for (int64_t i = 0; i < r->port_count; i++)
        links += r->ports[i].count;
    rill_tensor **in = rill_alloc((size_t)links, sizeof *in);
    if (!in)
        return rill_graph_no_memory(s->p->work);
    for (int64_t i = 0; i < r->port_count; i++)
        for (int64_t k = 0; k < r->ports[i].count && r->ports[i].to_clear == 0; k++)
            in[count++] = r->ports[i].outer[k];
    rill_tensor *node = rill_apply_in(s->p->work, &rill_region_op, in, count, NULL);
    rill_free(in);
    return node;
}

/* What a region left in the rooms of node `at`: the sums of the lanes are added two by two. */
static rill_tensor *filled(rill_slicing *s, int64_t at, rill_tensor *region)
{
    const rill_port *port = &s->p->region->ports[s->room[at]];
    rill_tensor *part[RILL_LANES];
    for (int64_t i = 0; i < port->count; i++)
        part[i] = rill_apply(&rill_filled_op, (rill_tensor *[]){ port->outer[i], region }, 2, NULL);
    for (int64_t apart = 1; apart < port->count; apart *= 2)
        for (int64_t i = 0; i + apart < port->count; i += 2 * apart)
            part[i] = rill_builtin_algebra.add(part[i], part[i + apart]);
    return part[0];
}

static void replace(rill_slicing *s, rill_tensor *region)
{
    rill_program *p = s->p;
    for (int64_t at = 0; at < s->r.walk.count && !p->work->failed; at++) {
        const rill_tensor *x = s->r.walk.nodes[at];
        rill_graph_go(p->work, (rill_place){ x->scope, x->backward });
        if (is_room(s, at))
            s->r.image[at] = filled(s, at, region);
        else if (!rill_inside(s, at) || s->needed[at])
            s->r.image[at] = rill_rebuilt(p, &s->r, at);
    }
    rill_rewriting_end(p, &s->r);
}

static int carve_slices(carving *c)
{
    rill_region *r = c->region;
    int64_t left = r->batch - (r->slices - 1) * r->rows;
    if (!add_port(r, 0)) /* RILL_ROW_PORT */
        return 0;
    r->slice = carve_slice(c, r->rows);
    r->last = r->slice && left < r->rows ? carve_slice(c, left) : NULL;
    return r->slice && (r->last || left == r->rows);
}

int rill_carve(rill_slicing *s)
{
    rill_table ports = { 0 };
    rill_region *r = s->p->region = rill_alloc_zeroed(1, sizeof *r);
    if (!r)
        return 0;
    r->batch = s->batch;
    r->rows = s->rows;
    r->slices = s->slices;
    r->lanes = s->lanes;
    find_needed(s);
    int done = carve_slices(&(carving){ .s = s, .region = r, .ports = &ports });
    rill_table_free(&ports);
    if (done)
        replace(s, region_node(s, r));
    return done;
}
