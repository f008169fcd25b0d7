/* slice.h (private) - what the pass that slices the batch knows while it is at work. */
#ifndef RILL_CORE_SLICE_H
#define RILL_CORE_SLICE_H

#include "program_impl.h"

enum { RILL_LANES = 8 }; /* at most, where there are sums: each keeps a copy of all of them */

/* Where a node is computed, seen from the region. */
typedef enum rill_part { RILL_BEFORE, RILL_IN_ROWS, RILL_IN_SUMS, RILL_AFTER } rill_part;

typedef struct rill_slicing {
    rill_program *p;
    rill_walk walk;
    int64_t batch, rows, slices, lanes;
    rill_part *part;     /* [walk.count] */
    char *needed;        /* [walk.count] of the region's nodes: read outside */
    rill_tensor **image; /* [walk.count] what the node becomes in the program */
    rill_tensor **inner; /* [walk.count] and in the program of a slice */
    int64_t *uses;       /* [walk.count] links to it, results included */
    int64_t *room;       /* [walk.count] number of its port */
    rill_tensor **in;    /* inputs of the node under way */
    int *by_rows;        /* which of them a slice has its rows of */
} rill_slicing;

/* 1 when axis 0 of x is as long as the batch. */
int rill_has_rows(const rill_slicing *s, const rill_tensor *x);
/* How y comes about by rows, given the parts of its inputs; fills by_rows. */
rill_by_rows rill_how_by_rows(const rill_slicing *s, const rill_tensor *y, int *by_rows);
/* Node `at` of the walk with the images of its inputs. */
rill_tensor *rill_rebuilt(rill_slicing *s, int64_t at);

/* Cuts the region out of the program: the program of a slice, and a node that runs it. */
int rill_carve(rill_slicing *s);

#endif
