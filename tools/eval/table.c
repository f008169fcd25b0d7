/* Results as lines and as CSV. */
#include "measures.h"
#include "report.h"

#include <math.h>

void eval_print_lines(const eval_run *run, FILE *out)
{
    eval_measure m;
    for (int i = 0; eval_measure_at(i, &m); i++) {
        const eval_value *found = &run->found[i];
        if (isnan(found->value))
            continue;
        fprintf(out, "%s %.9g\n", m.name, found->value);
        if (found->floor != 0.0 && !isnan(found->floor))
            fprintf(out, "%s-floor %.9g\n", m.name, found->floor);
    }
}

/* A number, or nothing, and what comes after. */
static void cell(FILE *out, double value, char after)
{
    if (!isnan(value))
        fprintf(out, "%.9g", value);
    fputc(after, out);
}

static void numbers(FILE *out, const eval_value *value)
{
    cell(out, value->value, ',');
    cell(out, value->error, ',');
    cell(out, value->floor, '\n');
}

void eval_csv_header(FILE *out)
{
    fputs("table,name,solver,steps,tolerance,evaluations,t,value,error,floor\n", out);
}

void eval_csv_row(FILE *out, const char *table, const char *name, double t, const eval_value *value)
{
    fprintf(out, "%s,%s,,,,,", table, name);
    cell(out, t, ',');
    numbers(out, value);
}

/* solver,steps,tolerance,evaluations,t: the last empty. */
static void integration(FILE *out, const eval_integration *how, double evaluations)
{
    int chosen = how->tolerance > 0.0;
    fprintf(out, "%s,", how->solver->name);
    cell(out, chosen ? (double)NAN : (double)how->steps, ',');
    cell(out, chosen ? how->tolerance : (double)NAN, ',');
    cell(out, evaluations, ',');
    fputc(',', out);
}

static void print_summary(const eval_run *run, FILE *out)
{
    eval_measure m;
    for (int i = 0; eval_measure_at(i, &m); i++) {
        const eval_value *found = &run->found[i];
        if (isnan(found->value))
            continue;
        if (!m.of_samples) {
            eval_csv_row(out, "summary", m.name, (double)NAN, found);
            continue;
        }
        fprintf(out, "summary,%s,", m.name);
        integration(out, &run->settings.how, run->evaluations);
        numbers(out, found);
    }
}

static void print_times(const eval_run *run, FILE *out)
{
    for (int64_t b = 0; run->bins && b < run->settings.bins; b++) {
        const eval_bin *bin = &run->bins[b];
        double t = 0.5 * (bin->low + bin->high);
        eval_csv_row(out, "time", "loss", t,
                     &(eval_value){ bin->loss, bin->loss_error, bin->floor });
        if (!isnan(bin->excess))
            eval_csv_row(out, "time", "excess", t,
                         &(eval_value){ bin->excess, bin->excess_error, 0.0 });
    }
}

static void print_curves(const eval_run *run, FILE *out)
{
    eval_measure m;
    for (int p = 0; p < run->curve_count; p++) {
        const eval_point *point = &run->curve[p];
        for (int i = 0; eval_measure_at(i, &m); i++) {
            const eval_value *value = &point->value[i];
            if (isnan(value->value))
                continue;
            fprintf(out, "steps,%s,", m.name);
            integration(out, &point->how, point->evaluations);
            numbers(out, value);
        }
    }
}

void eval_print_csv(const eval_run *run, FILE *out)
{
    eval_csv_header(out);
    print_summary(run, out);
    print_times(run, out);
    print_curves(run, out);
}
