#include "histogram.h"

#include <math.h>
#include <stdlib.h>

int histogram_bins(int64_t count)
{
    return (int)fmax(5, fmin(100, 3 * cbrt((double)count)));
}

int histogram_make(plot_histogram *histogram, const double *values, int64_t count, int64_t stride,
                   plot_range range, int bins)
{
    double width = (range.high - range.low) / bins;
    histogram->range = range;
    histogram->bins = bins;
    histogram->unusable = 0;
    histogram->height = calloc((size_t)bins, sizeof *histogram->height);
    if (!histogram->height)
        return 0;
    for (int64_t i = 0; i < count; i++) {
        double value = values[i * stride];
        if (!plot_usable(value)) {
            histogram->unusable++;
            continue;
        }
        double bin = fmin((value - range.low) / width, bins - 1);
        histogram->height[(int)fmax(bin, 0)]++;
    }
    double usable = (double)(count - histogram->unusable);
    for (int i = 0; usable > 0 && i < bins; i++)
        histogram->height[i] /= width * usable;
    return 1;
}

void histogram_free(plot_histogram *histogram)
{
    free(histogram->height);
    histogram->height = NULL;
}

double histogram_top(const plot_histogram *histogram)
{
    double top = 0;
    for (int i = 0; i < histogram->bins; i++)
        top = fmax(top, histogram->height[i]);
    return top;
}

static double *put(double *points, double value, double density, int upright)
{
    points[0] = upright ? value : density;
    points[1] = upright ? density : value;
    return points + 2;
}

void histogram_draw(canvas *page, const plot_histogram *histogram, const plot_scale *value,
                    const plot_scale *density, int upright, plot_color color)
{
    int bins = histogram->bins;
    double *points = malloc((size_t)(2 * bins + 2) * 2 * sizeof *points), *end = points;
    double width = (histogram->range.high - histogram->range.low) / bins;
    double foot = plot_place(density, 0);
    if (!points)
        return;
    end = put(end, plot_place(value, histogram->range.low), foot, upright);
    for (int i = 0; i < bins; i++) {
        double top = plot_place(density, histogram->height[i]);
        double left = histogram->range.low + i * width;
        end = put(end, plot_place(value, left), top, upright);
        end = put(end, plot_place(value, left + width), top, upright);
    }
    end = put(end, plot_place(value, histogram->range.high), foot, upright);
    canvas_color(page, color, .3);
    canvas_polygon(page, points, (end - points) / 2);
    canvas_color(page, color, 1);
    canvas_lines(page, points, (end - points) / 2, 1.2);
    free(points);
}
