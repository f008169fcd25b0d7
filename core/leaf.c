/* The leaves of a graph: what is fed, stored, known, or stands for a value not known yet. */
#include "graph_impl.h"

#include "store_impl.h"

#include <stdio.h>
#include <string.h>

const rill_op rill_input_op = { .name = "input",
                                .doc = "fed before a run",
                                .traits = RILL_LEAF | RILL_OPAQUE };
const rill_op rill_constant_op = { .name = "constant", .doc = "known now", .traits = RILL_LEAF };
const rill_op rill_state_op = { .name = "state",
                                .doc = "an entry of the store, before the run",
                                .traits = RILL_LEAF | RILL_OPAQUE };
const rill_op rill_opaque_op = { .name = "opaque",
                                 .doc = "stands for any value",
                                 .traits = RILL_LEAF | RILL_OPAQUE };

static int usable(rill_graph *g, const char *what, const char *name, rill_dtype dtype,
                  const rill_shape *shape)
{
    if (!g || g->failed)
        return 0;
    if (!name)
        return RILL_REFUSE(g, "%s: the name is NULL", what);
    if (rill_dtype_size(dtype) == 0)
        return RILL_REFUSE(g, "%s %s: %d is no dtype", what, name, (int)dtype);
    if (!rill_shape_valid(shape))
        return RILL_REFUSE(g, "%s %s: the shape is invalid (rank 0 to %d, no negative extent)",
                           what, name, RILL_MAX_RANK);
    return 1;
}

/* `x` when it has this dtype and shape, else an error that names both. */
static rill_tensor *same_or_fail(rill_tensor *x, const char *what, rill_dtype dtype,
                                 const rill_shape *shape)
{
    char was[RILL_SHAPE_TEXT], is[RILL_SHAPE_TEXT];
    if (x->dtype == dtype && rill_shape_equal(&x->shape, shape))
        return x;
    return rill_graph_fail(x->graph, "%s %s: %s%s here, %s%s before", what, x->leaf->name,
                           rill_dtype_name(dtype), rill_shape_print(shape, is, sizeof is),
                           rill_dtype_name(x->dtype), rill_shape_print(&x->shape, was, sizeof was));
}

static rill_tensor *add_named(rill_graph *g, const rill_op *op, rill_dtype dtype, rill_shape shape,
                              rill_leaf leaf)
{
    leaf.name = rill_graph_text(g, leaf.name);
    const rill_leaf *kept = rill_arena_copy(&g->arena, &leaf, sizeof leaf);
    if (!leaf.name || !kept)
        return rill_graph_no_memory(g);
    return rill_graph_add_leaf(g, op, dtype, shape, kept);
}

rill_tensor *rill_input(rill_graph *g, const char *name, rill_dtype dtype, rill_shape shape)
{
    if (!usable(g, "input", name, dtype, &shape))
        return rill_inert(g);
    rill_tensor *there = rill_graph_leaf(g, &rill_input_op, name);
    if (there)
        return same_or_fail(there, "input", dtype, &shape);
    return add_named(g, &rill_input_op, dtype, shape, (rill_leaf){ .name = name });
}

static rill_tensor *stored_differently(rill_graph *g, const char *name, rill_dtype dtype,
                                       const rill_shape *shape, const rill_entry_info *entry)
{
    char was[RILL_SHAPE_TEXT], is[RILL_SHAPE_TEXT];
    return rill_graph_fail(g, "state %s: %s%s here, %s%s in the store", name,
                           rill_dtype_name(dtype), rill_shape_print(shape, is, sizeof is),
                           rill_dtype_name(entry->dtype),
                           rill_shape_print(&entry->shape, was, sizeof was));
}

rill_tensor *rill_state(rill_graph *g, rill_role role, rill_dtype dtype, rill_shape shape,
                        rill_init init, const char *full_name)
{
    if (!usable(g, "state", full_name, dtype, &shape))
        return rill_inert(g);
    if (!g->store)
        return rill_graph_fail(g, "state %s: the graph has no store", full_name);
    if ((int)role < RILL_PARAMETER || role > RILL_COUNTER)
        return rill_graph_fail(g, "state %s: %d is no role", full_name, (int)role);
    rill_tensor *there = rill_graph_leaf(g, &rill_state_op, full_name);
    if (there)
        return same_or_fail(there, "state", dtype, &shape);
    rill_entry_info entry;
    if (rill_store_find(g->store, full_name, &entry) == RILL_OK &&
        (entry.dtype != dtype || !rill_shape_equal(&entry.shape, &shape)))
        return stored_differently(g, full_name, dtype, &shape, &entry);
    return add_named(g, &rill_state_op, dtype, shape,
                     (rill_leaf){ .name = full_name, .role = role, .init = init });
}

rill_tensor *rill_param(rill_graph *g, rill_dtype dtype, rill_shape shape, rill_init init,
                        const char *name)
{
    char full_name[RILL_SCOPE_TEXT + 256];
    if (!usable(g, "parameter", name, dtype, &shape))
        return rill_inert(g);
    const char *scope = g->scope->path;
    int length = snprintf(full_name, sizeof full_name, "%s%s%s", scope, *scope ? "." : "", name);
    if (length >= (int)sizeof full_name)
        return rill_graph_fail(g, "parameter %.64s...: the name is too long", name);
    return rill_state(g, RILL_PARAMETER, dtype, shape, init, full_name);
}

rill_tensor *rill_opaque_like(rill_tensor *x)
{
    if (rill_is_inert(x))
        return rill_inert(rill_graph_of(x));
    return rill_graph_add_leaf(x->graph, &rill_opaque_op, x->dtype, x->shape, NULL);
}

/* ---- Constants. */

static rill_tensor *add_constant(rill_graph *g, rill_dtype dtype, rill_shape shape,
                                 const void *data, int64_t stored)
{
    rill_leaf leaf = { .data = data, .stored = stored };
    leaf.data = rill_arena_copy(&g->arena, data, (size_t)stored * rill_dtype_size(dtype));
    const rill_leaf *kept = rill_arena_copy(&g->arena, &leaf, sizeof leaf);
    if (!leaf.data || !kept)
        return rill_graph_no_memory(g);
    return rill_graph_add_leaf(g, &rill_constant_op, dtype, shape, kept);
}

/* 1 when `count` elements of `size` bytes are all alike. */
static int all_alike(const void *data, int64_t count, size_t size)
{
    const char *bytes = data;
    return count > 0 && memcmp(bytes, bytes + size, (size_t)(count - 1) * size) == 0;
}

rill_tensor *rill_constant(rill_graph *g, rill_dtype dtype, rill_shape shape, const void *data,
                           int64_t count)
{
    if (!usable(g, "constant", "", dtype, &shape))
        return rill_inert(g);
    if (count != rill_shape_count(&shape) || (count > 0 && !data))
        return rill_graph_fail(g, "constant: the shape has %lld elements, the data %lld",
                               (long long)rill_shape_count(&shape), (long long)(data ? count : 0));
    int64_t stored = all_alike(data, count, rill_dtype_size(dtype)) ? 1 : count;
    return add_constant(g, dtype, shape, data ? data : "", stored);
}

rill_tensor *rill_full(rill_graph *g, rill_dtype dtype, rill_shape shape, double value)
{
    if (!usable(g, "full", "", dtype, &shape))
        return rill_inert(g);
    float f32 = (float)value;
    int32_t i32 = rill_nearest_i32(value);
    const void *as[RILL_DTYPE_COUNT] = {
        [RILL_F32] = &f32, [RILL_F64] = &value, [RILL_I32] = &i32
    };
    return add_constant(g, dtype, shape, as[dtype], 1);
}

rill_tensor *rill_scalar_like(rill_tensor *x, double value)
{
    return rill_is_inert(x) ? rill_inert(rill_graph_of(x))
                            : rill_full(x->graph, x->dtype, RILL_SCALAR, value);
}

rill_tensor *rill_leaf_copy(rill_graph *g, const rill_tensor *x)
{
    if (x->op == &rill_constant_op)
        return add_constant(g, x->dtype, x->shape, x->leaf->data, x->leaf->stored);
    if (x->op == &rill_state_op)
        return rill_state(g, x->leaf->role, x->dtype, x->shape, x->leaf->init, x->leaf->name);
    if (x->op == &rill_input_op)
        return rill_input(g, x->leaf->name, x->dtype, x->shape);
    return rill_graph_fail(g, "%s: a value that is not known cannot be run", x->op->name);
}

int rill_is_splat(const rill_tensor *x, double *value)
{
    while (x && rill_has(x, RILL_VIEW) && x->count > 0)
        x = x->in[0];
    if (!x || x->op != &rill_constant_op || x->leaf->stored != 1)
        return 0;
    const void *data = x->leaf->data;
    double known = x->dtype == RILL_F64   ? *(const double *)data
                   : x->dtype == RILL_F32 ? (double)*(const float *)data
                                          : *(const int32_t *)data;
    if (value)
        *value = known;
    return 1;
}
