#include "alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

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

/* Asks for large pages under large blocks: graphs of a million nodes are built and differentiated
 * twice as fast.  Only a hint. */
static void *with_large_pages(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t page = (uintptr_t)1 << 21;
    uintptr_t first = ((uintptr_t)memory + page - 1) / page * page;
    uintptr_t last = ((uintptr_t)memory + size) / page * page;
    if (memory && size >= 2 * page && first < last)
        madvise((char *)memory + (first - (uintptr_t)memory), last - first, MADV_HUGEPAGE);
#else
    (void)size;
#endif
    return memory;
}

void *rill_alloc(size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return with_large_pages(malloc(total), total);
}

void *rill_alloc_zeroed(size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return with_large_pages(calloc(1, total), total);
}

void *rill_realloc(void *memory, size_t count, size_t size)
{
    size_t total;
    if (refused() || !total_size(count, size, &total))
        return NULL;
    return with_large_pages(realloc(memory, total), total);
}

void *rill_alloc_aligned(size_t size)
{
    if (refused() || size > PTRDIFF_MAX - 64)
        return NULL;
    return with_large_pages(aligned_alloc(64, size ? (size + 63) / 64 * 64 : 64), size);
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
