#include "shape.h"

#include <stdio.h>
#include <string.h>

rill_shape rill_shape_make(int rank, const int64_t *dims)
{
    rill_shape shape = { .rank = rank };
    if (rank < 0 || rank > RILL_MAX_RANK || (rank > 0 && !dims))
        return (rill_shape){ .rank = -1 };
    rill_shape known = shape; /* with 1 for an extent of -1, which is kept */
    for (int i = 0; i < rank; i++) {
        shape.dim[i] = dims[i];
        known.dim[i] = dims[i] == -1 ? 1 : dims[i];
    }
    return rill_shape_valid(&known) ? shape : (rill_shape){ .rank = -1 };
}

int rill_shape_valid(const rill_shape *shape)
{
    if (!shape || shape->rank < 0 || shape->rank > RILL_MAX_RANK)
        return 0;
    int64_t count = 1; /* with zero extents counted as one, so that no order of axes overflows */
    for (int i = 0; i < shape->rank; i++) {
        int64_t dim = shape->dim[i];
        if (dim < 0 || dim > RILL_MAX_COUNT / count)
            return 0;
        count *= dim > 0 ? dim : 1;
    }
    return 1;
}

int64_t rill_shape_count(const rill_shape *shape)
{
    if (!rill_shape_valid(shape))
        return -1;
    int64_t count = 1;
    for (int i = 0; i < shape->rank; i++)
        count *= shape->dim[i];
    return count;
}

int rill_shape_equal(const rill_shape *a, const rill_shape *b)
{
    if (!a || !b || a->rank != b->rank)
        return 0;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i])
            return 0;
    return 1;
}

int64_t rill_shape_dim(const rill_shape *shape, int axis)
{
    if (!shape || shape->rank < 0 || shape->rank > RILL_MAX_RANK)
        return 1;
    int at = axis < 0 ? axis + shape->rank : axis;
    return at < 0 || at >= shape->rank ? 1 : shape->dim[at];
}

int rill_shape_broadcast(const rill_shape *a, const rill_shape *b, rill_shape *out)
{
    if (!rill_shape_valid(a) || !rill_shape_valid(b) || !out)
        return 0;
    rill_shape shape = { .rank = a->rank > b->rank ? a->rank : b->rank };
    for (int back = 1; back <= shape.rank; back++) {
        int64_t da = rill_shape_dim(a, -back), db = rill_shape_dim(b, -back);
        if (da != db && da != 1 && db != 1)
            return 0;
        shape.dim[shape.rank - back] = da == 1 ? db : da;
    }
    *out = shape;
    return rill_shape_valid(out);
}

void rill_shape_strides(const rill_shape *shape, int64_t strides[RILL_MAX_RANK])
{
    int64_t stride = 1;
    memset(strides, 0, RILL_MAX_RANK * sizeof *strides);
    for (int i = shape->rank - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= shape->dim[i];
    }
}

char *rill_shape_print(const rill_shape *shape, char *text, size_t size)
{
    if (!text || size == 0)
        return text;
    if (!shape || shape->rank < 0 || shape->rank > RILL_MAX_RANK) {
        snprintf(text, size, "[invalid]");
        return text;
    }
    size_t used = (size_t)snprintf(text, size, "[");
    for (int i = 0; i < shape->rank && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%lld", i ? "," : "",
                                 (long long)shape->dim[i]);
    if (used < size)
        snprintf(text + used, size - used, "]");
    return text;
}
