/* canvas_impl.h (private) - a page while it is drawn on, by cairo. */
#ifndef RILL_TOOLS_PLOT_CANVAS_IMPL_H
#define RILL_TOOLS_PLOT_CANVAS_IMPL_H

#include "canvas.h"

#include <cairo.h>

/* The file's bytes, while they are made. */
typedef struct canvas_buffer {
    unsigned char *bytes;
    size_t size, capacity;
} canvas_buffer;

typedef struct canvas_format {
    const char *extension;
    cairo_surface_t *(*open)(canvas_buffer *out, double width, double height);
    cairo_status_t (*finish)(cairo_surface_t *surface, canvas_buffer *out);
} canvas_format;

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    const canvas_format *format;
    canvas_buffer out;
    char *path;
    rill_sink sink; /* write NULL: the file */
};

#endif
