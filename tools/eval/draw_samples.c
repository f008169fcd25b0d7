/* What is made, drawn: samples beside data, and their ways. */
#include "drawings.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SHOWN = 1000, WAYS = 120, WAY_STEPS = 50, IMAGES = 40 };

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for a picture");
}

int64_t eval_image_side(const eval_run *run)
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

rill_status eval_draw_samples(eval_run *run, const eval_figure *figure, const char *path,
                              const rill_sink *sink, rill_message *message)
{
    (void)figure;
    return eval_image_side(run) ? draw_images(run, path, sink, message)
                                : draw_pair(run, path, sink, message);
}

rill_status eval_draw_ways(eval_run *run, const eval_figure *figure, const char *path,
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
