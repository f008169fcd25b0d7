/* Building: hash-consed nodes in an arena, scopes, and the first error. */
#include "graph_impl.h"

#include "alloc.h"
#include "rng.h"
#include "store_impl.h"

#include <stdio.h>
#include <string.h>

const rill_op rill_inert_op = {
    .name = "inert", .doc = "stands for a failure", .traits = RILL_LEAF, .arity = 0
};

/* Stands for NULL and for no memory.  Never written to. */
static rill_graph inert_graph = {
    .inert = { .graph = &inert_graph, .op = &rill_inert_op, .scope = &inert_graph.root },
    .root = { .path = "" },
    .scope = &inert_graph.root,
    .error = { "no graph: NULL was given, or memory ran out" },
    .failed = 1,
};

rill_tensor *rill_inert(rill_graph *g)
{
    return g ? &g->inert : &inert_graph.inert;
}

/* ---- Life and death. */

rill_graph *rill_graph_new(rill_store *store)
{
    rill_graph *g = rill_alloc_zeroed(1, sizeof *g);
    if (!g)
        return &inert_graph;
    g->root.path = "";
    g->scope = &g->root;
    g->inert = (rill_tensor){ .graph = g, .op = &rill_inert_op, .scope = &g->root };
    g->store = store;
    if (store)
        rill_store_keep(store);
    atomic_store(&g->references, 1);
    return g;
}

void rill_graph_keep(rill_graph *g)
{
    atomic_fetch_add(&g->references, 1);
}

void rill_graph_free(rill_graph *g)
{
    if (!g || g == &inert_graph || atomic_fetch_sub(&g->references, 1) > 1)
        return;
    rill_store_free(g->store);
    rill_table_free(&g->by_hash);
    rill_table_free(&g->by_name);
    rill_table_free(&g->by_path);
    rill_free(g->nodes);
    rill_arena_free(&g->arena);
    rill_free(g);
}

rill_store *rill_graph_store(const rill_graph *g)
{
    return g ? g->store : NULL;
}

/* ---- The first error. */

const char *rill_error(const rill_graph *g)
{
    if (!g)
        g = &inert_graph;
    return g->failed ? g->error.text : NULL;
}

static rill_tensor *fail_with(rill_graph *g, const char *op, const char *text)
{
    if (!g || g->failed)
        return rill_inert(g);
    const char *path = g->scope->path;
    g->failed = 1;
    rill_fail(&g->error, RILL_BAD_GRAPH, "%.255s%s%s%s%s", path, *path ? ": " : "", op,
              *op ? ": " : "", text);
    return &g->inert;
}

rill_tensor *rill_graph_fail(rill_graph *g, const char *format, ...)
{
    rill_message message;
    va_list args;
    va_start(args, format);
    vsnprintf(message.text, sizeof message.text, format, args);
    va_end(args);
    return fail_with(g, "", message.text);
}

static rill_tensor *no_memory(rill_graph *g)
{
    return fail_with(g, "", rill_status_text(RILL_NO_MEMORY));
}

int rill_infer_fail(rill_infer *infer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(infer->message.text, sizeof infer->message.text, format, args);
    va_end(args);
    return 0;
}

/* ---- Scopes. */

static rill_scope *scope_at(rill_graph *g, rill_scope *parent, const char *path)
{
    uint64_t hash = rill_hash_text(path);
    rill_scope *newest = rill_table_get(&g->by_path, hash);
    for (rill_scope *s = newest; s; s = s->next)
        if (strcmp(s->path, path) == 0)
            return s;
    rill_scope *fresh = rill_arena_take(&g->arena, sizeof *fresh);
    const char *text = rill_graph_text(g, path);
    if (!fresh || !text || !rill_table_set(&g->by_path, hash, fresh))
        return NULL;
    *fresh = (rill_scope){ .parent = parent, .next = newest, .path = text };
    return fresh;
}

void rill_scope_begin(rill_graph *g, const char *format, ...)
{
    char name[256], path[1024];
    if (!g || g == &inert_graph || !format)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    const char *outer = g->scope->path;
    int length = snprintf(path, sizeof path, "%s%s%s", outer, *outer ? "." : "", name);
    rill_scope *inner = NULL;
    if (length >= (int)sizeof path)
        rill_graph_fail(g, "scope %.64s...: names of nested scopes are limited to %d characters", name,
                        (int)sizeof path - 1);
    else if (!(inner = scope_at(g, g->scope, path)))
        no_memory(g);
    if (inner && g->lost_scopes == 0)
        g->scope = inner;
    else
        g->lost_scopes++;
}

void rill_scope_end(rill_graph *g)
{
    if (!g || g == &inert_graph)
        return;
    if (g->lost_scopes > 0)
        g->lost_scopes--;
    else if (g->scope->parent)
        g->scope = g->scope->parent;
    else
        rill_graph_fail(g, "rill_scope_end without a scope that is open");
}

rill_scope *rill_graph_scope(rill_graph *g, const char *path)
{
    rill_scope *scope = *path ? scope_at(g, &g->root, path) : NULL;
    return scope ? scope : &g->root;
}

rill_place rill_graph_go(rill_graph *g, rill_place there)
{
    rill_place before = { g->scope, g->backward };
    g->scope = there.scope;
    g->backward = there.backward;
    return before;
}

uint64_t rill_graph_stream(rill_graph *g)
{
    char name[1100];
    if (!g || g == &inert_graph)
        return 0;
    snprintf(name, sizeof name, "%s#%llu", g->scope->path, (unsigned long long)g->scope->streams++);
    return rill_stream_key(rill_store_seed(g->store), name);
}

const char *rill_graph_text(rill_graph *g, const char *text)
{
    return rill_arena_copy(&g->arena, text, strlen(text) + 1);
}

/* ---- Attributes. */

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

/* Copies what the description tells of and nothing between, so that equal attributes are equal bytes.
 * `out` is zeroed. */
static void copy_described(const rill_op *op, const void *attrs, char *out)
{
    static const size_t sizes[] = { [RILL_ATTR_INT] = sizeof(int64_t),
                                    [RILL_ATTR_FLOAT] = sizeof(double),
                                    [RILL_ATTR_DTYPE] = sizeof(rill_dtype),
                                    [RILL_ATTR_KEY] = sizeof(uint64_t) };
    for (int i = 0; i < op->attr_count; i++) {
        const rill_attr *attr = &op->attrs[i];
        const char *from = (const char *)attrs + attr->offset;
        if (attr->kind == RILL_ATTR_AXES)
            copy_axes(out + attr->offset, from);
        else if (attr->kind == RILL_ATTR_SHAPE)
            copy_shape(out + attr->offset, from);
        else
            memcpy(out + attr->offset, from, sizes[attr->kind]);
    }
}

/* ---- Nodes. */

static rill_tensor *append(rill_graph *g, rill_tensor node)
{
    void *nodes = g->nodes;
    if (!rill_grow(&nodes, &g->capacity, g->size + 1, sizeof *g->nodes))
        return no_memory(g);
    g->nodes = nodes;
    size_t links = (size_t)node.count * sizeof *node.in;
    rill_tensor *x = rill_arena_take(&g->arena, sizeof *x + links);
    if (!x)
        return no_memory(g);
    *x = node;
    if (links > 0)
        x->in = memcpy(x + 1, node.in, links);
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
    size_t attr_size = node.attrs ? node.op->attr_size : 0;
    if (attr_size > 0 && !(node.attrs = rill_arena_copy(&g->arena, node.attrs, attr_size)))
        return no_memory(g);
    node.next = newest;
    rill_tensor *x = append(g, node);
    if (x != &g->inert && !rill_table_set(&g->by_hash, hash, x))
        return no_memory(g);
    return x;
}

static rill_tensor *add_distinct(rill_graph *g, rill_tensor node)
{
    size_t attr_size = node.attrs ? node.op->attr_size : 0;
    if (attr_size > 0 && !(node.attrs = rill_arena_copy(&g->arena, node.attrs, attr_size)))
        return no_memory(g);
    return append(g, node);
}

/* Elementwise ops without an infer: one dtype, numpy's broadcasting. */
static int infer_elementwise(rill_infer *infer)
{
    char a[RILL_SHAPE_TEXT], b[RILL_SHAPE_TEXT];
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
            return no_memory(g), 0;
    }
    for (size_t i = 0; i < count; i++) {
        shapes[i] = node->in[i]->shape;
        dtypes[i] = node->in[i]->dtype;
    }
    rill_infer infer = { .op = node->op,
                         .count = node->count,
                         .shape = shapes,
                         .dtype = dtypes,
                         .attrs = node->attrs };
    int (*rule)(rill_infer *) = node->op->infer;
    int known = rule ? rule(&infer) : count > 0 ? infer_elementwise(&infer) : 0;
    if (known && !rill_shape_valid(&infer.out_shape)) {
        char text[RILL_SHAPE_TEXT];
        known = rill_infer_fail(&infer, "the result %s is too large",
                                rill_shape_print(&infer.out_shape, text, sizeof text));
    }
    if (!known)
        return fail_with(g, node->op->name, infer.message.text), 0;
    node->shape = infer.out_shape;
    for (int i = node->shape.rank; i < RILL_MAX_RANK; i++)
        node->shape.dim[i] = 0; /* shapes are hashed as bytes */
    node->dtype = infer.out_dtype;
    return 1;
}

/* 0 when an input is missing (an error), inert (silent) or of another graph (an error). */
static int inputs_usable(rill_graph *g, const rill_op *op, rill_tensor *const *in, int count)
{
    if (op->arity != RILL_ANY_ARITY && count != op->arity)
        return rill_graph_fail(g, "%s: takes %d inputs, got %d", op->name, op->arity, count), 0;
    for (int i = 0; i < count; i++) {
        if (!in[i])
            return rill_graph_fail(g, "%s: input %d is NULL", op->name, i), 0;
        if (rill_is_inert(in[i]) && in[i]->graph->failed)
            return in[i]->graph == g ? 0 : (rill_graph_fail(g, "%s: input %d failed: %s", op->name, i,
                                                            rill_error(in[i]->graph)), 0);
        if (in[i]->graph != g)
            return rill_graph_fail(g, "%s: input %d belongs to another graph", op->name, i), 0;
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
        return rill_graph_fail(g, "%s: attributes are missing, not described or too large", op->name);
    if (!inputs_usable(g, op, in, count))
        return &g->inert;
    _Alignas(16) char described[RILL_MAX_ATTR_SIZE];
    if (op->attr_size > 0) {
        memset(described, 0, op->attr_size);
        copy_described(op, attrs, described);
    }
    rill_tensor node = { .op = op,
                         .in = in,
                         .count = count,
                         .attrs = op->attr_size > 0 ? described : NULL };
    if (!infer_node(g, &node))
        return &g->inert;
    if (op->traits & (RILL_RANDOM | RILL_OPAQUE | RILL_ORDERED))
        return add_distinct(g, node);
    return cons(g, node);
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

rill_tensor *rill_graph_add_leaf(rill_graph *g, const rill_op *op, rill_dtype dtype, rill_shape shape,
                                 const rill_leaf *leaf)
{
    rill_tensor node = { .op = op, .dtype = dtype, .shape = shape, .leaf = leaf };
    if (leaf && leaf->data) {
        rill_tensor *x = cons(g, node);
        return x;
    }
    uint64_t hash = leaf && leaf->name ? rill_hash_text(leaf->name) : 0;
    if (hash)
        node.next = rill_table_get(&g->by_name, hash);
    rill_tensor *x = append(g, node);
    if (hash && x != &g->inert && !rill_table_set(&g->by_name, hash, x))
        return no_memory(g);
    return x;
}
