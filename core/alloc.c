#include "alloc.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_llong made;
static atomic_llong fail_at;
static atomic_int fail_sticky;

static int refused(void)
{
    int64_t number = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
    int64_t at = atomic_load_explicit(&fail_at, memory_order_relaxed);
    if (at == 0)
        return 0;
    return number == at || (number > at && atomic_load(&fail_sticky));
}

static int total_size(size_t count, size_t size, size_t *total)
{
    if (__builtin_mul_overflow(count, size, total) || *total > PTRDIFF_MAX)
        return 0;
    if (*total == 0)
        *total = 1;
    return 1;
}

void *rill_alloc(size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return malloc(total);
}

void *rill_alloc_zeroed(size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return calloc(1, total);
}

void *rill_realloc(void *memory, size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return realloc(memory, total);
}

void *rill_alloc_aligned(size_t size)
{
    if (refused() || size > PTRDIFF_MAX - 64)
        return NULL;
    return aligned_alloc(64, size ? (size + 63) / 64 * 64 : 64);
}

void rill_free(void *memory)
{
    free(memory);
}

int rill_grow(void **array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return 1;
    size_t wanted = *capacity < 8 ? 8 : *capacity + *capacity / 2;
    if (wanted < needed)
        wanted = needed;
    void *grown = rill_realloc(*array, wanted, size);
    if (!grown)
        return 0;
    *array = grown;
    *capacity = wanted;
    return 1;
}

void rill_alloc_fail(int64_t n, int sticky)
{
    atomic_store(&fail_sticky, sticky);
    atomic_store(&fail_at, n == 0 ? 0 : atomic_load(&made) + n);
}

int64_t rill_alloc_count(void)
{
    return atomic_load(&made);
}
