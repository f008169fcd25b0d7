#include "strided.h"

#include <string.h>

void rill_strides_join(rill_strides *walk)
{
    int rank = 0;
    for (int i = 0; i < walk->rank; i++) {
        int64_t extent = walk->extent[i], stride = walk->stride[i];
        if (extent == 1)
            continue;
        if (rank > 0 && walk->stride[rank - 1] == extent * stride) {
            walk->extent[rank - 1] *= extent;
            walk->stride[rank - 1] = stride;
            continue;
        }
        walk->extent[rank] = extent;
        walk->stride[rank++] = stride;
    }
    walk->rank = rank;
}

static inline int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* n elements, `stride` elements apart. */
static inline void copy_run(char *out, const char *from, int64_t stride, int64_t n, size_t size)
{
    enum { SHORT = 8 }; /* a call of memcpy costs more */
    uint32_t word;
    if (stride == 1 && n > SHORT) {
        memcpy(out, from, (size_t)n * size);
    } else if (size == 4 && stride == 0) {
        memcpy(&word, from, sizeof word); /* one for all: stores of whole vectors */
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 4, &word, 4);
    } else if (size == 4) {
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 4, from + i * stride * 4, 4);
    } else {
        for (int64_t i = 0; i < n; i++)
            memcpy(out + i * 8, from + i * stride * 8, 8);
    }
}

/* Where a walk is: the index on each axis, and the element of the array. */
typedef struct place {
    int64_t index[RILL_MOST_AXES], element;
} place;

static place place_of(const rill_strides *walk, int64_t number)
{
    place at = { .element = 0 };
    for (int axis = walk->rank - 1; axis >= 0; axis--) {
        at.index[axis] = number % walk->extent[axis];
        number /= walk->extent[axis];
        at.element += at.index[axis] * walk->stride[axis];
    }
    return at;
}

/* Carries what has come to the end of an axis over to the next one out. */
static void carry(const rill_strides *walk, place *at)
{
    for (int axis = walk->rank - 1; axis > 0 && at->index[axis] == walk->extent[axis]; axis--) {
        at->element += walk->stride[axis - 1] - at->index[axis] * walk->stride[axis];
        at->index[axis] = 0;
        at->index[axis - 1]++;
    }
}

void rill_strided_copy(const rill_strides *walk, const void *array, int64_t begin, int64_t n,
                       size_t size, void *out)
{
    const char *from = array;
    char *to = out;
    int inner = walk->rank - 1;
    if (n <= 0)
        return; /* extents may be 0 */
    if (inner < 0) {
        copy_run(to, from, 0, n, size);
        return;
    }
    place at = place_of(walk, begin);
    int64_t stride = walk->stride[inner], apart = inner > 0 ? walk->stride[inner - 1] : 0;
    while (n > 0) {
        int64_t run = walk->extent[inner] - at.index[inner], runs = 1;
        if (inner > 0 && at.index[inner] == 0 && run < n) /* whole ones, side by side */
            runs = least(n / run, walk->extent[inner - 1] - at.index[inner - 1]);
        run = least(run, n);
        for (int64_t i = 0; i < runs; i++, to += (size_t)run * size)
            copy_run(to, from + (at.element + i * apart) * (int64_t)size, stride, run, size);
        n -= runs * run;
        at.index[inner] += run;
        at.element += (runs - 1) * apart + run * stride;
        if (inner > 0)
            at.index[inner - 1] += runs - 1;
        carry(walk, &at);
    }
}
