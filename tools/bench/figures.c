#include "figures.h"

#include <math.h>
#include <string.h>

/* How a quantity is written.  `prefixed`: with a power of a thousand before the unit; otherwise the
 * value times `scale`. */
static const struct form {
    const char *name, *unit;   /* in JSON */
    const char *shown, *words; /* after the number, and after that where it stands alone */
    int prefixed;
    double scale;
} forms[BENCH_QUANTITY_COUNT] = {
    [BENCH_TIME] = { "time", "s", "s", "", 1, 1 },
    [BENCH_FIRST_TIME] = { "time_to_first", "s", "s", " to the first loss", 1, 1 },
    [BENCH_ELEMENT_TIME] = { "time_an_element", "s", "s", " an element", 1, 1 },
    [BENCH_SAMPLE_TIME] = { "time_a_sample", "s", "s", " a sample", 1, 1 },
    [BENCH_FLOPS] = { "flops", "flop/s", "F/s", "", 1, 1 },
    [BENCH_BANDWIDTH] = { "bandwidth", "byte/s", "B/s", "", 1, 1 },
    [BENCH_PEAK_SHARE] = { "share_of_peak", "", "%", " of FMA peak", 0, 100 },
    [BENCH_COPY_SHARE] = { "share_of_copy", "", "%", " of memcpy", 0, 100 },
    [BENCH_ROOF_SHARE] = { "share_of_limit", "", "%", " of its limit", 0, 100 },
    [BENCH_ELEMENT_FLOPS] = { "flops_an_element", "flop", "", " flops an element", 0, 1 },
    [BENCH_SPEEDUP] = { "speedup", "", "", " times as fast as one thread", 0, 1 },
    [BENCH_RATIO] = { "times_as_fast", "", "", " times as fast as the best peer", 0, 1 },
    [BENCH_GROWTH] = { "growth", "", "", " times as long a sample as in batch 1024", 0, 1 },
    [BENCH_STEPS] = { "plain_steps", "", "", " times the plain step", 0, 1 },
    [BENCH_FORWARDS] = { "forward_passes", "", "", " times the forward pass", 0, 1 },
    [BENCH_BUFFERS] = { "buffers", "byte", "B", " buffers", 1, 1 },
    [BENCH_LIVE] = { "live", "byte", "B", " live", 1, 1 },
    [BENCH_OVERHEAD] = { "buffers_over_live", "", "", " buffers/live", 0, 1 },
    [BENCH_PROCESS] = { "process", "byte", "B", " process", 1, 1 },
};

static const struct prefix {
    double unit;
    const char *text;
} prefixes[] = { { 1e12, "T" }, { 1e9, "G" },  { 1e6, "M" },  { 1e3, "k" },
                 { 1, "" },     { 1e-3, "m" }, { 1e-6, "u" }, { 1e-9, "n" } };

void bench_add(bench_figures *f, const bench_key *key, bench_quantity quantity, double value)
{
    if (f->count == BENCH_MOST_FIGURES || !isfinite(value))
        return;
    bench_figure *figure = &f->figure[f->count++];
    *figure = (bench_figure){ .threads = key->threads ? key->threads : 1,
                              .quantity = quantity,
                              .value = value };
    snprintf(figure->section, sizeof figure->section, "%s", key->section);
    snprintf(figure->name, sizeof figure->name, "%s", key->name);
    snprintf(figure->by, sizeof figure->by, "%s", key->by ? key->by : "rill");
}

const bench_figure *bench_find(const bench_figures *f, const bench_key *key,
                               bench_quantity quantity)
{
    const char *by = key->by ? key->by : "rill";
    int threads = key->threads ? key->threads : 1;
    for (int i = 0; i < f->count; i++) {
        const bench_figure *figure = &f->figure[i];
        if (figure->quantity == quantity && figure->threads == threads &&
            strcmp(figure->section, key->section) == 0 && strcmp(figure->name, key->name) == 0 &&
            strcmp(figure->by, by) == 0)
            return figure;
    }
    return NULL;
}

double bench_value(const bench_figures *f, const bench_key *key, bench_quantity quantity)
{
    const bench_figure *figure = bench_find(f, key, quantity);
    return figure ? figure->value : (double)NAN;
}

/* Three digits, as people say them: 1234, 123, 12.3, 1.23. */
static int decimals_for(double shown)
{
    return fabs(shown) >= 99.95 ? 0 : fabs(shown) >= 9.995 ? 1 : fabs(shown) >= 0.0995 ? 2 : 3;
}

char *bench_print_number(bench_quantity quantity, double value, char *text)
{
    const struct form *form = &forms[quantity];
    const struct prefix *prefix = prefixes;
    const struct prefix *last = &prefixes[sizeof prefixes / sizeof *prefixes - 1];
    while (form->prefixed && prefix < last && fabs(value) < prefix->unit * 0.9995)
        prefix++;
    double shown = form->prefixed ? value / prefix->unit : value * form->scale;
    int decimals = form->scale == 100 ? 0 : decimals_for(shown);
    snprintf(text, BENCH_VALUE_TEXT, "%.*f%s%s%s", decimals, shown, form->prefixed ? " " : "",
             form->prefixed ? prefix->text : "", form->shown);
    return text;
}

char *bench_print_value(bench_quantity quantity, double value, char *text)
{
    bench_print_number(quantity, value, text);
    size_t used = strlen(text);
    snprintf(text + used, BENCH_VALUE_TEXT - used, "%s", forms[quantity].words);
    return text;
}

const char *bench_quantity_name(bench_quantity quantity)
{
    return forms[quantity].name;
}

const char *bench_quantity_unit(bench_quantity quantity)
{
    return forms[quantity].unit;
}

static int same_line(const bench_figure *a, const bench_figure *b)
{
    return a->threads == b->threads && strcmp(a->by, b->by) == 0 &&
           strcmp(a->section, b->section) == 0 && strcmp(a->name, b->name) == 0;
}

void bench_print_new(bench_figures *f, FILE *out)
{
    char text[BENCH_VALUE_TEXT];
    for (; f->printed < f->count; f->printed++) {
        const bench_figure *figure = &f->figure[f->printed];
        int begins = f->printed == 0 || !same_line(figure, figure - 1);
        int ends = f->printed + 1 == f->count || !same_line(figure, figure + 1);
        if (begins)
            fprintf(out, "%-12s %-26s %d thread%s %-13s ", figure->section, figure->name,
                    figure->threads, figure->threads == 1 ? " " : "s", figure->by);
        fprintf(out, " %s%s", bench_print_value(figure->quantity, figure->value, text),
                ends ? "\n" : ", ");
    }
    fflush(out);
}
