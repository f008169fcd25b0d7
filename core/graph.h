/* graph.h - the graph: an append-only, hash-consed arena of tensors, built by calling constructors.
 *
 * A tensor is a node: an op, its inputs, a shape and a dtype.  It holds no data.  Equal nodes are
 * one node.  Building never crashes and needs no checks: a failed constructor returns the graph's
 * inert tensor, later calls on it do nothing, and rill_error() (or rill_compile()) tells the first
 * failure with the op, the shapes and the scope:
 *
 *     hidden1: matmul: inner dimensions differ: [256,64] x [65,64]
 *
 * A graph is used by one thread at a time; different graphs may be used at once. */
#ifndef RILL_CORE_GRAPH_H
#define RILL_CORE_GRAPH_H

#include "../base/status.h"
#include "dtype.h"
#include "op.h"
#include "shape.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_store rill_store;

/* A new graph whose parameters and state live in `store` (NULL: a graph without state).  Holds a
 * reference to the store.  Never NULL: without memory it is the static inert graph. */
rill_graph *rill_graph_new(rill_store *store);
/* Gives up the caller's reference: the graph and all its tensors go when the last program compiled
 * from it goes too. */
void rill_graph_free(rill_graph *g);
/* The first failure since the graph was made, or NULL when there is none. */
const char *rill_error(const rill_graph *g);
/* Records a failure of the caller's own (the first one stays) and returns the inert tensor. */
rill_tensor *rill_graph_fail(rill_graph *g, const char *format, ...) RILL_PRINTF(2, 3);
rill_store *rill_graph_store(const rill_graph *g);

/* Scopes name what is built inside them, nested: "net.hidden0".  They name parameters and random
 * streams, prefix errors and are the clusters of a drawing.  An empty name is an error, and so is a
 * path of more than 1023 characters; each begin needs its end all the same. */
void rill_scope_begin(rill_graph *g, const char *format, ...) RILL_PRINTF(2, 3);
/* The same for functions that take a format and its arguments themselves. */
void rill_scope_begin_args(rill_graph *g, const char *format, va_list args) RILL_PRINTF(2, 0);
void rill_scope_end(rill_graph *g);
/* The key of the next random stream of the open scope: a hash of (seed of the store, scope,
 * ordinal). */
uint64_t rill_graph_stream(rill_graph *g);

/* ---- Leaves. */
extern const rill_op rill_input_op, rill_constant_op, rill_state_op, rill_opaque_op;

/* A value fed before each run. */
rill_tensor *rill_input(rill_graph *g, const char *name, rill_dtype dtype, rill_shape shape);
/* A value known now: `count` elements of type `dtype` are copied. */
rill_tensor *rill_constant(rill_graph *g, rill_dtype dtype, rill_shape shape, const void *data,
                           int64_t count);
/* The same value everywhere, stored once.  In f32 and i32 the value is rounded. */
rill_tensor *rill_full(rill_graph *g, rill_dtype dtype, rill_shape shape, double value);
/* A scalar constant of x's dtype: [] broadcasts against anything. */
rill_tensor *rill_scalar_like(rill_tensor *x, double value);

/* How a state entry starts.  Random values depend on (seed of the store, name) alone. */
typedef enum rill_init_kind {
    RILL_INIT_CONSTANT, /* scale */
    RILL_INIT_NORMAL,   /* scale times a standard normal deviate */
    RILL_INIT_UNIFORM   /* uniform on (-scale, scale) */
} rill_init_kind;
typedef struct rill_init {
    rill_init_kind kind;
    double scale;
} rill_init;

/* What a state entry is for: what a file of weights holds, and what optimisers train. */
typedef enum rill_role { RILL_PARAMETER, RILL_MOMENT, RILL_AVERAGE, RILL_COUNTER } rill_role;

/* The value of a named entry of the store before the run: found, or created when a program that
 * uses it is compiled.  The name is prefixed with the open scopes, joined by dots. */
rill_tensor *rill_param(rill_graph *g, rill_dtype dtype, rill_shape shape, rill_init init,
                        const char *name);
/* The same with a role and a full name, without the scopes. */
rill_tensor *rill_state(rill_graph *g, rill_role role, rill_dtype dtype, rill_shape shape,
                        rill_init init, const char *full_name);
/* A value of x's shape and dtype that the engine knows nothing of: never merged nor folded.  It
 * cannot be run; derivatives use it as a stand-in. */
rill_tensor *rill_opaque_like(rill_tensor *x);

/* ---- Looking at a tensor.  All accept what any constructor returned, and NULL (inert). */
rill_graph *rill_graph_of(const rill_tensor *x);
const rill_op *rill_op_of(const rill_tensor *x);
rill_dtype rill_dtype_of(const rill_tensor *x);
rill_shape rill_shape_of(const rill_tensor *x);
int rill_rank(const rill_tensor *x);
int64_t rill_dim(const rill_tensor *x, int axis); /* negative axes count from the end */
int64_t rill_count(const rill_tensor *x);         /* elements */
int rill_input_count(const rill_tensor *x);
rill_tensor *rill_input_at(const rill_tensor *x, int i);
const void *rill_attrs_of(const rill_tensor *x);
/* The name of an input or state entry; "" otherwise. */
const char *rill_name_of(const rill_tensor *x);
/* The role of a state entry; RILL_PARAMETER otherwise. */
rill_role rill_role_of(const rill_tensor *x);
/* The scopes the node was built in: "net.hidden0"; "" outside. */
const char *rill_scope_of(const rill_tensor *x);
/* 1 when the node was built by a derivative. */
int rill_is_backward(const rill_tensor *x);
/* 1 for the inert tensor, which stands for a failure. */
int rill_is_inert(const rill_tensor *x);
/* 1 when every element is the same known value (looking through views). */
int rill_is_splat(const rill_tensor *x, double *value);
/* The entries with `role` that y[0..n-1], of one graph, depend on, each before what uses it;
 * returns how many there are and writes at most `capacity` of them.  -1, writing none, without
 * memory. */
int64_t rill_depends_on(rill_tensor *const *y, int64_t n, rill_role role, rill_tensor **out,
                        int64_t capacity);

/* Nodes so far: ids are 0..rill_graph_size-1 in the order of building, inputs before users. */
int64_t rill_graph_size(const rill_graph *g);
int64_t rill_id_of(const rill_tensor *x);

#ifdef __cplusplus
}
#endif
#endif
