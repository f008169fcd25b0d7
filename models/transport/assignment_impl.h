/* assignment_impl.h (private) - the memory that problems are solved in. */
#ifndef RILL_MODELS_TRANSPORT_ASSIGNMENT_IMPL_H
#define RILL_MODELS_TRANSPORT_ASSIGNMENT_IMPL_H

#include "assignment.h"
#include "sweep.h"

/* Memory that grows when more is asked of it. */
typedef struct rill_room {
    double *at;
    size_t count;
} rill_room;

/* 0 without memory; what was there is lost. */
int rill_room_make(rill_room *room, size_t count);

/* Rows and columns are -1 where there is none.  A row is free while it has no column. */
struct rill_assignment {
    int64_t most; /* rows there is room for; arrays below are [most] */
    const rill_sweep *sweep;
    const rill_cost *cost;
    int64_t n;                         /* rows and columns taken into account */
    int64_t swept;                     /* rows of costs looked at so far */
    int64_t patience;                  /* how many may be */
    int64_t *row_order, *column_order; /* of which parts are the first: see parts.c */
    const double *part; /* costs [n,n] of the first in those orders; NULL: all, as given */
    int64_t *column_of; /* of rows: the caller's permutation */
    int64_t *row_of;    /* of columns */
    int64_t *free_rows; /* free_count of them */
    int64_t *before;    /* the row from which a path reached a column */
    int64_t *settled;   /* columns whose distance is final, in that order */
    int64_t free_count;
    double *price;      /* of columns */
    double *rank;       /* of columns: see sweep.h */
    double *space;      /* for a row of costs */
    double *distance;   /* of a search: see sweep.h */
    double *open_price; /* the price, but for settled columns */
    double *reached;    /* distances of the settled columns */
    void *block;        /* what all of the above are parts of */
    rill_room points, parts;
};

/* Solves for a->cost, checked before, from scratch.  0 where rounding hid every path. */
int rill_assignment_run(rill_assignment *a, int64_t n);

/* Lets all n rows and columns join those that are solved, and solves for them all.  Those have a
 * row_of, column_of and price; the others have -1.  0 where rounding hid a path, or out of
 * patience.
 */
int rill_assignment_join(rill_assignment *a, int64_t n);

/* order [n] = 0..n-1 by ascending key, equal ones by number; space [n]. */
void rill_sort_order(const double *key, int64_t *order, int64_t *space, int64_t n);

#endif
