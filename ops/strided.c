#include "strided.h"

#include <string.h>

/* Elements are moved, never computed with, so that only their size matters. */
typedef uint32_t __attribute__((may_alias)) word32;
typedef uint64_t __attribute__((may_alias)) word64;

static void move_run32(void *out, const void *in, int64_t stride, int64_t count)
{
    word32 *to = out;
    const word32 *from = in;
    for (int64_t i = 0; i < count; i++)
        to[i] = from[i * stride];
}

static void move_run64(void *out, const void *in, int64_t stride, int64_t count)
{
    word64 *to = out;
    const word64 *from = in;
    for (int64_t i = 0; i < count; i++)
        to[i] = from[i * stride];
}

static void move_run(void *out, const void *in, int64_t stride, int64_t count, size_t size)
{
    if (stride == 1)
        memcpy(out, in, (size_t)count * size);
    else if (size == sizeof(word32))
        move_run32(out, in, stride, count);
    else
        move_run64(out, in, stride, count);
}

/* Axes of the output and the strides they are read with, outermost first. */
typedef struct odometer {
    int rank; /* at least 1 */
    int64_t dim[RILL_MAX_RANK], stride[RILL_MAX_RANK], index[RILL_MAX_RANK];
    int64_t position; /* in the input, of the element at `index` */
} odometer;

/* Joins axes that are read as one, so that the innermost run is as long as it can be. */
static odometer odometer_of(const rill_shape *shape, const rill_strided *walk)
{
    odometer o = { .rank = 1, .dim = { 1 }, .position = walk->offset };
    for (int i = 0; i < shape->rank; i++) {
        int last = o.rank - 1;
        if (shape->dim[i] == 1)
            continue;
        if (o.dim[last] != 1 && o.stride[last] != walk->stride[i] * shape->dim[i])
            last = o.rank++;
        o.dim[last] = (o.dim[last] > 1 ? o.dim[last] : 1) * shape->dim[i];
        o.stride[last] = walk->stride[i];
    }
    return o;
}

static void odometer_seek(odometer *o, int64_t element)
{
    for (int i = o->rank - 1; i >= 0; i--) {
        o->index[i] = element % o->dim[i];
        o->position += o->index[i] * o->stride[i];
        element /= o->dim[i];
    }
}

/* Moves on by `count` elements that do not pass the end of the innermost axis. */
static void odometer_advance(odometer *o, int64_t count)
{
    o->index[o->rank - 1] += count;
    o->position += count * o->stride[o->rank - 1];
    for (int i = o->rank - 1; i > 0 && o->index[i] == o->dim[i]; i--) {
        o->position += o->stride[i - 1] - o->dim[i] * o->stride[i];
        o->index[i] = 0;
        o->index[i - 1]++;
    }
}

void rill_strided_read(const rill_call *call, const rill_strided *walk, int64_t begin, int64_t end)
{
    if (begin >= end)
        return;
    size_t size = rill_dtype_size(call->out.dtype);
    char *out = call->out.data;
    const char *in = call->in[0].data;
    odometer o = odometer_of(&call->out.shape, walk);
    odometer_seek(&o, begin);
    int inner = o.rank - 1;
    for (int64_t at = begin; at < end;) {
        int64_t left = o.dim[inner] - o.index[inner];
        int64_t run = left < end - at ? left : end - at;
        move_run(out + (size_t)at * size, in + o.position * (int64_t)size, o.stride[inner], run,
                 size);
        odometer_advance(&o, run);
        at += run;
    }
}

int64_t rill_strided_units(const rill_call *call)
{
    return rill_shape_count(&call->out.shape);
}
