/* snapshot.h - all entries of a store as bytes, for tests that ask whether a bit has moved. */
#ifndef RILL_TESTS_CORE_SNAPSHOT_H
#define RILL_TESTS_CORE_SNAPSHOT_H

#include "core/store.h"

#include <check.h>
#include <stdlib.h>

/* Entries in the order of creation; freed by the caller. */
static inline char *snapshot(const rill_store *store, size_t *size)
{
    char *bytes = malloc(1 << 22);
    rill_entry_info info;
    *size = 0;
    for (int64_t i = 0; i < rill_store_count(store); i++) {
        ck_assert_int_eq(rill_store_at(store, i, &info), RILL_OK);
        ck_assert_int_eq(rill_store_get(store, info.name, bytes + *size, info.count, NULL),
                         RILL_OK);
        *size += (size_t)info.count * rill_dtype_size(info.dtype);
        ck_assert(*size <= 1 << 22);
    }
    return bytes;
}

#endif
