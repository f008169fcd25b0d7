/* scale.h - from values to places on the page: ranges, linear and logarithmic scales, round ticks.
 */
#ifndef RILL_TOOLS_PLOT_SCALE_H
#define RILL_TOOLS_PLOT_SCALE_H

#include <stddef.h>
#include <stdint.h>

enum { PLOT_MAX_TICKS = 16, PLOT_TICK_TEXT = 32 };

/* Empty while low > high. */
typedef struct plot_range {
    double low, high;
} plot_range;

extern const plot_range plot_nothing;

/* Finite, and small enough that sums and differences stay finite: at most 1e100 in size. */
int plot_usable(double value);
/* The range grown to hold `value`, if that is usable. */
plot_range plot_range_add(plot_range range, double value);
/* Grown by a share of itself at both ends; what is empty or a single value becomes a proper range.
 */
plot_range plot_range_pad(plot_range range, double share);
/* Positive, and over more than this factor: worth a logarithmic axis. */
int plot_range_spans(plot_range range, double factor);
/* Padded as it looks on the axis that it is for. */
plot_range plot_range_pad_for(plot_range range, double share, int logarithmic);
/* Both grown about their middles to one length, so that a circle in a square panel is round.  Left
 * as they are where one is over four times the other: those are no two axes of one plane. */
void plot_range_square(plot_range *x, plot_range *y);

/* The value that a share q of `values` lies below; only usable values count, 0 when there are none
 * or no memory. */
double plot_quantile(const double *values, int64_t count, double q);

/* from and to: the page's coordinates of range.low and range.high. */
typedef struct plot_scale {
    plot_range range;
    double from, to;
    int logarithmic;
} plot_scale;

/* Values far outside land far outside, never at infinity. */
double plot_place(const plot_scale *scale, double value);

typedef struct plot_ticks {
    int count;
    double value[PLOT_MAX_TICKS];
    char text[PLOT_MAX_TICKS][PLOT_TICK_TEXT];
} plot_ticks;

/* About `wanted` ticks at 1, 2 or 5 times a power of ten (powers of ten alone, where the scale is
 * logarithmic over two decades or more), with their labels. */
plot_ticks plot_ticks_of(const plot_scale *scale, int wanted);

#endif
