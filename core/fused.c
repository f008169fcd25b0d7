/* Running a fused step: every tile of the output goes through all loads and maps while in cache. */
#include "program_impl.h"

#include <string.h>

/* Walks of adjacent axes that are one walk in memory are joined. */
static void join_axes(rill_load *load)
{
    int rank = 0;
    for (int i = 0; i < load->rank; i++) {
        int64_t extent = load->extent[i], stride = load->stride[i];
        if (extent == 1)
            continue;
        if (rank > 0 && load->stride[rank - 1] == extent * stride) {
            load->extent[rank - 1] *= extent;
            load->stride[rank - 1] = stride;
            continue;
        }
        load->extent[rank] = extent;
        load->stride[rank++] = stride;
    }
    load->rank = rank;
}

rill_load rill_load_of(const rill_tensor *x, const rill_shape *shape)
{
    rill_load load = { .slot = -1, .rank = shape->rank };
    int64_t strides[RILL_MAX_RANK];
    int constant = x->op == &rill_constant_op;
    rill_shape_strides(&x->shape, strides);
    for (int back = 1; back <= shape->rank; back++) {
        int axis = shape->rank - back, from = x->shape.rank - back;
        load.extent[axis] = shape->dim[axis];
        load.stride[axis] = from >= 0 && x->shape.dim[from] != 1 ? strides[from] : 0;
    }
    if (rill_count(x) == 1 || (constant && x->leaf->stored == 1))
        load.rank = 0; /* one element, as often as it is asked for */
    load.data = constant ? x->leaf->data : NULL;
    join_axes(&load);
    return load;
}

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* n elements of 4 or 8 bytes, `stride` elements apart. */
static inline void copy_run(char *out, const char *from, int64_t stride, int64_t n, size_t size)
{
    enum { SHORT = 8 }; /* a call of memcpy costs more */
    uint32_t word;
    if (stride == 1 && n > SHORT) {
        memcpy(out, from, (size_t)n * size);
    } else if (size == 4 && stride == 0) {
        memcpy(&word, from, sizeof word); /* one for all: stores of whole vectors */
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 4, &word, 4);
    } else if (size == 4) {
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 4, from + i * stride * 4, 4);
    } else {
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 8, from + i * stride * 8, 8);
    }
}

void rill_load_run(const rill_load *load, int64_t begin, int64_t n, size_t element_size, char *out)
{
    int64_t at[RILL_MAX_RANK], from = 0, rest = begin;
    int inner = load->rank - 1;
    if (n <= 0)
        return; /* extents may be 0 */
    for (int axis = inner; axis >= 0; axis--) {
        at[axis] = rest % load->extent[axis];
        rest /= load->extent[axis];
        from += at[axis] * load->stride[axis];
    }
    if (inner < 0) {
        copy_run(out, load->data, 0, n, element_size);
        return;
    }
    while (n > 0) {
        int64_t run = load->extent[inner] - at[inner], stride = load->stride[inner];
        int64_t runs = 1, apart = inner > 0 ? load->stride[inner - 1] : 0;
        if (inner > 0 && at[inner] == 0 && run < n) /* whole ones, side by side */
            runs = least(n / run, load->extent[inner - 1] - at[inner - 1]);
        run = least(run, n);
        for (int64_t i = 0; i < runs; i++, out += (size_t)run * element_size)
            copy_run(out, load->data + (size_t)(from + i * apart) * element_size, stride, run,
                     element_size);
        n -= runs * run;
        at[inner] += run;
        from += (runs - 1) * apart + run * stride;
        at[inner > 0 ? inner - 1 : 0] += runs - 1;
        for (int axis = inner; axis > 0 && at[axis] == load->extent[axis]; axis--) {
            from += load->stride[axis - 1] - at[axis] * load->stride[axis];
            at[axis] = 0;
            at[axis - 1]++;
        }
    }
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
    for (int axis = load->rank - 1; axis > 0; axis--)
        elements *= load->extent[axis];
    return load->rank == 0 ? 1 : load->stride[0] == 0 ? elements : 0;
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
    int64_t done = load->rank > 0 || size != 4 ? least(load->period, n) : n;
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
