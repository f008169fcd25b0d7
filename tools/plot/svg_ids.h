/* svg_ids.h - makes the ids of an SVG that cairo wrote depend on the drawing alone: cairo takes
 * them from a counter of the whole process. */
#ifndef RILL_TOOLS_PLOT_SVG_IDS_H
#define RILL_TOOLS_PLOT_SVG_IDS_H

#include <stddef.h>

/* Renumbers `name12` in id="name12" and "#name12" in the order of first appearance, each name from
 * 0, equal numbers staying equal.  *svg is from malloc, and replaced.  0 when there is no memory,
 * all as it was. */
int plot_svg_renumber(char **svg, size_t *size);

#endif
