#include "data.h"

#include "core/rng.h"

#include <stdlib.h>
#include <string.h>

/* The rows of a finite built-in set that are held out, in place of those to train on. */
static rill_status take_held_out(cli_source *s, const rill_data_set *set, rill_message *message)
{
    s->rows = set->held_out_count; /* never more than there is room for */
    if (s->rows > set->train_count)
        return rill_fail(message, RILL_UNSUPPORTED, "%s: more rows are held out than trained on",
                         set->name);
    int32_t *labels = malloc((size_t)s->rows * sizeof *labels);
    if (!labels)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for the data");
    rill_status status = rill_data_draw(set, 0, 1, 0, s->rows, s->table, labels, message);
    if (s->labels)
        memcpy(s->labels, labels, (size_t)s->rows * sizeof *labels);
    free(labels);
    return status;
}

rill_status eval_data_open(const char *name, const char *cond, int held_out, eval_data *data,
                           rill_message *message)
{
    const rill_data_set *set = rill_data_find(name);
    *data = (eval_data){ .name = name, .set = set, .held_out = held_out };
    rill_status status = cli_source_open(name, cond, &data->source, message);
    if (status == RILL_OK && set && held_out && data->source.table)
        status = take_held_out(&data->source, set, message);
    return status;
}

void eval_data_free(eval_data *data)
{
    cli_source_free(&data->source);
}

const void *eval_rows_conditions(const eval_rows *rows)
{
    return rows->labels ? (const void *)rows->labels : rows->vectors;
}

void eval_rows_free(eval_rows *rows)
{
    free(rows->x);
    free(rows->labels);
    free(rows->vectors);
    *rows = (eval_rows){ 0 };
}

static int make_rows(const cli_source *s, int64_t n, eval_rows *rows)
{
    *rows = (eval_rows){ .n = n };
    rows->x = malloc((size_t)(n * s->width) * sizeof *rows->x);
    if (s->classes)
        rows->labels = malloc((size_t)n * sizeof *rows->labels);
    if (s->vector)
        rows->vectors = malloc((size_t)(n * s->vector) * sizeof *rows->vectors);
    return rows->x && (!s->classes || rows->labels) && (!s->vector || rows->vectors);
}

/* All rows of a table in a random order (Fisher and Yates, 1938); NULL without memory. */
static int64_t *shuffled(int64_t rows, uint64_t seed)
{
    int64_t *order = malloc((size_t)rows * sizeof *order);
    uint64_t key = rill_stream_key(seed, "eval.order");
    for (int64_t i = 0; order && i < rows; i++) {
        double u[2];
        rill_stream_uniform(key, 0, i, 0, 2, u);
        int64_t j = (int64_t)((u[0] + (u[1] - 0.5) * 0x1p-32) * (double)(i + 1));
        j = j < 0 ? 0 : j > i ? i : j;
        order[i] = order[j];
        order[j] = i;
    }
    return order;
}

static void copy_row(const cli_source *s, int64_t row, int64_t i, eval_rows *rows)
{
    memcpy(rows->x + i * s->width, s->table + row * s->width, (size_t)s->width * sizeof(double));
    if (s->labels)
        rows->labels[i] = s->labels[row];
    if (s->vectors)
        memcpy(rows->vectors + i * s->vector, s->vectors + row * s->vector,
               (size_t)s->vector * sizeof(float));
}

static rill_status draw_table(const cli_source *s, uint64_t seed, int64_t first, int64_t n,
                              eval_rows *rows, rill_message *message)
{
    if (first < 0 || n > s->rows - first)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "rows %lld to %lld are asked for, and the data have %lld",
                         (long long)first, (long long)(first + n - 1), (long long)s->rows);
    int64_t *order = shuffled(s->rows, seed);
    if (!order)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for the data");
    for (int64_t i = 0; i < n; i++)
        copy_row(s, order[first + i], i, rows);
    free(order);
    return RILL_OK;
}

/* In f32, as `rill data` writes them. */
static rill_status draw_endless(const eval_data *data, uint64_t seed, int64_t first, int64_t n,
                                eval_rows *rows, rill_message *message)
{
    const cli_source *s = &data->source;
    rill_status status =
        rill_data_draw(s->endless, seed, data->held_out, first, n, rows->x, rows->labels, message);
    for (int64_t i = 0; status == RILL_OK && i < n * s->width; i++)
        rows->x[i] = (double)(float)rows->x[i];
    return status;
}

rill_status eval_data_draw(const eval_data *data, uint64_t seed, int64_t first, int64_t n,
                           eval_rows *rows, rill_message *message)
{
    const cli_source *s = &data->source;
    rill_status status = RILL_OK;
    if (!make_rows(s, n, rows))
        status = rill_fail(message, RILL_NO_MEMORY, "out of memory for %lld samples", (long long)n);
    else if (s->endless)
        status = draw_endless(data, seed, first, n, rows, message);
    else
        status = draw_table(s, seed, first, n, rows, message);
    if (status != RILL_OK)
        eval_rows_free(rows);
    return status;
}
