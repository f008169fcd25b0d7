/* npy.h - numpy's .npy format, read from memory and written as a header that bytes follow.
 *
 * Versions 1.0, 2.0 and 3.0; float32, float64, int32, int64 and uint8, little-endian; read in C
 * and in Fortran's order, written in C order.
 * Anything else is refused with a message that says what was found and what is taken.
 * Format: numpy.lib.format, NEP 1. */
#ifndef RILL_FORMATS_NPY_H
#define RILL_FORMATS_NPY_H

#include "../base/status.h"
#include "../core/shape.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rill_npy_type {
    RILL_NPY_F4,
    RILL_NPY_F8,
    RILL_NPY_I4,
    RILL_NPY_I8,
    RILL_NPY_U1,
    RILL_NPY_TYPE_COUNT
} rill_npy_type;

/* "f4"; "?" for a value that is no type. */
const char *rill_npy_type_name(rill_npy_type type);
/* Bytes of one element; 0 for a value that is no type. */
size_t rill_npy_type_size(rill_npy_type type);

/* A view of a .npy file in memory.  Nothing is copied: the bytes must outlive it. */
typedef struct rill_npy {
    rill_npy_type type;
    rill_shape shape;
    int column_major; /* the data are in Fortran's order; what is read of them is not */
    const void *data; /* within the bytes that were parsed, aligned for nothing */
} rill_npy;

/* Checks a whole file: header, shape, and that exactly the data follows.
 * RILL_BAD_FORMAT: not a well-formed .npy file.  RILL_UNSUPPORTED: a well-formed one of another
 * version, type, byte order or rank. */
rill_status rill_npy_parse(const void *bytes, size_t size, rill_npy *npy, rill_message *message);

/* Number of elements; -1 for a view that parse did not make. */
int64_t rill_npy_count(const rill_npy *npy);

/* Copies elements first..first+count-1, in row-major order, to `out`.
 * RILL_BAD_ARGUMENT: they are not all there.  RILL_BAD_FORMAT: a value has no place in the result:
 * a finite one beyond f32, or one that is not an integer of 32 bits; `out` is then partly written.
 */
rill_status rill_npy_read_f64(const rill_npy *npy, double *out, int64_t first, int64_t count,
                              rill_message *message);
rill_status rill_npy_read_f32(const rill_npy *npy, float *out, int64_t first, int64_t count,
                              rill_message *message);
rill_status rill_npy_read_i32(const rill_npy *npy, int32_t *out, int64_t first, int64_t count,
                              rill_message *message);

/* Holds the header of any shape. */
#define RILL_NPY_HEADER_MAX 512

/* The header that numpy writes for this array (version 1.0, a multiple of 64 bytes), to be followed
 * by its elements in row-major order.  *length is its size. RILL_BAD_ARGUMENT: no such type, an
 * invalid shape, or more than `capacity` bytes. */
rill_status rill_npy_header(rill_npy_type type, const rill_shape *shape, char *out, size_t capacity,
                            size_t *length);

#ifdef __cplusplus
}
#endif
#endif
