/* Heat maps: of grids of values, or of how many samples fall in each square. */
#include "sheet.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SIDE = 4096, MOST_BINS = 1024 };

static int fits_grid(const plot_array *array)
{
    return array->rank == 2 && array->dim[0] <= MOST_SIDE && array->dim[1] <= MOST_SIDE;
}

static int fits_samples(const plot_array *array)
{
    return array->rank == 2 && array->dim[1] == 2;
}

static const plot_accepts grids = { "density", "[rows,columns], up to 4096 each", PLOT_MAX_ARRAYS,
                                    fits_grid };
static const plot_accepts samples = { "density", "[N,2], bins being given", PLOT_MAX_ARRAYS,
                                      fits_samples };

/* Where the grids lie, and the values that the colours span. */
struct picture {
    plot_range x, y, value;
    plot_skips skips;
};

static rill_status draw_grid(const plot_frame *frame, const plot_array *grid, plot_range value,
                             rill_message *message)
{
    int64_t height = grid->dim[0], width = grid->dim[1];
    uint8_t *rgb = malloc((size_t)(height * width) * 3);
    if (!rgb)
        return rill_fail(message, RILL_NO_MEMORY, "density: no memory for the map");
    for (int64_t row = 0; row < height; row++)
        for (int64_t column = 0; column < width; column++) {
            double v = grid->values[(height - 1 - row) * width + column];
            plot_color color =
                plot_usable(v) ? plot_map((v - value.low) / (value.high - value.low)) : plot_rule;
            uint8_t *pixel = rgb + (row * width + column) * 3;
            pixel[0] = (uint8_t)(color.r * 255 + .5);
            pixel[1] = (uint8_t)(color.g * 255 + .5);
            pixel[2] = (uint8_t)(color.b * 255 + .5);
        }
    canvas_image(frame->page, rgb, (int)width, (int)height, frame->box);
    free(rgb);
    return RILL_OK;
}

static rill_status draw_panels(const plot_sheet *sheet, const struct picture *picture,
                               const plot_array *arrays, int count, rill_message *message)
{
    rill_status status = RILL_OK;
    for (int i = 0; i < count && !status; i++) {
        plot_frame frame = frame_in(sheet, sheet_panel(sheet, i), picture->x, picture->y, 0);
        frame_axes(sheet, &frame, i, count, "x₁", "x₂");
        frame_title(&frame, arrays[i].label);
        status = draw_grid(&frame, &arrays[i], picture->value, message);
    }
    return status;
}

/* A panel as wide as the plane it shows, where that is not too long. */
static sheet_form form_for(const struct picture *picture, int count)
{
    double size = sheet_panel_size(count);
    double aspect = (picture->y.high - picture->y.low) / (picture->x.high - picture->x.low);
    aspect = aspect < .25 || aspect > 4 ? .7 : aspect;
    return (sheet_form){ .panels = count,
                         .panel_width = aspect > 1 ? size / aspect : size,
                         .panel_height = aspect > 1 ? size : size * aspect,
                         .bar = 1 };
}

static rill_status draw(struct picture *picture, const plot_array *arrays, int count,
                        const plot_options *options, const char *path, rill_message *message)
{
    plot_sheet sheet;
    sheet_form form = form_for(picture, count);
    rill_status status = sheet_open(&sheet, &form, options, path, message);
    if (status)
        return status;
    picture->value = options && options->low < options->high
                         ? (plot_range){ options->low, options->high }
                         : plot_range_pad(picture->value, 0);
    status = draw_panels(&sheet, picture, arrays, count, message);
    if (status) {
        sheet_discard(&sheet);
        return status;
    }
    sheet_color_bar(&sheet, picture->value, 1, "density");
    return sheet_close(&sheet, &picture->skips, message);
}

static plot_range extent(double low, double high)
{
    plot_range unit = { 0, 1 }, given = { low, high };
    return plot_usable(low) && plot_usable(high) && low < high ? given : unit;
}

static rill_status draw_grids(const plot_array *arrays, int count, const plot_options *options,
                              const char *path, rill_message *message)
{
    struct picture picture = { { 0, 1 }, { 0, 1 }, plot_nothing, { .what = "squares" } };
    if (options) {
        picture.x = extent(options->x_low, options->x_high);
        picture.y = extent(options->y_low, options->y_high);
    }
    for (int i = 0; i < count; i++)
        for (int64_t j = 0; j < plot_rows(&arrays[i]) * plot_columns(&arrays[i]); j++) {
            int usable = plot_usable(arrays[i].values[j]);
            picture.skips.unusable += !usable;
            picture.skips.all += usable;
            picture.value = plot_range_add(picture.value, arrays[i].values[j]);
        }
    return draw(&picture, arrays, count, options, path, message);
}

static int64_t bin_of(double value, plot_range range, int64_t bins)
{
    double bin = (value - range.low) / (range.high - range.low) * (double)bins;
    return (int64_t)fmin(fmax(bin, 0), (double)(bins - 1));
}

/* counts[bins][bins], scaled to volume one. */
static void bin_samples(const plot_array *array, struct picture *picture, int64_t bins,
                        double *counts)
{
    int64_t usable = 0, all = bins * bins;
    for (int64_t i = 0; i < plot_rows(array); i++) {
        const double *point = array->values + 2 * i;
        if (!plot_usable_point(point))
            continue;
        counts[bin_of(point[1], picture->y, bins) * bins + bin_of(point[0], picture->x, bins)]++;
        usable++;
    }
    double area = (picture->x.high - picture->x.low) * (picture->y.high - picture->y.low);
    double unit = area / (double)all * (double)usable;
    picture->skips.unusable += plot_rows(array) - usable;
    picture->skips.all += usable;
    for (int64_t i = 0; i < all; i++) {
        counts[i] = unit > 0 ? counts[i] / unit : 0;
        picture->value = plot_range_add(picture->value, counts[i]);
    }
}

static void sample_ranges(struct picture *picture, const plot_array *arrays, int count)
{
    plot_points_ranges(arrays, count, &picture->x, &picture->y);
    picture->x = plot_range_pad(picture->x, .03);
    picture->y = plot_range_pad(picture->y, .03);
    plot_range_square(&picture->x, &picture->y);
}

static rill_status draw_samples(const plot_array *arrays, int count, const plot_options *options,
                                const char *path, rill_message *message)
{
    int64_t bins = options->bins < MOST_BINS ? options->bins : MOST_BINS;
    struct picture picture = { plot_nothing, plot_nothing, { 0, 0 }, { .what = "points" } };
    double *counts = calloc((size_t)(bins * bins) * (size_t)count, sizeof *counts);
    if (!counts)
        return rill_fail(message, RILL_NO_MEMORY, "density: no memory for the squares");
    plot_array maps[PLOT_MAX_ARRAYS];
    sample_ranges(&picture, arrays, count);
    for (int i = 0; i < count; i++) {
        double *map = counts + i * bins * bins;
        bin_samples(&arrays[i], &picture, bins, map);
        maps[i] = (plot_array){ arrays[i].label, map, 2, { bins, bins } };
    }
    rill_status status = draw(&picture, maps, count, options, path, message);
    free(counts);
    return status;
}

rill_status plot_density(const plot_array *arrays, int count, const plot_options *options,
                         const char *path, rill_message *message)
{
    int binned = options && options->bins > 0;
    rill_status status = plot_check(binned ? &samples : &grids, arrays, count, path, message);
    if (status)
        return status;
    return binned ? draw_samples(arrays, count, options, path, message)
                  : draw_grids(arrays, count, options, path, message);
}
