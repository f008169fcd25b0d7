/* Lowering: copies what the outputs need into the program's own graph, and opens composites that
 * have no kernel. */
#include "program_impl.h"

#include "../base/alloc.h"

/* ---- Rewriting. */

int rill_rewriting_begin(rill_rewriting *r, const rill_program *p)
{
    if (!rill_walk_from(&r->walk, p->roots, p->output_count, NULL))
        return 0;
    r->image = rill_alloc_zeroed((size_t)r->walk.count, sizeof *r->image);
    r->in = rill_alloc((size_t)rill_walk_widest(&r->walk), sizeof *r->in);
    return r->image && r->in;
}

rill_tensor *rill_rebuilt(rill_program *p, rill_rewriting *r, int64_t at)
{
    rill_tensor *x = r->walk.nodes[at];
    int same = x->graph == p->work;
    rill_scope *scope = same ? x->scope : rill_graph_scope(p->work, x->scope->path);
    rill_graph_go(p->work, (rill_place){ scope, x->backward });
    if (rill_has(x, RILL_LEAF))
        return same ? x : rill_leaf_copy(p->work, x);
    for (int i = 0; i < x->count; i++) {
        r->in[i] = r->image[rill_walk_index(&r->walk, x->in[i])];
        same = same && r->in[i] == x->in[i];
    }
    return same ? x : rill_apply_in(p->work, x->op, r->in, x->count, x->attrs);
}

void rill_rewriting_end(rill_program *p, rill_rewriting *r)
{
    rill_graph_go(p->work, (rill_place){ &p->work->root, 0 });
    for (int64_t i = 0; i < p->output_count && !p->work->failed; i++)
        p->roots[i] = r->image[rill_walk_index(&r->walk, p->roots[i])];
}

void rill_rewriting_free(rill_rewriting *r)
{
    rill_free(r->image);
    rill_free(r->in);
    rill_walk_free(&r->walk);
}

int rill_rewrite(rill_program *p, rill_rewrite_rule *rule, int64_t *changes)
{
    rill_rewriting r = { 0 };
    if (!rill_rewriting_begin(&r, p))
        rill_graph_no_memory(p->work);
    for (int64_t at = 0; at < r.walk.count && !p->work->failed; at++) {
        rill_tensor *y = rill_rebuilt(p, &r, at);
        rill_tensor *better = rule && !rill_is_inert(y) ? rule(p, y) : NULL;
        *changes += better != NULL;
        r.image[at] = better ? better : y;
    }
    rill_rewriting_end(p, &r);
    rill_rewriting_free(&r);
    return !p->work->failed;
}

/* ---- Lowering. */

static rill_tensor *opened(rill_program *p, rill_tensor *y)
{
    const rill_op *op = y->op;
    int runs = op->kernel.eval || op->map[y->dtype] || (op->traits & (RILL_LEAF | RILL_VIEW));
    if (!op->expand || (runs && !(p->passes_off & RILL_EXPAND)))
        return NULL;
    return op->expand(y);
}

int rill_lower(rill_program *p)
{
    enum { DEEPEST = 64 }; /* composites made of composites made of ... */
    int64_t changes = 1;
    for (int round = 0; changes > 0; round++) {
        changes = 0;
        if (!rill_rewrite(p, opened, &changes))
            return 0;
        if (round == DEEPEST)
            return RILL_REFUSE(p->work, "composites nest deeper than %d", DEEPEST);
    }
    return 1;
}
