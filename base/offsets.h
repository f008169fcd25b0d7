/* offsets.h (private) - gives out ranges of a block of memory that does not exist yet, so that a
 * plan knows how large a block it needs.  Every call takes constant time: free ranges wait in bins
 * by size and join their neighbours (Masmano et al., "TLSF: a new dynamic memory allocator",
 * 2004). */
#ifndef RILL_BASE_OFFSETS_H
#define RILL_BASE_OFFSETS_H

#include "arena.h"

#include <stdint.h>

enum { RILL_BINS = 64 * 8 };

typedef struct rill_range {
    size_t offset, size;
    struct rill_range *below, *above;   /* neighbours in memory */
    struct rill_range *previous, *next; /* in its bin, when free */
    int is_free;
} rill_range;

typedef struct rill_offsets {
    rill_arena arena;
    rill_range *top; /* the highest range */
    rill_range *bins[RILL_BINS];
    uint64_t filled[RILL_BINS / 64];
    size_t size; /* of the block so far */
} rill_offsets;

/* A range of `size` bytes, a multiple of 64; NULL without memory. */
rill_range *rill_offsets_take(rill_offsets *o, size_t size);
void rill_offsets_give(rill_offsets *o, rill_range *range);
void rill_offsets_free(rill_offsets *o);

#endif
