/* picture.h - a path to look at: where some samples are, what they are made of, and how fast they
 * move. */
#ifndef RILL_TOOLS_PATHS_PICTURE_H
#define RILL_TOOLS_PATHS_PICTURE_H

#include "check.h"

/* Three panels over t, drawn into a .png, .svg or .pdf: ten random pairs (x0, x1), of each the
 * first number of x_t, and |dx_t/dt| of it, beside the root mean square of many; between them the
 * factors of an affine path, or the pairs of any other in the plane of their first two numbers.
 * Times that `report` calls singular are marked, and jumps.  Of a random path it is the mean that
 * moves, and the deviation about it is drawn with the factors.  Errors as in plot.h, and of the
 * probe. */
rill_status path_draw(const rill_path *path, const rill_shape *sample, uint64_t seed,
                      const path_report *report, const char *title, const char *file,
                      rill_message *message);

#endif
