/* Naming the op that produced a NaN or an infinity: the run is repeated with every value kept. */
#include "program_impl.h"

#include <string.h>

static void feed_alike(rill_program *to, const rill_program *from)
{
    for (int64_t i = 0; i < from->input_count; i++) {
        const rill_value *given = &from->values[from->inputs[i]];
        for (int64_t k = 0; k < to->input_count; k++) {
            rill_value *v = &to->values[to->inputs[k]];
            if (strcmp(v->node->leaf->name, given->node->leaf->name) != 0)
                continue;
            memcpy(v->data, given->data, v->bytes);
            v->fed = 1;
        }
    }
}

static void name_culprit(rill_program *p, const rill_tensor *x)
{
    const char *scope = x->scope->path, *name = rill_name_of(x);
    if (*name)
        rill_fail(&p->error, RILL_NOT_FINITE, "%s %s holds a NaN or an infinity", x->op->name,
                  name);
    else
        rill_fail(&p->error, RILL_NOT_FINITE, "%s%s%s gave a NaN or an infinity%s", scope,
                  *scope ? ": " : "", x->op->name, x->backward ? " (in a derivative)" : "");
}

/* The first value in the order of execution that is not finite: leaves before what is computed. */
static const rill_tensor *culprit(const rill_program *p)
{
    for (int64_t at = 0; at < p->walk.count; at++)
        if (rill_has(p->values[at].node, RILL_LEAF) &&
            p->values[at].node->op != &rill_constant_op && !rill_value_finite(p, at))
            return p->values[at].node;
    for (int64_t m = 0; m < p->member_count; m++)
        if (!rill_value_finite(p, p->members[m]))
            return p->values[p->members[m]].node;
    return NULL;
}

void rill_blame(rill_program *p)
{
    uint32_t off = p->passes_off | RILL_NO_FUSE | RILL_NO_REUSE | RILL_NO_SLICE;
    rill_fail(&p->error, RILL_NOT_FINITE, "a guarded value is NaN or infinite");
    rill_program *replay = rill_program_make(p->work, p->plain, p->output_count, off, NULL);
    if (!replay)
        return;
    feed_alike(replay, p);
    if (rill_ready(replay) == RILL_OK) {
        rill_copy_states(replay);
        rill_run_jobs(replay, 0, replay->job_count);
        const rill_tensor *x = culprit(replay);
        if (x)
            name_culprit(p, x);
    }
    rill_program_free(replay);
}
