/* A grid of small gray images. */
#include "sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_IMAGES = 400, MOST_SIDE = 1024, CAPTION = 12 };

static int64_t square_root(int64_t n)
{
    int64_t root = (int64_t)(sqrt((double)n) + .5);
    return root * root == n ? root : 0;
}

static int fits(const plot_array *array)
{
    if (array->rank == 3)
        return array->dim[1] <= MOST_SIDE && array->dim[2] <= MOST_SIDE;
    return array->rank == 2 && array->dim[1] <= MOST_SIDE * MOST_SIDE && square_root(array->dim[1]);
}

static int fits_captions(const plot_array *array)
{
    return plot_columns(array) == 1;
}

static const plot_accepts accepts = { "images", "[n, side*side] or [n, height, width]", 1, fits };
static const plot_accepts captions = { "images, captions", "[n]", 1, fits_captions };

/* Images [count][height][width], white at the low end of `gray`, black at the high one. */
struct album {
    const double *values, *numbers; /* numbers: captions, or NULL */
    int64_t count, height, width;
    plot_range gray;
};

static plot_range between_quantiles(const plot_array *images, double cut)
{
    int64_t pixels = plot_rows(images) * plot_columns(images);
    return (plot_range){ plot_quantile(images->values, pixels, cut),
                         plot_quantile(images->values, pixels, 1 - cut) };
}

/* Where no range is given, wild pixels must not make all the others pale; where nearly all are
 * alike, the few others are the picture. */
static plot_range gray_range(const plot_array *images, const plot_options *options)
{
    if (options && options->low < options->high)
        return (plot_range){ options->low, options->high };
    plot_range most = between_quantiles(images, .05);
    return most.low < most.high ? most : between_quantiles(images, 0);
}

static struct album album_of(const plot_array *arrays, int count, const plot_options *options)
{
    const plot_array *images = &arrays[0];
    int64_t side = images->rank == 2 ? square_root(images->dim[1]) : 0;
    return (struct album){
        .values = images->values,
        .numbers = count > 1 ? arrays[1].values : NULL,
        .count = plot_rows(images),
        .height = side ? side : images->dim[1],
        .width = side ? side : images->dim[2],
        .gray = gray_range(images, options),
    };
}

static uint8_t shade(const struct album *album, double value)
{
    double span = album->gray.high - album->gray.low;
    double share = span > 0 ? (value - album->gray.low) / span : value > album->gray.low;
    return (uint8_t)(255 * (1 - fmin(fmax(share, 0), 1)) + .5);
}

/* Fills rgb[height][width][3]; a pixel that is not finite is red.  Returns whether any was. */
static int develop(const struct album *album, int64_t i, uint8_t *rgb)
{
    int64_t pixels = album->height * album->width;
    const double *values = album->values + i * pixels;
    int spoilt = 0;
    for (int64_t p = 0; p < pixels; p++, rgb += 3) {
        int usable = plot_usable(values[p]);
        rgb[0] = usable ? shade(album, values[p]) : 213;
        rgb[1] = usable ? rgb[0] : 94;
        rgb[2] = usable ? rgb[0] : 0;
        spoilt |= !usable;
    }
    return spoilt;
}

static void draw_frame(canvas *page, plot_box box)
{
    double corners[] = { box.x,
                         box.y,
                         box.x + box.width,
                         box.y,
                         box.x + box.width,
                         box.y + box.height,
                         box.x,
                         box.y + box.height,
                         box.x,
                         box.y };
    canvas_color(page, plot_rule, 1);
    canvas_lines(page, corners, 5, .8);
}

static void draw_caption(canvas *page, plot_box box, double number)
{
    char text[32];
    snprintf(text, sizeof text, "%.4g", number);
    canvas_color(page, plot_ink, 1);
    canvas_text(page, box.x + box.width / 2, box.y + box.height + 7, PLOT_CENTER, 9, text);
}

static void draw_images(const plot_sheet *sheet, const struct album *album, int64_t shown,
                        uint8_t *rgb, plot_skips *skips)
{
    for (int64_t i = 0; i < shown; i++) {
        plot_box box = sheet_panel(sheet, (int)i);
        int spoilt = develop(album, i, rgb);
        skips->unusable += spoilt;
        skips->all -= spoilt;
        skips->drawn -= spoilt;
        canvas_image(sheet->page, rgb, (int)album->width, (int)album->height, box);
        draw_frame(sheet->page, box);
        if (album->numbers)
            draw_caption(sheet->page, box, album->numbers[i]);
    }
}

/* Ten to a row, so that ten of each class make a square; wider where there are many. */
static sheet_form form_for(const struct album *album, int64_t shown)
{
    int columns = shown < 10 ? (int)shown : shown <= 200 ? 10 : 20;
    double size = columns > 10 ? 32 : columns > 5 ? 48 : 90;
    double aspect = fmin(fmax((double)album->height / (double)album->width, .1), 10);
    return (sheet_form){ .panels = (int)shown,
                         .columns = columns,
                         .panel_width = aspect > 1 ? size / aspect : size,
                         .panel_height = aspect > 1 ? size : size * aspect,
                         .gap = 6,
                         .head = album->numbers ? CAPTION + 4 : 6,
                         .bare = 1 };
}

static rill_status draw_album(const struct album *album, const plot_options *options,
                              const char *path, rill_message *message)
{
    plot_sheet sheet;
    int64_t shown = album->count < MOST_IMAGES ? album->count : MOST_IMAGES;
    plot_skips skips = { .drawn = shown, .all = album->count, .what = "images", .fate = "in red" };
    uint8_t *rgb = malloc((size_t)(album->height * album->width) * 3);
    if (!rgb)
        return rill_fail(message, RILL_NO_MEMORY, "images: no memory for one");
    sheet_form form = form_for(album, shown);
    rill_status status = sheet_open(&sheet, &form, options, path, message);
    if (!status) {
        draw_images(&sheet, album, shown, rgb, &skips);
        status = sheet_close(&sheet, &skips, message);
    }
    free(rgb);
    return status;
}

rill_status plot_images(const plot_array *arrays, int count, const plot_options *options,
                        const char *path, rill_message *message)
{
    int captioned = arrays && count == 2;
    rill_status status = plot_check(&accepts, arrays, captioned ? 1 : count, path, message);
    if (!status && captioned)
        status = plot_check(&captions, arrays + 1, 1, path, message);
    if (status)
        return status;
    if (captioned && plot_rows(&arrays[1]) != plot_rows(&arrays[0]))
        return rill_fail(message, RILL_BAD_ARGUMENT, "images: %lld images, %lld captions",
                         (long long)plot_rows(&arrays[0]), (long long)plot_rows(&arrays[1]));
    struct album album = album_of(arrays, count, options);
    return draw_album(&album, options, path, message);
}
