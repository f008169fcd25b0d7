/* The report as one page that needs nothing else. */
#include "embed_svg.h"
#include "figures.h"
#include "measures.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
    "body{margin:0;background:#f6f7f9;color:#292b33;font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:1180px;margin:0 auto;padding:32px 24px 64px}"
    "h1{font-size:30px;line-height:1.2;margin:0 0 6px}"
    "h2{font-size:20px;margin:44px 0 14px}"
    "p{max-width:75ch}.quiet{color:#646873}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;background:#fff;border-radius:8px;box-shadow:0 1px 3px #0002}"
    "th,td{padding:7px 16px;text-align:left;border-bottom:1px solid #eceef1}"
    "tr:last-child td{border-bottom:0}"
    "th{font-size:13px;font-weight:600;color:#646873}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(500px,100%),1fr));gap:"
    "20px}"
    "figure{margin:0;padding:14px 18px 16px;background:#fff;border-radius:8px;"
    "box-shadow:0 1px 3px #0002}"
    "figure h3{margin:0;font-size:16px}"
    "figure svg{display:block;width:100%;height:auto;max-height:460px}"
    "figcaption{font-size:14px;color:#51545e}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;font-size:14px;margin:0}"
    "dt{color:#646873}dd{margin:0;overflow-wrap:anywhere}"
    "details{margin-top:18px}summary{cursor:pointer}"
    "@media print{body{background:#fff}figure,table{box-shadow:none;break-inside:avoid}}";

/* Text as it stands in a page: what a file or an argument says may hold anything. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '>')
            fputs("&gt;", out);
        else if ((unsigned char)*text >= ' ')
            fputc(*text, out);
    }
}

static void put_element(FILE *out, const char *element, const char *text)
{
    fprintf(out, "<%s>", element);
    put_text(out, text);
    fprintf(out, "</%s>", element);
}

static void put_number(FILE *out, double value)
{
    fputs("<td class=\"n\">", out);
    if (!isnan(value))
        fprintf(out, "%.4g", value);
    fputs("</td>", out);
}

/* ---- The model and its numbers. */

static const char *setting(const eval_run *run, int option)
{
    const char *text = run->model->setting[option].text;
    return text ? text : "";
}

static void put_head(const eval_run *run, FILE *out)
{
    const cli_source *s = &run->data->source;
    fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta "
                 "name=\"viewport\" content=\"width=device-width\"/>\n<title>rill eval: ");
    put_text(out, setting(run, TRAIN_DATA));
    fprintf(out, "</title>\n<style>%s</style></head>\n<body><main>\n<h1>A model of ", style);
    put_text(out, setting(run, TRAIN_DATA));
    fputs("</h1>\n<p class=\"quiet\">", out);
    put_text(out, setting(run, TRAIN_NET));
    fputs(", ", out);
    put_text(out, setting(run, TRAIN_PATH));
    fprintf(out, " path, %lld steps of training. Judged by ", (long long)run->model->done);
    if (run->data->set)
        fprintf(out, "%s samples of %s.</p>\n", run->data->held_out ? "held-out" : "the training",
                run->data->set->name);
    else
        fprintf(out, "%lld rows of data.</p>\n", (long long)s->rows);
}

static void put_summary(const eval_run *run, FILE *out)
{
    eval_measure m;
    fprintf(
        out,
        "<div class=\"wide\"><table><tr><th>measure</th><th class=\"n\">value</th><th class=\"n\">"
        "standard error</th><th class=\"n\">of a perfect model</th><th>what it is</th></tr>\n");
    for (int i = 0; eval_measure_at(i, &m); i++) {
        const eval_value *found = &run->found[i];
        if (isnan(found->value))
            continue;
        fputs("<tr>", out);
        put_element(out, "td", m.name);
        put_number(out, found->value);
        put_number(out, found->error);
        put_number(out, found->floor);
        put_element(out, "td", m.doc);
        fputs("</tr>\n", out);
    }
    fprintf(out, "</table></div>\n<p class=\"quiet\">Samples are made by %s, ",
            run->settings.how.solver->name);
    if (run->settings.how.tolerance > 0.0)
        fprintf(out, "each step's error at most %g, ", run->settings.how.tolerance);
    fprintf(out,
            "in %.4g evaluations each. Two finite samples of one distribution are not at distance "
            "0: the fourth column is how far data are from other data.</p>\n",
            run->evaluations);
}

/* ---- Pictures. */

static rill_status take(void *self, const void *bytes, size_t size)
{
    return fwrite(bytes, 1, size, self) == size ? RILL_OK : RILL_NO_MEMORY;
}

static rill_status put_picture(eval_run *run, const eval_figure *figure, int number, FILE *out,
                               rill_message *message)
{
    char *svg = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&svg, &size);
    if (!memory)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for a picture");
    const rill_sink sink = { take, memory };
    rill_status status = eval_figure_draw(run, figure, "picture.svg", &sink, message);
    fclose(memory);
    if (status == RILL_OK)
        eval_embed_svg(out, svg, size, number);
    free(svg);
    return status;
}

static void put_section(const eval_section *section, int another, FILE *out)
{
    fputs(another ? "</div>\n" : "", out);
    put_element(out, "h2", section->title);
    if (*section->intro)
        put_element(out, "p", section->intro);
    fputs("\n<div class=\"figures\">\n", out);
}

static rill_status put_figures(eval_run *run, FILE *out, rill_message *message)
{
    eval_figure figure;
    const eval_section *section = NULL;
    rill_status status = RILL_OK;
    if (!plot_available())
        fputs("<p>This build of rill has no cairo, and draws no pictures.</p>\n", out);
    for (int i = 0; plot_available() && status == RILL_OK && eval_figure_at(run, i, &figure); i++) {
        if (figure.section != section)
            put_section(figure.section, section != NULL, out);
        section = figure.section;
        fputs("<figure>", out);
        put_element(out, "h3", figure.title);
        status = put_picture(run, &figure, i, out, message);
        put_element(out, "figcaption", figure.caption);
        fputs("</figure>\n", out);
    }
    fputs(section ? "</div>\n" : "", out);
    return status;
}

/* ---- Tables and how they were made. */

static void put_curve_head(const eval_run *run, FILE *out)
{
    eval_measure m;
    fputs("<tr><th>solver</th><th class=\"n\">steps</th><th class=\"n\">tolerance</th><th "
          "class=\"n\">evaluations</th>",
          out);
    for (int i = 0; eval_measure_at(i, &m); i++)
        if (!isnan(run->curve[0].value[i].value))
            fprintf(out, "<th class=\"n\">%s</th>", m.name);
    fputs("</tr>\n", out);
}

static void put_curves(const eval_run *run, FILE *out)
{
    if (run->curve_count == 0)
        return;
    fputs("<details><summary>Steps against quality, as numbers</summary><div "
          "class=\"wide\"><table>\n",
          out);
    put_curve_head(run, out);
    for (int p = 0; p < run->curve_count; p++) {
        const eval_point *point = &run->curve[p];
        eval_measure m;
        fprintf(out, "<tr><td>%s</td>", point->how.solver->name);
        put_number(out, point->how.tolerance > 0.0 ? (double)NAN : (double)point->how.steps);
        put_number(out, point->how.tolerance > 0.0 ? point->how.tolerance : (double)NAN);
        put_number(out, point->evaluations);
        for (int i = 0; eval_measure_at(i, &m); i++)
            if (!isnan(point->value[i].value))
                put_number(out, point->value[i].value);
        fputs("</tr>\n", out);
    }
    fputs("</table></div></details>\n", out);
}

static void put_fact(FILE *out, const char *what, const char *text)
{
    put_element(out, "dt", what);
    put_element(out, "dd", text);
    fputc('\n', out);
}

static void put_floor(const eval_run *run, FILE *out)
{
    char text[256];
    int used = snprintf(text, sizeof text, "%s", eval_floor_says(run->floor.kind));
    if (run->floor.kind == EVAL_FLOOR_SAMPLES)
        used += snprintf(text + used, sizeof text - (size_t)used, " (%lld of them)",
                         (long long)run->floor.count);
    if (run->known > 0.0 && run->known < 1.0)
        snprintf(text + used, sizeof text - (size_t)used,
                 "; left out at %.0f%% of the times, where too few samples lie near a point",
                 100.0 * (1.0 - run->known));
    put_fact(out, "floor of the loss", text);
}

static void put_settings(const eval_run *run, FILE *out)
{
    const eval_settings *s = &run->settings;
    char text[256];
    eval_measure m;
    fputs("<h2>How this was measured</h2>\n<dl>\n", out);
    if (run->bins) {
        put_floor(run, out);
        snprintf(text, sizeof text, "%lld parts of [0,1], %lld points of paths in each",
                 (long long)s->bins, (long long)s->points);
        put_fact(out, "loss", text);
    }
    snprintf(text, sizeof text, "%lld draws of %lld samples, each against as much other data",
             (long long)s->draws, (long long)s->samples);
    put_fact(out, "distances", text);
    snprintf(text, sizeof text, "%llu, on which alone everything drawn depends",
             (unsigned long long)s->seed);
    put_fact(out, "seed", text);
    for (int i = 0; eval_measure_at(i, &m); i++)
        if (run->missing[i][0]) {
            snprintf(text, sizeof text, "no %s", m.name);
            put_fact(out, text, run->missing[i]);
        }
    fputs("</dl>\n<h2>How the model was trained</h2>\n<dl>\n", out);
    for (int i = 0; i < TRAIN_OPTION_COUNT; i++)
        if (cli_train_options[i].recorded && run->model->setting[i].text)
            put_fact(out, cli_train_options[i].name, run->model->setting[i].text);
    fputs("</dl>\n", out);
}

rill_status eval_print_html(eval_run *run, FILE *out, rill_message *message)
{
    put_head(run, out);
    put_summary(run, out);
    rill_status status = put_figures(run, out, message);
    put_curves(run, out);
    put_settings(run, out);
    fprintf(out, "<p class=\"quiet\">Made by rill %s.</p>\n</main></body></html>\n", RILL_VERSION);
    return status;
}
