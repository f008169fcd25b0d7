#include "sample_tokens.h"

#include "formats/file.h"
#include "formats/npy_file.h"
#include "formats/safetensors.h"
#include "models/ode/integrate.h"
#include "tools/cli/array.h"
#include "tools/cli/condition.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/npy_stream.h"
#include "tools/cli/tokens.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 8192 };
#define MOST (INT64_C(1) << 30) /* tokens that are kept */

typedef struct run {
    const cli_args *args;
    const token_request *request;
    cli_model model;
    cli_condition condition;
    rill_jump_sampler *sampler;
    int32_t *x0, *fixed; /* [n,width] or NULL */
    int64_t n;
    double *times;              /* [steps+1] */
    int32_t *samples;           /* [n,width] */
    int32_t *part, *trajectory; /* [steps+1, CHUNK, width] and [steps+1, n, width], or NULL */
    rill_file_writer *writer;
    int32_t labels[CHUNK];
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

int sample_has_tokens(const char *model)
{
    void *bytes;
    size_t size;
    if (rill_file_read(model, &bytes, &size, NULL) != RILL_OK)
        return 0;
    rill_safetensors *file = rill_safetensors_parse(bytes, size, NULL);
    int has_tokens = file && rill_safetensors_metadata(file, "rill.vocab");
    rill_safetensors_free(file);
    rill_file_free(bytes);
    return has_tokens;
}

/* ---- What was asked for. */

static int open_model(run *r)
{
    const token_request *q = r->request;
    if (cli_model_load_any(q->model, r->args->extensions, &r->model, &r->message) != RILL_OK)
        return failed(r);
    rill_status status = cli_condition_read(&r->model, q->cond, &r->condition, &r->message);
    if (status == RILL_BAD_ARGUMENT)
        return cli_usage(r->args, "%s", r->message.text);
    if (status == RILL_OK)
        r->sampler = cli_model_jump_sampler(&r->model, &r->message);
    return r->sampler ? CLI_DONE : failed(r);
}

/* A file of n rows of tokens low..high; n becomes its number of rows where it was 0. */
static int open_tokens(run *r, const char *path, const char *option, int64_t low, int64_t high,
                       int32_t **tokens)
{
    cli_array array = { 0 };
    if (cli_array_load_finite(path, &array, &r->message) != RILL_OK)
        return failed(r);
    int64_t rows = cli_array_rows(&array), width = cli_array_width(&array);
    int status = CLI_DONE;
    r->n = r->n ? r->n : rows;
    if (width != r->model.width)
        status = cli_fail(r->args, "'%.200s' has %lld tokens a row; a sample of the model has %lld",
                          path, (long long)width, (long long)r->model.width);
    else if (rows != r->n)
        status = cli_usage(r->args, "--%s has %lld rows, expected %lld", option, (long long)rows,
                           (long long)r->n);
    else if (cli_check_tokens(path, array.values, rows, width, low, high, &r->message) != RILL_OK)
        status = failed(r);
    else if (!(*tokens = malloc((size_t)(rows * width) * sizeof **tokens)))
        status = cli_fail(r->args, "out of memory");
    for (int64_t i = 0; status == CLI_DONE && i < rows * width; i++)
        (*tokens)[i] = (int32_t)array.values[i];
    cli_array_free(&array);
    return status;
}

static int open_starts(run *r)
{
    const token_request *q = r->request;
    int64_t vocab = r->model.setting[TRAIN_VOCAB].whole;
    int extra = rill_token_source_find(r->model.setting[TRAIN_SOURCE].text)->extra;
    int status = CLI_DONE;
    r->n = q->n;
    if (q->x0)
        status = open_tokens(r, q->x0, "x0", 0, vocab - 1 + extra, &r->x0);
    if (status == CLI_DONE && q->fixed)
        status = open_tokens(r, q->fixed, "fixed", -1, vocab - 1, &r->fixed);
    return status;
}

static int settle_count(run *r)
{
    const token_request *q = r->request;
    int64_t times = q->trajectory ? q->steps + 1 : 1;
    r->n = r->n ? r->n : r->condition.rows;
    if (r->n == 0)
        return cli_usage(r->args, "--n N is needed");
    if (cli_condition_check(&r->condition, r->n, &r->message) != RILL_OK)
        return cli_usage(r->args, "%s", r->message.text);
    if (r->n > MOST / times / r->model.width)
        return cli_usage(r->args, "there would be %lld x %lld x %lld tokens, at most %lld are kept",
                         (long long)times, (long long)r->n, (long long)r->model.width,
                         (long long)MOST);
    if (q->trajectory && strcmp(q->trajectory, q->out) == 0)
        return cli_usage(r->args, "--trajectory and --out are the same file");
    if (q->trajectory && r->model.sample.rank + 2 > RILL_MAX_RANK)
        return cli_usage(r->args, "--trajectory would have %d dimensions, at most %d are kept",
                         r->model.sample.rank + 2, RILL_MAX_RANK);
    return CLI_DONE;
}

/* ---- Sampling, a chunk at a time. */

/* [n, sample...], or with `times` > 0 [times, n, sample...]. */
static rill_shape shape_of(const run *r, int64_t times)
{
    rill_shape shape = { 0 };
    if (times > 0)
        shape.dim[shape.rank++] = times;
    shape.dim[shape.rank++] = r->n;
    for (int i = 0; i < r->model.sample.rank; i++)
        shape.dim[shape.rank++] = r->model.sample.dim[i];
    return shape;
}

static int prepare(run *r)
{
    const token_request *q = r->request;
    size_t row = (size_t)r->model.width * sizeof(int32_t), times = (size_t)q->steps + 1;
    size_t chunk = (size_t)(r->n < CHUNK ? r->n : CHUNK);
    rill_shape shape = shape_of(r, 0);
    r->times = malloc(times * sizeof *r->times);
    r->samples = malloc((size_t)r->n * row);
    if (q->trajectory) {
        r->part = malloc(times * chunk * row);
        r->trajectory = malloc(times * (size_t)r->n * row);
    }
    if (!r->times || !r->samples || (q->trajectory && (!r->part || !r->trajectory)))
        return cli_fail(r->args, "out of memory");
    if (cli_npy_path(q->trajectory, &r->message) != RILL_OK ||
        rill_time_grid(0.0, 1.0, q->steps, r->times, &r->message) != RILL_OK)
        return failed(r);
    r->writer = cli_npy_begin(q->out, RILL_NPY_I4, &shape, &r->message);
    return r->writer ? CLI_DONE : failed(r);
}

static rill_status sample_chunk(run *r, int64_t first, int64_t n)
{
    const token_request *q = r->request;
    int64_t width = r->model.width, at = first * width;
    rill_jumping jumping = {
        .times = r->times,
        .time_count = q->steps + 1,
        .correctors = q->correctors,
        .seed = q->seed,
        .first = first,
        .n = n,
        .x0 = r->x0 ? r->x0 + at : NULL,
        .fixed = r->fixed ? r->fixed + at : NULL,
        .cond = cli_condition_rows(&r->condition, first, n, r->labels),
        .samples = r->samples + at,
        .trajectory = r->part,
    };
    rill_status status = rill_jump_sampler_run(r->sampler, &jumping, &r->message);
    for (int64_t k = 0; status == RILL_OK && r->part && k <= q->steps; k++)
        memcpy(r->trajectory + (k * r->n + first) * width, r->part + k * n * width,
               (size_t)(n * width) * sizeof *r->part);
    return status;
}

static int write_all(run *r)
{
    const char *trajectory = r->request->trajectory;
    rill_shape shape = shape_of(r, r->request->steps + 1);
    rill_file_write(r->writer, r->samples, (size_t)(r->n * r->model.width) * sizeof *r->samples);
    rill_status status = rill_file_commit(r->writer, &r->message);
    r->writer = NULL;
    if (status == RILL_OK && trajectory)
        status = rill_npy_save(trajectory, RILL_NPY_I4, &shape, r->trajectory, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int sample_all(run *r)
{
    rill_status status = RILL_OK;
    for (int64_t first = 0; first < r->n && status == RILL_OK && !cli_interrupted(); first += CHUNK)
        status = sample_chunk(r, first, r->n - first < CHUNK ? r->n - first : CHUNK);
    if (cli_interrupted()) {
        cli_note(r->args, "stopped; nothing was written");
        return CLI_INTERRUPTED;
    }
    return status == RILL_OK ? write_all(r) : failed(r);
}

static void end(run *r)
{
    rill_file_abandon(r->writer);
    rill_jump_sampler_free(r->sampler);
    cli_condition_free(&r->condition);
    cli_model_free(&r->model);
    free(r->x0);
    free(r->fixed);
    free(r->times);
    free(r->samples);
    free(r->part);
    free(r->trajectory);
    free(r);
}

int sample_tokens(const cli_args *args, const token_request *request)
{
    static int (*const stages[])(run *) = { open_model, open_starts, settle_count, prepare,
                                            sample_all };
    run *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail(args, "out of memory");
    r->args = args;
    r->request = request;
    int status = CLI_DONE;
    cli_interrupt_watch(); /* no temporary file is left behind */
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    end(r);
    cli_interrupt_release();
    return status;
}
