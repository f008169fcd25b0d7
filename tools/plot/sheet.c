#include "sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    EDGE = 14,        /* white around everything */
    TITLE = 26,       /* the picture's title */
    LEGEND = 22,      /* the line of names */
    PANEL_TITLE = 22, /* above each panel */
    NO_TITLE = 8,     /* above panels that a legend names */
    GAP = 24,         /* between panels */
    TICKS_LEFT = 58,  /* numbers and label of the y axis */
    TICKS_BELOW = 40, /* numbers and label of the x axis */
    BAR = 74,         /* colour bar with its numbers */
    SMALL_PRINT = 16,
    NARROWEST = 260, /* room for the small print */
};

double sheet_panel_size(int panels)
{
    static const double size[] = { 420, 420, 330, 270, 230 };
    return panels < 5 ? size[panels] : 190;
}

static int choose_columns(const sheet_form *form)
{
    if (form->columns)
        return form->columns;
    int columns = form->panels <= 4 ? form->panels : (int)ceil(sqrt(form->panels * 1.4));
    return columns;
}

rill_status sheet_open(plot_sheet *sheet, const sheet_form *form, const plot_options *options,
                       const char *path, rill_message *message)
{
    memset(sheet, 0, sizeof *sheet);
    if (options)
        sheet->options = *options;
    sheet->columns = choose_columns(form);
    sheet->panel_width = form->panel_width;
    sheet->panel_height = form->panel_height;
    sheet->gap = form->gap > 0 ? form->gap : GAP;
    sheet->head = form->head > 0 ? form->head : form->legend ? NO_TITLE : PANEL_TITLE;
    int rows = (form->panels + sheet->columns - 1) / sheet->columns;
    sheet->left = EDGE + (form->bare ? 0 : TICKS_LEFT);
    sheet->top = EDGE + (sheet->options.title ? TITLE : 0) + (form->legend ? LEGEND : 0);
    sheet->width = sheet->left + sheet->columns * (form->panel_width + sheet->gap) - sheet->gap +
                   (form->bar ? BAR : 0) + EDGE;
    sheet->width = fmax(sheet->width, NARROWEST);
    sheet->height = sheet->top + rows * (form->panel_height + sheet->head) +
                    (form->bare ? 0 : TICKS_BELOW) + SMALL_PRINT + 4;
    rill_status status = canvas_open(sheet->width, sheet->height, path, &sheet->page, message);
    if (!status && sheet->options.sink)
        canvas_redirect(sheet->page, *sheet->options.sink);
    if (status || !sheet->options.title)
        return status;
    canvas_color(sheet->page, plot_ink, 1);
    canvas_bold(sheet->page, sheet->left, EDGE + 8, PLOT_LEFT, 15, sheet->options.title);
    return RILL_OK;
}

plot_box sheet_panel(const plot_sheet *sheet, int i)
{
    int row = i / sheet->columns, column = i % sheet->columns;
    return (plot_box){
        sheet->left + column * (sheet->panel_width + sheet->gap),
        sheet->top + row * (sheet->panel_height + sheet->head) + sheet->head,
        sheet->panel_width,
        sheet->panel_height,
    };
}

static void describe_skips(const plot_skips *skips, char *out, size_t size)
{
    long long all = skips->all + skips->unusable, unusable = skips->unusable;
    int used = 0;
    if (unusable)
        used = snprintf(out, size, "%lld of %lld %s not finite, %s", unusable, all, skips->what,
                        skips->fate ? skips->fate : "skipped");
    if (skips->drawn && skips->drawn < skips->all)
        snprintf(out + used, size - (size_t)used, "%s%lld of %lld %s shown", used ? "; " : "",
                 (long long)skips->drawn, all, skips->what);
}

rill_status sheet_close(plot_sheet *sheet, const plot_skips *skips, rill_message *message)
{
    char text[160] = "";
    if (skips)
        describe_skips(skips, text, sizeof text);
    canvas_color(sheet->page, plot_faint, 1);
    canvas_text(sheet->page, sheet->width - EDGE, sheet->height - SMALL_PRINT + 4, PLOT_RIGHT, 8.5,
                text);
    rill_status status = canvas_close(sheet->page, message);
    if (!status && message)
        memcpy(message->text, text, sizeof text);
    return status;
}

void sheet_discard(plot_sheet *sheet)
{
    canvas_discard(sheet->page);
}

void sheet_legend(const plot_sheet *sheet, int count, const char *const *names,
                  const plot_color *colors)
{
    double x = sheet->left, y = sheet->top - LEGEND / 2.0 + 6;
    for (int i = 0; i < count; i++) {
        const char *name = names[i] ? names[i] : "";
        canvas_color(sheet->page, colors[i], 1);
        canvas_disc(sheet->page, x + 4, y, 4);
        canvas_color(sheet->page, plot_ink, 1);
        canvas_text(sheet->page, x + 13, y, PLOT_LEFT, 10.5, name);
        x += 13 + canvas_text_width(sheet->page, 10.5, name) + 18;
    }
}

plot_color sheet_color(const plot_sheet *sheet, int i, int count)
{
    return sheet->options.reference && i == count - 1 ? plot_faint : plot_series_color(i);
}

void sheet_legend_arrays(const plot_sheet *sheet, const plot_array *arrays, int count)
{
    const char *names[PLOT_MAX_ARRAYS];
    plot_color colors[PLOT_MAX_ARRAYS];
    for (int i = 0; i < count; i++) {
        names[i] = arrays[i].label;
        colors[i] = sheet_color(sheet, i, count);
    }
    if (count > 1)
        sheet_legend(sheet, count, names, colors);
}

void sheet_color_bar(const plot_sheet *sheet, plot_range range, double share, const char *label)
{
    enum { STEPS = 128 };
    uint8_t rgb[STEPS][3];
    for (int i = 0; i < STEPS; i++) {
        plot_color color = plot_map(share * (1 - (i + .5) / STEPS));
        rgb[i][0] = (uint8_t)(color.r * 255 + .5);
        rgb[i][1] = (uint8_t)(color.g * 255 + .5);
        rgb[i][2] = (uint8_t)(color.b * 255 + .5);
    }
    plot_box first = sheet_panel(sheet, 0);
    plot_box bar = { sheet->width - EDGE - BAR + 14, first.y, 11, first.height };
    canvas_image(sheet->page, rgb[0], 1, STEPS, bar);
    plot_scale scale = { range, bar.y + bar.height, bar.y, 0 };
    plot_ticks ticks = plot_ticks_of(&scale, 5);
    canvas_color(sheet->page, plot_ink, 1);
    for (int i = 0; i < ticks.count; i++)
        canvas_text(sheet->page, bar.x + 16, plot_place(&scale, ticks.value[i]), PLOT_LEFT, 9.5,
                    ticks.text[i]);
    if (label)
        canvas_text(sheet->page, bar.x + bar.width, bar.y - 12, PLOT_CENTER, 10, label);
}
