/* canvas.h - a page to draw on, in points, y downwards; the only place that knows of cairo.
 *
 * Drawing calls never fail: the canvas remembers the first failure, and canvas_close reports it. */
#ifndef RILL_TOOLS_PLOT_CANVAS_H
#define RILL_TOOLS_PLOT_CANVAS_H

#include "base/status.h"
#include "formats/sink.h"
#include "palette.h"

#include <stdint.h>

typedef struct canvas canvas;

typedef struct plot_box {
    double x, y, width, height;
} plot_box;

typedef enum plot_align { PLOT_LEFT, PLOT_CENTER, PLOT_RIGHT } plot_align;

/* RILL_OK when pictures can be made at all and the extension of `path` is known. */
rill_status canvas_check(const char *path, rill_message *message);
/* A white page; PNG files have two pixels a point. */
rill_status canvas_open(double width, double height, const char *path, canvas **page,
                        rill_message *message);
/* From now on the picture goes there instead of to the file; it is kept until canvas_close. */
void canvas_redirect(canvas *page, rill_sink sink);
/* Writes the file, whole or not at all, and frees the canvas. */
rill_status canvas_close(canvas *page, rill_message *message);
/* Frees the canvas, and writes nothing. */
void canvas_discard(canvas *page);

void canvas_color(canvas *page, plot_color color, double alpha);
/* points = (x, y) pairs */
void canvas_lines(canvas *page, const double *points, int64_t count, double width);
void canvas_dashes(canvas *page, const double *points, int64_t count, double width);
void canvas_polygon(canvas *page, const double *points, int64_t count);
void canvas_disc(canvas *page, double x, double y, double radius);
void canvas_box(canvas *page, plot_box box);
/* Until canvas_unclip, nothing is drawn outside the box.  Not nested. */
void canvas_clip(canvas *page, plot_box box);
void canvas_unclip(canvas *page);
/* rgb[height][width][3], row 0 on top, stretched over the box in sharp squares. */
void canvas_image(canvas *page, const uint8_t *rgb, int width, int height, plot_box box);

/* y is the middle of the line of text's small letters. */
void canvas_text(canvas *page, double x, double y, plot_align align, double size, const char *text);
void canvas_bold(canvas *page, double x, double y, plot_align align, double size, const char *text);
/* Reads upwards, centred at (x, y). */
void canvas_text_upwards(canvas *page, double x, double y, double size, const char *text);
double canvas_text_width(canvas *page, double size, const char *text);

#endif
