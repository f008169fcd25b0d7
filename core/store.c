#include "store_impl.h"

#include "../base/alloc.h"
#include "../base/table.h"
#include "rng.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

struct rill_store {
    uint64_t seed;
    rill_entry **entries; /* in the order of creation */
    size_t count, capacity;
    void **segments;
    size_t segment_count, segment_capacity;
    rill_table by_name; /* hash of the name -> the newest entry, chained by `next` */
    atomic_int references;
};

rill_store *rill_store_new(uint64_t seed)
{
    rill_store *store = rill_alloc_zeroed(1, sizeof *store);
    if (!store)
        return NULL;
    store->seed = seed;
    atomic_store(&store->references, 1);
    return store;
}

void rill_store_keep(rill_store *store)
{
    atomic_fetch_add(&store->references, 1);
}

void rill_store_free(rill_store *store)
{
    if (!store || atomic_fetch_sub(&store->references, 1) > 1)
        return;
    for (size_t i = 0; i < store->count; i++)
        rill_free(store->entries[i]);
    for (size_t i = 0; i < store->segment_count; i++)
        rill_free(store->segments[i]);
    rill_free(store->entries);
    rill_free(store->segments);
    rill_table_free(&store->by_name);
    rill_free(store);
}

uint64_t rill_store_seed(const rill_store *store)
{
    return store ? store->seed : 0;
}

/* ---- Looking entries up. */

rill_entry *rill_store_entry(const rill_store *store, const char *name)
{
    if (!store || !name)
        return NULL;
    rill_entry *entry = rill_table_get(&store->by_name, rill_hash_text(name));
    while (entry && strcmp(entry->info.name, name) != 0)
        entry = entry->next;
    return entry;
}

int64_t rill_store_count(const rill_store *store)
{
    return store ? (int64_t)store->count : 0;
}

rill_status rill_store_at(const rill_store *store, int64_t index, rill_entry_info *info)
{
    if (!info || index < 0 || index >= rill_store_count(store))
        return RILL_NOT_FOUND;
    *info = store->entries[index]->info;
    return RILL_OK;
}

rill_status rill_store_find(const rill_store *store, const char *name, rill_entry_info *info)
{
    const rill_entry *entry = rill_store_entry(store, name);
    if (!entry)
        return RILL_NOT_FOUND;
    if (info)
        *info = entry->info;
    return RILL_OK;
}

static rill_status entry_to_copy(const rill_store *store, const char *name, const void *buffer,
                                 int64_t count, rill_entry **entry, rill_message *message)
{
    if (!store || !name || (!buffer && count != 0))
        return rill_fail(message, RILL_BAD_ARGUMENT, "store: needs a store, a name and a buffer");
    *entry = rill_store_entry(store, name);
    if (!*entry)
        return rill_fail(message, RILL_NOT_FOUND, "store: has no entry %s", name);
    if (count != (*entry)->info.count)
        return rill_fail(message, RILL_MISMATCH, "store: %s has %lld elements, not %lld", name,
                         (long long)(*entry)->info.count, (long long)count);
    return RILL_OK;
}

static size_t bytes_of(const rill_entry_info *info)
{
    return (size_t)info->count * rill_dtype_size(info->dtype);
}

rill_status rill_store_get(const rill_store *store, const char *name, void *out, int64_t count,
                           rill_message *message)
{
    rill_entry *entry = NULL;
    rill_status status = entry_to_copy(store, name, out, count, &entry, message);
    if (status == RILL_OK && count > 0)
        memcpy(out, entry->data, bytes_of(&entry->info));
    return status;
}

rill_status rill_store_set(rill_store *store, const char *name, const void *in, int64_t count,
                           rill_message *message)
{
    rill_entry *entry = NULL;
    rill_status status = entry_to_copy(store, name, in, count, &entry, message);
    if (status == RILL_OK && count > 0)
        memcpy(entry->data, in, bytes_of(&entry->info));
    return status;
}

/* ---- Making entries. */

int32_t rill_nearest_i32(double value)
{
    if (!(value > INT32_MIN)) /* NaN too */
        return isnan(value) ? 0 : INT32_MIN;
    return value >= INT32_MAX ? INT32_MAX : (int32_t)lrint(value);
}

static void write_element(rill_dtype dtype, void *data, int64_t at, double value)
{
    if (dtype == RILL_F32)
        ((float *)data)[at] = (float)value;
    else if (dtype == RILL_F64)
        ((double *)data)[at] = value;
    else
        ((int32_t *)data)[at] = rill_nearest_i32(value);
}

/* Numbers first..first+count-1 of an entry, before they are scaled. */
static void draw(rill_init_kind kind, uint64_t key, int64_t first, int64_t count, double *out)
{
    if (kind == RILL_INIT_NORMAL)
        rill_stream_normal(key, 0, 0, first, count, out);
    else if (kind == RILL_INIT_UNIFORM)
        rill_stream_uniform(key, 0, 0, first, count, out);
    for (int64_t i = 0; i < count && kind != RILL_INIT_NORMAL; i++)
        out[i] = kind == RILL_INIT_UNIFORM ? 2.0 * out[i] - 1.0 : 1.0;
}

/* A value depends on (seed, name, position) alone. */
static void initialise(const rill_store *store, rill_entry *entry, rill_init init)
{
    enum { PIECE = 1024 };
    double values[PIECE];
    uint64_t key = rill_stream_key(store->seed, entry->info.name);
    for (int64_t first = 0; first < entry->info.count; first += PIECE) {
        int64_t count = entry->info.count - first < PIECE ? entry->info.count - first : PIECE;
        draw(init.kind, key, first, count, values);
        for (int64_t i = 0; i < count; i++)
            write_element(entry->info.dtype, entry->data, first + i, init.scale * values[i]);
    }
}

static rill_entry *new_entry(const rill_wanted *wanted)
{
    size_t length = strlen(wanted->name) + 1;
    rill_entry *entry = rill_alloc(1, sizeof *entry + length);
    if (!entry)
        return NULL;
    *entry = (rill_entry){ .info = { .name = memcpy(entry + 1, wanted->name, length),
                                     .role = wanted->role,
                                     .dtype = wanted->dtype,
                                     .shape = wanted->shape,
                                     .count = rill_shape_count(&wanted->shape) } };
    return entry;
}

/* Bytes an entry takes in its segment: whole vectors, so that every entry is aligned. */
static size_t room_for(const rill_wanted *wanted)
{
    size_t bytes = (size_t)rill_shape_count(&wanted->shape) * rill_dtype_size(wanted->dtype);
    return (bytes + 63) / 64 * 64;
}

static int missing(const rill_store *store, const rill_wanted *wanted, rill_role role,
                   rill_dtype dtype)
{
    return wanted->role == role && wanted->dtype == dtype && !rill_store_entry(store, wanted->name);
}

static int link_entry(rill_store *store, rill_entry *entry)
{
    uint64_t hash = rill_hash_text(entry->info.name);
    void *entries = store->entries;
    if (!rill_grow(&entries, &store->capacity, store->count + 1, sizeof *store->entries))
        return 0;
    store->entries = entries;
    entry->next = rill_table_get(&store->by_name, hash);
    if (!rill_table_set(&store->by_name, hash, entry))
        return 0;
    store->entries[store->count++] = entry;
    return 1;
}

static int add_segment(rill_store *store, size_t size, char **segment)
{
    void *segments = store->segments;
    if (!rill_grow(&segments, &store->segment_capacity, store->segment_count + 1,
                   sizeof *store->segments))
        return 0;
    store->segments = segments;
    *segment = rill_alloc_aligned(size);
    if (!*segment)
        return 0;
    memset(*segment, 0, size);
    store->segments[store->segment_count++] = *segment;
    return 1;
}

/* One segment for the missing entries of one role and dtype, side by side in the order given. */
static int fill_segment(rill_store *store, const rill_wanted *wanted, int64_t n, rill_role role,
                        rill_dtype dtype)
{
    size_t size = 0;
    char *segment;
    for (int64_t i = 0; i < n; i++)
        if (missing(store, &wanted[i], role, dtype) &&
            __builtin_add_overflow(size, room_for(&wanted[i]), &size))
            return 0;
    if (size == 0)
        size = 64; /* entries of no elements */
    if (!add_segment(store, size, &segment))
        return 0;
    for (int64_t i = 0; i < n; i++) {
        if (!missing(store, &wanted[i], role, dtype))
            continue;
        rill_entry *entry = new_entry(&wanted[i]);
        if (!entry)
            return 0;
        entry->data = segment;
        segment += room_for(&wanted[i]);
        if (!link_entry(store, entry))
            return rill_free(entry), 0;
        initialise(store, entry, wanted[i].init);
    }
    return 1;
}

static rill_status check_wanted(const rill_store *store, const rill_wanted *wanted,
                                rill_message *message)
{
    char was[RILL_SHAPE_TEXT], is[RILL_SHAPE_TEXT];
    const rill_entry *there = rill_store_entry(store, wanted->name);
    if (!there || (there->info.dtype == wanted->dtype && there->info.role == wanted->role &&
                   rill_shape_equal(&there->info.shape, &wanted->shape)))
        return RILL_OK;
    return rill_fail(
        message, RILL_MISMATCH, "store: %s is %s%s, wanted %s%s%s", wanted->name,
        rill_dtype_name(there->info.dtype), rill_shape_print(&there->info.shape, was, sizeof was),
        rill_dtype_name(wanted->dtype), rill_shape_print(&wanted->shape, is, sizeof is),
        there->info.role != wanted->role ? " in another role" : "");
}

rill_status rill_store_materialise(rill_store *store, const rill_wanted *wanted, int64_t n,
                                   rill_message *message)
{
    for (int64_t i = 0; i < n; i++) {
        rill_status status = check_wanted(store, &wanted[i], message);
        if (status != RILL_OK)
            return status;
    }
    for (int64_t i = 0; i < n; i++)
        if (missing(store, &wanted[i], wanted[i].role, wanted[i].dtype) &&
            !fill_segment(store, wanted, n, wanted[i].role, wanted[i].dtype))
            return rill_fail(message, RILL_NO_MEMORY, "store: no memory for %s", wanted[i].name);
    return RILL_OK;
}

rill_status rill_store_put(rill_store *store, const char *name, rill_role role, rill_dtype dtype,
                           rill_shape shape, const void *in, rill_message *message)
{
    int64_t count = rill_shape_count(&shape);
    if (!store || !name || count < 0 || rill_dtype_size(dtype) == 0 || (!in && count > 0) ||
        (int)role < RILL_PARAMETER || role > RILL_COUNTER)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "store: needs a store, a name, a role, a dtype, a shape and the values");
    const rill_wanted wanted = { .name = name, .role = role, .dtype = dtype, .shape = shape };
    rill_status status = rill_store_materialise(store, &wanted, 1, message);
    return status == RILL_OK ? rill_store_set(store, name, in, count, message) : status;
}
