/* slice.h (private) - what the pass that slices the batch knows while it is at work. */
#ifndef RILL_CORE_SLICE_H
#define RILL_CORE_SLICE_H

#include "program_impl.h"

enum { RILL_LANES = 8 }; /* at most, where there are sums: each keeps a copy of all of them */

/* Where a node is computed, seen from the region. */
typedef enum rill_part { RILL_BEFORE, RILL_IN_ROWS, RILL_IN_SUMS, RILL_AFTER } rill_part;

typedef struct rill_slicing {
    rill_program *p;
    rill_rewriting r; /* what nodes become in the program */
    int64_t batch, rows, slices, lanes;
    rill_part *part;     /* [walk.count] */
    char *needed;        /* [walk.count] of the region's nodes: read outside */
    rill_tensor **inner; /* [walk.count] what they become in the program of a slice */
    int64_t *uses;       /* [walk.count] links to it, results included */
    int64_t *room;       /* [walk.count] number of its port */
    int *by_rows;        /* the inputs of the node under way that a slice has its rows of */
} rill_slicing;

/* 1 when slices compute node `at` of the walk. */
static inline int rill_inside(const rill_slicing *s, int64_t at)
{
    return s->part[at] == RILL_IN_ROWS || s->part[at] == RILL_IN_SUMS;
}

/* How y comes about by rows, given the parts of its inputs; fills by_rows. */
rill_by_rows rill_how_by_rows(const rill_slicing *s, const rill_tensor *y, int *by_rows);

/* Cuts the region out of the program: the program of a slice, and a node that runs it. */
int rill_carve(rill_slicing *s);

#endif
