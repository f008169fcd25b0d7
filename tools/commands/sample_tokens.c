/* Samples of a model over tokens: those of its source jump until they are data. */
#include "sample_options.h"
#include "sample_output.h"

#include "models/ode/grid.h"
#include "tools/cli/condition.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/rows.h"
#include "tools/cli/tokens.h"

#include <stdlib.h>

typedef struct run {
    const cli_args *args;
    const cli_value *value; /* args->value */
    cli_model *model;
    cli_condition condition;
    rill_jump_sampler *sampler;
    int32_t *x0, *fixed; /* [n,width] or NULL */
    int64_t n, time_count;
    double *times;    /* [time_count], one for each step and the start */
    int32_t *samples; /* [n,width] */
    sample_output output;
    int32_t labels[SAMPLE_CHUNK];
    rill_message message;
} run;

static int failed(const run *r)
{
    return cli_fail(r->args, "%s", r->message.text);
}

/* ---- What was asked for. */

static int open_sampler(run *r)
{
    int status = cli_condition_open(r->args, r->model, r->value[SAMPLE_COND].text, &r->condition);
    if (status != CLI_DONE)
        return status;
    r->sampler = cli_model_jump_sampler(r->model, &r->message);
    return r->sampler ? CLI_DONE : failed(r);
}

/* The rows of the file that the option names, of tokens low..high; n becomes their number where it
 * was 0. */
static int open_tokens(run *r, int option, int64_t low, int64_t high, int32_t **tokens)
{
    const char *path = r->value[option].text;
    cli_array array;
    if (!path)
        return CLI_DONE;
    int status = cli_rows_load(r->args, r->model, &r->condition, path, "tokens", &array);
    if (status != CLI_DONE)
        return status;
    int64_t rows = cli_array_rows(&array), width = r->model->width;
    r->n = r->n ? r->n : rows;
    if (rows != r->n)
        status = cli_usage(r->args, "--%s has %lld rows, expected %lld",
                           cli_option_at(r->args->command, option)->name, (long long)rows,
                           (long long)r->n);
    else if (cli_check_tokens(path, array.values, rows, width, array.taken, low, high,
                              &r->message) != RILL_OK)
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
    int64_t vocab = r->model->setting[TRAIN_VOCAB].whole;
    int extra = rill_token_source_find(r->model->setting[TRAIN_SOURCE].text)->extra;
    r->n = r->value[SAMPLE_N].whole;
    int status = open_tokens(r, SAMPLE_X0, 0, vocab - 1 + extra, &r->x0);
    return status == CLI_DONE ? open_tokens(r, SAMPLE_FIXED, -1, vocab - 1, &r->fixed) : status;
}

static int settle_count(run *r)
{
    r->time_count = r->value[SAMPLE_STEPS].whole + 1;
    int64_t kept = r->value[SAMPLE_TRAJECTORY].text ? r->time_count : 1;
    r->n = r->n ? r->n : r->condition.rows;
    if (r->n == 0)
        return cli_usage(r->args, "--n N is needed");
    int status = cli_condition_check(r->args, &r->condition, r->n);
    if (status != CLI_DONE)
        return status;
    if (r->n > SAMPLE_MOST_KEPT / kept / r->model->width)
        return cli_usage(r->args, "there would be %lld x %lld x %lld tokens, at most %lld are kept",
                         (long long)kept, (long long)r->n, (long long)r->model->width,
                         (long long)SAMPLE_MOST_KEPT);
    return sample_output_check(r->args, r->model);
}

/* ---- Sampling, a chunk at a time. */

static int prepare(run *r)
{
    r->times = malloc((size_t)r->time_count * sizeof *r->times);
    r->samples = malloc((size_t)(r->n * r->model->width) * sizeof *r->samples);
    if (!r->times || !r->samples)
        return cli_fail(r->args, "out of memory");
    if (rill_time_grid(0.0, 1.0, r->time_count - 1, r->times, &r->message) != RILL_OK)
        return failed(r);
    r->output = (sample_output){
        .args = r->args, .model = r->model, .type = RILL_NPY_I4, .n = r->n, .times = r->time_count
    };
    return sample_output_open(&r->output, &r->message);
}

static rill_status sample_chunk(void *self, int64_t first, int64_t n)
{
    run *r = self;
    int64_t at = first * r->model->width;
    rill_jumping jumping = {
        .times = r->times,
        .time_count = r->time_count,
        .correctors = r->value[SAMPLE_CORRECTORS].whole,
        .seed = (uint64_t)r->value[SAMPLE_SEED].whole,
        .first = first,
        .n = n,
        .x0 = r->x0 ? r->x0 + at : NULL,
        .fixed = r->fixed ? r->fixed + at : NULL,
        .cond = cli_condition_rows(&r->condition, first, n, r->labels),
        .interrupt = cli_interrupt(),
        .samples = r->samples + at,
        .trajectory = r->output.part,
    };
    rill_status status = rill_jump_sampler_run(r->sampler, &jumping, &r->message);
    if (status == RILL_OK)
        sample_output_keep(&r->output, first, n);
    return status;
}

/* A failed write shows in the commit, with its reason. */
static int write_all(run *r)
{
    sample_output_write(&r->output, r->samples, r->n);
    rill_status status = sample_output_commit(&r->output, &r->message);
    if (status == RILL_OK)
        status = sample_output_save_trajectory(&r->output, &r->message);
    return status == RILL_OK ? CLI_DONE : failed(r);
}

static int sample_all(run *r)
{
    rill_status status = sample_output_each(&r->output, sample_chunk, r);
    if (status == RILL_INTERRUPTED)
        return CLI_INTERRUPTED;
    return status == RILL_OK ? write_all(r) : failed(r);
}

static void end(run *r)
{
    sample_output_free(&r->output);
    rill_jump_sampler_free(r->sampler);
    cli_condition_free(&r->condition);
    free(r->x0);
    free(r->fixed);
    free(r->times);
    free(r->samples);
    free(r);
}

int sample_tokens(const cli_args *args, cli_model *model)
{
    static int (*const stages[])(run *) = { open_sampler, open_starts, settle_count, prepare,
                                            sample_all };
    run *r = calloc(1, sizeof *r);
    if (!r)
        return cli_fail(args, "out of memory");
    r->model = model;
    r->args = args;
    r->value = args->value;
    int status = CLI_DONE;
    cli_interrupt_watch(); /* no temporary file is left behind */
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == CLI_DONE; i++)
        status = stages[i](r);
    end(r);
    cli_interrupt_finish(status == CLI_DONE);
    return status;
}
