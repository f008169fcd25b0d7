#include "table.h"

#include "alloc.h"

#include <string.h>

/* Fibonacci hashing spreads pointers, whose low bits are all alike. */
static size_t first_slot(const rill_table *table, uint64_t key)
{
    return (size_t)((key * 0x9E3779B97F4A7C15u) >> 17) & (table->capacity - 1);
}

static rill_slot *slot_of(const rill_table *table, uint64_t key)
{
    size_t at = first_slot(table, key);
    while (table->slots[at].value && table->slots[at].key != key)
        at = (at + 1) & (table->capacity - 1);
    return &table->slots[at];
}

static int grow(rill_table *table)
{
    rill_table bigger = { .capacity = table->capacity ? table->capacity * 2 : 64 };
    bigger.slots = rill_alloc_zeroed(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return 0;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].value)
            *slot_of(&bigger, table->slots[i].key) = table->slots[i];
    bigger.count = table->count;
    rill_free(table->slots);
    *table = bigger;
    return 1;
}

void *rill_table_get(const rill_table *table, uint64_t key)
{
    return table->capacity ? slot_of(table, key)->value : NULL;
}

int rill_table_set(rill_table *table, uint64_t key, void *value)
{
    if (2 * (table->count + 1) > table->capacity && !grow(table))
        return 0;
    rill_slot *slot = slot_of(table, key);
    table->count += !slot->value;
    *slot = (rill_slot){ key, value };
    return 1;
}

void rill_table_free(rill_table *table)
{
    rill_free(table->slots);
    *table = (rill_table){ 0 };
}

static uint64_t folded(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    return hash ^ (hash >> 32);
}

uint64_t rill_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t word;
    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = folded(hash, word);
    }
    word = size;
    if (size > 0)
        memcpy((unsigned char *)&word + 1, at, size);
    return folded(hash, word);
}

uint64_t rill_hash_text(const char *text)
{
    return rill_hash(0, text, strlen(text));
}
