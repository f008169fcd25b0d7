#include "layout.h"

#include "alloc.h"
#include "offsets.h"

#include <stdlib.h>

/* ---- In turn: when a buffer's time comes it is given what is free then.  Takes n log n. */

static int ends_earlier(const void *a, const void *b)
{
    const rill_buffer *x = *(rill_buffer *const *)a, *y = *(rill_buffer *const *)b;
    return (x->last > y->last) - (x->last < y->last);
}

/* `ending` becomes the buffers in the order of `last`; range[i] is of buffers[i]. */
static int place_in_turn(rill_buffer *buffers, int64_t count, rill_buffer **ending,
                         rill_range **range, rill_offsets *offsets, rill_layout *layout)
{
    size_t live = 0;
    for (int64_t i = 0; i < count; i++)
        ending[i] = &buffers[i];
    qsort(ending, (size_t)count, sizeof *ending, ends_earlier);
    for (int64_t i = 0, ended = 0; i < count; i++) {
        for (; ending[ended]->last < buffers[i].first; ended++) {
            rill_offsets_give(offsets, range[ending[ended] - buffers]);
            live -= ending[ended]->size;
        }
        range[i] = rill_offsets_take(offsets, buffers[i].size);
        if (!range[i])
            return 0;
        buffers[i].offset = range[i]->offset;
        buffers[i].size = range[i]->size; /* rounded up */
        live += buffers[i].size;
        layout->live = live > layout->live ? live : layout->live;
    }
    layout->bytes = offsets->size;
    return 1;
}

/* ---- By size: the largest first, each into the lowest gap between those of its time.  Pisarchyk
 * and Lee, "Efficient memory management for deep neural net inference", 2020.  Takes n^2. */

typedef struct placed {
    const rill_buffer *buffer;
    size_t offset;
} placed;

static int goes_first(const void *a, const void *b)
{
    const rill_buffer *x = ((const placed *)a)->buffer, *y = ((const placed *)b)->buffer;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static int meet(const rill_buffer *x, const rill_buffer *y)
{
    return x->first <= y->last && y->first <= x->last;
}

/* The lowest gap for `fresh` among below[0..n-1], which are in the order of offset. */
static size_t lowest_gap(const rill_buffer *fresh, const placed *below, int64_t n)
{
    size_t end = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!meet(fresh, below[i].buffer))
            continue;
        if (below[i].offset >= end + fresh->size)
            break;
        size_t above = below[i].offset + below[i].buffer->size;
        end = above > end ? above : end;
    }
    return end;
}

static void insert(placed *list, int64_t n, placed fresh)
{
    while (n > 0 && list[n - 1].offset > fresh.offset) {
        list[n] = list[n - 1];
        n--;
    }
    list[n] = fresh;
}

/* Puts all into `list` and returns where they end; gives up once that is `limit`. */
static size_t place_by_size(rill_buffer *buffers, int64_t count, placed *list, size_t limit)
{
    size_t bytes = 0;
    for (int64_t i = 0; i < count; i++)
        list[i].buffer = &buffers[i];
    qsort(list, (size_t)count, sizeof *list, goes_first);
    for (int64_t i = 0; i < count && bytes < limit; i++) {
        placed fresh = list[i];
        fresh.offset = lowest_gap(fresh.buffer, list, i);
        size_t end = fresh.offset + fresh.buffer->size;
        bytes = end > bytes ? end : bytes;
        insert(list, i, fresh);
    }
    return bytes;
}

/* Lays out by size where that is better. */
static int tighten(rill_buffer *buffers, int64_t count, rill_layout *layout)
{
    placed *list = rill_alloc((size_t)count, sizeof *list);
    if (!list)
        return 0;
    size_t bytes = place_by_size(buffers, count, list, layout->bytes);
    for (int64_t i = 0; i < count && bytes < layout->bytes; i++)
        buffers[list[i].buffer - buffers].offset = list[i].offset;
    layout->bytes = bytes < layout->bytes ? bytes : layout->bytes;
    rill_free(list);
    return 1;
}

int rill_lay_out(rill_buffer *buffers, int64_t count, rill_layout *layout)
{
    enum { FEW = 2048 }; /* by size takes them some milliseconds */
    rill_offsets offsets = { 0 };
    rill_range **range = rill_alloc((size_t)count, sizeof *range);
    rill_buffer **ending = rill_alloc((size_t)count, sizeof *ending);
    *layout = (rill_layout){ 0 };
    int done = range && ending && place_in_turn(buffers, count, ending, range, &offsets, layout);
    rill_offsets_free(&offsets);
    rill_free(range);
    rill_free(ending);
    int loose = layout->bytes - layout->live > layout->live / 64;
    return done && (!loose || count > FEW || tighten(buffers, count, layout));
}
