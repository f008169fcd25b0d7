#include "strided.h"

#include "base/strided.h"

void rill_strided_read(const rill_call *call, const rill_strided *walk, int64_t begin, int64_t end)
{
    const rill_shape *shape = &call->out.shape;
    size_t size = rill_dtype_size(call->out.dtype);
    rill_strides strides = { .rank = shape->rank };
    for (int i = 0; i < shape->rank; i++) {
        strides.extent[i] = shape->dim[i];
        strides.stride[i] = walk->stride[i];
    }
    rill_strides_join(&strides);
    rill_strided_copy(&strides, (const char *)call->in[0].data + walk->offset * (int64_t)size,
                      begin, end - begin, size, (char *)call->out.data + (size_t)begin * size);
}

int64_t rill_strided_units(const rill_call *call)
{
    return rill_shape_count(&call->out.shape);
}
