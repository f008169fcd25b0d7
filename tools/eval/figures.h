/* figures.h - the pictures of a report, as a list that follows from what was found. */
#ifndef RILL_TOOLS_EVAL_FIGURES_H
#define RILL_TOOLS_EVAL_FIGURES_H

#include "run.h"
#include "tools/plot/plot.h"

typedef struct eval_section {
    const char *title, *intro;
} eval_section;

typedef struct eval_figure {
    const char *name;            /* "loss", "W2": what files are called by */
    const eval_section *section; /* that it stands in */
    const char *title;
    char caption[512]; /* how to read it */
    int measure;       /* that it shows, where it shows one */
    rill_status (*draw)(eval_run *run, const struct eval_figure *figure, const char *path,
                        const rill_sink *sink, rill_message *message);
} eval_figure;

/* In the order of the page; 0 when i is out of range. */
int eval_figure_at(const eval_run *run, int i, eval_figure *figure);

/* Draws to a file, or, when there is a sink, there, in the format of the path. */
rill_status eval_figure_draw(eval_run *run, const eval_figure *figure, const char *path,
                             const rill_sink *sink, rill_message *message);

#endif
