/* store_impl.h (private) - how entries are kept, for compile, execute and graph. */
#ifndef RILL_CORE_STORE_IMPL_H
#define RILL_CORE_STORE_IMPL_H

#include "store.h"

typedef struct rill_entry {
    rill_entry_info info;
    void *data;              /* in a segment; never moves */
    struct rill_entry *next; /* another entry whose name has the same hash */
} rill_entry;

void rill_store_keep(rill_store *store);
/* The entry of that name, or NULL. */
rill_entry *rill_store_entry(const rill_store *store, const char *name);

/* Rounded, kept within i32; 0 for NaN. */
int32_t rill_nearest_i32(double value);

/* What a program wants to be there. */
typedef struct rill_wanted {
    const char *name;
    rill_role role;
    rill_dtype dtype;
    rill_shape shape;
    rill_init init;
} rill_wanted;

/* Finds or creates all of them, in this order; those that are new lie one after the other in fresh
 * segments, one for each role and dtype.  Without memory some may be there already, with the value
 * they would have had. */
rill_status rill_store_materialise(rill_store *store, const rill_wanted *wanted, int64_t n,
                                   rill_message *message);

#endif
