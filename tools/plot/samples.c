/* Scatters of points, histograms of numbers. */
#include "histogram.h"
#include "sheet.h"

#include <math.h>

enum { MOST_POINTS = 6000, MOST_BINS = 1000 };

static int fits(const plot_array *array)
{
    return array->rank == 1 || (array->rank == 2 && array->dim[1] <= 2);
}

static const plot_accepts accepts = { "samples", "[N,2], [N,1] or [N]", PLOT_MAX_ARRAYS, fits };

/* What all frames of one picture share. */
struct picture {
    const plot_array *arrays;
    int count, overlay;
    plot_sheet sheet;
    plot_skips skips;
    plot_range x, y;
};

static plot_color color_of(const struct picture *picture, int i)
{
    return plot_series_color(picture->overlay ? i : 0);
}

static rill_status begin(struct picture *picture, const plot_options *options, const char *path,
                         rill_message *message)
{
    int panels = picture->overlay ? 1 : picture->count;
    double size = sheet_panel_size(panels);
    sheet_form form = {
        .panels = panels, .panel_width = size, .panel_height = size, .legend = picture->overlay
    };
    rill_status status = sheet_open(&picture->sheet, &form, options, path, message);
    if (!status && picture->overlay)
        sheet_legend_arrays(&picture->sheet, picture->arrays, picture->count);
    return status;
}

/* The frame of array i, the kth to be drawn, with its axes unless an earlier one drew them. */
static plot_frame frame_of(const struct picture *picture, int i, int k, const char *x_label,
                           const char *y_label)
{
    int panel = picture->overlay ? 0 : i;
    plot_frame frame =
        frame_in(&picture->sheet, sheet_panel(&picture->sheet, panel), picture->x, picture->y, 0);
    if (picture->overlay && k > 0)
        return frame;
    frame_axes(&picture->sheet, &frame, panel, picture->overlay ? 1 : picture->count, x_label,
               y_label);
    if (!picture->overlay)
        frame_title(&frame, picture->arrays[i].label);
    return frame;
}

static void draw_points(const plot_frame *frame, const plot_array *array, plot_color color,
                        plot_skips *skips)
{
    int64_t rows = plot_rows(array), stride = plot_stride(rows, MOST_POINTS);
    double crowd = sqrt((double)(rows / stride)), share = frame->box.width / 420;
    double radius = share * fmax(1.1, fmin(3.2, 75 / crowd));
    canvas_color(frame->page, color, rows > 500 ? .5 : .8);
    for (int64_t i = 0; i < rows; i++) {
        const double *point = array->values + 2 * i;
        int usable = plot_usable_point(point), drawn = usable && i % stride == 0;
        skips->unusable += !usable;
        skips->drawn += drawn;
        skips->all += usable;
        if (drawn)
            canvas_disc(frame->page, plot_place(&frame->x, point[0]),
                        plot_place(&frame->y, point[1]), radius);
    }
}

static void scatter_ranges(struct picture *picture)
{
    plot_points_ranges(picture->arrays, picture->count, &picture->x, &picture->y);
    picture->x = plot_range_pad(picture->x, .05);
    picture->y = plot_range_pad(picture->y, .05);
    plot_range_square(&picture->x, &picture->y);
}

/* In one frame the few come last, on top of the many. */
static void order_by_size(const struct picture *picture, int *order)
{
    for (int i = 0; i < picture->count; i++) {
        int at = i;
        while (picture->overlay && at > 0 &&
               plot_rows(&picture->arrays[order[at - 1]]) < plot_rows(&picture->arrays[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

static rill_status scatter(struct picture *picture, const plot_options *options, const char *path,
                           rill_message *message)
{
    scatter_ranges(picture);
    rill_status status = begin(picture, options, path, message);
    if (status)
        return status;
    int order[PLOT_MAX_ARRAYS];
    order_by_size(picture, order);
    for (int k = 0; k < picture->count; k++) {
        int i = order[k];
        plot_frame frame = frame_of(picture, i, k, "x₁", "x₂");
        draw_points(&frame, &picture->arrays[i], color_of(picture, i), &picture->skips);
    }
    return sheet_close(&picture->sheet, &picture->skips, message);
}

/* Fills bars[count] over one common range; 0 when there is no memory. */
static int count_all(struct picture *picture, plot_histogram *bars, int64_t bins)
{
    int64_t most = 0;
    picture->x = plot_nothing;
    for (int i = 0; i < picture->count; i++) {
        int64_t rows = plot_rows(&picture->arrays[i]);
        most = rows > most ? rows : most;
        for (int64_t j = 0; j < rows; j++)
            picture->x = plot_range_add(picture->x, picture->arrays[i].values[j]);
    }
    picture->x = plot_range_pad(picture->x, .02);
    picture->y = (plot_range){ 0, 0 };
    bins = bins > 0 ? (bins < MOST_BINS ? bins : MOST_BINS) : histogram_bins(most);
    for (int i = 0; i < picture->count; i++) {
        if (!histogram_make(&bars[i], picture->arrays[i].values, plot_rows(&picture->arrays[i]), 1,
                            picture->x, (int)bins))
            return 0;
        picture->y = plot_range_add(picture->y, 1.06 * histogram_top(&bars[i]));
        picture->skips.unusable += bars[i].unusable;
        picture->skips.all += plot_rows(&picture->arrays[i]) - bars[i].unusable;
        picture->skips.drawn = picture->skips.all;
    }
    return 1;
}

static void draw_bars(const struct picture *picture, const plot_histogram *bars)
{
    for (int i = 0; i < picture->count; i++) {
        plot_frame frame = frame_of(picture, i, i, "x", "density");
        histogram_draw(frame.page, &bars[i], &frame.x, &frame.y, 1, color_of(picture, i));
    }
}

static rill_status histograms(struct picture *picture, const plot_options *options,
                              const char *path, rill_message *message)
{
    plot_histogram bars[PLOT_MAX_ARRAYS] = { 0 };
    rill_status status = RILL_OK;
    if (!count_all(picture, bars, options ? options->bins : 0))
        status = rill_fail(message, RILL_NO_MEMORY, "samples: no memory for the bars");
    if (!status)
        status = begin(picture, options, path, message);
    if (!status) {
        draw_bars(picture, bars);
        status = sheet_close(&picture->sheet, &picture->skips, message);
    }
    for (int i = 0; i < picture->count; i++)
        histogram_free(&bars[i]);
    return status;
}

/* Two columns with no row usable in both: nothing to draw, though there are finite values. */
static int has_point(const plot_array *array)
{
    for (int64_t i = 0; i < plot_rows(array); i++)
        if (plot_usable_point(array->values + 2 * i))
            return 1;
    return 0;
}

rill_status plot_samples(const plot_array *arrays, int count, const plot_options *options,
                         const char *path, rill_message *message)
{
    rill_status status = plot_check(&accepts, arrays, count, path, message);
    if (status)
        return status;
    int64_t columns = plot_columns(&arrays[0]);
    for (int i = 0; i < count; i++) {
        if (plot_columns(&arrays[i]) != columns)
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "samples: points of 1 and of 2 numbers cannot share one picture");
        if (columns == 2 && !has_point(&arrays[i]))
            return rill_fail(message, RILL_BAD_ARGUMENT, "samples: array %d has no finite point",
                             i + 1);
    }
    struct picture picture = { .arrays = arrays,
                               .count = count,
                               .overlay = options && options->overlay && count > 1,
                               .skips.what = "points" };
    return columns == 2 ? scatter(&picture, options, path, message)
                        : histograms(&picture, options, path, message);
}
