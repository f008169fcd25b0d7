/* Which floor the loss of a run has. */
#include "run.h"

#include "core/rng.h"

#include <stdlib.h>

static rill_status take_references(eval_run *run, int64_t n, rill_message *message)
{
    int64_t width = run->model->width;
    const cli_source *s = &run->data->source;
    uint64_t seed = rill_stream_key(run->settings.seed, "eval.references");
    eval_rows rows;
    rill_status status = eval_data_draw(run->data, seed, 0, n, &rows, message);
    if (status != RILL_OK)
        return status;
    for (int64_t i = 0; run->model->mean && i < n * width; i++)
        rows.x[i] = (rows.x[i] - run->model->mean[i % width]) / run->model->scale[i % width];
    run->references = rows.x;
    run->reference_labels = rows.labels;
    free(rows.vectors);
    run->floor.room = malloc((size_t)n * sizeof *run->floor.room);
    run->floor.kind = s->endless ? EVAL_FLOOR_SAMPLES : EVAL_FLOOR_ROWS;
    run->floor.count = n;
    run->floor.y = run->references;
    run->floor.labels = run->reference_labels;
    return run->floor.room ? RILL_OK
                           : rill_fail(message, RILL_NO_MEMORY, "out of memory for references");
}

rill_status eval_run_floor(eval_run *run, rill_message *message)
{
    const cli_model *m = run->model;
    const cli_source *s = &run->data->source;
    run->floor = (eval_floor){ .dim = m->width };
    int affine = m->path.path && rill_path_scheduler(m->path.path) && !m->path.path->spread;
    if (run->start.has_source || cli_model_coupling(m).pair || !affine || m->vector)
        return RILL_OK;
    if (s->endless && !m->mean && eval_mixture_of(s->endless->name, &run->floor.mixture)) {
        run->floor.kind = EVAL_FLOOR_MIXTURE;
        return RILL_OK;
    }
    return take_references(run, s->endless ? run->settings.references : s->rows, message);
}
