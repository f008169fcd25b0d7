#include "report.h"

#include "formats/file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void bench_set_fact(bench_report *r, const char *name, const char *format, ...)
{
    if (r->fact_count == BENCH_MOST_FACTS || *bench_fact_of(r, name))
        return;
    bench_fact *fact = &r->fact[r->fact_count++];
    snprintf(fact->name, sizeof fact->name, "%s", name);
    va_list list;
    va_start(list, format);
    vsnprintf(fact->text, sizeof fact->text, format, list);
    va_end(list);
    for (char *c = fact->text; *c; c++) /* so that it needs no quoting in JSON */
        if (*c == '"' || *c == '\\' || *c < ' ' || *c > '~')
            *c = ' ';
}

const char *bench_fact_of(const bench_report *r, const char *name)
{
    for (int i = 0; i < r->fact_count; i++)
        if (strcmp(r->fact[i].name, name) == 0)
            return r->fact[i].text;
    return "";
}

rill_status bench_write_file(const char *path, const char *text, size_t size, rill_message *message)
{
    rill_file_writer *writer = rill_file_create(path, message);
    if (!writer)
        return RILL_IO;
    rill_file_write(writer, text, size);
    return rill_file_commit(writer, message);
}

/* ---- JSON. */

#define FACT_LINE "    \"%s\": \"%s\"%s\n"
#define FIGURE_LINE                                                                                \
    "    {\"section\": \"%s\", \"name\": \"%s\", \"by\": \"%s\", \"threads\": %d, "                \
    "\"quantity\": \"%s\", \"unit\": \"%s\", \"value\": %.6g}%s\n"

static void write_facts(const bench_report *r, FILE *out)
{
    fputs("{\n  \"facts\": {\n", out);
    for (int i = 0; i < r->fact_count; i++)
        fprintf(out, FACT_LINE, r->fact[i].name, r->fact[i].text, i + 1 < r->fact_count ? "," : "");
    fputs("  },\n", out);
}

static void write_figures(const bench_figures *f, FILE *out)
{
    fputs("  \"figures\": [\n", out);
    for (int i = 0; i < f->count; i++) {
        const bench_figure *g = &f->figure[i];
        fprintf(out, FIGURE_LINE, g->section, g->name, g->by, g->threads,
                bench_quantity_name(g->quantity), bench_quantity_unit(g->quantity), g->value,
                i + 1 < f->count ? "," : "");
    }
    fputs("  ]\n}\n", out);
}

rill_status bench_write_json(const bench_report *r, const char *path, rill_message *message)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory");
    write_facts(r, out);
    write_figures(&r->figures, out);
    rill_status status = RILL_NO_MEMORY;
    if (fclose(out) == 0)
        status = bench_write_file(path, text, size, message);
    free(text);
    return status;
}

static void read_figure(bench_report *r, const char *line)
{
    bench_figure g = { 0 };
    char quantity[24];
    int found = sscanf(line,
                       " {\"section\": \"%15[^\"]\", \"name\": \"%47[^\"]\", \"by\": \"%15[^\"]\", "
                       "\"threads\": %d, \"quantity\": \"%23[^\"]\", \"unit\": \"%*[^,], "
                       "\"value\": %lf",
                       g.section, g.name, g.by, &g.threads, quantity, &g.value);
    bench_key key = { g.section, g.name, g.by, g.threads };
    for (bench_quantity q = 0; found == 6 && q < BENCH_QUANTITY_COUNT; q++)
        if (strcmp(bench_quantity_name(q), quantity) == 0)
            bench_add(&r->figures, &key, q, g.value);
}

void bench_read_json(bench_report *r, FILE *in)
{
    char line[512], name[24], text[BENCH_FACT_TEXT];
    while (fgets(line, sizeof line, in))
        if (sscanf(line, "    \"%23[^\"]\": \"%95[^\"]\"", name, text) == 2)
            bench_set_fact(r, name, "%s", text);
        else
            read_figure(r, line);
}
