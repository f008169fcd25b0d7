/* Text on a page. */
#include "canvas_impl.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

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
