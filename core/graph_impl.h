/* graph_impl.h (private) - the layout of graphs and tensors, for the rest of core. */
#ifndef RILL_CORE_GRAPH_IMPL_H
#define RILL_CORE_GRAPH_IMPL_H

#include "../base/arena.h"
#include "../base/table.h"
#include "graph.h"

#include <stdatomic.h>

enum { RILL_SCOPE_TEXT = 1024 }; /* bytes of the longest path of a scope */

typedef struct rill_scope {
    struct rill_scope *parent;
    struct rill_scope *next; /* another scope whose path has the same hash */
    const char *path;        /* "net.hidden0"; "" for the root */
    uint64_t streams;        /* random streams handed out so far */
} rill_scope;

/* What a leaf is, beyond op, shape and dtype. */
typedef struct rill_leaf {
    const char *name; /* of inputs and state entries */
    rill_role role;
    rill_init init;
    const void *data; /* of constants: `stored` elements, all of them or one for all */
    int64_t stored;
} rill_leaf;

struct rill_tensor {
    rill_graph *graph;
    const rill_op *op;
    rill_tensor *const *in; /* [count] */
    const void *attrs;
    const rill_leaf *leaf;
    rill_scope *scope;
    rill_tensor *next; /* another tensor with the same hash */
    int64_t id;
    uint64_t epoch; /* the walk that saw it last, and where */
    int64_t mark;
    int32_t count;
    rill_dtype dtype;
    int backward; /* built by a derivative */
    rill_shape shape;
};

struct rill_graph {
    rill_arena arena;
    rill_tensor **nodes; /* by id */
    size_t size, capacity;
    rill_table by_hash; /* hash of a node -> the newest, chained by `next` */
    rill_table by_name; /* hash of a leaf's name -> the newest leaf, chained by `next` */
    rill_table by_path; /* hash of a scope's path -> scope */
    rill_scope root, *scope;
    int64_t lost_scopes; /* scopes that could not be opened, and are still to be closed */
    int backward;        /* 1 while a derivative is built */
    uint64_t epoch;      /* walks that marked tensors so far */
    int marking;         /* one is under way */
    rill_store *store;
    rill_tensor inert;
    rill_message error;
    int failed;
    atomic_int references;
};

extern const rill_op rill_inert_op;

void rill_graph_keep(rill_graph *g);

/* rill_graph_fail() in functions that return 0 on failure. */
#define RILL_REFUSE(g, ...) (rill_graph_fail(g, __VA_ARGS__), 0)
/* rill_graph_fail() for want of memory. */
rill_tensor *rill_graph_no_memory(rill_graph *g);

/* Bytes of an attribute; 0 for what is no kind. */
size_t rill_attr_size(rill_attr_kind kind);

/* The inert tensor of g; of the static inert graph for NULL. */
rill_tensor *rill_inert(rill_graph *g);

/* Appends a leaf (and, when it has a name, remembers it); inert on failure. */
rill_tensor *rill_graph_add_leaf(rill_graph *g, const rill_op *op, rill_dtype dtype,
                                 rill_shape shape, const rill_leaf *leaf);
/* The input or state entry called `name`, or NULL. */
rill_tensor *rill_graph_leaf(rill_graph *g, const rill_op *op, const char *name);
/* The same leaf in another graph. */
rill_tensor *rill_leaf_copy(rill_graph *g, const rill_tensor *leaf);
/* A text that lives as long as the graph. */
const char *rill_graph_text(rill_graph *g, const char *text);

/* Where new nodes belong: a scope, and a derivative or not.  Going elsewhere returns the place to
 * come back to. */
typedef struct rill_place {
    rill_scope *scope;
    int backward;
} rill_place;
rill_place rill_graph_go(rill_graph *g, rill_place there);
/* The scope called `path` of g; its root when there is no memory. */
rill_scope *rill_graph_scope(rill_graph *g, const char *path);

static inline int rill_has(const rill_tensor *x, uint32_t trait)
{
    return (x->op->traits & trait) != 0;
}

#endif
