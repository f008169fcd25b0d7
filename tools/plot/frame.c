/* One panel: its scales, grid, ticks and labels. */
#include "sheet.h"

#include <math.h>

#define TICK_SIZE 9.5

plot_frame frame_in(const plot_sheet *sheet, plot_box box, plot_range x, plot_range y, int log_y)
{
    return (plot_frame){
        .page = sheet->page,
        .box = box,
        .x = { x, box.x, box.x + box.width, 0 },
        .y = { y, box.y + box.height, box.y, log_y },
    };
}

static void rule(canvas *page, double x0, double y0, double x1, double y1)
{
    const double ends[] = { x0, y0, x1, y1 };
    canvas_lines(page, ends, 2, .8);
}

static void x_ticks(const plot_frame *frame, const plot_ticks *ticks, int numbers)
{
    double bottom = frame->box.y + frame->box.height;
    for (int i = 0; i < ticks->count; i++) {
        double x = plot_place(&frame->x, ticks->value[i]);
        canvas_color(frame->page, plot_rule, 1);
        rule(frame->page, x, frame->box.y, x, bottom);
        canvas_color(frame->page, plot_ink, 1);
        if (numbers)
            canvas_text(frame->page, x, bottom + 12, PLOT_CENTER, TICK_SIZE, ticks->text[i]);
    }
}

static void y_ticks(const plot_frame *frame, const plot_ticks *ticks, int numbers)
{
    for (int i = 0; i < ticks->count; i++) {
        double y = plot_place(&frame->y, ticks->value[i]);
        canvas_color(frame->page, plot_rule, 1);
        rule(frame->page, frame->box.x, y, frame->box.x + frame->box.width, y);
        canvas_color(frame->page, plot_ink, 1);
        if (numbers)
            canvas_text(frame->page, frame->box.x - frame->margin - 7, y, PLOT_RIGHT, TICK_SIZE,
                        ticks->text[i]);
    }
}

static void border(const plot_frame *frame)
{
    plot_box box = frame->box;
    double bottom = box.y + box.height,
           corners[] = { box.x, box.y, box.x, bottom, box.x + box.width, bottom };
    canvas_color(frame->page, plot_faint, 1);
    canvas_lines(frame->page, corners, 3, .9);
}

static double widest(const plot_frame *frame, const plot_ticks *ticks)
{
    double width = 0;
    for (int i = 0; i < ticks->count; i++)
        width = fmax(width, canvas_text_width(frame->page, TICK_SIZE, ticks->text[i]));
    return width;
}

/* Left of the numbers, however wide they are, as far as there is page. */
static void y_name(const plot_frame *frame, const plot_ticks *ticks, const char *label)
{
    double left = frame->box.x - frame->margin;
    double x = fmin(left - 47, left - 7 - widest(frame, ticks) - 11);
    canvas_text_upwards(frame->page, fmax(x, 8), frame->box.y + frame->box.height / 2, 10.5, label);
}

void frame_axes(const plot_sheet *sheet, const plot_frame *frame, int panel, int panels,
                const char *x_label, const char *y_label)
{
    plot_box box = frame->box;
    x_label = sheet->options.x_label ? sheet->options.x_label : x_label;
    y_label = sheet->options.y_label ? sheet->options.y_label : y_label;
    int leftmost = panel % sheet->columns == 0, lowest = panel + sheet->columns >= panels;
    plot_ticks x = plot_ticks_of(&frame->x, (int)(box.width / 60));
    plot_ticks y = plot_ticks_of(&frame->y, (int)(box.height / 45));
    x_ticks(frame, &x, lowest);
    y_ticks(frame, &y, leftmost);
    border(frame);
    canvas_color(frame->page, plot_ink, 1);
    if (lowest && x_label)
        canvas_text(frame->page, box.x + box.width / 2, box.y + box.height + 29, PLOT_CENTER, 10.5,
                    x_label);
    if (leftmost && y_label)
        y_name(frame, &y, y_label);
}

void frame_title(const plot_frame *frame, const char *title)
{
    if (!title)
        return;
    canvas_color(frame->page, plot_ink, 1);
    canvas_text(frame->page, frame->box.x + frame->box.width / 2, frame->box.y - 11, PLOT_CENTER,
                11.5, title);
}
