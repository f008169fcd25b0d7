#include "scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const plot_range plot_nothing = { HUGE_VAL, -HUGE_VAL };

int plot_usable(double value)
{
    return fabs(value) <= 1e100;
}

plot_range plot_range_add(plot_range range, double value)
{
    if (!plot_usable(value))
        return range;
    return (plot_range){ fmin(range.low, value), fmax(range.high, value) };
}

plot_range plot_range_pad(plot_range range, double share)
{
    if (range.low > range.high)
        return (plot_range){ 0, 1 };
    double size = fmax(fabs(range.low), fabs(range.high));
    double length = range.high - range.low;
    /* Below this, ticks would not differ in the digits a label can show. */
    if (length <= 1e-6 * size || length < 1e-100) {
        double half = size > 1e-90 ? .1 * size : .5;
        return (plot_range){ range.low - half, range.high + half };
    }
    return (plot_range){ range.low - share * length, range.high + share * length };
}

int plot_range_spans(plot_range range, double factor)
{
    return range.low > 0 && range.high > factor * range.low;
}

plot_range plot_range_pad_for(plot_range range, double share, int logarithmic)
{
    if (!logarithmic)
        return plot_range_pad(range, share);
    double factor = pow(range.high / range.low, share);
    return (plot_range){ range.low / factor, range.high * factor };
}

void plot_range_square(plot_range *x, plot_range *y)
{
    double width = x->high - x->low, height = y->high - y->low, longest = fmax(width, height);
    if (longest > 4 * fmin(width, height))
        return;
    *x = (plot_range){ x->low - (longest - width) / 2, x->high + (longest - width) / 2 };
    *y = (plot_range){ y->low - (longest - height) / 2, y->high + (longest - height) / 2 };
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double plot_quantile(const double *values, int64_t count, double q)
{
    size_t usable = 0;
    double *sorted = malloc((size_t)count * sizeof *sorted + 1), value = 0;
    if (!sorted)
        return 0;
    for (int64_t i = 0; i < count; i++)
        if (plot_usable(values[i]))
            sorted[usable++] = values[i];
    qsort(sorted, usable, sizeof *sorted, ascending);
    if (usable)
        value = sorted[(size_t)(q * (double)(usable - 1) + .5)];
    free(sorted);
    return value;
}

double plot_place(const plot_scale *scale, double value)
{
    plot_range range = scale->range;
    double share = scale->logarithmic ? log(value / range.low) / log(range.high / range.low)
                                      : (value - range.low) / (range.high - range.low);
    /* Cairo's coordinates have 24 bits before the point. */
    if (!(share > -50))
        share = -50;
    return scale->from + fmin(share, 50) * (scale->to - scale->from);
}

/* 1, 2 or 5 times a power of ten. */
static double round_step(double length, int wanted)
{
    double step = length / wanted, power = pow(10, floor(log10(step))), lead = step / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

static const struct suffix {
    double unit;
    const char *text;
} suffixes[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 1, "" } };

static const struct suffix *suffix_for(double largest)
{
    const struct suffix *suffix = suffixes;
    while (suffix->unit > 1 && largest < suffix->unit * (suffix->unit > 1e3 ? 1 : 10))
        suffix++;
    return suffix;
}

/* The hyphen becomes a minus sign, as wide as the digits. */
static void true_minus(char text[PLOT_TICK_TEXT])
{
    if (text[0] != '-')
        return;
    memmove(text + 3, text + 1, PLOT_TICK_TEXT - 4);
    text[PLOT_TICK_TEXT - 1] = '\0';
    memcpy(text, "\xe2\x88\x92", 3);
}

static void label(plot_ticks *ticks, double step)
{
    double largest = fmax(fabs(ticks->value[0]), fabs(ticks->value[ticks->count - 1]));
    const struct suffix *suffix = suffix_for(largest);
    int plain = largest < 1e12 && step >= 1e-4;
    int decimals = (int)fmax(0, -floor(log10(step / suffix->unit) + 1e-9));
    for (int i = 0; i < ticks->count; i++) {
        double shown = ticks->value[i] / suffix->unit;
        if (plain)
            snprintf(ticks->text[i], PLOT_TICK_TEXT, "%.*f%s", decimals, shown,
                     shown == 0 ? "" : suffix->text);
        else
            snprintf(ticks->text[i], PLOT_TICK_TEXT, "%.4g", ticks->value[i]);
        true_minus(ticks->text[i]);
    }
}

static plot_ticks linear_ticks(plot_range range, int wanted)
{
    plot_ticks ticks = { 0 };
    double step = round_step(range.high - range.low, wanted);
    double first = ceil(range.low / step - 1e-9), last = floor(range.high / step + 1e-9);
    for (double k = first; k <= last && ticks.count < PLOT_MAX_TICKS; k++)
        ticks.value[ticks.count++] = k == 0 ? 0 : k * step;
    if (ticks.count)
        label(&ticks, step);
    return ticks;
}

/* Powers of ten, every one or every few; 1, 2 and 5 times them when there is room. */
static plot_ticks decade_ticks(plot_range range, int wanted)
{
    static const double leads[] = { 1, 2, 5 };
    plot_ticks ticks = { 0 };
    double decades = log10(range.high / range.low);
    int every = (int)fmax(1, ceil(decades / wanted)), per = decades < 2 ? 3 : 1;
    for (double e = floor(log10(range.low)); e <= log10(range.high); e++)
        for (int i = 0; i < per && fmod(e, every) == 0; i++) {
            double value = leads[i] * pow(10, e);
            if (value < range.low || value > range.high || ticks.count == PLOT_MAX_TICKS)
                continue;
            snprintf(ticks.text[ticks.count], PLOT_TICK_TEXT, "%.10g", value);
            ticks.value[ticks.count++] = value;
        }
    return ticks;
}

plot_ticks plot_ticks_of(const plot_scale *scale, int wanted)
{
    if (wanted < 2)
        wanted = 2;
    if (wanted > PLOT_MAX_TICKS / 2)
        wanted = PLOT_MAX_TICKS / 2;
    return scale->logarithmic ? decade_ticks(scale->range, wanted)
                              : linear_ticks(scale->range, wanted);
}
