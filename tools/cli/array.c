#include "array.h"

#include "place.h"

#include "formats/file.h"
#include "formats/npy.h"
#include "tools/csv/csv.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Samples become floats, which end at 3.4e38, and noise is added to them. */
#define LARGEST 1e37

static rill_status load_csv(const void *bytes, size_t size, int64_t label, cli_array *array,
                            rill_message *message)
{
    rill_csv csv;
    rill_status status = rill_csv_parse_labelled(bytes, size, label, &csv, message);
    if (status == RILL_OK && csv.rows * csv.columns == 0)
        return rill_fail(message, RILL_BAD_FORMAT, "there are no rows of numbers");
    if (status == RILL_OK)
        *array = (cli_array){ csv.values, RILL_SHAPE(csv.rows, csv.columns),
                              .words = { csv.words, csv.word_count } };
    return status;
}

static rill_status load_npy(const void *bytes, size_t size, cli_array *array, rill_message *message)
{
    rill_npy npy;
    rill_status status = rill_npy_parse(bytes, size, &npy, message);
    if (status != RILL_OK)
        return status;
    int64_t count = rill_npy_count(&npy);
    char text[RILL_SHAPE_TEXT];
    if (count == 0)
        return rill_fail(message, RILL_BAD_FORMAT, "has shape %s: there is nothing in it",
                         rill_shape_print(&npy.shape, text, sizeof text));
    *array = (cli_array){ malloc((size_t)count * sizeof(double)), npy.shape,
                          npy.type != RILL_NPY_F4 && npy.type != RILL_NPY_F8 };
    if (!array->values)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for %lld numbers",
                         (long long)count);
    return rill_npy_read_f64(&npy, array->values, 0, count, message);
}

static int is_npy(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".npy") == 0;
}

static rill_status load(const char *path, int64_t label, cli_array *array, rill_message *message)
{
    void *bytes;
    size_t size;
    rill_message reason;
    *array = (cli_array){ 0 };
    rill_status status = rill_file_read(path, &bytes, &size, message);
    if (status != RILL_OK)
        return status;
    status = cli_is_csv(path) ? load_csv(bytes, size, label, array, &reason)
                              : load_npy(bytes, size, array, &reason);
    rill_file_free(bytes);
    if (status == RILL_OK)
        return RILL_OK;
    cli_array_free(array);
    int named = is_npy(path) || cli_is_csv(path);
    return rill_fail(message, status, "'%.200s': %.250s%s", path, reason.text,
                     named ? "" : "; text needs a name in .csv");
}

rill_status cli_array_load(const char *path, cli_array *array, rill_message *message)
{
    return load(path, 0, array, message);
}

rill_status cli_array_load_finite(const char *path, cli_array *array, rill_message *message)
{
    return cli_array_load_labelled(path, 0, array, message);
}

rill_status cli_array_load_labelled(const char *path, int64_t k, cli_array *array,
                                    rill_message *message)
{
    rill_status status = load(path, k, array, message);
    int64_t count = status == RILL_OK ? rill_shape_count(&array->shape) : 0;
    int64_t width = status == RILL_OK ? cli_array_width(array) : 1;
    char place[CLI_PLACE_TEXT];
    for (int64_t i = 0; i < count && status == RILL_OK; i++)
        if (!isfinite(array->values[i]) || fabs(array->values[i]) > LARGEST)
            status = rill_fail(
                message, RILL_NOT_FINITE, "'%.200s': %s is %g; expected finite numbers up to %g",
                path, cli_place(path, i / width, i % width, place), array->values[i], LARGEST);
    if (status != RILL_OK)
        cli_array_free(array);
    return status;
}

int64_t cli_array_label_column(const char *path)
{
    enum { MOST_TRIED = 64 };
    rill_message ignored;
    cli_array array;
    for (int64_t k = 1; k <= MOST_TRIED && cli_is_csv(path); k++) {
        rill_status status = cli_array_load_labelled(path, k, &array, &ignored);
        int64_t words = array.words.count;
        cli_array_free(&array);
        if (status == RILL_OK)
            return words ? k : 0;
    }
    return 0;
}

rill_status cli_check_finite(const char *what, const float *rows, int64_t first, int64_t n,
                             int64_t width, rill_message *message)
{
    for (int64_t i = 0; i < n * width; i++)
        if (!isfinite(rows[i]))
            return rill_fail(message, RILL_NOT_FINITE,
                             "%s %lld (counted from 0) came out as %g: the field of this model "
                             "grows beyond f32",
                             what, (long long)(first + i / width), (double)rows[i]);
    return RILL_OK;
}

void cli_array_free(cli_array *array)
{
    free(array->values);
    cli_words_free(&array->words);
    *array = (cli_array){ 0 };
}

int64_t cli_array_rows(const cli_array *array)
{
    return array->shape.rank > 0 ? array->shape.dim[0] : 1;
}

int64_t cli_array_width(const cli_array *array)
{
    int64_t rows = cli_array_rows(array);
    return rows > 0 ? rill_shape_count(&array->shape) / rows : 1;
}

float *cli_array_floats(const cli_array *array)
{
    int64_t count = rill_shape_count(&array->shape);
    float *values = malloc((size_t)count * sizeof *values);
    for (int64_t i = 0; values && i < count; i++)
        values[i] = (float)array->values[i];
    return values;
}

int32_t *cli_array_labels(const char *path, const cli_array *array, int64_t most,
                          rill_message *message)
{
    int64_t count = rill_shape_count(&array->shape);
    if (cli_array_width(array) != 1) {
        rill_fail(message, RILL_MISMATCH, "'%.200s': expected one label a row, got %lld columns",
                  path, (long long)cli_array_width(array));
        return NULL;
    }
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    if (!labels)
        rill_fail(message, RILL_NO_MEMORY, "out of memory for %lld labels", (long long)count);
    for (int64_t i = 0; labels && i < count; i++) {
        double label = array->values[i];
        if (label >= 0 && label <= (double)most && label == floor(label)) {
            labels[i] = (int32_t)label;
            continue;
        }
        char place[CLI_PLACE_TEXT];
        rill_fail(message, RILL_MISMATCH,
                  "'%.200s': %s has the label %g; expected whole numbers from 0 to %lld", path,
                  cli_place(path, i, -1, place), label, (long long)most);
        free(labels);
        labels = NULL;
    }
    return labels;
}
