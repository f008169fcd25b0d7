/* Graphs: their life, their scopes, and the first error. */
#include "graph_impl.h"

#include "../base/alloc.h"
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

rill_tensor *rill_graph_fail(rill_graph *g, const char *format, ...)
{
    if (!g || g->failed)
        return rill_inert(g);
    rill_message message;
    va_list args;
    va_start(args, format);
    vsnprintf(message.text, sizeof message.text, format, args);
    va_end(args);
    const char *path = g->scope->path;
    g->failed = 1;
    rill_fail(&g->error, RILL_BAD_GRAPH, "%.255s%s%s", path, *path ? ": " : "", message.text);
    return &g->inert;
}

rill_tensor *rill_graph_no_memory(rill_graph *g)
{
    return rill_graph_fail(g, "%s", rill_status_text(RILL_NO_MEMORY));
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

/* The scope called so within the open one, or NULL with the graph's error set. */
static rill_scope *scope_within(rill_graph *g, const char *format, va_list args)
{
    char path[RILL_SCOPE_TEXT];
    const char *outer = g->scope->path;
    int around = snprintf(path, sizeof path, "%s%s", outer, *outer ? "." : "");
    int own = format ? vsnprintf(path + around, sizeof path - (size_t)around, format, args) : 0;
    rill_scope *inner = NULL;
    if (own <= 0)
        rill_graph_fail(g, "a scope needs a name");
    else if (own >= (int)sizeof path - around)
        rill_graph_fail(g, "scope %.64s...: names of nested scopes are limited to %d characters",
                        path + around, RILL_SCOPE_TEXT - 1);
    else if (!(inner = scope_at(g, g->scope, path)))
        rill_graph_no_memory(g);
    return inner;
}

void rill_scope_begin_args(rill_graph *g, const char *format, va_list args)
{
    if (!g || g == &inert_graph)
        return;
    rill_scope *inner = g->lost_scopes == 0 ? scope_within(g, format, args) : NULL;
    if (inner)
        g->scope = inner;
    else
        g->lost_scopes++;
}

void rill_scope_begin(rill_graph *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    rill_scope_begin_args(g, format, args);
    va_end(args);
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
    char name[RILL_SCOPE_TEXT + 32]; /* "#" and the digits of a number */
    if (!g || g == &inert_graph)
        return 0;
    snprintf(name, sizeof name, "%s#%llu", g->scope->path, (unsigned long long)g->scope->streams++);
    return rill_stream_key(rill_store_seed(g->store), name);
}

const char *rill_graph_text(rill_graph *g, const char *text)
{
    return rill_arena_copy(&g->arena, text, strlen(text) + 1);
}
