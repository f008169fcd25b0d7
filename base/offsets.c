#include "offsets.h"

enum { UNIT = 64 };

/* Eight bins for each power of two.  Sizes in a bin differ by an eighth at most. */
static int bin_of(size_t size)
{
    size_t units = size / UNIT;
    if (units < 8)
        return (int)units;
    int log = 63 - __builtin_clzll(units);
    return (log - 2) * 8 + (int)((units >> (log - 3)) & 7);
}

static void put(rill_offsets *o, rill_range *r)
{
    int bin = bin_of(r->size);
    r->is_free = 1;
    r->previous = NULL;
    r->next = o->bins[bin];
    if (r->next)
        r->next->previous = r;
    o->bins[bin] = r;
    o->filled[bin / 64] |= UINT64_C(1) << (bin % 64);
}

static void remove_free(rill_offsets *o, rill_range *r)
{
    int bin = bin_of(r->size);
    *(r->previous ? &r->previous->next : &o->bins[bin]) = r->next;
    if (r->next)
        r->next->previous = r->previous;
    if (!o->bins[bin])
        o->filled[bin / 64] &= ~(UINT64_C(1) << (bin % 64));
    r->is_free = 0;
}

/* The first filled bin from `bin` on, or -1. */
static int filled_from(const rill_offsets *o, int bin)
{
    for (int word = bin / 64; word < RILL_BINS / 64; word++) {
        uint64_t bits = o->filled[word];
        if (word == bin / 64)
            bits &= ~UINT64_C(0) << (bin % 64);
        if (bits)
            return word * 64 + __builtin_ctzll(bits);
    }
    return -1;
}

/* A free range that is large enough: one that heads its own bin, or any of a larger bin. */
static rill_range *find(const rill_offsets *o, size_t size)
{
    int bin = bin_of(size);
    rill_range *own = o->bins[bin];
    if (own && own->size >= size)
        return own;
    int larger = bin + 1 < RILL_BINS ? filled_from(o, bin + 1) : -1;
    return larger >= 0 ? o->bins[larger] : NULL;
}

/* A new range above all others; a free one at the top grows instead. */
static rill_range *extend(rill_offsets *o, size_t size)
{
    rill_range *top = o->top;
    if (top && top->is_free) {
        remove_free(o, top);
        o->size += size - top->size;
        top->size = size;
        return top;
    }
    rill_range *fresh = rill_arena_take(&o->arena, sizeof *fresh);
    if (!fresh)
        return NULL;
    fresh->offset = o->size;
    fresh->size = size;
    fresh->below = top;
    if (top)
        top->above = fresh;
    o->top = fresh;
    o->size += size;
    return fresh;
}

static void split(rill_offsets *o, rill_range *r, size_t size)
{
    rill_range *rest = r->size > size ? rill_arena_take(&o->arena, sizeof *rest) : NULL;
    if (!rest) /* without memory the range stays larger than asked for */
        return;
    *rest = (rill_range){
        .offset = r->offset + size, .size = r->size - size, .below = r, .above = r->above
    };
    *(rest->above ? &rest->above->below : &o->top) = rest;
    r->above = rest;
    r->size = size;
    put(o, rest);
}

rill_range *rill_offsets_take(rill_offsets *o, size_t size)
{
    if (size > PTRDIFF_MAX / 4 || o->size > PTRDIFF_MAX / 4)
        return NULL;
    size = size ? (size + UNIT - 1) / UNIT * UNIT : UNIT;
    rill_range *r = find(o, size);
    if (!r)
        return extend(o, size);
    remove_free(o, r);
    split(o, r, size);
    return r;
}

/* Joins `above` to `r`. */
static void absorb(rill_offsets *o, rill_range *r, rill_range *above)
{
    r->size += above->size;
    r->above = above->above;
    *(r->above ? &r->above->below : &o->top) = r;
}

void rill_offsets_give(rill_offsets *o, rill_range *r)
{
    if (r->above && r->above->is_free) {
        remove_free(o, r->above);
        absorb(o, r, r->above);
    }
    if (r->below && r->below->is_free) {
        rill_range *below = r->below;
        remove_free(o, below);
        absorb(o, below, r);
        r = below;
    }
    put(o, r);
}

void rill_offsets_free(rill_offsets *o)
{
    rill_arena_free(&o->arena);
}
