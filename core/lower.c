/* Lowering: copies what the outputs need into the program's own graph, and opens composites that
 * have no kernel. */
#include "program_impl.h"

#include "../base/alloc.h"

/* What a node of the old graph became. */
typedef struct rewriting {
    rill_tensor **image; /* [walk.count] */
    rill_tensor **in;    /* inputs of the node under way */
    rill_walk walk;
} rewriting;

/* The node with its inputs replaced, in the program's graph. */
static rill_tensor *rebuilt(rill_program *p, rewriting *r, rill_tensor *x)
{
    int same = x->graph == p->work;
    if (rill_has(x, RILL_LEAF))
        return same ? x : rill_leaf_copy(p->work, x);
    for (int i = 0; i < x->count; i++) {
        r->in[i] = r->image[rill_walk_index(&r->walk, x->in[i])];
        same = same && r->in[i] == x->in[i];
    }
    return same ? x : rill_apply_in(p->work, x->op, r->in, x->count, x->attrs);
}

static void replace_all(rill_program *p, rewriting *r, rill_rewrite_rule *rule, int64_t *changes)
{
    for (int64_t at = 0; at < r->walk.count && !p->work->failed; at++) {
        rill_tensor *x = r->walk.nodes[at];
        rill_scope *scope =
            x->graph == p->work ? x->scope : rill_graph_scope(p->work, x->scope->path);
        rill_graph_go(p->work, (rill_place){ scope, x->backward });
        rill_tensor *y = rebuilt(p, r, x);
        rill_tensor *better = rule && !rill_is_inert(y) ? rule(p, y) : NULL;
        *changes += better != NULL;
        r->image[at] = better ? better : y;
    }
    rill_graph_go(p->work, (rill_place){ &p->work->root, 0 });
}

int rill_rewrite(rill_program *p, rill_rewrite_rule *rule, int64_t *changes)
{
    rewriting r = { 0 };
    int done = rill_walk_from(&r.walk, p->roots, p->output_count, NULL);
    if (done) {
        r.image = rill_alloc((size_t)r.walk.count, sizeof *r.image);
        r.in = rill_alloc((size_t)rill_walk_widest(&r.walk), sizeof *r.in);
        done = r.image && r.in;
    }
    if (done) {
        replace_all(p, &r, rule, changes);
        for (int64_t i = 0; i < p->output_count && !p->work->failed; i++)
            p->roots[i] = r.image[rill_walk_index(&r.walk, p->roots[i])];
    } else {
        rill_graph_no_memory(p->work);
    }
    rill_free(r.image);
    rill_free(r.in);
    rill_walk_free(&r.walk);
    return !p->work->failed;
}

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
