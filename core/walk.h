/* walk.h (private) - what some tensors are made from, inputs before users, without recursion. */
#ifndef RILL_CORE_WALK_H
#define RILL_CORE_WALK_H

#include "graph_impl.h"

typedef struct rill_walk {
    rill_graph *graph;
    rill_tensor **nodes; /* [count] each once, inputs before users */
    int64_t count;
    uint64_t epoch;   /* not 0: positions are marked on the tensors under this number */
    rill_table index; /* else: tensor -> &nodes[i] */
} rill_walk;

/* Collects roots and all that they are made from.  Does not look below tensors in `cut` (which are
 * collected when reached; NULL: no cut).  0 without memory, with *walk freed.  All roots are of one
 * graph.  One walk of a graph at a time marks its tensors; walks inside it, which are small, keep a
 * table. */
int rill_walk_from(rill_walk *walk, rill_tensor *const *roots, int64_t n, const rill_table *cut);
void rill_walk_free(rill_walk *walk);

/* Position of x in the walk, or -1. */
int64_t rill_walk_index(const rill_walk *walk, const rill_tensor *x);
/* Inputs of the node that has most; 1 at least. */
int rill_walk_widest(const rill_walk *walk);

#endif
