#include "source.h"

#include "array.h"
#include "column.h"
#include "core/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CLASSES = 1000000, MOMENT_ROWS = 16384 };

static rill_status no_memory(rill_message *message)
{
    return rill_fail(message, RILL_NO_MEMORY, "out of memory for the data");
}

/* ---- Tables. */

/* FNV-1a: tells a changed file from the one that was trained on. */
static uint64_t checksum(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void add_checksum(cli_source *s)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = checksum(hash, s->table, (size_t)(s->rows * s->width) * sizeof *s->table);
    if (s->labels)
        hash = checksum(hash, s->labels, (size_t)s->rows * sizeof *s->labels);
    if (s->vectors)
        hash = checksum(hash, s->vectors, (size_t)(s->rows * s->vector) * sizeof *s->vectors);
    for (int64_t i = 0; i < s->words.count; i++)
        hash = checksum(hash, s->words.word[i], strlen(s->words.word[i]) + 1);
    s->checksum = hash;
}

/* The shape of one row: what is below axis 0; [1] where there is nothing below it. */
static rill_shape row_shape(const cli_array *array)
{
    const rill_shape *all = &array->shape;
    return all->rank < 2 ? RILL_SHAPE(1) : rill_shape_make(all->rank - 1, all->dim + 1);
}

static void take_rows(cli_array *array, cli_source *s)
{
    s->sample = row_shape(array);
    s->rows = cli_array_rows(array);
    s->width = cli_array_width(array);
    s->taken = array->taken;
    s->table = array->values; /* taken over */
}

static rill_status open_labels(const char *path, const cli_array *array, cli_source *s,
                               rill_message *message)
{
    s->labels = cli_array_labels(path, array, MOST_CLASSES - 1, message);
    if (!s->labels)
        return RILL_MISMATCH;
    for (int64_t i = 0; i < s->rows; i++)
        if (s->labels[i] >= s->classes)
            s->classes = s->labels[i] + 1;
    return RILL_OK;
}

/* One column of whole numbers is labels, anything else vectors. */
static rill_status take_conditions(const char *path, const cli_array *array, cli_source *s,
                                   rill_message *message)
{
    int whole = cli_array_width(array) == 1;
    for (int64_t i = 0; whole && !array->whole && i < cli_array_rows(array); i++)
        whole = array->values[i] == floor(array->values[i]);
    if (cli_array_rows(array) != s->rows)
        return rill_fail(message, RILL_MISMATCH, "'%.200s' has %lld rows, the data %lld", path,
                         (long long)cli_array_rows(array), (long long)s->rows);
    if (whole)
        return open_labels(path, array, s, message);
    s->vector = cli_array_width(array);
    s->vectors = cli_array_floats(array);
    return s->vectors ? RILL_OK : no_memory(message);
}

/* Conditions, if any, are a file of their own or a column of the data. */
static rill_status open_file(const char *path, const char *cond, cli_source *s,
                             rill_message *message)
{
    int64_t k = cli_column_of(cond);
    cli_array array, conditions = { NULL };
    rill_status status = cli_array_load_labelled(path, k, &array, message);
    if (status != RILL_OK)
        return status;
    if (k)
        status = cli_column_take(path, k, &array, &conditions, message);
    take_rows(&array, s);
    cli_words_free(&array.words); /* of a column that could not be taken */
    if (cond && !k)
        status = cli_array_load_finite(cond, &conditions, message);
    if (cond && status == RILL_OK)
        status = take_conditions(k ? path : cond, &conditions, s, message);
    s->words = conditions.words;
    conditions.words = (cli_words){ NULL };
    cli_array_free(&conditions);
    return status;
}

/* ---- Built-in sets. */

static rill_status open_built_in(const rill_data_set *set, int labels, cli_source *s,
                                 rill_message *message)
{
    s->sample = RILL_SHAPE(set->dim);
    s->width = set->dim;
    s->rows = set->train_count;
    s->classes = labels ? set->classes : 0;
    if (s->rows == 0) {
        s->endless = set;
        return RILL_OK;
    }
    s->table = malloc((size_t)(s->rows * s->width) * sizeof *s->table);
    int32_t *drawn = malloc((size_t)s->rows * sizeof *drawn);
    if (labels)
        s->labels = drawn;
    rill_status status = s->table && drawn ? RILL_OK : no_memory(message);
    if (status == RILL_OK)
        status = rill_data_draw(set, 0, 0, 0, s->rows, s->table, drawn, message);
    if (!labels)
        free(drawn);
    return status;
}

static rill_status bad_condition(const rill_data_set *set, const char *cond, rill_message *message)
{
    if (strcmp(cond, "labels") != 0)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "--cond takes `labels` for the built-in set %s, not '%.200s'", set->name,
                         cond);
    return rill_fail(message, RILL_BAD_ARGUMENT, "--cond labels: the set %s has no labels",
                     set->name);
}

static rill_status open_any(const char *data, const char *cond, cli_source *s,
                            rill_message *message)
{
    const rill_data_set *set = rill_data_find(data);
    if (set && cond && (strcmp(cond, "labels") != 0 || set->classes == 0))
        return bad_condition(set, cond, message);
    if (set)
        return open_built_in(set, cond != NULL, s, message);
    if (cond && strcmp(cond, "labels") == 0)
        return rill_fail(
            message, RILL_BAD_ARGUMENT,
            "--cond takes a file of labels or vectors for a data file, or column:K of it; `labels` "
            "is for built-in sets");
    return open_file(data, cond, s, message);
}

rill_status cli_source_open(const char *data, const char *cond, cli_source *source,
                            rill_message *message)
{
    *source = (cli_source){ 0 };
    rill_status status = open_any(data, cond, source, message);
    if (status != RILL_OK)
        cli_source_free(source);
    else if (source->table)
        add_checksum(source);
    return status;
}

void cli_source_free(cli_source *source)
{
    free(source->table);
    free(source->labels);
    free(source->vectors);
    cli_words_free(&source->words);
    free(source->mean);
    free(source->scale);
    *source = (cli_source){ 0 };
}

/* ---- Batches. */

/* Column j, in doubles: what is far from zero keeps its spread. */
static float normalized(const cli_source *s, int64_t j, double value)
{
    return (float)(s->mean ? (value - s->mean[j]) / s->scale[j] : value);
}

/* 64 random bits as a row of the table, all equally likely to within 2^-20. */
static int64_t random_row(const cli_source *s, uint64_t key, int64_t step, int64_t i)
{
    double u[2];
    rill_stream_uniform(key, (uint32_t)step, i, 0, 2, u);
    int64_t row = (int64_t)((u[0] + (u[1] - 0.5) * 0x1p-32) * (double)s->rows);
    return row < s->rows ? row : s->rows - 1;
}

static void copy_condition(const cli_source *s, int64_t row, int64_t i, void *cond)
{
    if (cond && s->labels)
        ((int32_t *)cond)[i] = s->labels[row];
    if (cond && s->vectors)
        memcpy((float *)cond + i * s->vector, s->vectors + row * s->vector,
               (size_t)s->vector * sizeof(float));
}

/* Samples in order, n a step. */
static rill_status draw_endless(const cli_source *s, uint64_t seed, int64_t first, int64_t n,
                                float *x, void *cond, rill_message *message)
{
    rill_status status =
        rill_data_draw_f32(s->endless, seed, 0, first, n, x, s->classes ? cond : NULL, message);
    for (int64_t i = 0; s->mean && status == RILL_OK && i < n * s->width; i++)
        x[i] = normalized(s, i % s->width, (double)x[i]);
    return status;
}

rill_status cli_source_draw(const cli_source *s, uint64_t seed, int64_t step, int64_t first,
                            int64_t n, float *x, void *cond, rill_message *message)
{
    if (s->endless)
        return draw_endless(s, seed, step * n + first, n, x, cond, message);
    uint64_t key = rill_stream_key(seed, "batch");
    for (int64_t i = 0; i < n; i++) {
        int64_t row = random_row(s, key, step, first + i);
        for (int64_t j = 0; j < s->width; j++)
            x[i * s->width + j] = normalized(s, j, s->table[row * s->width + j]);
        copy_condition(s, row, i, cond);
    }
    return RILL_OK;
}

uint64_t cli_start_seed(uint64_t seed)
{
    return rill_stream_key(seed, "source");
}

/* ---- Normalisation. */

void cli_source_normalize(cli_source *source, double *mean, double *scale)
{
    source->mean = mean;
    source->scale = scale;
}

/* Two passes, in doubles: columns far from zero keep their spread. */
static void column_moments(const double *x, int64_t n, int64_t width, double *mean, double *scale)
{
    for (int64_t j = 0; j < width; j++)
        mean[j] = scale[j] = 0.0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < width; j++)
            mean[j] += x[i * width + j];
    for (int64_t j = 0; j < width; j++)
        mean[j] /= (double)n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < width; j++)
            scale[j] += (x[i * width + j] - mean[j]) * (x[i * width + j] - mean[j]);
    for (int64_t j = 0; j < width; j++) {
        double sd = sqrt(scale[j] / (double)n);
        scale[j] = sd > 1e-7 * fabs(mean[j]) ? sd : 1.0;
    }
}

rill_status cli_source_moments(const cli_source *s, uint64_t seed, double **mean, double **scale,
                               rill_message *message)
{
    int64_t n = s->rows ? s->rows : MOMENT_ROWS;
    double *drawn = s->table ? NULL : malloc((size_t)(n * s->width) * sizeof *drawn);
    const double *x = s->table ? s->table : drawn;
    *mean = malloc((size_t)s->width * sizeof **mean);
    *scale = malloc((size_t)s->width * sizeof **scale);
    rill_status status = x && *mean && *scale ? RILL_OK : no_memory(message);
    if (status == RILL_OK && drawn)
        status = rill_data_draw(s->endless, seed, 0, 0, n, drawn, NULL, message);
    if (status == RILL_OK)
        column_moments(x, n, s->width, *mean, *scale);
    free(drawn);
    if (status != RILL_OK) {
        free(*mean);
        free(*scale);
        *mean = *scale = NULL;
    }
    return status;
}
