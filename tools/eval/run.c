#include "run.h"

#include "tools/cli/array.h"

#include <stdlib.h>

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for samples");
}

/* ---- Opening. */

/* A table's rows are used once: draws of both kinds share them. */
static rill_status settle_samples(eval_run *run, rill_message *message)
{
    int64_t rows = run->data->source.rows, most = rows / (2 * run->settings.draws);
    if (run->data->source.endless || run->settings.samples <= most)
        return RILL_OK;
    if (most < 2)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "the data have %lld rows, too few for %lld draws of two samples each",
                         (long long)rows, (long long)run->settings.draws);
    run->settings.samples = most;
    return RILL_OK;
}

static rill_status draw_data(eval_run *run, rill_message *message)
{
    int64_t n = run->settings.draws * run->settings.samples;
    rill_status status = eval_data_draw(run->data, run->settings.seed, 0, n, &run->real, message);
    if (status == RILL_OK)
        status = eval_data_draw(run->data, run->settings.seed, n, n, &run->other, message);
    return status;
}

static rill_status draw_made(eval_run *run, rill_message *message)
{
    int64_t n = run->settings.draws * run->settings.samples;
    run->made = malloc((size_t)(n * run->model->width) * sizeof *run->made);
    if (!run->made)
        return no_memory(message);
    return eval_samples(run, &run->settings.how, run->made, &run->evaluations, message);
}

rill_status eval_run_open(eval_run *run, cli_model *model, rill_sampler *sampler,
                          const eval_data *data, const eval_settings *settings,
                          rill_message *message)
{
    *run = (eval_run){ .model = model, .sampler = sampler, .data = data, .settings = *settings };
    rill_status status = cli_start_open(&run->start, model, message);
    if (status == RILL_OK)
        status = settle_samples(run, message);
    if (status == RILL_OK)
        status = draw_data(run, message);
    return status == RILL_OK ? draw_made(run, message) : status;
}

void eval_run_free(eval_run *run)
{
    cli_start_free(&run->start);
    eval_rows_free(&run->real);
    eval_rows_free(&run->other);
    free(run->made);
    free(run->floor.room);
    free(run->references);
    free(run->reference_labels);
    free(run->bins);
    free(run->curve);
    *run = (eval_run){ 0 };
}

/* ---- Sampling. */

/* rows [n,width] of the network as numbers in the data's units; they have to be finite. */
static rill_status restore(const eval_run *run, int64_t n, float *rows, double *x,
                           rill_message *message)
{
    int64_t width = run->model->width;
    cli_model_restore(run->model, n, rows);
    rill_status status = cli_check_finite("sample", rows, 0, n, width, message);
    for (int64_t i = 0; status == RILL_OK && i < n * width; i++)
        x[i] = (double)rows[i];
    return status;
}

/* n samples, and their ways where `ways` is not NULL. */
static rill_status sample(eval_run *run, const eval_integration *how, int64_t n, double *x,
                          double *ways, rill_ode_counts *counts, rill_message *message)
{
    int64_t width = run->model->width;
    int64_t times = ways || how->tolerance == 0.0 ? how->steps + 1 : 2;
    double *grid = malloc((size_t)times * sizeof *grid);
    float *rows = malloc((size_t)(n * width) * sizeof *rows);
    float *starts = malloc((size_t)(n * width) * sizeof *starts);
    float *way = ways ? malloc((size_t)(times * n * width) * sizeof *way) : NULL;
    rill_status status = grid && rows && starts && (!ways || way) ? RILL_OK : no_memory(message);
    if (status == RILL_OK)
        status = rill_time_grid(0.0, 1.0, times - 1, grid, message);
    if (status == RILL_OK)
        status = rill_sampler_run(
            run->sampler,
            &(rill_sampling){ .solver = how->solver,
                              .times = grid,
                              .time_count = times,
                              .tolerance = how->tolerance,
                              .counts = counts,
                              .seed = run->settings.seed,
                              .n = n,
                              .x0 = cli_start_rows(&run->start, run->settings.seed, 0, n, starts),
                              .cond = eval_rows_conditions(&run->other),
                              .samples = rows,
                              .trajectory = way },
            message);
    if (status == RILL_OK)
        status =
            ways ? restore(run, times * n, way, ways, message) : restore(run, n, rows, x, message);
    free(grid);
    free(rows);
    free(starts);
    free(way);
    return status;
}

rill_status eval_samples(eval_run *run, const eval_integration *how, double *x, double *evaluations,
                         rill_message *message)
{
    rill_ode_counts counts = { 0 };
    int64_t n = run->settings.draws * run->settings.samples;
    rill_status status = sample(run, how, n, x, NULL, &counts, message);
    if (evaluations)
        *evaluations = (double)counts.evaluations / (double)n;
    return status;
}

rill_status eval_ways(eval_run *run, const eval_integration *how, int64_t n, double *ways,
                      rill_message *message)
{
    return sample(run, how, n, NULL, ways, NULL, message);
}
