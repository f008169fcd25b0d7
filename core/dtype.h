/* dtype.h - the element types: f32 for speed, f64 for checking, i32 for indices. */
#ifndef RILL_CORE_DTYPE_H
#define RILL_CORE_DTYPE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rill_dtype { RILL_F32, RILL_F64, RILL_I32, RILL_DTYPE_COUNT } rill_dtype;

/* "f32"; "?" for a value that is no dtype. */
const char *rill_dtype_name(rill_dtype dtype);
/* Bytes of one element; 0 for a value that is no dtype. */
size_t rill_dtype_size(rill_dtype dtype);
/* 1 for f32 and f64. */
int rill_dtype_is_float(rill_dtype dtype);

#ifdef __cplusplus
}
#endif
#endif
