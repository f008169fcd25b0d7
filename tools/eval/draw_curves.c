/* What is found, drawn over time and over steps. */
#include "drawings.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for a picture");
}

/* ---- By time. */

/* Rows (t, value, error) of the bins that have the value; how many. */
static int64_t rows_of_bins(const eval_run *run, size_t value, size_t error, double *rows)
{
    int64_t count = 0;
    for (int64_t b = 0; b < run->settings.bins; b++) {
        const char *bin = (const char *)&run->bins[b];
        double *row = rows + 3 * count;
        row[0] = 0.5 * (run->bins[b].low + run->bins[b].high);
        row[1] = *(const double *)(bin + value);
        row[2] = error ? *(const double *)(bin + error) : 0.0;
        count += !isnan(row[1]);
    }
    return count;
}

rill_status eval_draw_loss(eval_run *run, const eval_figure *figure, const char *path,
                           const rill_sink *sink, rill_message *message)
{
    (void)figure;
    double *rows = malloc(6 * (size_t)run->settings.bins * sizeof *rows);
    if (!rows)
        return no_memory(message);
    double *floor = rows + 3 * run->settings.bins;
    int64_t n = rows_of_bins(run, offsetof(eval_bin, loss), offsetof(eval_bin, loss_error), rows);
    int64_t known = rows_of_bins(run, offsetof(eval_bin, floor), 0, floor);
    const plot_array arrays[] = { { "the model", rows, 2, { n, 3 } },
                                  { "least possible", floor, 2, { known, 3 } } };
    const plot_options how = {
        .linear_x = 1, .x_label = "t", .y_label = "loss", .reference = known > 0, .sink = sink
    };
    rill_status status = plot_lines(arrays, known > 0 ? 2 : 1, &how, path, message);
    free(rows);
    return status;
}

rill_status eval_draw_excess(eval_run *run, const eval_figure *figure, const char *path,
                             const rill_sink *sink, rill_message *message)
{
    (void)figure;
    double *rows = malloc(3 * (size_t)run->settings.bins * sizeof *rows);
    if (!rows)
        return no_memory(message);
    int64_t n =
        rows_of_bins(run, offsetof(eval_bin, excess), offsetof(eval_bin, excess_error), rows);
    const plot_array array = { NULL, rows, 2, { n, 3 } };
    const plot_options how = {
        .linear_x = 1, .x_label = "t", .y_label = "excess loss", .sink = sink
    };
    rill_status status = plot_lines(&array, 1, &how, path, message);
    free(rows);
    return status;
}

/* ---- By steps. */

/* The points of one solver, which begin at `first`, as rows (evaluations, value, error); how many.
 */
static int rows_of_solver(const eval_run *run, int first, int measure, double rows[][3])
{
    int count = 0;
    const rill_solver *solver = run->curve[first].how.solver;
    for (int i = first; i < run->curve_count && run->curve[i].how.solver == solver; i++, count++) {
        const eval_value *value = &run->curve[i].value[measure];
        rows[count][0] = run->curve[i].evaluations;
        rows[count][1] = value->value;
        rows[count][2] = value->error;
    }
    return count;
}

rill_status eval_draw_curves(eval_run *run, const eval_figure *figure, const char *path,
                             const rill_sink *sink, rill_message *message)
{
    double rows[PLOT_MAX_ARRAYS][EVAL_MOST_COUNTS][3];
    double level = run->found[figure->measure].floor,
           floor[2][2] = { { HUGE_VAL, level }, { 0, level } };
    plot_array arrays[PLOT_MAX_ARRAYS];
    int solvers = 0;
    for (int i = 0; i < run->curve_count && solvers < PLOT_MAX_ARRAYS - 1; solvers++) {
        int count = rows_of_solver(run, i, figure->measure, rows[solvers]);
        arrays[solvers] =
            (plot_array){ run->curve[i].how.solver->name, rows[solvers][0], 2, { count, 3 } };
        for (int k = 0; k < count; k++) {
            floor[0][0] = fmin(floor[0][0], rows[solvers][k][0]);
            floor[1][0] = fmax(floor[1][0], rows[solvers][k][0]);
        }
        i += count;
    }
    arrays[solvers] = (plot_array){ "data to data", floor[0], 2, { 2, 2 } };
    const plot_options how = {
        .x_label = "function evaluations", .y_label = figure->name, .reference = 1, .sink = sink
    };
    return plot_lines(arrays, solvers + 1, &how, path, message);
}
