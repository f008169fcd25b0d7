/* walk.h (private) - what some tensors are made from, inputs before users, without recursion. */
#ifndef RILL_CORE_WALK_H
#define RILL_CORE_WALK_H

#include "graph_impl.h"

typedef struct rill_walk {
    rill_tensor **nodes; /* [count] each once, inputs before users */
    int64_t count;
    rill_table index; /* tensor -> &nodes[i] */
} rill_walk;

/* Collects roots and all that they are made from.  Does not look below tensors in `cut` (which are
 * collected when reached; NULL: no cut).  0 without memory, with *walk freed. */
int rill_walk_from(rill_walk *walk, rill_tensor *const *roots, int64_t n, const rill_table *cut);
void rill_walk_free(rill_walk *walk);

/* Position of x in the walk, or -1. */
int64_t rill_walk_index(const rill_walk *walk, const rill_tensor *x);

#endif
