/* Simplifying: each op's own algebra, and constants folded by the kernels that would have run. */
#include "program_impl.h"

#include "../base/alloc.h"

enum {
    FOLD_AT_MOST = 1 << 16, /* elements: a folded constant is kept in the graph */
    FOLD_BYTES = 1 << 22    /* of it and its inputs, all written out */
};

static int foldable(const rill_tensor *y)
{
    if (y->count == 0 || rill_has(y, RILL_RANDOM | RILL_OPAQUE | RILL_ORDERED | RILL_LEAF))
        return 0;
    for (int i = 0; i < y->count; i++)
        if (y->in[i]->op != &rill_constant_op)
            return 0;
    return rill_count(y) <= FOLD_AT_MOST;
}

static int all_splat(const rill_tensor *y)
{
    for (int i = 0; i < y->count; i++)
        if (y->in[i]->leaf->stored != 1)
            return 0;
    return 1;
}

/* The values of a constant under another shape. */
static rill_tensor *reshaped(const rill_tensor *constant, const rill_tensor *y)
{
    return rill_graph_add_leaf(y->graph, &rill_constant_op, y->dtype, y->shape, constant->leaf);
}

/* One element stands for all: the map runs once. */
static rill_tensor *fold_splat(rill_program *p, const rill_tensor *y)
{
    const void *in[RILL_MAX_MAPPED];
    double value[1] = { 0 };
    rill_map *map = rill_map_of(p, y);
    if (!map || !all_splat(y))
        return NULL;
    for (int i = 0; i < y->count; i++)
        in[i] = y->in[i]->leaf->data;
    map(value, in, y->attrs, 1);
    rill_tensor *scalar = rill_constant(y->graph, y->dtype, RILL_SCALAR, value, 1);
    return rill_is_inert(scalar) ? scalar : reshaped(scalar, y);
}

static size_t bytes_of(const rill_tensor *x)
{
    return ((size_t)rill_count(x) * rill_dtype_size(x->dtype) + 63) / 64 * 64;
}

static int64_t fold_size(const rill_tensor *y)
{
    int64_t total = (int64_t)bytes_of(y);
    for (int i = 0; i < y->count && total <= FOLD_BYTES; i++)
        total += (int64_t)bytes_of(y->in[i]);
    return total;
}

/* Runs the kernel on constants laid out in `memory`. */
static int run_constants(rill_program *p, const rill_tensor *y, char *memory, rill_array_view *in)
{
    rill_call call = { .op = y->op, .attrs = y->attrs, .count = y->count, .in = in };
    const rill_kernel *kernel = rill_kernel_of(p, y);
    call.out = (rill_array_view){ y->dtype, y->shape, memory };
    memory += bytes_of(y);
    for (int i = 0; i < y->count; i++) {
        in[i] = (rill_array_view){ y->in[i]->dtype, y->in[i]->shape, memory };
        rill_load load = rill_load_of(y->in[i], &y->in[i]->shape);
        rill_load_run(&load, 0, rill_count(y->in[i]), rill_dtype_size(y->in[i]->dtype), memory);
        memory += bytes_of(y->in[i]);
    }
    return kernel && rill_call_whole(kernel, &call);
}

/* Stretches each constant to y's shape and maps them. */
static int map_constants(rill_program *p, const rill_tensor *y, char *memory, const void **in)
{
    int64_t count = rill_count(y);
    char *out = memory;
    for (int i = 0; i < y->count; i++) {
        rill_load load = rill_load_of(y->in[i], &y->shape);
        memory += bytes_of(y);
        in[i] = memory;
        rill_load_run(&load, 0, count, rill_dtype_size(y->dtype), memory);
    }
    rill_map_of(p, y)(out, in, y->attrs, count);
    return 1;
}

static rill_tensor *fold_dense(rill_program *p, const rill_tensor *y)
{
    int maps = rill_map_of(p, y) != NULL;
    int64_t size = maps ? (int64_t)bytes_of(y) * (y->count + 1) : fold_size(y);
    if ((!maps && !rill_kernel_of(p, y)) || size > FOLD_BYTES)
        return NULL;
    char *memory = rill_alloc_aligned((size_t)size);
    rill_array_view *views = rill_alloc((size_t)y->count, sizeof *views);
    const void **in = rill_alloc((size_t)y->count, sizeof *in);
    rill_tensor *known = NULL;
    if (memory && views && in &&
        (maps ? map_constants(p, y, memory, in) : run_constants(p, y, memory, views)))
        known = rill_constant(y->graph, y->dtype, y->shape, memory, rill_count(y));
    rill_free(memory);
    rill_free(views);
    rill_free(in);
    return known;
}

static rill_tensor *folded(rill_program *p, rill_tensor *y)
{
    if (!foldable(y))
        return NULL;
    if (rill_has(y, RILL_VIEW))
        return reshaped(y->in[0], y);
    rill_tensor *splat = rill_has(y, RILL_ELEMENTWISE) ? fold_splat(p, y) : NULL;
    return splat ? splat : fold_dense(p, y);
}

static rill_tensor *simpler(rill_program *p, rill_tensor *y)
{
    enum { PATIENCE = 16 }; /* rewrites of one node, in case rules undo each other */
    rill_tensor *best = NULL;
    for (int round = 0; round < PATIENCE && !rill_is_inert(y); round++) {
        rill_tensor *next = folded(p, y);
        if (!next && y->op->simplify && !rill_has(y, RILL_LEAF))
            next = y->op->simplify(y);
        if (!next || next == y)
            break;
        best = y = next;
    }
    return best;
}

int rill_simplify(rill_program *p)
{
    enum { ROUNDS = 8 }; /* what a rule builds is simplified in the next round */
    for (int round = 0; round < ROUNDS; round++) {
        int64_t changes = 0;
        if (!rill_rewrite(p, simpler, &changes))
            return 0;
        if (changes == 0)
            break;
    }
    return 1;
}
