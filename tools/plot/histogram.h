/* histogram.h - counts in equal bins, scaled to area one, and their outline. */
#ifndef RILL_TOOLS_PLOT_HISTOGRAM_H
#define RILL_TOOLS_PLOT_HISTOGRAM_H

#include "sheet.h"

typedef struct plot_histogram {
    plot_range range;
    int bins;
    double *height; /* [bins], from malloc */
    int64_t unusable;
} plot_histogram;

/* A number of bins that shows the shape of `count` numbers. */
int histogram_bins(int64_t count);
/* Of values[0], values[stride], ..: `count` of them.  0 when there is no memory. */
int histogram_make(plot_histogram *histogram, const double *values, int64_t count, int64_t stride,
                   plot_range range, int bins);
void histogram_free(plot_histogram *histogram);
double histogram_top(const plot_histogram *histogram);
/* Filled, with an outline: bars along `value`, as long as `density` says.  `upright`: value runs to
 * the right; otherwise it runs upwards and the bars lie on their side. */
void histogram_draw(canvas *page, const plot_histogram *histogram, const plot_scale *value,
                    const plot_scale *density, int upright, plot_color color);

#endif
