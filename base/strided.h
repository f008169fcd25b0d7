/* strided.h (private) - reading a dense array along other strides.
 *
 * Element [i, j, ...] of what is read is element i stride[0] + j stride[1] + ... of the array.  A
 * stride of 0 repeats, a negative one goes backwards. */
#ifndef RILL_BASE_STRIDED_H
#define RILL_BASE_STRIDED_H

#include <stddef.h>
#include <stdint.h>

enum { RILL_MOST_AXES = 8 };

typedef struct rill_strides {
    int rank;
    int64_t extent[RILL_MOST_AXES], stride[RILL_MOST_AXES]; /* outermost first, in elements */
} rill_strides;

/* Makes one axis of those that are read as one, so that runs are as long as they can be. */
void rill_strides_join(rill_strides *walk);

/* Copies elements begin..begin+n-1 of what is read, of 4 or 8 bytes each, from the array to `out`.
 */
void rill_strided_copy(const rill_strides *walk, const void *array, int64_t begin, int64_t n,
                       size_t size, void *out);

#endif
