#include "figures.h"

#include "measures.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SHOWN = 1000, WAYS = 120, WAY_STEPS = 50, IMAGES = 40 };

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

static rill_status draw_loss(eval_run *run, const eval_figure *figure, const char *path,
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

static rill_status draw_excess(eval_run *run, const eval_figure *figure, const char *path,
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

static rill_status draw_curves(eval_run *run, const eval_figure *figure, const char *path,
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

/* ---- Samples. */

/* The side of square images; 0: samples are none. */
static int64_t image_side(const eval_run *run)
{
    int64_t width = run->model->width, side = (int64_t)(sqrt((double)width) + 0.5);
    return width >= 16 && side * side == width ? side : 0;
}

/* The first two numbers, where there are more. */
static double *flat_rows(const double *x, int64_t n, int64_t width, int64_t shown)
{
    double *rows = malloc((size_t)(n * shown) * sizeof *rows);
    for (int64_t i = 0; rows && i < n * shown; i++)
        rows[i] = x[i / shown * width + i % shown];
    return rows;
}

static rill_status draw_pair(eval_run *run, const char *path, const rill_sink *sink,
                             rill_message *message)
{
    int64_t width = run->model->width, shown = width < 2 ? width : 2;
    int64_t all = run->settings.draws * run->settings.samples;
    int64_t n = all < MOST_SHOWN || shown == 1 ? all : MOST_SHOWN;
    double *real = flat_rows(run->real.x, n, width, shown);
    double *made = flat_rows(run->made, n, width, shown);
    const plot_array arrays[] = { { "data", real, 2, { n, shown } },
                                  { "the model", made, 2, { n, shown } } };
    const plot_options how = { .overlay = shown == 1, .sink = sink };
    rill_status status =
        real && made ? plot_samples(arrays, 2, &how, path, message) : no_memory(message);
    free(real);
    free(made);
    return status;
}

static rill_status draw_images(eval_run *run, const char *path, const rill_sink *sink,
                               rill_message *message)
{
    int64_t all = run->settings.draws * run->settings.samples, n = all < IMAGES ? all : IMAGES;
    int64_t width = run->model->width;
    const plot_array made = { NULL, run->made, 2, { n, width } };
    plot_options how = { .sink = sink };
    for (int64_t i = 0; i < n * width; i++) { /* black and white as the data have them */
        how.low = fmin(how.low, run->real.x[i]);
        how.high = fmax(how.high, run->real.x[i]);
    }
    return plot_images(&made, 1, &how, path, message);
}

static rill_status draw_samples(eval_run *run, const eval_figure *figure, const char *path,
                                const rill_sink *sink, rill_message *message)
{
    (void)figure;
    return image_side(run) ? draw_images(run, path, sink, message)
                           : draw_pair(run, path, sink, message);
}

static rill_status draw_ways(eval_run *run, const eval_figure *figure, const char *path,
                             const rill_sink *sink, rill_message *message)
{
    (void)figure;
    const eval_settings *s = &run->settings;
    int64_t all = s->draws * s->samples, n = all < WAYS ? all : WAYS, width = run->model->width;
    eval_integration how = s->how;
    how.steps = how.steps < WAY_STEPS ? how.steps : WAY_STEPS;
    int64_t steps = how.steps;
    double *ways = malloc((size_t)((steps + 1) * n * width) * sizeof *ways);
    if (!ways)
        return no_memory(message);
    const plot_array array = { NULL, ways, 3, { steps + 1, n, width } };
    const plot_options plain = { .sink = sink };
    rill_status status = eval_ways(run, &how, n, ways, message);
    if (status == RILL_OK)
        status = plot_trajectories(&array, 1, &plain, path, message);
    free(ways);
    return status;
}

/* ---- The list. */

static const eval_section
    by_time = { "Loss by time", "" },
    by_steps = { "Steps against quality",
                 "How far samples are from data, by solver and evaluations of the "
                 "network: the mean over draws and its standard error. The dashed line "
                 "is the same between data and other data. Where a curve is level its "
                 "solver has done what it can; what is left above the dashed line is "
                 "the model's own." },
    seen = { "Samples", "" };

static int has_loss(const eval_run *run)
{
    return run->bins && !isnan(run->overall.loss);
}

static int has_excess(const eval_run *run)
{
    return has_loss(run) && run->known > 0.0;
}

static int is_drawn(const eval_run *run)
{
    return run->made != NULL;
}

static int has_ways(const eval_run *run)
{
    return run->made && run->model->width <= 2;
}

static void caption_excess(const eval_run *run, eval_figure *figure)
{
    if (run->floor.kind == EVAL_FLOOR_ROWS)
        snprintf(figure->caption, sizeof figure->caption,
                 "The squared distance of the learned velocity from the best there is for these "
                 "rows alone, which knows them by heart. A model that has learned what rows have "
                 "in common stays above it, most of all late.");
}

static void caption_samples(const eval_run *run, eval_figure *figure)
{
    if (image_side(run))
        snprintf(figure->caption, sizeof figure->caption, "What the model makes of noise.");
    else if (run->model->width > 2)
        snprintf(figure->caption, sizeof figure->caption,
                 "Data, and as many samples of the model: the first two of their %lld numbers.",
                 (long long)run->model->width);
}

static const struct shown {
    int (*is_there)(const eval_run *run);
    int after_curves;
    void (*caption)(const eval_run *run, eval_figure *figure); /* where it depends on the run */
    eval_figure figure;
} shown[] = {
    { has_loss,
      0,
      NULL,
      { "loss", NULL, "Loss",
        "The mean squared error of the velocity at each time, over the numbers of a sample. It "
        "cannot fall below the dashed line, the variance of dx/dt among all paths through a point: "
        "what nobody at the point can know. Bars are standard errors.",
        0, draw_loss } },
    { has_excess,
      0,
      caption_excess,
      { "excess", NULL, "Excess loss",
        "The squared distance of the learned velocity from the best there is. All that training "
        "can still win is this. Where it is large, the network is too small for those times, or "
        "sees them too seldom.",
        0, draw_excess } },
    { is_drawn,
      1,
      caption_samples,
      { "samples", NULL, "Samples", "Data, and as many samples of the model.", 0, draw_samples } },
    { has_ways,
      1,
      NULL,
      { "ways", NULL, "Ways",
        "Where samples go from noise to data. The straighter, the fewer steps are needed.", 0,
        draw_ways } },
};

static void caption_curves(const eval_run *run, eval_figure *figure)
{
    eval_measure m;
    eval_measure_at(figure->measure, &m);
    figure->name = figure->title = m.name;
    snprintf(figure->caption, sizeof figure->caption,
             "The %s, between %lld samples and as much data; %lld draw%s.", m.doc,
             (long long)run->settings.samples, (long long)run->settings.draws,
             run->settings.draws > 1 ? "s" : "");
}

static int is_curve(const eval_run *run, int i)
{
    return run->curve_count > 0 && !isnan(run->curve[0].value[i].value);
}

static int fixed_figure(const eval_run *run, int after_curves, int *left, eval_figure *figure)
{
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        if (shown[k].after_curves != after_curves || !shown[k].is_there(run) || (*left)-- > 0)
            continue;
        *figure = shown[k].figure;
        figure->section = after_curves ? &seen : &by_time;
        if (shown[k].caption)
            shown[k].caption(run, figure);
        return 1;
    }
    return 0;
}

int eval_figure_at(const eval_run *run, int i, eval_figure *figure)
{
    eval_measure m;
    int left = i;
    if (i < 0 || fixed_figure(run, 0, &left, figure))
        return i >= 0;
    for (int k = 0; eval_measure_at(k, &m); k++) {
        if (!is_curve(run, k) || left-- > 0)
            continue;
        *figure = (eval_figure){ .section = &by_steps, .measure = k, .draw = draw_curves };
        caption_curves(run, figure);
        return 1;
    }
    return fixed_figure(run, 1, &left, figure);
}

rill_status eval_figure_draw(eval_run *run, const eval_figure *figure, const char *path,
                             const rill_sink *sink, rill_message *message)
{
    return figure->draw(run, figure, path, sink, message);
}
