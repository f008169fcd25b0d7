/* table.h (private) - a hash map from 64-bit keys to pointers, open addressing, no removal.
 *
 * Keys are pointers or hashes.  Where keys are hashes, values that share one are chained by their
 * owner. */
#ifndef RILL_BASE_TABLE_H
#define RILL_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct rill_slot {
    uint64_t key;
    void *value; /* NULL: free slot */
} rill_slot;

typedef struct rill_table {
    rill_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
} rill_table;

/* The value stored under `key`, or NULL. */
void *rill_table_get(const rill_table *table, uint64_t key);
/* Stores a non-NULL value under `key`, replacing what was there.  0 without memory. */
int rill_table_set(rill_table *table, uint64_t key, void *value);
void rill_table_free(rill_table *table);

static inline uint64_t rill_key_of(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

/* A hash of `size` bytes, continuing from `hash`. */
uint64_t rill_hash(uint64_t hash, const void *bytes, size_t size);
uint64_t rill_hash_text(const char *text);

#endif
