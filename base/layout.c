#include "layout.h"

#include "alloc.h"
#include "offsets.h"

#include <stdlib.h>
#include <string.h>

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

static int larger(const void *a, const void *b)
{
    const rill_buffer *x = *(rill_buffer *const *)a, *y = *(rill_buffer *const *)b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static int meet(const rill_buffer *x, const rill_buffer *y)
{
    return x->first <= y->last && y->first <= x->last;
}

typedef struct placed {
    rill_buffer *buffer;
    size_t offset;
} placed;

/* The lowest gap for `fresh` among list[0..n-1], which are in the order of offset. */
static size_t lowest_gap(const rill_buffer *fresh, const placed *list, int64_t n)
{
    size_t end = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!meet(fresh, list[i].buffer))
            continue;
        if (list[i].offset >= end + fresh->size)
            break;
        size_t above = list[i].offset + list[i].buffer->size;
        end = above > end ? above : end;
    }
    return end;
}

static void insert(placed *list, int64_t n, placed fresh)
{
    for (; n > 0 && list[n - 1].offset > fresh.offset; n--)
        list[n] = list[n - 1];
    list[n] = fresh;
}

/* Places order[0], order[1], ... below `limit`; returns the first that does not fit, or `count`. */
static int64_t place_below(size_t limit, rill_buffer *const *order, int64_t count, placed *list)
{
    for (int64_t i = 0; i < count; i++) {
        size_t offset = lowest_gap(order[i], list, i);
        if (offset + order[i]->size > limit)
            return i;
        insert(list, i, (placed){ order[i], offset });
    }
    return count;
}

static void keep(const placed *list, int64_t count, rill_layout *layout)
{
    layout->bytes = 0;
    for (int64_t i = 0; i < count; i++) {
        size_t end = list[i].offset + list[i].buffer->size;
        layout->bytes = end > layout->bytes ? end : layout->bytes;
        list[i].buffer->offset = list[i].offset;
    }
}

static void move_to_front(rill_buffer **order, int64_t i)
{
    rill_buffer *moved = order[i];
    memmove(order + 1, order, (size_t)i * sizeof *order);
    order[0] = moved;
}

static int loose(const rill_layout *layout)
{
    return layout->bytes - layout->live > layout->live / 64;
}

/* Tries to do better, each time with what did not fit put first. */
static void improve(rill_buffer **order, int64_t count, placed *list, rill_layout *layout)
{
    enum { LOOKS = 1 << 21, TRIES = 64 }; /* some milliseconds */
    qsort(order, (size_t)count, sizeof *order, larger);
    for (int64_t i = 0; i < TRIES && i * count * count < LOOKS && loose(layout); i++) {
        int64_t unfit = place_below(layout->bytes - 1, order, count, list);
        if (unfit == count)
            keep(list, count, layout);
        else
            move_to_front(order, unfit);
    }
}

int rill_lay_out(rill_buffer *buffers, int64_t count, rill_layout *layout)
{
    enum { FEW = 2048 };
    rill_offsets offsets = { 0 };
    rill_range **range = rill_alloc((size_t)count, sizeof *range);
    rill_buffer **order = rill_alloc((size_t)count, sizeof *order);
    placed *list = rill_alloc((size_t)(count > FEW ? 0 : count), sizeof *list);
    *layout = (rill_layout){ 0 };
    int done =
        range && order && list && place_in_turn(buffers, count, order, range, &offsets, layout);
    if (done && count <= FEW)
        improve(order, count, list, layout);
    rill_offsets_free(&offsets);
    rill_free(range);
    rill_free(order);
    rill_free(list);
    return done;
}
