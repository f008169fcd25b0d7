#include "dtype.h"

static const struct {
    const char *name;
    size_t size;
    int is_float;
} dtypes[RILL_DTYPE_COUNT] = {
    [RILL_F32] = { "f32", 4, 1 },
    [RILL_F64] = { "f64", 8, 1 },
    [RILL_I32] = { "i32", 4, 0 },
};

static int valid(rill_dtype dtype)
{
    return (int)dtype >= 0 && dtype < RILL_DTYPE_COUNT;
}

const char *rill_dtype_name(rill_dtype dtype)
{
    return valid(dtype) ? dtypes[dtype].name : "?";
}

size_t rill_dtype_size(rill_dtype dtype)
{
    return valid(dtype) ? dtypes[dtype].size : 0;
}

int rill_dtype_is_float(rill_dtype dtype)
{
    return valid(dtype) && dtypes[dtype].is_float;
}
