#include "pairs.h"

#include "interrupt.h"
#include "npy_stream.h"
#include "rows.h"
#include "start.h"

#include <stdlib.h>

enum { CHUNK = 8192 };

typedef enum column { X0, X1, COND, COLUMN_COUNT } column;

typedef struct run {
    cli_model *model;
    const cli_pairs *pairs;
    rill_sampler *sampler;
    cli_start start;
    cli_source data; /* of a conditional model: conditions come from there */
    double *times;   /* [steps+1] */
    rill_file_writer *file[COLUMN_COUNT];
    void *rows[COLUMN_COUNT]; /* of a chunk */
} run;

static int is_conditional(const cli_model *model)
{
    return model->classes > 0 || model->vector > 0;
}

/* Bytes of a row. */
static size_t row_size(const run *r, column c)
{
    const cli_model *m = r->model;
    if (c != COND)
        return (size_t)m->width * sizeof(float);
    return m->classes ? sizeof(int32_t) : (size_t)m->vector * sizeof(float);
}

/* ---- What is needed before there are pairs. */

static rill_status open_data(run *r, rill_message *message)
{
    const cli_value *s = r->model->setting;
    if (!is_conditional(r->model))
        return RILL_OK;
    rill_status status = cli_source_open(s[TRAIN_DATA].text, s[TRAIN_COND].text, &r->data, message);
    if (status == RILL_OK &&
        (r->data.width != r->model->width || r->data.classes != r->model->classes ||
         r->data.vector != r->model->vector || r->data.checksum != r->model->checksum))
        return rill_fail(message, RILL_MISMATCH,
                         "%.200s is not what the model was trained on: it has changed",
                         s[TRAIN_DATA].text);
    return status;
}

static rill_shape shape_of(const run *r, column c)
{
    const cli_model *m = r->model;
    if (c == COND)
        return m->classes ? RILL_SHAPE(r->pairs->n) : RILL_SHAPE(r->pairs->n, m->vector);
    return cli_rows_shape(m, 0, r->pairs->n);
}

static rill_status open_files(run *r, rill_message *message)
{
    const char *const paths[COLUMN_COUNT] = { r->pairs->x0, r->pairs->x1, r->pairs->cond };
    int columns = is_conditional(r->model) ? COLUMN_COUNT : COND;
    for (int c = 0; c < columns; c++) {
        rill_shape shape = shape_of(r, (column)c);
        rill_npy_type type = c == COND && r->model->classes ? RILL_NPY_I4 : RILL_NPY_F4;
        r->file[c] = cli_npy_begin(paths[c], type, &shape, message);
        r->rows[c] = malloc(CHUNK * row_size(r, (column)c));
        if (!r->file[c])
            return RILL_IO;
        if (!r->rows[c])
            return rill_fail(message, RILL_NO_MEMORY, "out of memory for pairs");
    }
    return RILL_OK;
}

static rill_status prepare(run *r, rill_message *message)
{
    int64_t steps = r->pairs->steps;
    r->times = malloc((size_t)(steps + 1) * sizeof *r->times);
    rill_status status = r->times ? rill_time_grid(0.0, 1.0, steps, r->times, message)
                                  : rill_fail(message, RILL_NO_MEMORY,
                                              "out of memory for %lld steps", (long long)steps);
    if (status == RILL_OK)
        status = open_data(r, message);
    if (status == RILL_OK)
        status = cli_start_open(&r->start, r->model, message);
    if (status == RILL_OK && !(r->sampler = cli_model_sampler(r->model, message)))
        status = RILL_BAD_GRAPH;
    return status == RILL_OK ? open_files(r, message) : status;
}

/* ---- Pairs, a chunk at a time. */

/* Conditions in the proportions of the data, whose rows are dropped. */
static rill_status draw_conditions(run *r, int64_t first, int64_t n, rill_message *message)
{
    if (!r->rows[COND])
        return RILL_OK;
    return cli_source_draw(&r->data, r->pairs->seed, 0, first, n, r->rows[X1], r->rows[COND],
                           message);
}

/* Noise stays in the network's units, as --x0 takes it. */
static void restore(run *r, int64_t n)
{
    if (cli_start_has_units(r->model))
        cli_model_restore(r->model, n, r->rows[X0]);
    cli_model_restore(r->model, n, r->rows[X1]);
}

static rill_status make_chunk(run *r, int64_t first, int64_t n, rill_message *message)
{
    const cli_pairs *p = r->pairs;
    rill_status status = draw_conditions(r, first, n, message);
    if (status != RILL_OK)
        return status;
    rill_sampling sampling = { .solver = p->solver,
                               .times = r->times,
                               .time_count = p->steps + 1,
                               .seed = p->seed,
                               .first = first,
                               .n = n,
                               .x0 = cli_start_rows(&r->start, p->seed, first, n, r->rows[X0]),
                               .cond = r->rows[COND],
                               .interrupt = cli_interrupt(),
                               .noise = r->rows[X0],
                               .samples = r->rows[X1] };
    status = rill_sampler_run(r->sampler, &sampling, message);
    if (status != RILL_OK)
        return status;
    restore(r, n);
    status = cli_check_finite("sample", r->rows[X1], first, n, r->model->width, message);
    for (int c = 0; c < COLUMN_COUNT && status == RILL_OK; c++)
        if (r->file[c])
            rill_file_write(r->file[c], r->rows[c], (size_t)n * row_size(r, (column)c));
    return status;
}

/* A failed write shows here, with its reason. */
static rill_status commit(run *r, rill_message *message)
{
    rill_status status = RILL_OK;
    for (int c = 0; c < COLUMN_COUNT && status == RILL_OK; c++)
        if (r->file[c]) {
            status = rill_file_commit(r->file[c], message);
            r->file[c] = NULL;
        }
    return status;
}

static void end(run *r)
{
    for (int c = 0; c < COLUMN_COUNT; c++) {
        rill_file_abandon(r->file[c]);
        free(r->rows[c]);
    }
    rill_sampler_free(r->sampler);
    cli_start_free(&r->start);
    cli_source_free(&r->data);
    free(r->times);
}

rill_status cli_pairs_write(cli_model *model, const cli_pairs *pairs, rill_message *message)
{
    run r = { .model = model, .pairs = pairs };
    rill_status status = prepare(&r, message);
    for (int64_t first = 0; first < pairs->n && status == RILL_OK; first += CHUNK)
        status =
            make_chunk(&r, first, pairs->n - first < CHUNK ? pairs->n - first : CHUNK, message);
    if (status == RILL_OK)
        status = cli_interrupted() ? RILL_INTERRUPTED : commit(&r, message);
    end(&r);
    return status;
}
