/* store.h - named state that outlives graphs: weights, Adam's moments, averages, counters.
 *
 * Entries lie in segments, one for each role, at equal offsets: a weight, its moments and its
 * average stand at the same place of parallel arrays.  Values never move once made; access is by
 * copy. */
#ifndef RILL_CORE_STORE_H
#define RILL_CORE_STORE_H

#include "../base/status.h"
#include "graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A new, empty store; NULL without memory. */
rill_store *rill_store_new(uint64_t seed);
/* Gives up the caller's reference. */
void rill_store_free(rill_store *store);
uint64_t rill_store_seed(const rill_store *store);

/* Entries, in the order of creation. */
typedef struct rill_entry_info {
    const char *name;
    rill_role role;
    rill_dtype dtype;
    rill_shape shape;
    int64_t count; /* elements */
} rill_entry_info;

int64_t rill_store_count(const rill_store *store);
/* Fills *info; RILL_NOT_FOUND when out of range or unknown. */
rill_status rill_store_at(const rill_store *store, int64_t index, rill_entry_info *info);
rill_status rill_store_find(const rill_store *store, const char *name, rill_entry_info *info);

/* Copies `count` elements of the entry's own dtype out of, or into, the store.  `count` must be the
 * entry's. */
rill_status rill_store_get(const rill_store *store, const char *name, void *out, int64_t count,
                           rill_message *message);
rill_status rill_store_set(rill_store *store, const char *name, const void *in, int64_t count,
                           rill_message *message);
/* Creates an entry with a value (loading a file); RILL_MISMATCH when it exists otherwise. */
rill_status rill_store_put(rill_store *store, const char *name, rill_role role, rill_dtype dtype,
                           rill_shape shape, const void *in, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
