/* The canvas of a build without cairo: it cannot be opened, and says what is missing. */
#include "canvas.h"
#include "plot.h"

#include <stddef.h>

int plot_available(void)
{
    return 0;
}

rill_status canvas_check(const char *path, rill_message *message)
{
    (void)path;
    return rill_fail(message, RILL_UNSUPPORTED,
                     "this rill was built without cairo, which pictures need: install it "
                     "(libcairo2-dev on Debian) and build again");
}

rill_status canvas_open(double width, double height, const char *path, canvas **page,
                        rill_message *message)
{
    (void)width, (void)height;
    *page = NULL;
    return canvas_check(path, message);
}

rill_status canvas_close(canvas *page, rill_message *message)
{
    (void)page;
    return canvas_check(NULL, message);
}

void canvas_redirect(canvas *page, rill_sink sink)
{
    (void)page, (void)sink;
}

void canvas_discard(canvas *page)
{
    (void)page;
}

void canvas_color(canvas *page, plot_color color, double alpha)
{
    (void)page, (void)color, (void)alpha;
}

void canvas_lines(canvas *page, const double *points, int64_t count, double width)
{
    (void)page, (void)points, (void)count, (void)width;
}

void canvas_dashes(canvas *page, const double *points, int64_t count, double width)
{
    canvas_lines(page, points, count, width);
}

void canvas_polygon(canvas *page, const double *points, int64_t count)
{
    (void)page, (void)points, (void)count;
}

void canvas_disc(canvas *page, double x, double y, double radius)
{
    (void)page, (void)x, (void)y, (void)radius;
}

void canvas_box(canvas *page, plot_box box)
{
    (void)page, (void)box;
}

void canvas_clip(canvas *page, plot_box box)
{
    (void)page, (void)box;
}

void canvas_unclip(canvas *page)
{
    (void)page;
}

void canvas_image(canvas *page, const uint8_t *rgb, int width, int height, plot_box box)
{
    (void)page, (void)rgb, (void)width, (void)height, (void)box;
}

void canvas_text(canvas *page, double x, double y, plot_align align, double size, const char *text)
{
    (void)page, (void)x, (void)y, (void)align, (void)size, (void)text;
}

void canvas_bold(canvas *page, double x, double y, plot_align align, double size, const char *text)
{
    canvas_text(page, x, y, align, size, text);
}

void canvas_text_upwards(canvas *page, double x, double y, double size, const char *text)
{
    canvas_text(page, x, y, PLOT_CENTER, size, text);
}

double canvas_text_width(canvas *page, double size, const char *text)
{
    (void)page, (void)size, (void)text;
    return 0;
}
