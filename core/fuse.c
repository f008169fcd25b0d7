/* Fusing: cuts the order of execution into steps.  A run of elementwise members of one shape and
 * dtype becomes one step that sweeps over the output once; any other member is a step alone. */
#include "program_impl.h"

#include "../base/alloc.h"

enum { LONGEST = 96 }; /* members of a fused step: their tiles are to stay in cache */

static int joins(const rill_program *p, int64_t member, const rill_step *step)
{
    const rill_tensor *y = p->values[p->members[member]].node;
    const rill_tensor *first = p->values[p->members[step->first]].node;
    return step->count < LONGEST && !(p->passes_off & RILL_NO_FUSE) && y->dtype == first->dtype &&
           rill_shape_equal(&y->shape, &first->shape) && rill_map_of(p, y) && rill_map_of(p, first);
}

int rill_fuse(rill_program *p)
{
    p->steps = rill_alloc_zeroed((size_t)p->member_count, sizeof *p->steps);
    if (!p->steps)
        return rill_graph_no_memory(p->work), 0;
    for (int64_t member = 0; member < p->member_count; member++) {
        rill_step *last = p->step_count > 0 ? &p->steps[p->step_count - 1] : NULL;
        if (last && joins(p, member, last))
            last->count++;
        else
            p->steps[p->step_count++] = (rill_step){ .first = member, .count = 1 };
        p->values[p->members[member]].step = p->step_count - 1;
    }
    if (p->guarded > 0)
        p->guarded = p->values[p->members[p->guarded - 1]].step + 1;
    return 1;
}
