#include "start.h"

#include <string.h>

int cli_start_has_units(const cli_model *model)
{
    const char *source = model->setting[TRAIN_SOURCE].text;
    return strcmp(source, "gaussian") != 0 && strcmp(source, "base") != 0;
}

rill_status cli_start_open(cli_start *start, const cli_model *model, rill_message *message)
{
    const char *source = model->setting[TRAIN_SOURCE].text;
    *start = (cli_start){ .model = model };
    if (!cli_start_has_units(model))
        return RILL_OK;
    rill_status status = cli_source_open(source, NULL, &start->source, message);
    start->has_source = status == RILL_OK;
    if (status == RILL_OK && start->source.width != model->width)
        return rill_fail(message, RILL_MISMATCH,
                         "the model starts from %.200s, which now has %lld numbers a sample, not "
                         "%lld",
                         source, (long long)start->source.width, (long long)model->width);
    return status;
}

void cli_start_free(cli_start *start)
{
    cli_source_free(&start->source);
    start->has_source = 0;
}

const float *cli_start_rows(const cli_start *start, uint64_t seed, int64_t first, int64_t n,
                            float *rows)
{
    const cli_model *model = start->model;
    if (!start->has_source)
        return NULL;
    for (int64_t i = 0; i < n; i++) /* row by row: independent of n */
        cli_source_draw(&start->source, cli_start_seed(seed), 0, first + i, 1,
                        rows + i * model->width, NULL, NULL);
    cli_model_normalize(model, n, rows);
    return rows;
}
