#include "pairs.h"

#include "core/rng.h"

#include <stdlib.h>

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for pairs");
}

rill_status eval_pairs_make(const eval_run *run, int64_t wanted, eval_pairs *p,
                            rill_message *message)
{
    const cli_source *s = &run->data->source;
    int64_t batch = run->model->setting[TRAIN_BATCH].whole;
    *p = (eval_pairs){ .n = (wanted + batch - 1) / batch * batch, .batch = batch };
    p->row = (size_t)run->model->width * sizeof(float);
    p->condition = s->classes ? sizeof(int32_t) : (size_t)s->vector * sizeof(float);
    float **const rows[] = { &p->x0, &p->x1, &p->paired0, &p->paired1 };
    int whole = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        whole = (*rows[i] = malloc((size_t)p->n * p->row)) && whole;
    p->cond = malloc((size_t)p->n * p->condition + 1);
    p->paired_cond = malloc((size_t)p->n * p->condition + 1);
    return whole && p->cond && p->paired_cond ? RILL_OK : no_memory(message);
}

void eval_pairs_free(eval_pairs *p)
{
    free(p->x0);
    free(p->x1);
    free(p->paired0);
    free(p->paired1);
    free(p->cond);
    free(p->paired_cond);
}

static rill_status draw_noise(uint64_t seed, int64_t n, int64_t width, float *x0,
                              rill_message *message)
{
    uint64_t key = rill_stream_key(seed, "noise");
    double *normal = malloc((size_t)width * sizeof *normal);
    for (int64_t i = 0; normal && i < n; i++) {
        rill_stream_normal(key, 0, i, 0, width, normal);
        for (int64_t k = 0; k < width; k++)
            x0[i * width + k] = (float)normal[k];
    }
    free(normal);
    return normal ? RILL_OK : no_memory(message);
}

/* Rows of a table with replacement: the data are then those rows and nothing else. */
static rill_status draw(eval_run *run, eval_pairs *p, rill_message *message)
{
    const cli_source *s = &run->data->source;
    const cli_model *m = run->model;
    uint64_t seed = rill_stream_key(run->settings.seed, "eval.points");
    void *cond = p->condition ? p->cond : NULL;
    rill_status status = s->endless ? rill_data_draw_f32(s->endless, seed, run->data->held_out, 0,
                                                         p->n, p->x1, cond, message)
                                    : cli_source_draw(s, seed, 0, 0, p->n, p->x1, cond, message);
    cli_model_normalize(m, p->n, p->x1);
    if (status != RILL_OK || cli_start_rows(&run->start, seed, 0, p->n, p->x0))
        return status;
    return draw_noise(seed, p->n, m->width, p->x0, message);
}

/* Rows first..first+batch-1 among themselves. */
static rill_status pair_batch(const eval_run *run, eval_pairs *p, rill_pairing *pairing,
                              int64_t first, int64_t *from, rill_message *message)
{
    const cli_source *s = &run->data->source;
    int64_t width = run->model->width;
    const void *cond = p->cond + (size_t)first * p->condition;
    rill_coupling_batch batch = { .rows = p->batch,
                                  .width = width,
                                  .x0 = p->x0 + first * width,
                                  .x1 = p->x1 + first * width,
                                  .labels = s->classes ? cond : NULL,
                                  .vectors = s->vector ? cond : NULL,
                                  .vector = s->vector,
                                  .seed = run->settings.seed,
                                  .step = first / p->batch };
    int64_t *from0 = from, *from1 = from + p->batch;
    rill_status status = rill_pairing_find(pairing, &batch, from0, from1, message);
    if (status != RILL_OK)
        return status;
    rill_take_rows(p->paired0 + first * width, batch.x0, from0, p->batch, p->row);
    rill_take_rows(p->paired1 + first * width, batch.x1, from1, p->batch, p->row);
    rill_take_rows(p->paired_cond + (size_t)first * p->condition, cond, from1, p->batch,
                   p->condition);
    return RILL_OK;
}

static rill_status pair_all(const eval_run *run, eval_pairs *p, rill_message *message)
{
    rill_coupling coupling = cli_model_coupling(run->model);
    rill_pairing *pairing = rill_pairing_new(&coupling, p->batch, message);
    int64_t *from = malloc(2 * (size_t)p->batch * sizeof *from);
    rill_status status = pairing && from ? RILL_OK : no_memory(message);
    for (int64_t i = 0; i < p->n && status == RILL_OK; i += p->batch)
        status = pair_batch(run, p, pairing, i, from, message);
    rill_pairing_free(pairing);
    free(from);
    return status;
}

rill_status eval_pairs_draw(eval_run *run, eval_pairs *p, rill_message *message)
{
    rill_status status = draw(run, p, message);
    return status == RILL_OK ? pair_all(run, p, message) : status;
}
