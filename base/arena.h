/* arena.h (private) - memory that is given out piece by piece and freed as one. */
#ifndef RILL_BASE_ARENA_H
#define RILL_BASE_ARENA_H

#include <stddef.h>

typedef struct rill_arena {
    struct rill_arena_block *blocks; /* newest first */
    size_t left;                     /* bytes left in the newest */
    size_t next_size;                /* of the next block; 0: none was made yet */
} rill_arena;

/* `size` bytes aligned to 16, zeroed; NULL without memory.  A zeroed arena is an empty one. */
void *rill_arena_take(rill_arena *arena, size_t size);
/* A copy of `size` bytes of `from`. */
void *rill_arena_copy(rill_arena *arena, const void *from, size_t size);
void rill_arena_free(rill_arena *arena);

#endif
