/* picture.h - a report as a picture: steps against the limits of the machine. */
#ifndef RILL_TOOLS_BENCH_PICTURE_H
#define RILL_TOOLS_BENCH_PICTURE_H

#include "report.h"

/* Panels: the time of a sample against the batch, of a step against width and depth, and the share
 * of the FMA peak that rill and its peers reach.  What was not measured is left out.
 * RILL_UNSUPPORTED without cairo, RILL_BAD_ARGUMENT for an unknown extension or nothing to draw. */
rill_status bench_draw(const bench_report *r, const char *path, rill_message *message);

#endif
