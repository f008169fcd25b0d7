/* Running a fused step: every tile of the output goes through all loads and maps while in cache. */
#include "program_impl.h"

#include <string.h>

_Static_assert(RILL_MOST_AXES >= RILL_MAX_RANK, "a walk has room for every axis");

rill_load rill_load_of(const rill_tensor *x, const rill_shape *shape)
{
    rill_load load = { .slot = -1, .walk.rank = shape->rank };
    int64_t strides[RILL_MAX_RANK];
    int constant = x->op == &rill_constant_op;
    rill_shape_strides(&x->shape, strides);
    for (int back = 1; back <= shape->rank; back++) {
        int axis = shape->rank - back, from = x->shape.rank - back;
        load.walk.extent[axis] = shape->dim[axis];
        load.walk.stride[axis] = from >= 0 && x->shape.dim[from] != 1 ? strides[from] : 0;
    }
    if (rill_count(x) == 1 || (constant && x->leaf->stored == 1))
        load.walk.rank = 0; /* one element, as often as it is asked for */
    load.data = constant ? x->leaf->data : NULL;
    rill_strides_join(&load.walk);
    return load;
}

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static char *located(const rill_operand *operand, size_t offset, char *scratch)
{
    return operand->slot >= 0 ? scratch + operand->slot * RILL_TILE_BYTES : operand->data + offset;
}

static void run_tile(const rill_fused *fused, int64_t begin, int64_t n, char *scratch)
{
    size_t offset = (size_t)begin * fused->element_size;
    for (int64_t i = 0; i < fused->load_count; i++)
        if (fused->loads[i].period == 0)
            rill_load_run(&fused->loads[i], begin, n, fused->element_size,
                          scratch + fused->loads[i].slot * RILL_TILE_BYTES);
    for (int64_t i = 0; i < fused->mapping_count; i++) {
        const rill_mapping *m = &fused->mappings[i];
        const void *in[RILL_MAX_MAPPED];
        for (int k = 0; k < m->count; k++)
            in[k] = located(&m->in[k], offset, scratch);
        char *out = located(&m->out, offset, scratch);
        if (m->pair)
            m->pair(out, located(&m->second, offset, scratch), in, m->attrs, n);
        else
            m->map(out, in, m->attrs, n);
    }
}

/* Elements after which the walk starts again from the same place; 0 when it never does. */
static int64_t period_of(const rill_load *load)
{
    int64_t elements = 1;
    for (int axis = load->walk.rank - 1; axis > 0; axis--)
        elements *= load->walk.extent[axis];
    return load->walk.rank == 0 ? 1 : load->walk.stride[0] == 0 ? elements : 0;
}

void rill_choose_tile(rill_fused *fused)
{
    int64_t most = RILL_TILE_BYTES / (int64_t)fused->element_size, longest = 1;
    for (int64_t i = 0; i < fused->load_count; i++) {
        int64_t period = fused->loads[i].period = period_of(&fused->loads[i]);
        longest = period > longest ? period : longest;
    }
    fused->tile = longest <= most ? most / longest * longest : most;
    for (int64_t i = 0; i < fused->load_count; i++)
        if (fused->loads[i].period > 0 && fused->tile % fused->loads[i].period != 0)
            fused->loads[i].period = 0;
}

/* Brings in a period, and doubles it until there are n elements. */
static void load_repeated(const rill_load *load, int64_t n, size_t size, char *out)
{
    int64_t done = load->walk.rank > 0 || size != 4 ? least(load->period, n) : n;
    rill_load_run(load, 0, done, size, out);
    for (int64_t more; done < n; done += more) {
        more = least(n - done, done);
        memcpy(out + (size_t)done * size, out, (size_t)more * size);
    }
}

void rill_run_fused(const rill_fused *fused, int64_t begin, int64_t end, char *scratch)
{
    int64_t tile = fused->tile, some = least(fused->elements, tile);
    for (int64_t i = 0; i < fused->load_count; i++)
        if (fused->loads[i].period > 0)
            load_repeated(&fused->loads[i], some, fused->element_size,
                          scratch + fused->loads[i].slot * RILL_TILE_BYTES);
    for (int64_t first = begin * tile; first < end * tile; first += tile)
        run_tile(fused, first, least(fused->elements - first, tile), scratch);
}
