/* shape.h - the extents of a tensor, row-major, rank 0 (a scalar) to RILL_MAX_RANK. */
#ifndef RILL_CORE_SHAPE_H
#define RILL_CORE_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RILL_MAX_RANK 8
/* No tensor has more elements: sizes in bytes, strides and their sums then fit int64_t. */
#define RILL_MAX_COUNT (INT64_C(1) << 48)

typedef struct rill_shape {
    int32_t rank;
    int64_t dim[RILL_MAX_RANK]; /* dim[rank..] are 0 */
} rill_shape;

/* rill_shape_make(n, dims): copies `rank` extents.  A rank or extent out of range gives an invalid
 * shape (rank -1), which every constructor refuses with a message.  An extent of -1 is kept:
 * reshape works it out, and every other constructor refuses it as well. */
rill_shape rill_shape_make(int rank, const int64_t *dims);

/* RILL_SHAPE(256, 2) is [256,2]; RILL_SCALAR is []. */
#ifdef __cplusplus
extern "C++" {
template <typename... Dims> inline rill_shape rill_shape_from(Dims... dims)
{
    const int64_t list[] = { static_cast<int64_t>(dims)... };
    return rill_shape_make(static_cast<int>(sizeof...(dims)), list);
}
}
#define RILL_SHAPE(...) rill_shape_from(__VA_ARGS__)
#define RILL_SCALAR     rill_shape_make(0, nullptr)
#else
#define RILL_SHAPE(...)                                                                            \
    rill_shape_make((int)(sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)),             \
                    (const int64_t[]){ __VA_ARGS__ })
#define RILL_SCALAR rill_shape_make(0, NULL)
#endif

/* 1 when rank is 0..RILL_MAX_RANK, no extent is negative and the number of elements is at most
 * RILL_MAX_COUNT. */
int rill_shape_valid(const rill_shape *shape);
/* Number of elements: 1 for a scalar, 0 when an extent is 0; -1 for an invalid shape. */
int64_t rill_shape_count(const rill_shape *shape);
int rill_shape_equal(const rill_shape *a, const rill_shape *b);
/* Extent of an axis; a negative axis counts from the end.  1 for an axis that is not there. */
int64_t rill_shape_dim(const rill_shape *shape, int axis);
/* The common shape of a and b, numpy's rule: aligned at the last axis, an extent of 1 stretches.
 * Returns 0 when there is none. */
int rill_shape_broadcast(const rill_shape *a, const rill_shape *b, rill_shape *out);
/* Row-major strides in elements, one an axis. */
void rill_shape_strides(const rill_shape *shape, int64_t strides[RILL_MAX_RANK]);

/* "[256,2]" into `text` (cut to `size`); returns `text`.  RILL_SHAPE_TEXT bytes hold any shape. */
#define RILL_SHAPE_TEXT 192
char *rill_shape_print(const rill_shape *shape, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif
