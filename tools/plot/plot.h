/* plot.h - the pictures: arrays in, one PNG, SVG or PDF file out (the extension of the path
 * decides).
 *
 * Every kind of picture is one function of the same form, listed in plot_kinds.  Arrays are read
 * only, and belong to the caller.  Values that are NaN, infinite or beyond 1e100 in size are
 * skipped; so are points beyond what can be told apart, where there are very many.  Both are said,
 * in small print under the picture and in the message that comes with RILL_OK (otherwise empty).
 *
 * A file is written whole or not at all, and the same input gives the same bytes.
 *
 * Errors: RILL_BAD_ARGUMENT (wrong shapes, nothing to draw, an unknown extension),
 * RILL_UNSUPPORTED (built without cairo), RILL_NO_MEMORY, RILL_IO. */
#ifndef RILL_TOOLS_PLOT_PLOT_H
#define RILL_TOOLS_PLOT_PLOT_H

#include <stdint.h>

#include "base/status.h"
#include "formats/sink.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLOT_MAX_RANK = 3, PLOT_MAX_ARRAYS = 16 };

/* A C-order array of `rank` dimensions.  The label names it in titles, legends and errors; NULL:
 * none. */
typedef struct plot_array {
    const char *label;
    const double *values;
    int rank;
    int64_t dim[PLOT_MAX_RANK];
} plot_array;

/* Zero everywhere is a good picture. */
typedef struct plot_options {
    const char *title, *x_label, *y_label;
    int overlay;   /* samples: all in one frame instead of side by side */
    int linear;    /* loss, lines: linear axes even where the values span decades */
    int linear_x;  /* lines: the axis to the right alone */
    int reference; /* lines: the last array is what the others are held against */
    const double *floor; /* loss: a dashed line at what no model gets below; NULL: none */
    int64_t
        bins; /* samples in 1-D: bars; density: bins a side, the arrays being samples (0: grids) */
    double x_low, x_high, y_low, y_high; /* density: where the grid lies; both 0: [0,1] */
    /* images, density: values at the ends of the scale, and what is beyond has the ends' colours.
     * Both 0: what the values themselves span, of images all but the least and the greatest 5%. */
    double low, high;
    /* Takes the picture instead of the file; the path then only says in which format.  NULL: none.
     */
    const rill_sink *sink;
} plot_options;

/* A scatter of each [N,2]; histograms of [N] or [N,1].  Several arrays share their axes. */
rill_status plot_samples(const plot_array *arrays, int count, const plot_options *options,
                         const char *path, rill_message *message);

/* One array [steps+1, N, 2]: where each sample went from noise to data, both ends marked.
 * [steps+1, N, 1]: time to the right, lines coloured by where they start, the
 * histograms of both ends at the sides. */
rill_status plot_trajectories(const plot_array *arrays, int count, const plot_options *options,
                              const char *path, rill_message *message);

/* One array a panel (a time, say), rows (x, y, vx, vy): arrows coloured by speed.
 * Rows (t, x, v): the slopes of dx/dt = v of a one-dimensional field. */
rill_status plot_field(const plot_array *arrays, int count, const plot_options *options,
                       const char *path, rill_message *message);

/* A heat map of each grid [rows, columns], row 0 at the bottom; of samples [N,2] when `bins` is
 * given. */
rill_status plot_density(const plot_array *arrays, int count, const plot_options *options,
                         const char *path, rill_message *message);

/* Rows (step, loss) of each array [K,2]: the losses in a pale line, their running mean in a strong
 * one. The axis is logarithmic where the losses are positive and span more than a factor of 20. */
rill_status plot_loss(const plot_array *arrays, int count, const plot_options *options,
                      const char *path, rill_message *message);

/* A curve through the rows (x, y) or (x, y, spread) of each array, a point that is not finite
 * breaks it.  Each axis is logarithmic where its values are positive and span more than a factor
 * of 5. */
rill_status plot_lines(const plot_array *arrays, int count, const plot_options *options,
                       const char *path, rill_message *message);

/* A grid of gray images, [n, side*side] or [n, height, width], white to black as values rise.
 * A second array [n], if given, is the number printed under each. */
rill_status plot_images(const plot_array *arrays, int count, const plot_options *options,
                        const char *path, rill_message *message);

typedef rill_status plot_function(const plot_array *arrays, int count, const plot_options *options,
                                  const char *path, rill_message *message);

typedef struct plot_kind {
    const char *name, *shapes, *doc;
    plot_function *draw;
} plot_kind;

/* Every kind, in the order in which help lists them; a NULL name ends the table. */
extern const plot_kind plot_kinds[];
/* NULL when there is no such kind. */
const plot_kind *plot_find(const char *name);

/* 0 when this build has no cairo: then every picture fails with RILL_UNSUPPORTED. */
int plot_available(void);

#ifdef __cplusplus
}
#endif
#endif
