/* Trajectories of samples from noise (t = 0) to data (t = 1). */
#include "histogram.h"
#include "sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 250, MOST_ENDS = 4000, SIDE = 74, SIDE_GAP = 8 };

static const char *const end_name[] = { "noise, t = 0", "samples, t = 1" };
static const plot_color end_color[] = { { .337, .706, .914 }, { .835, .369, .000 } };

static int fits(const plot_array *array)
{
    return array->rank == 3 && array->dim[2] <= 2;
}

static const plot_accepts accepts = { "trajectories", "[steps+1,N,2] or [steps+1,N,1]", 1, fits };

/* times points of `width` numbers: values[times][samples][width]. */
struct bundle {
    const double *values;
    int64_t times, samples;
    int width;
};

static struct bundle bundle_of(const plot_array *array)
{
    return (struct bundle){ array->values, array->dim[0], array->dim[1], (int)array->dim[2] };
}

static const double *point_at(const struct bundle *bundle, int64_t time, int64_t sample)
{
    return bundle->values + (time * bundle->samples + sample) * bundle->width;
}

/* A trajectory with one point that is not finite is left out whole: half of it would mislead. */
static int is_usable(const struct bundle *bundle, int64_t sample)
{
    for (int64_t k = 0; k < bundle->times; k++)
        for (int j = 0; j < bundle->width; j++)
            if (!plot_usable(point_at(bundle, k, sample)[j]))
                return 0;
    return 1;
}

static void find_ranges(const struct bundle *bundle, plot_range *ranges, plot_skips *skips)
{
    ranges[0] = ranges[1] = plot_nothing;
    for (int64_t i = 0; i < bundle->samples; i++) {
        if (!is_usable(bundle, i)) {
            skips->unusable++;
            continue;
        }
        skips->all++;
        for (int64_t k = 0; k < bundle->times; k++)
            for (int j = 0; j < bundle->width; j++)
                ranges[j] = plot_range_add(ranges[j], point_at(bundle, k, i)[j]);
    }
    ranges[0] = plot_range_pad(ranges[0], .05);
    ranges[1] = plot_range_pad(ranges[1], .05);
}

static double time_of(const struct bundle *bundle, int64_t k)
{
    return bundle->times > 1 ? (double)k / (double)(bundle->times - 1) : 0;
}

/* Fills points[times]: in the plane the point itself, in one dimension (t, x). */
static void trace(const struct bundle *bundle, const plot_frame *frame, int64_t sample,
                  double *points)
{
    for (int64_t k = 0; k < bundle->times; k++) {
        const double *at = point_at(bundle, k, sample);
        int planar = bundle->width == 2;
        points[2 * k] = plot_place(&frame->x, planar ? at[0] : time_of(bundle, k));
        points[2 * k + 1] = plot_place(&frame->y, planar ? at[1] : at[0]);
    }
}

static plot_range start_range(const struct bundle *bundle)
{
    plot_range range = plot_nothing;
    for (int64_t i = 0; i < bundle->samples; i++)
        range = plot_range_add(range, *point_at(bundle, 0, i));
    return plot_range_pad(range, 0);
}

/* In one dimension a line has the colour of its start, so that the eye can follow it to its end. */
static void draw_trajectories(const struct bundle *bundle, const plot_frame *frame, double *points,
                              plot_skips *skips)
{
    const plot_color gray = { .36, .42, .52 };
    int64_t stride = plot_stride(bundle->samples, MOST_LINES);
    plot_range starts = start_range(bundle);
    for (int64_t i = 0; i < bundle->samples; i += stride) {
        if (!is_usable(bundle, i))
            continue;
        double share = (*point_at(bundle, 0, i) - starts.low) / (starts.high - starts.low);
        if (bundle->width == 2)
            canvas_color(frame->page, gray, .35);
        else
            canvas_color(frame->page, plot_map(.88 * share), .65);
        trace(bundle, frame, i, points);
        canvas_lines(frame->page, points, bundle->times, .8);
        skips->drawn++;
    }
}

static void draw_ends(const struct bundle *bundle, const plot_frame *frame, int64_t time,
                      plot_color color)
{
    int64_t stride = plot_stride(bundle->samples, MOST_ENDS);
    canvas_color(frame->page, color, bundle->samples / stride > 500 ? .6 : .9);
    double radius = fmax(1.2, fmin(3, 60 / sqrt((double)(bundle->samples / stride))));
    for (int64_t i = 0; i < bundle->samples; i += stride) {
        const double *at = point_at(bundle, time, i);
        if (is_usable(bundle, i))
            canvas_disc(frame->page, plot_place(&frame->x, at[0]), plot_place(&frame->y, at[1]),
                        radius);
    }
}

static rill_status draw_plane(const struct bundle *bundle, const plot_options *options,
                              const char *path, double *points, rill_message *message)
{
    plot_sheet sheet;
    plot_range ranges[2];
    plot_skips skips = { .what = "trajectories" };
    find_ranges(bundle, ranges, &skips);
    plot_range_square(&ranges[0], &ranges[1]);
    sheet_form form = { .panels = 1, .panel_width = 460, .panel_height = 460, .legend = 1 };
    rill_status status = sheet_open(&sheet, &form, options, path, message);
    if (status)
        return status;
    plot_frame frame = frame_in(&sheet, sheet_panel(&sheet, 0), ranges[0], ranges[1], 0);
    frame_axes(&sheet, &frame, 0, 1, "x₁", "x₂");
    sheet_legend(&sheet, 2, end_name, end_color);
    draw_ends(bundle, &frame, 0, end_color[0]);
    draw_trajectories(bundle, &frame, points, &skips);
    draw_ends(bundle, &frame, bundle->times - 1, end_color[1]);
    return sheet_close(&sheet, &skips, message);
}

/* The histogram of one time, lying beside the frame; `outward` is -1 to the left, 1 to the right.
 */
static void draw_side(const struct bundle *bundle, const plot_frame *frame, int64_t time,
                      int outward, plot_color color)
{
    plot_histogram bars;
    int bins = histogram_bins(bundle->samples);
    if (!histogram_make(&bars, point_at(bundle, time, 0), bundle->samples, 1, frame->y.range, bins))
        return;
    double edge = frame->box.x + (outward > 0 ? frame->box.width : 0) + outward * SIDE_GAP;
    plot_scale density = {
        { 0, fmax(histogram_top(&bars), 1e-100) }, edge, edge + outward * (SIDE - SIDE_GAP), 0
    };
    histogram_draw(frame->page, &bars, &frame->y, &density, 0, color);
    histogram_free(&bars);
}

static rill_status draw_over_time(const struct bundle *bundle, const plot_options *options,
                                  const char *path, double *points, rill_message *message)
{
    plot_sheet sheet;
    plot_range ranges[2];
    plot_skips skips = { .what = "trajectories" };
    find_ranges(bundle, ranges, &skips);
    sheet_form form = {
        .panels = 1, .panel_width = 520 + 2 * SIDE, .panel_height = 360, .legend = 1
    };
    rill_status status = sheet_open(&sheet, &form, options, path, message);
    if (status)
        return status;
    plot_box box = sheet_panel(&sheet, 0);
    sheet_legend(&sheet, 2, end_name, end_color);
    box.x += SIDE;
    box.width -= 2 * SIDE;
    plot_frame frame = frame_in(&sheet, box, (plot_range){ 0, 1 }, ranges[0], 0);
    frame.margin = SIDE;
    frame_axes(&sheet, &frame, 0, 1, "t", "x");
    draw_trajectories(bundle, &frame, points, &skips);
    draw_side(bundle, &frame, 0, -1, end_color[0]);
    draw_side(bundle, &frame, bundle->times - 1, 1, end_color[1]);
    return sheet_close(&sheet, &skips, message);
}

static int any_usable(const struct bundle *bundle)
{
    for (int64_t i = 0; i < bundle->samples; i++)
        if (is_usable(bundle, i))
            return 1;
    return 0;
}

rill_status plot_trajectories(const plot_array *arrays, int count, const plot_options *options,
                              const char *path, rill_message *message)
{
    rill_status status = plot_check(&accepts, arrays, count, path, message);
    if (status)
        return status;
    struct bundle bundle = bundle_of(&arrays[0]);
    if (!any_usable(&bundle))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "trajectories: each of the %lld has a value that is not finite",
                         (long long)bundle.samples);
    double *points = malloc((size_t)bundle.times * 2 * sizeof *points);
    if (!points)
        return rill_fail(message, RILL_NO_MEMORY, "trajectories: no memory for a line");
    status = bundle.width == 2 ? draw_plane(&bundle, options, path, points, message)
                               : draw_over_time(&bundle, options, path, points, message);
    free(points);
    return status;
}
