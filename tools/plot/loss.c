/* The loss curve of a run: what was logged in a pale line, its running mean in a strong one. */
#include "sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_COLUMNS = 600 };

static int fits(const plot_array *array)
{
    return array->rank == 2 && array->dim[1] == 2;
}

static const plot_accepts accepts = { "loss", "rows (step, loss)", PLOT_MAX_ARRAYS, fits };

/* Each pixel column keeps the least and the greatest loss in it: nothing is lost to the eye, and a
 * log of a million steps is still a small file. */
static void draw_raw(const plot_frame *frame, const plot_array *array, double *points)
{
    int64_t rows = plot_rows(array), count = 0, stride = plot_stride(rows, MOST_COLUMNS);
    for (int64_t i = 0; i < rows; i += stride) {
        plot_range x = plot_nothing, y = plot_nothing;
        for (int64_t j = i; j < i + stride && j < rows; j++) {
            const double *row = array->values + 2 * j;
            if (!plot_usable_point(row))
                continue;
            x = plot_range_add(x, row[0]);
            y = plot_range_add(y, row[1]);
        }
        if (x.low > x.high)
            continue;
        double ends[] = { y.high, y.low };
        for (int k = 0; k < (stride > 1 ? 2 : 1); k++, count++) {
            points[2 * count] = plot_place(&frame->x, x.low);
            points[2 * count + 1] = plot_place(&frame->y, ends[k]);
        }
    }
    canvas_lines(frame->page, points, count, .7);
}

/* The mean of rows first..last; 0 where none of them is usable. */
static int mean_between(const plot_array *array, int64_t first, int64_t last, double *mean)
{
    double sum = 0, count = 0;
    for (int64_t i = first; i <= last; i++) {
        const double *row = array->values + 2 * i;
        if (!plot_usable_point(row))
            continue;
        sum += row[1];
        count++;
    }
    *mean = sum / fmax(count, 1);
    return count > 0;
}

/* The running mean over a fiftieth of the run, centred, so that it does not lag; over less at the
 * start, where the loss falls fast. */
static void draw_smooth(const plot_frame *frame, const plot_array *array, double *points)
{
    int64_t rows = plot_rows(array), stride = plot_stride(rows, MOST_COLUMNS), count = 0;
    for (int64_t i = 0; i < rows; i += stride) {
        int64_t half = i < rows / 100 ? i : rows / 100;
        int64_t last = i + half < rows ? i + half : rows - 1;
        double mean;
        if (!plot_usable(array->values[2 * i]) || !mean_between(array, i - half, last, &mean))
            continue;
        points[2 * count] = plot_place(&frame->x, array->values[2 * i]);
        points[2 * count + 1] = plot_place(&frame->y, mean);
        count++;
    }
    if (count == 1)
        canvas_disc(frame->page, points[0], points[1], 3);
    canvas_lines(frame->page, points, count, 1.8);
}

static void draw_curves(const plot_frame *frame, const plot_array *arrays, int count,
                        double *points)
{
    canvas_clip(frame->page, frame->box);
    for (int i = 0; i < count; i++) {
        canvas_color(frame->page, plot_series_color(i), count > 2 ? .15 : .3);
        draw_raw(frame, &arrays[i], points);
    }
    for (int i = 0; i < count; i++) {
        canvas_color(frame->page, plot_series_color(i), 1);
        draw_smooth(frame, &arrays[i], points);
    }
    canvas_unclip(frame->page);
}

/* Across the frame, with its value under the right end. */
static void draw_floor(const plot_frame *frame, double floor)
{
    char text[48];
    double right = frame->box.x + frame->box.width, y = plot_place(&frame->y, floor);
    const double ends[] = { frame->box.x, y, right, y };
    snprintf(text, sizeof text, "floor %.4g", floor);
    canvas_color(frame->page, plot_ink, 1);
    canvas_dashes(frame->page, ends, 2, 1.2);
    canvas_text(frame->page, right - 4, y + 9, PLOT_RIGHT, 9.5, text);
}

rill_status plot_loss(const plot_array *arrays, int count, const plot_options *options,
                      const char *path, rill_message *message)
{
    plot_sheet sheet;
    plot_range x, y;
    plot_skips skips = { .what = "steps" };
    rill_status status = plot_check(&accepts, arrays, count, path, message);
    if (status)
        return status;
    curves_ranges(arrays, count, &x, &y, &skips);
    if (x.low > x.high)
        return rill_fail(message, RILL_BAD_ARGUMENT, "loss: no row is finite");
    const double *floor = options ? options->floor : NULL;
    if (floor)
        y = plot_range_add(y, *floor);
    int logarithmic = !(options && options->linear) && plot_range_spans(y, 20);
    double *points = malloc((2 * MOST_COLUMNS + 4) * 2 * sizeof *points);
    if (!points)
        return rill_fail(message, RILL_NO_MEMORY, "loss: no memory for the curve");
    sheet_form form = { .panels = 1, .panel_width = 600, .panel_height = 320, .legend = count > 1 };
    status = sheet_open(&sheet, &form, options, path, message);
    if (!status) {
        plot_frame frame = frame_in(&sheet, sheet_panel(&sheet, 0), plot_range_pad(x, .01),
                                    plot_range_pad_for(y, .05, logarithmic), logarithmic);
        frame_axes(&sheet, &frame, 0, 1, "step", "loss");
        if (count > 1 || !sheet.options.title) /* which says better what it is */
            curves_names(&sheet, &frame, arrays, count);
        draw_curves(&frame, arrays, count, points);
        if (floor && plot_usable(*floor))
            draw_floor(&frame, *floor);
        status = sheet_close(&sheet, &skips, message);
    }
    free(points);
    return status;
}
