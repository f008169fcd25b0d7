#include "canvas.h"
#include "plot.h"
#include "svg_ids.h"

#include "base/utf8.h"
#include "formats/file.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PNG_PIXELS_A_POINT = 2 };

/* The file's bytes, while they are made. */
typedef struct buffer {
    unsigned char *bytes;
    size_t size, capacity;
} buffer;

typedef struct format {
    const char *extension;
    cairo_surface_t *(*open)(buffer *out, double width, double height);
    cairo_status_t (*finish)(cairo_surface_t *surface, buffer *out);
} format;

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    const format *format;
    buffer out;
    char *path;
    rill_sink sink; /* write NULL: the file */
};

static cairo_status_t append(void *closure, const unsigned char *bytes, unsigned count)
{
    buffer *out = closure;
    if (out->size + count > out->capacity) {
        size_t capacity = 2 * (out->size + count);
        unsigned char *grown = realloc(out->bytes, capacity);
        if (!grown)
            return CAIRO_STATUS_NO_MEMORY;
        out->bytes = grown;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->size, bytes, count);
    out->size += count;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *open_png(buffer *out, double width, double height)
{
    (void)out;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(width * PNG_PIXELS_A_POINT), (int)(height * PNG_PIXELS_A_POINT));
    cairo_surface_set_device_scale(surface, PNG_PIXELS_A_POINT, PNG_PIXELS_A_POINT);
    return surface;
}

static cairo_status_t finish_png(cairo_surface_t *surface, buffer *out)
{
    return cairo_surface_write_to_png_stream(surface, append, out);
}

static cairo_surface_t *open_svg(buffer *out, double width, double height)
{
    return cairo_svg_surface_create_for_stream(append, out, width, height);
}

static cairo_status_t finish_svg(cairo_surface_t *surface, buffer *out)
{
    cairo_surface_finish(surface);
    if (!cairo_surface_status(surface) && !plot_svg_renumber((char **)&out->bytes, &out->size))
        return CAIRO_STATUS_NO_MEMORY;
    return cairo_surface_status(surface);
}

static cairo_surface_t *open_pdf(buffer *out, double width, double height)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append, out, width, height);
    /* The time of making would make every file different. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    return surface;
}

static cairo_status_t finish_pdf(cairo_surface_t *surface, buffer *out)
{
    (void)out;
    cairo_surface_finish(surface);
    return cairo_surface_status(surface);
}

static const format formats[] = {
    { ".png", open_png, finish_png },
    { ".svg", open_svg, finish_svg },
    { ".pdf", open_pdf, finish_pdf },
};

static const format *format_of(const char *path)
{
    size_t length = path ? strlen(path) : 0;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t tail = strlen(formats[i].extension);
        if (length > tail && !strcasecmp(path + length - tail, formats[i].extension))
            return &formats[i];
    }
    return NULL;
}

int plot_available(void)
{
    return 1;
}

rill_status canvas_check(const char *path, rill_message *message)
{
    if (!path)
        return rill_fail(message, RILL_BAD_ARGUMENT, "no file was named for the picture");
    if (!format_of(path))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "%.200s: a picture's name ends in .png, .svg or .pdf", path);
    return RILL_OK;
}

void canvas_discard(canvas *page)
{
    if (!page)
        return;
    cairo_destroy(page->cairo);
    cairo_surface_destroy(page->surface);
    free(page->out.bytes);
    free(page->path);
    free(page);
}

static rill_status failure(canvas *page, cairo_status_t status, rill_message *message)
{
    rill_status code = status == CAIRO_STATUS_NO_MEMORY ? RILL_NO_MEMORY : RILL_IO;
    rill_fail(message, code, "%.200s: drawing failed: %s", page->path,
              cairo_status_to_string(status));
    canvas_discard(page);
    return code;
}

rill_status canvas_open(double width, double height, const char *path, canvas **page,
                        rill_message *message)
{
    *page = NULL;
    rill_status status = canvas_check(path, message);
    if (status)
        return status;
    canvas *new = calloc(1, sizeof *new);
    char *name = strdup(path);
    if (!new || !name) {
        free(new);
        free(name);
        return rill_fail(message, RILL_NO_MEMORY, "no memory for a picture");
    }
    new->path = name;
    new->format = format_of(path);
    new->surface = new->format->open(&new->out, width, height);
    new->cairo = cairo_create(new->surface);
    if (cairo_status(new->cairo))
        return failure(new, cairo_status(new->cairo), message);
    cairo_set_line_join(new->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(new->cairo, CAIRO_LINE_CAP_ROUND);
    canvas_color(new, plot_paper, 1);
    cairo_paint(new->cairo);
    *page = new;
    return RILL_OK;
}

void canvas_redirect(canvas *page, rill_sink sink)
{
    page->sink = sink;
}

static rill_status write_file(const canvas *page, rill_message *message)
{
    rill_message reason = { "" };
    rill_file_writer *file = rill_file_create(page->path, &reason);
    if (!file)
        return rill_fail(message, RILL_IO, "%s", reason.text);
    rill_file_write(file, page->out.bytes, page->out.size);
    return rill_file_commit(file, message);
}

rill_status canvas_close(canvas *page, rill_message *message)
{
    cairo_status_t drawn = cairo_status(page->cairo);
    if (!drawn)
        drawn = page->format->finish(page->surface, &page->out);
    if (drawn)
        return failure(page, drawn, message);
    rill_status status = page->sink.write
                             ? page->sink.write(page->sink.self, page->out.bytes, page->out.size)
                             : write_file(page, message);
    canvas_discard(page);
    return status;
}

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

/* Cairo refuses a whole drawing for one byte that is no UTF-8. */
static void printable(const char *text, char *out, size_t size)
{
    const char *end = text + strlen(text);
    size_t used = 0;
    while (text < end && used + 4 < size) {
        size_t length = (unsigned char)*text < ' ' ? 0 : rill_utf8_length(text, end);
        if (length)
            memcpy(out + used, text, length);
        else
            out[used] = '?', length = 1;
        used += length;
        text += length;
    }
    out[used] = '\0';
}

static void set_font(canvas *page, double size, cairo_font_weight_t weight)
{
    cairo_select_font_face(page->cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight);
    cairo_set_font_size(page->cairo, size);
}

/* The text with its anchor at the origin, which is where the caller has put it. */
static void show(canvas *page, plot_align align, double size, const char *text)
{
    char line[256];
    cairo_text_extents_t extents;
    printable(text, line, sizeof line);
    cairo_text_extents(page->cairo, line, &extents);
    cairo_move_to(page->cairo, -extents.x_advance * .5 * (double)align, .36 * size);
    cairo_show_text(page->cairo, line);
}

static void text_at(canvas *page, double x, double y, double angle, plot_align align, double size,
                    const char *text)
{
    cairo_save(page->cairo);
    cairo_translate(page->cairo, x, y);
    cairo_rotate(page->cairo, angle);
    show(page, align, size, text);
    cairo_restore(page->cairo);
}

void canvas_text(canvas *page, double x, double y, plot_align align, double size, const char *text)
{
    set_font(page, size, CAIRO_FONT_WEIGHT_NORMAL);
    text_at(page, x, y, 0, align, size, text);
}

void canvas_bold(canvas *page, double x, double y, plot_align align, double size, const char *text)
{
    set_font(page, size, CAIRO_FONT_WEIGHT_BOLD);
    text_at(page, x, y, 0, align, size, text);
}

void canvas_text_upwards(canvas *page, double x, double y, double size, const char *text)
{
    set_font(page, size, CAIRO_FONT_WEIGHT_NORMAL);
    text_at(page, x, y, -M_PI / 2, PLOT_CENTER, size, text);
}

double canvas_text_width(canvas *page, double size, const char *text)
{
    char line[256];
    cairo_text_extents_t extents;
    printable(text, line, sizeof line);
    set_font(page, size, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_text_extents(page->cairo, line, &extents);
    return extents.x_advance;
}
