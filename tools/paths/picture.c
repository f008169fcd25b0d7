#include "picture.h"

#include "base/alloc.h"
#include "tools/plot/sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Times crowd towards both ends, where roots are steep; they are run in parts, since samples may be
 * large. */
enum { PARTS = 3, PART = 43, TIMES = PARTS * PART, LINES = 10, MOST_PAIRS = 2048, NUMBERS = 8192 };

typedef struct trace {
    double end[2][2];    /* the first two numbers of x0 and of x1 */
    double x[2][TIMES];  /* the same of x_t */
    double speed[TIMES]; /* |dx_t/dt|, the root mean square of all numbers */
} trace;

typedef struct traces {
    double t[TIMES], alpha[TIMES], sigma[TIMES], spread[TIMES], rms[TIMES];
    trace of[LINES];
    int planar; /* there is a second number */
} traces;

/* ---- What is drawn. */

static double root_mean_square(const double *x, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum / (double)n);
}

/* Time `first` + k of the picture out of time k of the last run. */
static void take(traces *r, const path_probe *p, int first, int k)
{
    int at = first + k;
    int64_t all = path_probe_stride(p);
    r->rms[at] = root_mean_square(p->velocity + k * all, all);
    path_is_affine_at(p, k, &r->alpha[at], &r->sigma[at]);
    for (int i = 0; i < LINES; i++) {
        const int64_t row = (int64_t)(k * p->pairs + i) * p->width;
        for (int j = 0; j <= r->planar; j++)
            r->of[i].x[j][at] = p->x[row + j];
        r->of[i].speed[at] = root_mean_square(p->velocity + row, p->width);
    }
}

static void take_ends(traces *r, const path_probe *p)
{
    r->planar = p->width > 1;
    for (int i = 0; i < LINES; i++)
        for (int j = 0; j <= r->planar; j++) {
            r->of[i].end[0][j] = p->x0[i * p->width + j];
            r->of[i].end[1][j] = p->x1[i * p->width + j];
        }
}

static rill_status follow(traces *r, const rill_path *mean, const rill_shape *sample, uint64_t seed,
                          rill_message *message)
{
    path_probe probe;
    int64_t fit = NUMBERS / rill_shape_count(sample);
    int pairs = fit > MOST_PAIRS ? MOST_PAIRS : fit > LINES ? (int)fit : LINES;
    rill_status status = path_probe_open(&probe, mean, sample, pairs, PART, seed, message);
    if (status == RILL_OK)
        take_ends(r, &probe);
    for (int first = 0; first < TIMES && status == RILL_OK; first += PART) {
        status = path_probe_run(&probe, r->t + first, PART, message);
        for (int k = 0; k < PART && status == RILL_OK; k++)
            take(r, &probe, first, k);
    }
    path_probe_close(&probe);
    return status;
}

/* ---- How. */

/* Noise and data, as in pictures of trajectories, and what strays. */
static const plot_color part_colors[] = { { .337, .706, .914 },
                                          { .835, .369, .000 },
                                          { 0, .620, .451 } };

/* Points that are not usable break it. */
static void draw_curve(const plot_frame *frame, const double *x, const double *y, double width)
{
    double points[TIMES][2];
    int count = 0;
    for (int k = 0; k <= TIMES; k++) {
        if (k < TIMES && plot_usable(x[k]) && plot_usable(y[k])) {
            points[count][0] = plot_place(&frame->x, x[k]);
            points[count++][1] = plot_place(&frame->y, y[k]);
            continue;
        }
        canvas_lines(frame->page, points[0], count, width);
        count = 0;
    }
}

/* A line has the colour of its start, so that the eye finds it again in the other panels. */
static void line_color(const plot_frame *frame, const trace *line, double alpha)
{
    canvas_color(frame->page, plot_map(fmin(.85, .2 * (line->end[0][0] + 2))), alpha);
}

/* The names of what is in a panel, above it. */
static void name_panel(const plot_sheet *sheet, const plot_frame *frame, int count,
                       const char *const *names, const plot_color *colors)
{
    plot_sheet here = *sheet;
    here.left = frame->box.x;
    here.top = frame->box.y - 4;
    sheet_legend(&here, count, names, colors);
}

static void draw_ends(const plot_frame *frame, const traces *r, int plane)
{
    for (int end = 0; end < 2; end++) {
        canvas_color(frame->page, part_colors[end], 1);
        for (int i = 0; i < LINES; i++) {
            const double *at = r->of[i].end[end];
            canvas_disc(frame->page, plot_place(&frame->x, plane ? at[0] : end),
                        plot_place(&frame->y, at[plane]), 3);
        }
    }
}

/* Beside a time that is special, below what has been said, legible on curves. */
static void say(const plot_frame *frame, double t, const char *why, int said)
{
    enum { SIZE = 9, AWAY = 5, LINE = 13 };
    int before = t > .5;
    double width = canvas_text_width(frame->page, SIZE, why);
    double x = plot_place(&frame->x, t) + (before ? -AWAY : AWAY), y = frame->box.y + AWAY + 5;
    y += LINE * said;
    canvas_color(frame->page, plot_paper, .8);
    canvas_box(frame->page, (plot_box){ before ? x - width - 2 : x - 2, y - 6, width + 4, 12 });
    canvas_color(frame->page, plot_ink, 1);
    canvas_text(frame->page, x, y, before ? PLOT_RIGHT : PLOT_LEFT, SIZE, why);
}

static void mark(const plot_frame *frame, double t, const char *why, int said)
{
    double x = plot_place(&frame->x, t), y = frame->box.y;
    double ends[] = { x, y, x, y + frame->box.height };
    canvas_color(frame->page, plot_ink, .75);
    canvas_dashes(frame->page, ends, 2, 1);
    if (why)
        say(frame, t, why, said);
}

/* In words: with why. */
static void mark_times(const plot_frame *frame, const path_report *report, int in_words)
{
    char why[80];
    const path_scan *scan = &report->scan;
    int count = report->hole.found ? 0 : scan->count; /* where there is nothing, nothing is said */
    for (int i = 0; i < count; i++) {
        path_singularity_describe(&scan->singular[i], why, sizeof why);
        mark(frame, scan->singular[i].t, in_words ? why : NULL, i);
    }
    if (scan->jump > 0)
        mark(frame, scan->jump_at, in_words ? "x jumps" : NULL, count);
}

/* The values of the ends, and as much again on both sides for what goes beyond. */
static plot_range range_of_x(const traces *r, int j)
{
    plot_range ends = plot_nothing, all;
    for (int i = 0; i < LINES; i++)
        for (int end = 0; end < 2; end++)
            ends = plot_range_add(ends, r->of[i].end[end][j]);
    double most = ends.high - ends.low;
    all = ends;
    for (int i = 0; i < LINES; i++)
        for (int k = 0; k < TIMES; k++)
            if (fabs(r->of[i].x[j][k] - (ends.low + ends.high) / 2) < 1.5 * most)
                all = plot_range_add(all, r->of[i].x[j][k]);
    return plot_range_pad(all, .06);
}

static const plot_range unit = { 0, 1 };

static plot_frame open_frame(const plot_sheet *sheet, int panel, plot_range x, plot_range y,
                             const char *x_label, const char *y_label)
{
    plot_frame frame = frame_in(sheet, sheet_panel(sheet, panel), x, y, 0);
    frame_axes(sheet, &frame, 0, 1, x_label, y_label);
    return frame;
}

/* The first number of each pair over time, or both in the plane. */
static void draw_pairs(const plot_sheet *sheet, const traces *r, int plane,
                       const path_report *report)
{
    static const char *const names[] = { "x₀, noise", "x₁, data" };
    plot_range x = plane ? range_of_x(r, 0) : unit, y = range_of_x(r, plane);
    if (plane)
        plot_range_square(&x, &y);
    plot_frame frame =
        open_frame(sheet, plane, x, y, plane ? "first number" : "t", plane ? "second number" : "x");
    canvas_clip(sheet->page, frame.box);
    if (!plane)
        mark_times(&frame, report, 0);
    for (int i = 0; i < LINES; i++) {
        line_color(&frame, &r->of[i], .8);
        draw_curve(&frame, plane ? r->of[i].x[0] : r->t, r->of[i].x[plane], 1.2);
    }
    canvas_unclip(sheet->page);
    draw_ends(&frame, r, plane);
    name_panel(sheet, &frame, 2, names, part_colors);
}

static void draw_factors(const plot_sheet *sheet, const traces *r, const path_report *report)
{
    static const char *const names[] = { "σ(t), of x₀", "α(t), of x₁", "deviation" };
    const double *const curves[] = { r->sigma, r->alpha, r->spread };
    int count = 2 + report->spread.random;
    plot_range y = { 0, 1 };
    for (int c = 0; c < count; c++)
        for (int k = 0; k < TIMES; k++)
            if (fabs(curves[c][k]) < 3)
                y = plot_range_add(y, curves[c][k]);
    plot_frame frame = open_frame(sheet, 1, unit, plot_range_pad(y, .04), "t", NULL);
    canvas_clip(sheet->page, frame.box);
    mark_times(&frame, report, 0);
    for (int c = 0; c < count; c++) {
        canvas_color(sheet->page, part_colors[c], 1);
        draw_curve(&frame, r->t, curves[c], 2.2);
    }
    canvas_unclip(sheet->page);
    name_panel(sheet, &frame, count, names, part_colors);
}

/* Up to the fastest; where that is without bound, as far as most are. */
static plot_range range_of_speed(const traces *r, const path_scan *scan)
{
    double most = 0;
    for (int i = 0; i < LINES; i++)
        for (int k = 0; k < TIMES; k++)
            if (plot_usable(r->of[i].speed[k]))
                most = fmax(most, r->of[i].speed[k]);
    if (scan->count || scan->fastest < 0)
        most = fmin(most, 4 * plot_quantile(r->rms, TIMES, .5));
    return (plot_range){ 0, most > 0 ? 1.08 * most : 1 };
}

static void draw_speed(const plot_sheet *sheet, int panel, const traces *r,
                       const path_report *report)
{
    static const char *const names[] = { "each line", "root mean square of many" };
    const plot_color both[] = { plot_map(.35), plot_ink };
    plot_frame frame =
        open_frame(sheet, panel, unit, range_of_speed(r, &report->scan), "t", "|dx/dt|");
    canvas_clip(sheet->page, frame.box);
    for (int i = 0; i < LINES; i++) {
        line_color(&frame, &r->of[i], .7);
        draw_curve(&frame, r->t, r->of[i].speed, 1);
    }
    canvas_color(sheet->page, plot_ink, 1);
    draw_curve(&frame, r->t, r->rms, 2.2);
    mark_times(&frame, report, 1);
    canvas_unclip(sheet->page);
    name_panel(sheet, &frame, 2, names, both);
}

static rill_status draw(const traces *r, const path_report *report, const char *title,
                        const char *file, rill_message *message)
{
    plot_sheet sheet;
    char cut[120];
    snprintf(cut, sizeof cut, "%.90s%s", title, strlen(title) > 90 ? " ..." : "");
    int middle = report->affinity.affine || r->planar;
    const sheet_form form = {
        .panels = 2 + middle, .panel_width = 270, .panel_height = 230, .gap = 72, .head = 26
    };
    rill_status status = sheet_open(&sheet, &form, &(plot_options){ .title = cut }, file, message);
    if (status != RILL_OK)
        return status;
    draw_pairs(&sheet, r, 0, report);
    if (report->affinity.affine)
        draw_factors(&sheet, r, report);
    else if (r->planar)
        draw_pairs(&sheet, r, 1, report);
    draw_speed(&sheet, 1 + middle, r, report);
    return sheet_close(&sheet, NULL, message);
}

rill_status path_draw(const rill_path *path, const rill_shape *sample, uint64_t seed,
                      const path_report *report, const char *title, const char *file,
                      rill_message *message)
{
    rill_path mean = *path;
    mean.spread = NULL;
    traces *r = rill_alloc_zeroed(1, sizeof *r);
    if (!r)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for the picture of a path");
    for (int k = 0; k < TIMES; k++)
        r->t[k] = (1 - cos(M_PI * k / (TIMES - 1))) / 2;
    rill_status status = follow(r, &mean, sample, seed, message);
    if (status == RILL_OK && path->spread)
        status = path_spread_at(path, r->t, TIMES, r->spread, message);
    if (status == RILL_OK)
        status = draw(r, report, title, file, message);
    rill_free(r);
    return status;
}
