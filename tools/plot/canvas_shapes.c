/* What is drawn on a page but for text. */
#include "canvas_impl.h"

#include <math.h>
#include <string.h>

void canvas_color(canvas *page, plot_color color, double alpha)
{
    cairo_set_source_rgba(page->cairo, color.r, color.g, color.b, alpha);
}

static void trace(canvas *page, const double *points, int64_t count)
{
    cairo_new_path(page->cairo);
    for (int64_t i = 0; i < count; i++)
        cairo_line_to(page->cairo, points[2 * i], points[2 * i + 1]);
}

void canvas_lines(canvas *page, const double *points, int64_t count, double width)
{
    trace(page, points, count);
    cairo_set_line_width(page->cairo, width);
    cairo_stroke(page->cairo);
}

void canvas_dashes(canvas *page, const double *points, int64_t count, double width)
{
    const double dash[] = { 4, 4 };
    cairo_set_dash(page->cairo, dash, 2, 0);
    canvas_lines(page, points, count, width);
    cairo_set_dash(page->cairo, NULL, 0, 0);
}

void canvas_polygon(canvas *page, const double *points, int64_t count)
{
    trace(page, points, count);
    cairo_close_path(page->cairo);
    cairo_fill(page->cairo);
}

void canvas_disc(canvas *page, double x, double y, double radius)
{
    cairo_new_path(page->cairo);
    cairo_arc(page->cairo, x, y, radius, 0, 2 * M_PI);
    cairo_fill(page->cairo);
}

void canvas_box(canvas *page, plot_box box)
{
    cairo_rectangle(page->cairo, box.x, box.y, box.width, box.height);
    cairo_fill(page->cairo);
}

void canvas_clip(canvas *page, plot_box box)
{
    cairo_save(page->cairo);
    cairo_rectangle(page->cairo, box.x, box.y, box.width, box.height);
    cairo_clip(page->cairo);
}

void canvas_unclip(canvas *page)
{
    cairo_restore(page->cairo);
}

/* Each pixel of rgb as a block of across x down. */
static void fill_pixels(cairo_surface_t *image, const uint8_t *rgb, int width, int across, int down)
{
    unsigned char *rows = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    int full_width = cairo_image_surface_get_width(image);
    int full_height = cairo_image_surface_get_height(image);
    for (int y = 0; y < full_height; y++)
        for (int x = 0; x < full_width; x++) {
            const uint8_t *p =
                rgb + ((size_t)(y / down) * (size_t)width + (size_t)(x / across)) * 3;
            uint32_t pixel = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
            memcpy(rows + (size_t)y * stride + 4 * (size_t)x, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(image);
}

/* Readers of SVG and PDF smooth what they enlarge, so it is enlarged here: to three pixels a point.
 */
static int enlargement(double points, int pixels)
{
    double factor = 3 * points / pixels;
    return factor > 1 ? (int)factor + 1 : 1;
}

void canvas_image(canvas *page, const uint8_t *rgb, int width, int height, plot_box box)
{
    int across = enlargement(box.width, width), down = enlargement(box.height, height);
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width * across, height * down);
    if (!cairo_surface_status(image))
        fill_pixels(image, rgb, width, across, down);
    cairo_save(page->cairo);
    cairo_translate(page->cairo, box.x, box.y);
    cairo_scale(page->cairo, box.width / (width * across), box.height / (height * down));
    cairo_set_source_surface(page->cairo, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(page->cairo), CAIRO_FILTER_NEAREST);
    cairo_rectangle(page->cairo, 0, 0, width * across, height * down);
    cairo_fill(page->cairo);
    cairo_restore(page->cairo);
    cairo_surface_destroy(image);
}
