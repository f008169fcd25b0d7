/* drawing.h (private) - what a drawing shows, before it is text: items in the order of computation,
 * and the clusters they stand in. */
#ifndef RILL_FORMATS_DRAWING_H
#define RILL_FORMATS_DRAWING_H

#include "core/graph_impl.h"
#include "core/program_impl.h"
#include "dot.h"

typedef struct rill_dot_item {
    rill_tensor *x;
    rill_tensor *body; /* of a composite that is opened: its expansion */
    const char *name;  /* by the options, or NULL */
    int64_t owner;     /* the opened composite this is a part of, or -1 */
    int64_t number;    /* n0, n1, ...; -1: not drawn */
    int64_t next;      /* the next item drawn in the same cluster, or -1 */
    int64_t box;       /* the folded cluster that stands for it, or -1 */
    int is_output;
} rill_dot_item;

/* Clusters are a tree; cluster 0 is the whole drawing. */
typedef struct rill_dot_cluster {
    const char *label;                /* of a scope */
    const rill_op *op;                /* of an opened composite; NULL: a scope, or a step */
    int backward;                     /* of a scope */
    int64_t step;                     /* of a program; -1: none */
    const struct rill_region *region; /* run by slices: all of them; NULL: none */
    int64_t parent, child, sibling;   /* -1: none; children oldest first */
    int64_t last_child;
    int64_t first_item, last_item;
    int folded;    /* drawn as one box */
    int64_t nodes; /* of a box: what it stands for */
    int is_output; /* likewise: one of them is asked for */
} rill_dot_cluster;

typedef struct rill_drawing {
    const rill_dot_options *options;
    const rill_program *program; /* NULL: a graph is drawn */
    rill_dot_item *items;        /* inputs before users */
    size_t count, capacity;
    rill_dot_cluster *clusters;
    size_t cluster_count, cluster_capacity;
    rill_table index;      /* tensor -> number of its item, plus 1 */
    rill_table through;    /* of a region: leaf of a slice -> operand, room -> what fills it */
    rill_table cluster_of; /* what a cluster stands for -> its number, plus 1 */
} rill_drawing;

/* Collects, numbers and clusters the items.  0 without memory. */
int rill_drawing_make(rill_drawing *d, rill_tensor *const *outputs, int64_t n);
void rill_drawing_free(rill_drawing *d);

/* Decides what is folded, after all is in clusters. */
void rill_drawing_fold(rill_drawing *d);

/* What goes into boxes. */
typedef struct rill_bundle {
    const rill_dot_item *from; /* the first of them, by itself or within a box */
    int64_t box, count;        /* arrays */
} rill_bundle;

typedef struct rill_bundles {
    rill_bundle *all;
    size_t count, capacity;
    rill_table by_ends; /* both ends -> number, plus 1 */
    rill_table seen;    /* what is counted already */
} rill_bundles;

/* Counts what `from` gives to a box, once.  0 without memory. */
int rill_bundle_add(rill_bundles *bundles, const rill_dot_item *from, int64_t box);
void rill_bundles_free(rill_bundles *bundles);

/* The item of a collected tensor, or NULL. */
rill_dot_item *rill_drawing_item(const rill_drawing *d, const rill_tensor *x);
/* What stands for x: through opened composites to their expansion, and through views that are not
 * drawn when `views` says so. */
rill_tensor *rill_drawing_source(const rill_drawing *d, rill_tensor *x, int views);
/* The step of a program that computes the item, or -1; those of slices follow all others. */
int64_t rill_drawing_step(const rill_drawing *d, const rill_tensor *x);
/* The lane of slices whose part of a sum x is, among several, or -1. */
int64_t rill_drawing_lane(const rill_drawing *d, rill_tensor *x);

#endif
