/* strided.h (private) - reading a dense array along other strides.
 *
 * permute, broadcast, slice and flip are one loop: element [i, j, ...] of the output is element
 * offset + i stride[0] + j stride[1] + ... of the input.  A stride of 0 repeats, a negative one
 * goes backwards. */
#ifndef RILL_OPS_STRIDED_H
#define RILL_OPS_STRIDED_H

#include "../core/op.h"

typedef struct rill_strided {
    int64_t offset;
    int64_t stride[RILL_MAX_RANK]; /* one an axis of the output, in elements of the input */
} rill_strided;

/* Elements begin..end-1 of the call's output from its input 0, of any dtype. */
void rill_strided_read(const rill_call *call, const rill_strided *walk, int64_t begin, int64_t end);

/* Units of such a kernel: elements of the output. */
int64_t rill_strided_units(const rill_call *call);

#endif
