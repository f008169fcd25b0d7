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

static void numbers(FILE *out, double value, double error, double floor)
{
    cell(out, value, ',');
    cell(out, error, ',');
    cell(out, floor, '\n');
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
        fprintf(out, "summary,%s,", m.name);
        if (m.of_samples)
            integration(out, &run->settings.how, run->evaluations);
        else
            fputs(",,,,,", out);
        numbers(out, found->value, found->error, found->floor);
    }
}

static void print_times(const eval_run *run, FILE *out)
{
    for (int64_t b = 0; run->bins && b < run->settings.bins; b++) {
        const eval_bin *bin = &run->bins[b];
        double t = 0.5 * (bin->low + bin->high);
        fprintf(out, "time,loss,,,,,%.9g,", t);
        numbers(out, bin->loss, bin->loss_error, bin->floor);
        if (isnan(bin->excess))
            continue;
        fprintf(out, "time,excess,,,,,%.9g,", t);
        numbers(out, bin->excess, bin->excess_error, 0.0);
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
            numbers(out, value->value, value->error, value->floor);
        }
    }
}

rill_status eval_print_csv(eval_run *run, FILE *out, rill_message *message)
{
    (void)message;
    fputs("table,name,solver,steps,tolerance,evaluations,t,value,error,floor\n", out);
    print_summary(run, out);
    print_times(run, out);
    print_curves(run, out);
    return RILL_OK;
}
