/* number.h (private) - element i of an array of f32 or f64, written and read as a double. */
#ifndef RILL_MODELS_ODE_NUMBER_H
#define RILL_MODELS_ODE_NUMBER_H

#include "../../core/dtype.h"

#include <stdint.h>

static inline void rill_put_number(rill_dtype dtype, void *array, int64_t i, double value)
{
    if (dtype == RILL_F64)
        ((double *)array)[i] = value;
    else
        ((float *)array)[i] = (float)value;
}

static inline void rill_put_numbers(rill_dtype dtype, void *array, const double *values,
                                    int64_t count)
{
    if (dtype == RILL_F64)
        for (int64_t i = 0; i < count; i++)
            ((double *)array)[i] = values[i];
    else
        for (int64_t i = 0; i < count; i++)
            ((float *)array)[i] = (float)values[i];
}

static inline double rill_number_at(rill_dtype dtype, const void *array, int64_t i)
{
    return dtype == RILL_F64 ? ((const double *)array)[i] : (double)((const float *)array)[i];
}

#endif
