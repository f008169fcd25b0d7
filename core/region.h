/* region.h (private) - a part of a program that runs by slices of the batch: its nodes are a
 * program of their own, over some rows, which each worker runs for the slices that it takes.
 *
 * In the program around it a region is one node that reads its operands and fills its rooms:
 *     region(operands..., rooms...) and, for each room, filled(room, region)
 * Slices are dealt to lanes, in order.  What is summed over the batch is added up slice by slice
 * within a lane, and over lanes by a node of the program around: the tree does not depend on
 * threads, and lanes are what threads take. */
#ifndef RILL_CORE_REGION_H
#define RILL_CORE_REGION_H

#include "program_impl.h"

/* An operand or a room as a slice sees it: a leaf of the slice's program, or one of its roots. */
typedef struct rill_port {
    rill_tensor *inner[2]; /* in the programs `slice` and `last` */
    rill_tensor **outer;   /* [count] the operand or room; of sums, the room of each lane */
    char **data;           /* [count] once the program around is bound */
    int64_t count;         /* 0: the number of the slice's first row */
    size_t stride;         /* bytes from one slice to the next; 0: all see the same */
    size_t to_clear;       /* bytes to be 0 before a lane's first slice adds to them */
} rill_port;

enum { RILL_ROW_PORT }; /* the first port: the number of a slice's first row, an i32 scalar */

typedef struct rill_region {
    int64_t batch, rows, slices, lanes;
    rill_arena arena; /* of what ports point to */
    rill_port *ports; /* [port_count] */
    int64_t port_count, port_capacity;
    rill_program *slice,
        *last; /* planned, not bound: of `rows` rows, and of what is left (or NULL) */
    struct rill_runner *runners;
    int runner_count;
} rill_region;

extern const rill_op rill_region_op, rill_room_op, rill_filled_op;

/* Room for a value that a region fills. */
rill_tensor *rill_room(rill_graph *g, rill_dtype dtype, rill_shape shape);

void rill_region_free(rill_region *region);
/* Makes what workers 0..workers-1 need to run slices; 0 without memory. */
int rill_region_ready(rill_region *region, int workers);
/* Runs lanes begin..end-1 as one worker. */
void rill_region_run(const rill_region *region, int64_t begin, int64_t end, int worker);
/* Has the steps of slices watched: they are numbered from `first` on, those of the last slice after
 * them. */
void rill_region_watch(rill_region *region, const rill_watcher *watcher, int64_t first);
/* Adds what runners hold, and of it what is in use at most. */
void rill_region_bytes(const rill_region *region, int64_t *planned, int64_t *live);

#endif
