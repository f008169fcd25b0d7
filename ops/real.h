/* real.h (private) - elements of f32 and f64 arrays as doubles: reference kernels are written once,
 * and in f32 they round only what they store. */
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

#endif
