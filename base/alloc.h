/* alloc.h - the one place through which every allocation goes, so that a test can make
 * the nth one fail and count those that a training step makes. */
#ifndef RILL_BASE_ALLOC_H
#define RILL_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* malloc, calloc, realloc and free with `count * size` checked for overflow; NULL when there is no
 * memory.  A count or size of zero gives a valid pointer to free. */
void *rill_alloc(size_t count, size_t size);
void *rill_alloc_zeroed(size_t count, size_t size);
void *rill_realloc(void *memory, size_t count, size_t size);
/* Aligned to 64 bytes (a cache line, a vector register); contents undefined. */
void *rill_alloc_aligned(size_t size);
void rill_free(void *memory);

/* Grows *array (of `size`-byte items, *capacity of them) to hold at least `needed`: by half, so
 * that appending takes linear time.  Returns 0 and leaves all as it was when there is no memory. */
int rill_grow(void **array, size_t *capacity, size_t needed, size_t size);

/* For tests.  The nth allocation from now fails (1 is the next), and every one after it if
 * `sticky`; n = 0 turns that off. */
void rill_alloc_fail(int64_t n, int sticky);
/* Allocations made by this process so far. */
int64_t rill_alloc_count(void);

#ifdef __cplusplus
}
#endif

#endif
