/* drawings.h - how the figures of a report are drawn (see eval_figure). */
#ifndef RILL_TOOLS_EVAL_DRAWINGS_H
#define RILL_TOOLS_EVAL_DRAWINGS_H

#include "figures.h"

typedef rill_status eval_drawing(eval_run *run, const eval_figure *figure, const char *path,
                                 const rill_sink *sink, rill_message *message);

/* Over time, and a measure over evaluations of the network. */
eval_drawing eval_draw_loss, eval_draw_excess, eval_draw_curves;
/* Samples beside data, and on their ways. */
eval_drawing eval_draw_samples, eval_draw_ways;

/* The side of square images; 0: samples are none. */
int64_t eval_image_side(const eval_run *run);

#endif
