/* palette.h - colours that everyone can tell apart, on a slide and on gray paper. */
#ifndef RILL_TOOLS_PLOT_PALETTE_H
#define RILL_TOOLS_PLOT_PALETTE_H

/* sRGB, each in [0,1]. */
typedef struct plot_color {
    double r, g, b;
} plot_color;

extern const plot_color plot_ink, plot_faint, plot_rule, plot_paper;

/* The ith of seven colours (Okabe and Ito, "Color Universal Design", 2008), repeating. */
plot_color plot_series_color(int i);

/* Dark violet at 0, green, yellow at 1: lightness rises evenly, so that the map still reads in
 * gray. u outside [0,1] takes the nearest end; NaN is 0. */
plot_color plot_map(double u);

#endif
