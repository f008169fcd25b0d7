/* plot_model.h - what rill plot draws, and how it gets that from a model. */
#ifndef RILL_TOOLS_COMMANDS_PLOT_MODEL_H
#define RILL_TOOLS_COMMANDS_PLOT_MODEL_H

#include "tools/cli/cli.h"
#include "tools/plot/plot.h"

enum { PICTURE_BINS = 160 }; /* a side of a density of samples, unless given */

/* Arrays, and what they were read from. */
typedef struct picture {
    const cli_args *args;
    const plot_kind *kind;
    plot_options how;
    plot_array arrays[PLOT_MAX_ARRAYS];
    double *owned[PLOT_MAX_ARRAYS];
    char names[PLOT_MAX_ARRAYS][64]; /* of files, without folder and extension */
    char axes[2][64];                /* names of columns that were picked */
    int count;
    rill_message message;
} picture;

/* The model at `path`, and how it is sampled where that is needed. */
typedef struct model_source {
    const char *path, *cond;
    uint64_t seed;
    int64_t samples, steps; /* of a density; of the solver */
    int exact;              /* the density by log p instead of samples */
} model_source;

/* Fills the picture, a field or a density, from a model; a density on the line becomes a histogram.
 * Complains and returns the exit status. */
int picture_of_model(picture *p, const model_source *from);

#endif
