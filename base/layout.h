/* layout.h (private) - lays out buffers in one block of memory: those that are alive at the same
 * time apart, others over each other. */
#ifndef RILL_BASE_LAYOUT_H
#define RILL_BASE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

typedef struct rill_buffer {
    size_t size, offset; /* both are made multiples of 64 */
    int64_t first, last; /* alive at times first..last */
} rill_buffer;

typedef struct rill_layout {
    size_t bytes; /* of the block */
    size_t live;  /* the largest sum of the sizes of buffers alive at one time: it cannot be less */
} rill_layout;

/* Chooses offsets.  Buffers are given in the order of `first`.  0 without memory, or when they are
 * too large. */
int rill_lay_out(rill_buffer *buffers, int64_t count, rill_layout *layout);

#endif
