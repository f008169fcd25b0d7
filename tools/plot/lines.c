/* Curves through points, each axis logarithmic where its values span decades; what they are held
 * against is dashed and gray. */
#include "sheet.h"

#include <math.h>

enum { MOST_MARKED = 60 }; /* points of a curve that each get a disc */

static int fits(const plot_array *array)
{
    return array->rank == 2 && (array->dim[1] == 2 || array->dim[1] == 3);
}

static const plot_accepts accepts = { "lines", "rows (x, y) or (x, y, spread)", PLOT_MAX_ARRAYS,
                                      fits };

static const double *row_of(const plot_array *array, int64_t i)
{
    return array->values + i * array->dim[1];
}

static void draw_spread(const plot_frame *frame, const double *row)
{
    double x = plot_place(&frame->x, row[0]);
    double ends[] = { x, plot_place(&frame->y, row[1] - row[2]), x,
                      plot_place(&frame->y, row[1] + row[2]) };
    canvas_lines(frame->page, ends, 2, 1);
}

/* One piece of the curve, from a usable row to the next; the line is broken at others. */
static void draw_piece(const plot_frame *frame, const double *from, const double *to, int dashed)
{
    double ends[] = { plot_place(&frame->x, from[0]), plot_place(&frame->y, from[1]),
                      plot_place(&frame->x, to[0]), plot_place(&frame->y, to[1]) };
    if (dashed)
        canvas_dashes(frame->page, ends, 2, 1.2);
    else
        canvas_lines(frame->page, ends, 2, 1.8);
}

static void draw_curve(const plot_frame *frame, const plot_array *array, int dashed)
{
    int64_t rows = plot_rows(array);
    for (int64_t i = 0; i < rows; i++) {
        const double *row = row_of(array, i);
        if (!plot_usable_point(row))
            continue;
        if (i > 0 && plot_usable_point(row_of(array, i - 1)))
            draw_piece(frame, row_of(array, i - 1), row, dashed);
        if (array->dim[1] == 3 && plot_usable(row[2]))
            draw_spread(frame, row);
        if (!dashed && rows <= MOST_MARKED)
            canvas_disc(frame->page, plot_place(&frame->x, row[0]), plot_place(&frame->y, row[1]),
                        2.6);
    }
}

static void draw(const plot_sheet *sheet, const plot_frame *frame, const plot_array *arrays,
                 int count)
{
    canvas_clip(frame->page, frame->box);
    for (int i = count - 1; i >= 0; i--) {
        canvas_color(frame->page, sheet_color(sheet, i, count), 1);
        draw_curve(frame, &arrays[i], sheet->options.reference && i == count - 1);
    }
    canvas_unclip(frame->page);
    curves_names(sheet, frame, arrays, count);
}

rill_status plot_lines(const plot_array *arrays, int count, const plot_options *options,
                       const char *path, rill_message *message)
{
    plot_sheet sheet;
    plot_range x, y;
    plot_skips skips = { .what = "points" };
    rill_status status = plot_check(&accepts, arrays, count, path, message);
    if (status)
        return status;
    curves_ranges(arrays, count, &x, &y, &skips);
    if (x.low > x.high)
        return rill_fail(message, RILL_BAD_ARGUMENT, "lines: no row is finite");
    int linear = options && options->linear, linear_x = linear || (options && options->linear_x);
    int log_x = !linear_x && plot_range_spans(x, 5);
    int log_y = !linear && plot_range_spans(y, 5);
    sheet_form form = { .panels = 1, .panel_width = 480, .panel_height = 270, .legend = count > 1 };
    status = sheet_open(&sheet, &form, options, path, message);
    if (status)
        return status;
    plot_frame frame = frame_in(&sheet, sheet_panel(&sheet, 0), plot_range_pad_for(x, .03, log_x),
                                plot_range_pad_for(y, .06, log_y), log_y);
    frame.x.logarithmic = log_x;
    frame_axes(&sheet, &frame, 0, 1, "x", "y");
    draw(&sheet, &frame, arrays, count);
    return sheet_close(&sheet, &skips, message);
}
