/* Pages: how they begin, and how they become files. */
#include "canvas_impl.h"
#include "plot.h"
#include "svg_ids.h"

#include "formats/file.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PNG_PIXELS_A_POINT = 2 };

static cairo_status_t append(void *closure, const unsigned char *bytes, unsigned count)
{
    canvas_buffer *out = closure;
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

static cairo_surface_t *open_png(canvas_buffer *out, double width, double height)
{
    (void)out;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)(width * PNG_PIXELS_A_POINT), (int)(height * PNG_PIXELS_A_POINT));
    cairo_surface_set_device_scale(surface, PNG_PIXELS_A_POINT, PNG_PIXELS_A_POINT);
    return surface;
}

static cairo_status_t finish_png(cairo_surface_t *surface, canvas_buffer *out)
{
    return cairo_surface_write_to_png_stream(surface, append, out);
}

static cairo_surface_t *open_svg(canvas_buffer *out, double width, double height)
{
    return cairo_svg_surface_create_for_stream(append, out, width, height);
}

static cairo_status_t finish_svg(cairo_surface_t *surface, canvas_buffer *out)
{
    cairo_surface_finish(surface);
    if (!cairo_surface_status(surface) && !plot_svg_renumber((char **)&out->bytes, &out->size))
        return CAIRO_STATUS_NO_MEMORY;
    return cairo_surface_status(surface);
}

static cairo_surface_t *open_pdf(canvas_buffer *out, double width, double height)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append, out, width, height);
    /* The time of making would make every file different. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    return surface;
}

static cairo_status_t finish_pdf(cairo_surface_t *surface, canvas_buffer *out)
{
    (void)out;
    cairo_surface_finish(surface);
    return cairo_surface_status(surface);
}

static const canvas_format formats[] = {
    { ".png", open_png, finish_png },
    { ".svg", open_svg, finish_svg },
    { ".pdf", open_pdf, finish_pdf },
};

static const canvas_format *format_of(const char *path)
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
