/* Numbers found, as lines and as CSV. */
#include "report.h"
#include "space.h"

#include "base/alloc.h"

#include <math.h>

int eval_lines_add(eval_lines *lines, const char *name, double t, eval_value got)
{
    void *line = lines->line;
    if (!rill_grow(&line, &lines->room, (size_t)lines->count + 1, sizeof *lines->line))
        return 0;
    lines->line = line;
    lines->line[lines->count++] = (eval_line){ name, t, got };
    return 1;
}

void eval_lines_free(eval_lines *lines)
{
    rill_free(lines->line);
    *lines = (eval_lines){ 0 };
}

void eval_lines_print(const eval_lines *lines, FILE *out)
{
    for (int i = 0; i < lines->count; i++) {
        const eval_line *line = &lines->line[i];
        if (!isnan(line->t))
            continue;
        fprintf(out, "%s %.9g\n", line->name, line->got.value);
        if (!isnan(line->got.floor))
            fprintf(out, "%s-floor %.9g\n", line->name, line->got.floor);
    }
}

void eval_lines_csv(const eval_lines *lines, FILE *out)
{
    eval_csv_header(out);
    for (int i = 0; i < lines->count; i++) {
        const eval_line *line = &lines->line[i];
        eval_csv_row(out, isnan(line->t) ? "summary" : "time", line->name, line->t, &line->got);
    }
}
