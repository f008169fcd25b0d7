#include "figures.h"

#include "drawings.h"
#include "measures.h"

#include <math.h>

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
    if (eval_image_side(run))
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
        0, eval_draw_loss } },
    { has_excess,
      0,
      caption_excess,
      { "excess", NULL, "Excess loss",
        "The squared distance of the learned velocity from the best there is. All that training "
        "can still win is this. Where it is large, the network is too small for those times, or "
        "sees them too seldom.",
        0, eval_draw_excess } },
    { is_drawn,
      1,
      caption_samples,
      { "samples", NULL, "Samples", "Data, and as many samples of the model.", 0,
        eval_draw_samples } },
    { has_ways,
      1,
      NULL,
      { "ways", NULL, "Ways",
        "Where samples go from noise to data. The straighter, the fewer steps are needed.", 0,
        eval_draw_ways } },
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
        *figure = (eval_figure){ .section = &by_steps, .measure = k, .draw = eval_draw_curves };
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
