/* sheet.h - the page of a picture: panels in a grid, frames with axes, legends, colour bars, and
 * the small print that says what was left out. */
#ifndef RILL_TOOLS_PLOT_SHEET_H
#define RILL_TOOLS_PLOT_SHEET_H

#include "canvas.h"
#include "plot.h"
#include "scale.h"

/* What a kind accepts; checked before anything is drawn. */
typedef struct plot_accepts {
    const char *kind, *shapes;
    int most; /* arrays */
    int (*fits)(const plot_array *array);
} plot_accepts;

/* RILL_OK when path, arrays, shapes and labels can be drawn at all: every array is not empty and
 * fits. */
rill_status plot_check(const plot_accepts *accepts, const plot_array *arrays, int count,
                       const char *path, rill_message *message);

int64_t plot_rows(const plot_array *array);
/* Elements of a row: the product of all dimensions but the first. */
int64_t plot_columns(const plot_array *array);

/* How points are left out: those that are not usable, and all but every kth of very many. */
typedef struct plot_skips {
    int64_t unusable, drawn, all; /* all: usable, drawn or not */
    const char *what, *fate;      /* "points"; what became of the unusable, NULL: skipped */
} plot_skips;

/* The distance between points drawn, so that at most `most` of `count` are. */
int64_t plot_stride(int64_t count, int64_t most);

typedef struct plot_sheet {
    canvas *page;
    double width, height, top, left;
    double panel_width, panel_height;
    double gap, head; /* between panels; above each, for its title */
    int columns;
    plot_options options;
} plot_sheet;

/* A page for `panels` panels of the given size; `legend`: leaves a line for one; `bar`: leaves room
 * for a colour bar at the right. */
typedef struct sheet_form {
    int panels, columns; /* columns 0: chosen */
    double panel_width, panel_height;
    double gap, head;      /* between panels, and above each; 0: chosen */
    int legend, bar, bare; /* bare: no axes */
} sheet_form;

/* The side of a square panel, so that `panels` of them fit a slide. */
double sheet_panel_size(int panels);

rill_status sheet_open(plot_sheet *sheet, const sheet_form *form, const plot_options *options,
                       const char *path, rill_message *message);
plot_box sheet_panel(const plot_sheet *sheet, int i);
/* Prints what was skipped, writes the file, and frees the page. */
rill_status sheet_close(plot_sheet *sheet, const plot_skips *skips, rill_message *message);

/* Frees the page, and writes nothing. */
void sheet_discard(plot_sheet *sheet);

/* Names with a spot of their colour, on the line above the panels. */
void sheet_legend(const plot_sheet *sheet, int count, const char *const *names,
                  const plot_color *colors);
/* Of array i of the picture: that of its series, or gray where the options say that it is what the
 * others are held against. */
plot_color sheet_color(const plot_sheet *sheet, int i, int count);
/* The labels of several arrays in their colours; nothing for a single one. */
void sheet_legend_arrays(const plot_sheet *sheet, const plot_array *arrays, int count);
/* plot_map(0) at range.low to plot_map(share) at range.high, beside the panels. */
void sheet_color_bar(const plot_sheet *sheet, plot_range range, double share, const char *label);

typedef struct plot_frame {
    canvas *page;
    plot_box box;
    plot_scale x, y;
    double margin; /* between the box and the numbers of the y axis, for what is drawn there */
} plot_frame;

plot_frame frame_in(const plot_sheet *sheet, plot_box box, plot_range x, plot_range y, int log_y);
/* Grid lines and ticks; tick labels and axis labels where the panel is at the edge of the sheet.
 * The labels are those of the options, and these where there are none. */
void frame_axes(const plot_sheet *sheet, const plot_frame *frame, int panel, int panels,
                const char *x_label, const char *y_label);
void frame_title(const plot_frame *frame, const char *title);

/* 1 when x and y can be drawn. */
int plot_usable_point(const double *point);
/* What the usable rows span that begin with x and y; returns how many they are. */
int64_t plot_points_ranges(const plot_array *arrays, int count, plot_range *x, plot_range *y);
/* The same, and how many rows are usable and how many are not. */
void curves_ranges(const plot_array *arrays, int count, plot_range *x, plot_range *y,
                   plot_skips *skips);
/* A legend of several arrays, or the one's label above the frame. */
void curves_names(const plot_sheet *sheet, const plot_frame *frame, const plot_array *arrays,
                  int count);

#endif
