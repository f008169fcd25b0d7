/* embed_svg.h - a picture within a page. */
#ifndef RILL_TOOLS_EVAL_EMBED_SVG_H
#define RILL_TOOLS_EVAL_EMBED_SVG_H

#include <stdio.h>

/* The picture as an element <svg> to stand in a page: its ids begin with `number`, so that those of
 * several pictures do not meet. */
void eval_embed_svg(FILE *out, const char *svg, size_t size, int number);

#endif
