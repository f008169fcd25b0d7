#include "picture.h"

#include "peers.h"
#include "tools/plot/sheet.h"

#include <math.h>
#include <string.h>

enum { CURVES = 3, MOST_POINTS = 16, PANEL_WIDTH = 330, PANEL_HEIGHT = 210 };

/* Of the panels that show a quantity against a number in the name of what was measured. */
static const struct ladder {
    const char *title, *form, *x_label, *y_label;
    bench_quantity quantity;
    double scale; /* of the quantity, to the unit of the axis */
} ladders[] = {
    { "batch (3 layers of 64)", "batch %lf", "rows of the batch", "ns a sample", BENCH_SAMPLE_TIME,
      1e9 },
    { "width (batch 256, 3 layers)", "width %lf", "hidden numbers of a layer", "us a step",
      BENCH_TIME, 1e6 },
    { "depth (batch 256, layers of 64)", "depth %lf", "hidden layers", "us a step", BENCH_TIME,
      1e6 },
};
enum { LADDERS = sizeof ladders / sizeof *ladders };

struct curve {
    double point[MOST_POINTS][2];
    int count;
};

/* rill on one thread and on several, and what one core's FMA peak alone would allow. */
typedef struct curves {
    struct curve curve[CURVES];
    plot_range x, y;
} curves;

/* On axes of decades; a file of figures may have any. */
static int has_place(double value)
{
    return value >= 1e-15 && value <= 1e15;
}

static void add_point(curves *c, int i, double x, double y)
{
    struct curve *curve = &c->curve[i];
    if (curve->count == MOST_POINTS || !has_place(x) || !has_place(y))
        return;
    curve->point[curve->count][0] = x;
    curve->point[curve->count++][1] = y;
    c->x = plot_range_add(c->x, x);
    c->y = plot_range_add(c->y, y);
}

static curves collect(const bench_figures *f, const struct ladder *ladder)
{
    curves c = { .x = plot_nothing, .y = plot_nothing };
    for (int i = 0; i < f->count; i++) {
        const bench_figure *figure = &f->figure[i];
        double x;
        if (strcmp(figure->section, "scaling") != 0 || figure->quantity != ladder->quantity ||
            sscanf(figure->name, ladder->form, &x) != 1)
            continue;
        double y = figure->value * ladder->scale;
        bench_key key = { "scaling", figure->name };
        add_point(&c, figure->threads > 1, x, y);
        if (figure->threads == 1)
            add_point(&c, 2, x, y * bench_value(f, &key, BENCH_PEAK_SHARE));
    }
    return c;
}

static plot_color color_of(int i)
{
    return i == 2 ? plot_faint : plot_series_color(i);
}

static plot_range pad_decades(plot_range range)
{
    return (plot_range){ range.low / 1.15, range.high * 1.15 };
}

static void draw_curve(const plot_frame *frame, const struct curve *curve, int i)
{
    double places[MOST_POINTS][2];
    for (int k = 0; k < curve->count; k++) {
        places[k][0] = plot_place(&frame->x, curve->point[k][0]);
        places[k][1] = plot_place(&frame->y, curve->point[k][1]);
    }
    canvas_color(frame->page, color_of(i), 1);
    canvas_lines(frame->page, places[0], curve->count, i == 2 ? 1 : 1.8);
    for (int k = 0; k < curve->count && i < 2; k++)
        canvas_disc(frame->page, places[k][0], places[k][1], 2.6);
}

static void draw_ladder(plot_sheet *sheet, int panel, const bench_figures *f)
{
    const struct ladder *ladder = &ladders[panel];
    curves c = collect(f, ladder);
    if (c.curve[0].count < 2)
        return;
    plot_frame frame =
        frame_in(sheet, sheet_panel(sheet, panel), pad_decades(c.x), pad_decades(c.y), 1);
    frame.x.logarithmic = 1;
    frame_axes(sheet, &frame, 0, 1, ladder->x_label, ladder->y_label);
    frame_title(&frame, ladder->title);
    for (int i = CURVES - 1; i >= 0; i--)
        draw_curve(&frame, &c.curve[i], i);
}

/* ---- Shares of the peak: a group of bars for each piece of work, a bar for each maker. */

static const struct group {
    const char *section, *name, *label;
} groups[] = {
    { "step", "toy", "toy" },
    { "step", "mid", "mid" },
    { "step", "meta2d", "meta2d" },
    { "step", "wide", "wide" },
    { "sample", "65536 in 100 steps", "sampling" },
};
enum { GROUPS = sizeof groups / sizeof *groups };

/* rill's share of the peak by its own time, others' by theirs; 0 where it is not known. */
static double share_of(const bench_figures *f, const struct group *group, int maker)
{
    bench_key own = { group->section, group->name }, key = own;
    key.by = maker ? bench_peer_name(maker - 1) : NULL;
    double share = bench_value(f, &own, BENCH_PEAK_SHARE) * bench_value(f, &own, BENCH_TIME) /
                   bench_value(f, &key, BENCH_TIME);
    return share > 0 ? fmin(share, 1) : 0;
}

static void draw_group_axes(plot_sheet *sheet, plot_box box)
{
    for (int percent = 0; percent <= 100; percent += 25) {
        char text[8];
        double y = box.y + box.height * (1 - percent / 100.0);
        double ends[] = { box.x, y, box.x + box.width, y };
        snprintf(text, sizeof text, "%d%%", percent);
        canvas_color(sheet->page, percent ? plot_rule : plot_faint, 1);
        canvas_lines(sheet->page, ends, 2, .8);
        canvas_color(sheet->page, plot_ink, 1);
        canvas_text(sheet->page, box.x - 7, y, PLOT_RIGHT, 9.5, text);
    }
}

static void draw_groups(plot_sheet *sheet, int panel, const bench_figures *f)
{
    plot_box box = sheet_panel(sheet, panel);
    plot_frame frame = { .page = sheet->page, .box = box };
    double width = box.width / GROUPS, bar = width / (BENCH_PEERS + 2);
    draw_group_axes(sheet, box);
    frame_title(&frame, "share of the FMA peak, one thread");
    for (int g = 0; g < GROUPS; g++) {
        double left = box.x + g * width;
        for (int i = 0; i <= BENCH_PEERS; i++) {
            double height = box.height * share_of(f, &groups[g], i);
            canvas_color(sheet->page, plot_series_color(i ? i + 1 : 0), 1);
            canvas_box(sheet->page, (plot_box){ left + (i + .5) * bar, box.y + box.height - height,
                                                .9 * bar, height });
        }
        canvas_color(sheet->page, plot_ink, 1);
        canvas_text(sheet->page, left + width / 2, box.y + box.height + 12, PLOT_CENTER, 9.5,
                    groups[g].label);
    }
}

static void draw_legend(plot_sheet *sheet)
{
    static const char *const names[] = { "rill, one thread", "rill, more threads",
                                         "one core's FMA peak" };
    const char *name[CURVES + BENCH_PEERS];
    plot_color color[CURVES + BENCH_PEERS];
    for (int i = 0; i < CURVES + BENCH_PEERS; i++) {
        name[i] = i < CURVES ? names[i] : bench_peer_label(i - CURVES);
        color[i] = i < CURVES ? color_of(i) : plot_series_color(i - 1);
    }
    sheet_legend(sheet, CURVES + BENCH_PEERS, name, color);
}

static int has_anything(const bench_figures *f)
{
    for (int i = 0; i < GROUPS; i++)
        if (share_of(f, &groups[i], 0) > 0)
            return 1;
    for (int i = 0; i < LADDERS; i++)
        if (collect(f, &ladders[i]).curve[0].count > 1)
            return 1;
    return 0;
}

rill_status bench_draw(const bench_report *r, const char *path, rill_message *message)
{
    plot_sheet sheet;
    sheet_form form = { .panels = LADDERS + 1,
                        .columns = 2,
                        .panel_width = PANEL_WIDTH,
                        .panel_height = PANEL_HEIGHT,
                        .gap = 84,
                        .head = 62,
                        .legend = 1 };
    if (!has_anything(&r->figures))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "a picture needs the sections step, sample or scaling");
    rill_status status = sheet_open(&sheet, &form, NULL, path, message);
    if (status)
        return status;
    draw_legend(&sheet);
    for (int i = 0; i < LADDERS; i++)
        draw_ladder(&sheet, i, &r->figures);
    draw_groups(&sheet, LADDERS, &r->figures);
    return sheet_close(&sheet, NULL, message);
}
