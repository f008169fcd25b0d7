/* real.h (private) - elements of arrays as doubles: reference kernels are written once, and in f32
 * they round only what they store. */
#ifndef RILL_OPS_REAL_H
#define RILL_OPS_REAL_H

#include "../core/dtype.h"

#include <stdint.h>

static inline double rill_real_at(rill_dtype dtype, const void *data, int64_t i)
{
    return dtype == RILL_F64 ? ((const double *)data)[i] : (double)((const float *)data)[i];
}

static inline void rill_real_set(rill_dtype dtype, void *data, int64_t i, double value)
{
    if (dtype == RILL_F64)
        ((double *)data)[i] = value;
    else
        ((float *)data)[i] = (float)value;
}

/* The same for any dtype; i32 takes whole numbers within its range. */
static inline void rill_number_set(rill_dtype dtype, void *data, int64_t i, double value)
{
    if (dtype == RILL_I32)
        ((int32_t *)data)[i] = (int32_t)value;
    else
        rill_real_set(dtype, data, i, value);
}

#endif
