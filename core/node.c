/* Nodes: an op applied to inputs, its shape inferred, equal ones merged. */
#include "graph_impl.h"

#include "../base/alloc.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* ---- Attributes. */

size_t rill_attr_size(rill_attr_kind kind)
{
    static const size_t sizes[] = {
        [RILL_ATTR_INT] = sizeof(int64_t),      [RILL_ATTR_FLOAT] = sizeof(double),
        [RILL_ATTR_AXES] = sizeof(rill_axes),   [RILL_ATTR_SHAPE] = sizeof(rill_shape),
        [RILL_ATTR_DTYPE] = sizeof(rill_dtype), [RILL_ATTR_KEY] = sizeof(uint64_t),
    };
    return (size_t)kind < sizeof sizes / sizeof *sizes ? sizes[kind] : 0;
}

static void copy_axes(void *out, const void *from)
{
    rill_axes *axes = out;
    const rill_axes *given = from;
    axes->count = given->count;
    for (int64_t i = 0; i < given->count && i < RILL_MAX_RANK; i++)
        axes->at[i] = given->at[i];
}

static void copy_shape(void *out, const void *from)
{
    rill_shape *shape = out;
    const rill_shape *given = from;
    shape->rank = given->rank;
    for (int i = 0; i < given->rank && i < RILL_MAX_RANK; i++)
        shape->dim[i] = given->dim[i];
}

/* Copies what the description tells of and nothing between, so that equal attributes are equal
 * bytes. `out` is zeroed. */
static void copy_described(const rill_op *op, const void *attrs, char *out)
{
    for (int i = 0; i < op->attr_count; i++) {
        const rill_attr *attr = &op->attrs[i];
        const char *from = (const char *)attrs + attr->offset;
        if (attr->kind == RILL_ATTR_AXES)
            copy_axes(out + attr->offset, from);
        else if (attr->kind == RILL_ATTR_SHAPE)
            copy_shape(out + attr->offset, from);
        else
            memcpy(out + attr->offset, from, rill_attr_size(attr->kind));
    }
}

/* ---- Nodes. */

static rill_tensor *append(rill_graph *g, rill_tensor node)
{
    void *nodes = g->nodes;
    if (!rill_grow(&nodes, &g->capacity, g->size + 1, sizeof *g->nodes))
        return rill_graph_no_memory(g);
    g->nodes = nodes;
    size_t links = (size_t)node.count * sizeof *node.in;
    rill_tensor *x = rill_arena_take(&g->arena, sizeof *x + links);
    if (node.attrs)
        node.attrs = rill_arena_copy(&g->arena, node.attrs, node.op->attr_size);
    if (!x || (node.op->attr_size > 0 && !node.attrs))
        return rill_graph_no_memory(g);
    *x = node;
    if (links > 0)
        x->in = memcpy(x + 1, node.in, links);
    for (int i = x->shape.rank; i < RILL_MAX_RANK; i++)
        x->shape.dim[i] = 0;
    x->graph = g;
    x->scope = g->scope;
    x->backward = g->backward;
    x->id = (int64_t)g->size;
    g->nodes[g->size++] = x;
    return x;
}

static uint64_t hash_of(const rill_tensor *node)
{
    const int64_t kind[] = { node->dtype, node->shape.rank };
    uint64_t hash = rill_hash(rill_key_of(node->op), kind, sizeof kind);
    hash = rill_hash(hash, node->shape.dim, (size_t)node->shape.rank * sizeof *node->shape.dim);
    hash = rill_hash(hash, node->in, (size_t)node->count * sizeof *node->in);
    if (node->attrs)
        hash = rill_hash(hash, node->attrs, node->op->attr_size);
    if (node->leaf && node->leaf->data)
        hash = rill_hash(hash, node->leaf->data,
                         (size_t)node->leaf->stored * rill_dtype_size(node->dtype));
    return hash;
}

static int same_leaf(const rill_tensor *a, const rill_tensor *b)
{
    if (!a->leaf || !b->leaf)
        return a->leaf == b->leaf;
    return a->leaf->stored == b->leaf->stored &&
           memcmp(a->leaf->data, b->leaf->data,
                  (size_t)a->leaf->stored * rill_dtype_size(a->dtype)) == 0;
}

static int same_node(const rill_tensor *a, const rill_tensor *b)
{
    size_t attr_size = a->attrs ? a->op->attr_size : 0;
    return a->op == b->op && a->dtype == b->dtype && a->count == b->count &&
           !a->attrs == !b->attrs && rill_shape_equal(&a->shape, &b->shape) &&
           (a->count == 0 || memcmp(a->in, b->in, (size_t)a->count * sizeof *a->in) == 0) &&
           (attr_size == 0 || memcmp(a->attrs, b->attrs, attr_size) == 0) && same_leaf(a, b);
}

/* The node equal to `node` that is there already, or a new one. */
static rill_tensor *cons(rill_graph *g, rill_tensor node)
{
    uint64_t hash = hash_of(&node);
    rill_tensor *newest = rill_table_get(&g->by_hash, hash);
    for (rill_tensor *x = newest; x; x = x->next)
        if (same_node(x, &node))
            return x;
    node.next = newest;
    rill_tensor *x = append(g, node);
    if (x != &g->inert && !rill_table_set(&g->by_hash, hash, x))
        return rill_graph_no_memory(g);
    return x;
}

/* ---- Shapes. */

int rill_infer_fail(rill_infer *infer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(infer->message.text, sizeof infer->message.text, format, args);
    va_end(args);
    return 0;
}

/* Elementwise ops without an infer: one dtype, numpy's broadcasting. */
static int infer_elementwise(rill_infer *infer)
{
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
    if (infer->count < 1)
        return rill_infer_fail(infer, "takes one tensor or more");
    infer->out_shape = infer->shape[0];
    infer->out_dtype = infer->dtype[0];
    for (int i = 1; i < infer->count; i++) {
        if (infer->dtype[i] != infer->out_dtype)
            return rill_infer_fail(infer, "dtypes differ: %s and %s (use cast)",
                                   rill_dtype_name(infer->out_dtype),
                                   rill_dtype_name(infer->dtype[i]));
        rill_shape before = infer->out_shape;
        if (!rill_shape_broadcast(&before, &infer->shape[i], &infer->out_shape))
            return rill_infer_fail(infer, "shapes do not broadcast: %s and %s",
                                   rill_shape_print(&before, a, sizeof a),
                                   rill_shape_print(&infer->shape[i], b, sizeof b));
    }
    if (!infer->op->map[infer->out_dtype])
        return rill_infer_fail(infer, "%s is not supported%s", rill_dtype_name(infer->out_dtype),
                               infer->out_dtype == RILL_I32 ? " (use cast)" : "");
    return 1;
}

/* What a rule may have got wrong that a kernel would trip over; NULL: nothing. */
static const char *unsound(const rill_infer *infer, rill_tensor *const *in)
{
    const rill_shape *out = &infer->out_shape;
    uint32_t traits = infer->op->traits;
    rill_shape common;
    if (traits & RILL_COMMIT) {
        if (infer->count != 2 || in[0]->op != &rill_state_op)
            return "takes a state entry and its new value";
        if (infer->dtype[0] != infer->dtype[1] ||
            !rill_shape_equal(&infer->shape[0], &infer->shape[1]))
            return "the entry and its new value differ in dtype or shape";
    } else if (traits & RILL_VIEW) {
        if (infer->count < 1 || infer->dtype[0] != infer->out_dtype ||
            rill_shape_count(&infer->shape[0]) != rill_shape_count(out))
            return "a view keeps the dtype and the number of elements";
    } else if (traits & RILL_ELEMENTWISE) {
        for (int i = 0; i < infer->count; i++)
            if (!rill_shape_broadcast(&infer->shape[i], out, &common) ||
                !rill_shape_equal(&common, out))
                return "an input does not stretch to the result of an elementwise op";
    }
    return NULL;
}

/* The shape and dtype that the op's rule gives, checked; 0 with the message set. */
static int infer_checked(rill_infer *infer, rill_tensor *const *in)
{
    char text[RILL_SHAPE_TEXT];
    int (*rule)(rill_infer *) = infer->op->infer;
    if (!(rule ? rule(infer) : infer_elementwise(infer)))
        return 0;
    if (rill_dtype_size(infer->out_dtype) == 0)
        return rill_infer_fail(infer, "%d is no dtype", (int)infer->out_dtype);
    if (!rill_shape_valid(&infer->out_shape))
        return rill_infer_fail(infer, "the result %s is too large",
                               rill_shape_print(&infer->out_shape, text, sizeof text));
    const char *why = unsound(infer, in);
    return why ? rill_infer_fail(infer, "%s", why) : 1;
}

/* Fills node->shape and node->dtype; 0 with the graph's error set. */
static int infer_node(rill_graph *g, rill_tensor *node)
{
    enum { FEW = 8 };
    rill_shape few_shapes[FEW], *shapes = few_shapes;
    rill_dtype few_dtypes[FEW], *dtypes = few_dtypes;
    size_t count = (size_t)node->count;
    if (count > FEW) {
        shapes = rill_arena_take(&g->arena, count * sizeof *shapes);
        dtypes = rill_arena_take(&g->arena, count * sizeof *dtypes);
        if (!shapes || !dtypes)
            return rill_graph_no_memory(g), 0;
    }
    for (size_t i = 0; i < count; i++) {
        shapes[i] = node->in[i]->shape;
        dtypes[i] = node->in[i]->dtype;
    }
    rill_infer infer = {
        .op = node->op, .count = node->count, .shape = shapes, .dtype = dtypes, .attrs = node->attrs
    };
    if (!infer_checked(&infer, node->in))
        return RILL_REFUSE(g, "%s: %s", node->op->name, infer.message.text);
    node->shape = infer.out_shape;
    node->dtype = infer.out_dtype;
    return 1;
}

/* ---- Applying an op. */

/* 0 when an input is missing (an error), inert (silent) or of another graph (an error). */
static int inputs_usable(rill_graph *g, const rill_op *op, rill_tensor *const *in, int count)
{
    if (op->arity != RILL_ANY_ARITY && count != op->arity)
        return RILL_REFUSE(g, "%s: takes %d inputs, got %d", op->name, op->arity, count);
    for (int i = 0; i < count; i++) {
        if (!in[i])
            return RILL_REFUSE(g, "%s: input %d is NULL", op->name, i);
        if (rill_is_inert(in[i]) && in[i]->graph->failed)
            return in[i]->graph == g ? 0
                                     : (rill_graph_fail(g, "%s: input %d failed: %s", op->name, i,
                                                        rill_error(in[i]->graph)),
                                        0);
        if (in[i]->graph != g)
            return RILL_REFUSE(g, "%s: input %d belongs to another graph", op->name, i);
    }
    return 1;
}

rill_tensor *rill_apply_in(rill_graph *g, const rill_op *op, rill_tensor *const *in, int count,
                           const void *attrs)
{
    if (!g || g->failed)
        return rill_inert(g);
    if (!op || !op->name || count < 0 || (count > 0 && !in) || (op->traits & RILL_LEAF))
        return rill_graph_fail(g, "rill_apply: needs an op that is no leaf, and its inputs");
    if (!op->infer && !(op->traits & RILL_ELEMENTWISE))
        return rill_graph_fail(g, "%s: the op has no infer", op->name);
    if (op->attr_size > RILL_MAX_ATTR_SIZE || (op->attr_size > 0 && (!attrs || !op->attrs)))
        return rill_graph_fail(g, "%s: attributes are missing, not described or too large",
                               op->name);
    if (!inputs_usable(g, op, in, count))
        return &g->inert;
    _Alignas(max_align_t) char described[RILL_MAX_ATTR_SIZE] = { 0 };
    copy_described(op, attrs, described);
    rill_tensor node = {
        .op = op, .in = in, .count = count, .attrs = op->attr_size > 0 ? described : NULL
    };
    if (!infer_node(g, &node))
        return &g->inert;
    return op->traits & (RILL_RANDOM | RILL_OPAQUE | RILL_ORDERED) ? append(g, node)
                                                                   : cons(g, node);
}

rill_tensor *rill_apply(const rill_op *op, rill_tensor *const *in, int count, const void *attrs)
{
    for (int i = 0; in && i < count; i++)
        if (in[i])
            return rill_apply_in(in[i]->graph, op, in, count, attrs);
    return rill_inert(NULL);
}

/* ---- Leaves. */

rill_tensor *rill_graph_leaf(rill_graph *g, const rill_op *op, const char *name)
{
    rill_tensor *x = rill_table_get(&g->by_name, rill_hash_text(name));
    while (x && (x->op != op || strcmp(x->leaf->name, name) != 0))
        x = x->next;
    return x;
}

rill_tensor *rill_graph_add_leaf(rill_graph *g, const rill_op *op, rill_dtype dtype,
                                 rill_shape shape, const rill_leaf *leaf)
{
    rill_tensor node = { .op = op, .dtype = dtype, .shape = shape, .leaf = leaf };
    if (leaf && leaf->data)
        return cons(g, node);
    if (!leaf || !leaf->name)
        return append(g, node);
    uint64_t hash = rill_hash_text(leaf->name);
    node.next = rill_table_get(&g->by_name, hash);
    rill_tensor *x = append(g, node);
    if (x != &g->inert && !rill_table_set(&g->by_name, hash, x))
        return rill_graph_no_memory(g);
    return x;
}
