#include "arena.h"

#include "alloc.h"

#include <string.h>

/* Blocks double in size up to LARGEST: small graphs stay small, large ones take few. */
enum { SMALLEST = 1 << 16, LARGEST = 1 << 24, ALIGN = 16 };

typedef struct rill_arena_block {
    struct rill_arena_block *next;
    size_t used;
    _Alignas(ALIGN) unsigned char bytes[];
} block;

static block *add_block(rill_arena *arena, size_t size)
{
    size_t usual = arena->next_size ? arena->next_size : SMALLEST;
    size_t capacity = size > usual ? size : usual;
    block *fresh = rill_alloc(1, sizeof(block) + capacity);
    if (!fresh)
        return NULL;
    fresh->next = arena->blocks;
    fresh->used = 0;
    arena->blocks = fresh;
    arena->left = capacity;
    arena->next_size = usual < LARGEST ? 2 * usual : LARGEST;
    return fresh;
}

void *rill_arena_take(rill_arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if ((!arena->blocks || size > arena->left) && !add_block(arena, size))
        return NULL;
    void *taken = arena->blocks->bytes + arena->blocks->used;
    arena->blocks->used += size;
    arena->left -= size;
    return memset(taken, 0, size);
}

void *rill_arena_copy(rill_arena *arena, const void *from, size_t size)
{
    void *copy = rill_arena_take(arena, size);
    if (copy && size > 0)
        memcpy(copy, from, size);
    return copy;
}

void rill_arena_free(rill_arena *arena)
{
    for (block *at = arena->blocks, *next; at; at = next) {
        next = at->next;
        rill_free(at);
    }
    *arena = (rill_arena){ 0 };
}
