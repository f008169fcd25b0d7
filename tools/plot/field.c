/* Velocity fields as arrows. */
#include "sheet.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_ARROWS = 3000 };

static int fits(const plot_array *array)
{
    return array->rank == 2 && (array->dim[1] == 4 || array->dim[1] == 3);
}

static const plot_accepts accepts = { "field", "rows (x, y, vx, vy) or (t, x, v)", PLOT_MAX_ARRAYS,
                                      fits };

/* An arrow in the units of the axes. */
struct arrow {
    double x, y, vx, vy, speed;
};

/* Row i; 0 where a number is not usable. */
static int arrow_at(const plot_array *array, int64_t i, struct arrow *out)
{
    int64_t columns = plot_columns(array);
    const double *row = array->values + i * columns;
    for (int64_t j = 0; j < columns; j++)
        if (!plot_usable(row[j]))
            return 0;
    *out = columns == 4 ? (struct arrow){ row[0], row[1], row[2], row[3], hypot(row[2], row[3]) }
                        : (struct arrow){ row[0], row[1], 1, row[2], fabs(row[2]) };
    return 1;
}

/* What all panels share: axes, and the speeds that the colours span. */
struct picture {
    plot_range x, y, speed;
    int64_t drawn; /* arrows of the fullest panel */
    plot_skips skips;
};

static void measure(struct picture *picture, const plot_array *arrays, int count)
{
    *picture = (struct picture){ plot_nothing, plot_nothing, { 0, 0 }, 0, { .what = "arrows" } };
    for (int i = 0; i < count; i++) {
        int64_t rows = plot_rows(&arrays[i]), stride = plot_stride(rows, MOST_ARROWS);
        picture->drawn = rows / stride > picture->drawn ? rows / stride : picture->drawn;
        for (int64_t j = 0; j < rows; j++) {
            struct arrow arrow;
            if (!arrow_at(&arrays[i], j, &arrow)) {
                picture->skips.unusable++;
                continue;
            }
            picture->skips.all++;
            picture->x = plot_range_add(picture->x, arrow.x);
            picture->y = plot_range_add(picture->y, arrow.y);
            picture->speed = plot_range_add(picture->speed, arrow.speed);
        }
    }
}

/* From tail to tip, centred on its point, `length` long. */
static void draw_arrow(const plot_frame *frame, const struct arrow *arrow, double length)
{
    double x = plot_place(&frame->x, arrow->x), y = plot_place(&frame->y, arrow->y);
    double dx =
        arrow->vx * (frame->x.to - frame->x.from) / (frame->x.range.high - frame->x.range.low);
    double dy =
        arrow->vy * (frame->y.to - frame->y.from) / (frame->y.range.high - frame->y.range.low);
    double size = hypot(dx, dy), ux = size > 0 ? dx / size : 0, uy = size > 0 ? dy / size : 0;
    if (length < 1.5 || size == 0) {
        canvas_disc(frame->page, x, y, .8);
        return;
    }
    double head = fmin(.45 * length, 6), half = length / 2;
    double tip_x = x + half * ux, tip_y = y + half * uy;
    double neck_x = tip_x - head * ux, neck_y = tip_y - head * uy;
    double shaft[] = { x - half * ux, y - half * uy, neck_x, neck_y };
    double barb[] = { tip_x,
                      tip_y,
                      neck_x - .38 * head * uy,
                      neck_y + .38 * head * ux,
                      neck_x + .38 * head * uy,
                      neck_y - .38 * head * ux };
    canvas_lines(frame->page, shaft, 2, fmax(.7, .12 * fmin(length, 14)));
    canvas_polygon(frame->page, barb, 3);
}

static void draw_arrows(const plot_frame *frame, const plot_array *array,
                        const struct picture *picture, plot_skips *skips)
{
    int64_t rows = plot_rows(array), stride = plot_stride(rows, MOST_ARROWS);
    double spacing = sqrt(frame->box.width * frame->box.height / (double)picture->drawn);
    double longest = fmax(4, fmin(.95 * spacing, 40)), fastest = picture->speed.high;
    int slopes = plot_columns(array) == 3;
    for (int64_t i = 0; i < rows; i += stride) {
        struct arrow arrow;
        if (!arrow_at(array, i, &arrow))
            continue;
        double share = fastest > 0 ? arrow.speed / fastest : 0;
        /* Yellow would vanish on white: the map is used up to four fifths. */
        canvas_color(frame->page, plot_map(.8 * share), 1);
        draw_arrow(frame, &arrow,
                   slopes ? .8 * longest : longest * (.35 + .65 * share) * (share > 0));
        skips->drawn++;
    }
}

static rill_status check_columns(const plot_array *arrays, int count, rill_message *message)
{
    for (int i = 1; i < count; i++)
        if (plot_columns(&arrays[i]) != plot_columns(&arrays[0]))
            return rill_fail(message, RILL_BAD_ARGUMENT,
                             "field: rows of 3 and of 4 numbers cannot share one picture");
    return RILL_OK;
}

static void draw_panels(const plot_sheet *sheet, struct picture *picture, const plot_array *arrays,
                        int count)
{
    int slopes = plot_columns(&arrays[0]) == 3;
    for (int i = 0; i < count; i++) {
        plot_frame frame = frame_in(sheet, sheet_panel(sheet, i), picture->x, picture->y, 0);
        frame_axes(sheet, &frame, i, count, slopes ? "t" : "x₁", slopes ? "x" : "x₂");
        frame_title(&frame, arrays[i].label);
        draw_arrows(&frame, &arrays[i], picture, &picture->skips);
    }
}

rill_status plot_field(const plot_array *arrays, int count, const plot_options *options,
                       const char *path, rill_message *message)
{
    plot_sheet sheet;
    struct picture picture;
    rill_status status = plot_check(&accepts, arrays, count, path, message);
    if (!status)
        status = check_columns(arrays, count, message);
    if (status)
        return status;
    measure(&picture, arrays, count);
    if (!picture.skips.all)
        return rill_fail(message, RILL_BAD_ARGUMENT, "field: no row is finite");
    picture.x = plot_range_pad(picture.x, .06);
    picture.y = plot_range_pad(picture.y, .06);
    if (plot_columns(&arrays[0]) == 4)
        plot_range_square(&picture.x, &picture.y);
    double size = sheet_panel_size(count);
    sheet_form form = { .panels = count, .panel_width = size, .panel_height = size, .bar = 1 };
    status = sheet_open(&sheet, &form, options, path, message);
    if (status)
        return status;
    draw_panels(&sheet, &picture, arrays, count);
    sheet_color_bar(&sheet, (plot_range){ 0, fmax(picture.speed.high, 1e-12) }, .8, "speed");
    return sheet_close(&sheet, &picture.skips, message);
}
