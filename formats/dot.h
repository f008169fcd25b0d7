/* dot.h - a graph, or a compiled program, as a drawing in the DOT language of Graphviz.
 *
 * Layers are nested clusters; parameters, data, random nodes, constants, forward, backward and
 * effects differ in shape and colour, with a legend; edges carry shapes ("256×64", f32 or f64
 * unless they say otherwise).  Numbers that are the same everywhere stand inside the op that uses
 * them, and views on the edge, so that what is left is what computes.  Where an op has several
 * inputs, edges are lettered as in its formula (a tooltip of the node), and sums of slices of the
 * batch are numbered.  Ids follow the order of computation: the text is the same from run to run.
 *
 * The palette is Okabe and Ito's "Color Universal Design" (2008), told apart by the colour-blind.
 */
#ifndef RILL_FORMATS_DOT_H
#define RILL_FORMATS_DOT_H

#include "../core/graph.h"
#include "../core/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a node is called, for those that have no name of their own: "x_t". */
typedef struct rill_dot_name {
    const rill_tensor *x;
    const char *name;
} rill_dot_name;

typedef struct rill_dot_options {
    const char *title; /* above the drawing; NULL: none */
    int zoom;          /* composites are opened: their expansion is drawn, in a cluster */
    const rill_tensor *highlight; /* drawn with a thick red border; NULL: none */
    int no_legend;
    /* Scopes, and in a program fused steps, that are this deep, one within the other, are drawn as
     * one box: 1 for the outermost.  0: none. */
    int depth;
    /* First in the labels of their nodes; of several names the first counts.  What is not drawn has
     * none.  In a program, outputs and what is drawn at random have names: other nodes may be gone.
     */
    const rill_dot_name *names; /* [name_count] */
    int64_t name_count;
} rill_dot_options;

/* The drawing of what `outputs[0..n-1]`, of one graph, are made from.  *text is NUL-terminated, of
 * *size bytes (size may be NULL), and given to the caller, who frees it with rill_dot_free().
 * `options` may be NULL.  Zooming appends the expansions to the graph.  RILL_BAD_ARGUMENT when
 * there is nothing to draw or the graphs differ, RILL_BAD_GRAPH with the graph's error when it has
 * one; *text is NULL then. */
rill_status rill_dot(rill_tensor *const *outputs, int64_t n, const rill_dot_options *options,
                     char **text, size_t *size, rill_message *message);

/* The same for what a program runs: after every pass, with the number of the step that computes
 * each node, and what is fused into one step in a cluster of its own.  `zoom` does nothing here. */
rill_status rill_program_dot(const rill_program *program, const rill_dot_options *options,
                             char **text, size_t *size, rill_message *message);

void rill_dot_free(char *text);

#ifdef __cplusplus
}
#endif
#endif
