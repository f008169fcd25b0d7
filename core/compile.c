/* Compiling: the passes in order, each checked in debug builds. */
#include "program_impl.h"

#include "../base/alloc.h"
#include "region.h"
#include "store_impl.h"

#include <string.h>

void rill_program_free(rill_program *p)
{
    if (!p)
        return;
    rill_region_free(p->region);
    rill_walk_free(&p->walk);
    rill_free(p->values);
    rill_free(p->members);
    rill_free(p->steps);
    rill_arena_free(&p->arena);
    rill_free(p->memory);
    rill_free(p->scratch);
    rill_free(p->outputs);
    rill_free(p->roots);
    rill_free(p->plain);
    rill_graph_free(p->work);
    rill_graph_free(p->source);
    rill_free(p);
}

/* ---- State: entries that the program reads, found or created. */

static int materialise(rill_program *p)
{
    int64_t n = 0;
    rill_message message;
    rill_wanted *wanted = rill_alloc((size_t)p->walk.count, sizeof *wanted);
    for (int64_t at = 0; wanted && at < p->walk.count; at++) {
        const rill_tensor *x = p->walk.nodes[at];
        if (x->op == &rill_state_op)
            wanted[n++] =
                (rill_wanted){ x->leaf->name, x->leaf->role, x->dtype, x->shape, x->leaf->init };
    }
    rill_status status =
        rill_fail(&message, RILL_NO_MEMORY, "%s", rill_status_text(RILL_NO_MEMORY));
    if (wanted)
        status = n == 0 ? RILL_OK : rill_store_materialise(p->work->store, wanted, n, &message);
    rill_free(wanted);
    if (status != RILL_OK)
        rill_graph_fail(p->work, "%s", message.text);
    return status == RILL_OK;
}

/* ---- Lists of the values with a part in every run. */

static int64_t *listed(rill_program *p, int (*belongs)(const rill_value *), int64_t *count)
{
    *count = 0;
    for (int64_t at = 0; at < p->walk.count; at++)
        *count += belongs(&p->values[at]);
    int64_t *list = rill_arena_take(&p->arena, (size_t)*count * sizeof *list);
    for (int64_t at = 0, i = 0; list && at < p->walk.count; at++)
        if (belongs(&p->values[at]))
            list[i++] = at;
    return list;
}

static int is_input(const rill_value *v)
{
    return v->node->op == &rill_input_op;
}

static int is_guard(const rill_value *v)
{
    return rill_has(v->node, RILL_GUARD);
}

static int is_commit(const rill_value *v)
{
    return rill_has(v->node, RILL_COMMIT);
}

static int is_copied(const rill_value *v)
{
    return v->copied;
}

static int one_assign_each(const rill_program *p)
{
    rill_table seen = { 0 };
    int done = 1;
    for (int64_t i = 0; i < p->commit_count && done; i++) {
        const rill_tensor *state = p->values[p->commits[i]].node->in[0];
        if (rill_table_get(&seen, rill_key_of(state)))
            done = (rill_graph_fail(p->work, "%s is assigned twice", state->leaf->name), 0);
        else if (!rill_table_set(&seen, rill_key_of(state), p->commits))
            done = (rill_graph_no_memory(p->work), 0);
    }
    rill_table_free(&seen);
    return done;
}

static int make_lists(rill_program *p)
{
    p->inputs = listed(p, is_input, &p->input_count);
    p->guards = listed(p, is_guard, &p->guard_count);
    p->commits = listed(p, is_commit, &p->commit_count);
    p->copied = listed(p, is_copied, &p->copied_count);
    if (!p->inputs || !p->guards || !p->commits || !p->copied)
        return rill_graph_no_memory(p->work), 0;
    return one_assign_each(p);
}

/* ---- Passes. */

static int simplify_unless_off(rill_program *p)
{
    return p->passes_off & RILL_NO_SIMPLIFY ? 1 : rill_simplify(p);
}

static int slice_unless_off(rill_program *p)
{
    memcpy(p->plain, p->roots, (size_t)p->output_count * sizeof *p->roots);
    return p->passes_off & RILL_NO_SLICE ? 1 : rill_slice_batch(p);
}

static const struct {
    int (*run)(rill_program *p);
    const char *(*verify)(const rill_program *p); /* of debug builds; NULL: none */
    int of_slices;                                /* made for the program of a slice as well */
} passes[] = {
    { rill_lower, NULL, 0 },                 /* a graph of its own, of ops that run */
    { simplify_unless_off, NULL, 0 },        /* the same, cheaper */
    { slice_unless_off, NULL, 0 },           /* a part of it by slices of the batch */
    { rill_order, rill_verify_schedule, 1 }, /* in which order */
    { rill_fuse, NULL, 1 },                  /* in which steps */
    { materialise, NULL, 0 },                /* state entries are there */
    { rill_plan, rill_verify_plan, 1 },      /* where each value lives */
    { rill_bind, NULL, 0 },                  /* pointers and kernels */
    { rill_split, NULL, 0 },                 /* into pieces for the threads */
    { make_lists, NULL, 0 },                 /* what has a part in every run */
};

static int run_passes(rill_program *p)
{
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        if (p->is_slice && !passes[i].of_slices)
            continue;
        if (!passes[i].run(p) || p->work->failed)
            return 0;
#ifndef NDEBUG
        const char *wrong = passes[i].verify ? passes[i].verify(p) : NULL;
        if (wrong)
            return RILL_REFUSE(p->work, "internal: %s", wrong);
#endif
    }
    return 1;
}

/* ---- Driver. */

static int outputs_usable(rill_graph *g, rill_tensor *const *outputs, int64_t count)
{
    if (!g || g->failed)
        return 0;
    if (count < 1 || !outputs)
        return RILL_REFUSE(g, "compile: needs at least one output");
    if (rill_instruction_set_refused())
        return RILL_REFUSE(g, "compile: %s", rill_instruction_set_refused());
    for (int64_t i = 0; i < count; i++)
        if (!outputs[i] || outputs[i]->graph != g || rill_is_inert(outputs[i]))
            return RILL_REFUSE(g, "compile: output %lld %s", (long long)i,
                               outputs[i] && outputs[i]->graph != g ? "belongs to another graph"
                                                                    : "is NULL");
    return 1;
}

static rill_program *new_program(rill_graph *work, rill_tensor *const *outputs, int64_t count,
                                 uint32_t passes_off)
{
    rill_program *p = rill_alloc_zeroed(1, sizeof *p);
    if (!p)
        return NULL;
    size_t size = (size_t)count * sizeof *p->outputs;
    p->outputs = rill_alloc((size_t)count, sizeof *p->outputs);
    p->roots = rill_alloc((size_t)count, sizeof *p->roots);
    p->plain = rill_alloc((size_t)count, sizeof *p->plain);
    p->passes_off = passes_off;
    p->output_count = count;
    if (!p->outputs || !p->roots || !p->plain || rill_error(work)) {
        rill_program_free(p);
        return NULL;
    }
    memcpy(p->outputs, outputs, size);
    memcpy(p->roots, outputs, size);
    p->work = work;
    return p;
}

rill_program *rill_slice_program(rill_graph *work, rill_tensor *const *roots, int64_t count,
                                 uint32_t passes_off)
{
    rill_program *p = new_program(work, roots, count, passes_off);
    if (!p)
        return NULL;
    p->is_slice = 1;
    if (run_passes(p))
        return p;
    p->work = NULL; /* still the caller's */
    rill_program_free(p);
    return NULL;
}

rill_program *rill_program_make(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                                uint32_t passes_off, rill_message *why)
{
    rill_graph *work = rill_graph_new(g->store);
    rill_program *p = new_program(work, outputs, count, passes_off);
    if (p) {
        rill_graph_keep(g);
        p->source = g;
        if (run_passes(p))
            return p;
    } else {
        rill_graph_free(work);
    }
    rill_fail(why, RILL_BAD_GRAPH, "%s",
              p ? p->work->error.text : rill_status_text(RILL_NO_MEMORY));
    rill_program_free(p);
    return NULL;
}

rill_program *rill_compile_outputs(rill_graph *g, rill_tensor *const *outputs, int64_t count,
                                   const rill_compile_options *options)
{
    if (!outputs_usable(g, outputs, count))
        return NULL;
    rill_message why;
    rill_program *p = rill_program_make(g, outputs, count, options ? options->passes_off : 0, &why);
    if (!p) {
        g->error = why; /* as it is: the scope is in it already */
        g->failed = 1;
    }
    return p;
}
