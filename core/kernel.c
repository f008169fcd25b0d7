/* Choosing the kernel that runs a node. */
#include "program_impl.h"

#include "../base/alloc.h"

const char *rill_instruction_set(void)
{
    return rill_builtin_backend()->name;
}

const char *rill_instruction_set_refused(void)
{
    return rill_builtin_backend()->refusal;
}

rill_map *rill_map_of(const rill_program *p, const rill_tensor *y)
{
    if (!rill_has(y, RILL_ELEMENTWISE) || y->count == 0 || y->count > RILL_MAX_MAPPED)
        return NULL;
    for (int i = 0; i < y->count; i++)
        if (y->in[i]->dtype != y->dtype)
            return NULL;
    rill_map *fast = NULL;
    if (!(p->passes_off & RILL_NO_FAST))
        fast = rill_builtin_backend()->map(y->op, y->dtype);
    return fast ? fast : y->op->map[y->dtype];
}

rill_pair_map *rill_pair_of(const rill_program *p, const rill_tensor *y, const rill_tensor *next)
{
    if ((p->passes_off & RILL_NO_FAST) || y->count != next->count || y->dtype != next->dtype)
        return NULL;
    for (int i = 0; i < y->count; i++)
        if (y->in[i] != next->in[i])
            return NULL;
    return rill_builtin_backend()->pair(y->op, next->op, y->dtype);
}

const rill_kernel *rill_kernel_of(const rill_program *p, const rill_tensor *y)
{
    const rill_kernel *fast = NULL;
    if (!(p->passes_off & RILL_NO_FAST))
        fast = rill_builtin_backend()->kernel(y->op, y->dtype);
    if (fast)
        return fast;
    return y->op->kernel.eval ? &y->op->kernel : NULL;
}

int rill_call_whole(const rill_kernel *kernel, const rill_call *call)
{
    rill_call whole = *call;
    size_t scratch = kernel->scratch ? kernel->scratch(call) : 0;
    char *memory = scratch > 0 ? rill_alloc_aligned(scratch) : NULL;
    if (scratch > 0 && !memory)
        return 0;
    whole.scratch = memory;
    kernel->eval(&whole, 0, kernel->units ? kernel->units(call) : 1);
    rill_free(memory);
    return 1;
}
