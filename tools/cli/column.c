#include "column.h"

#include <stdlib.h>
#include <string.h>

int64_t cli_column_of(const char *text)
{
    static const char prefix[] = "column:";
    size_t length = sizeof prefix - 1;
    char *end;
    if (!text || strncmp(text, prefix, length) != 0 || text[length] < '1' || text[length] > '9')
        return 0;
    long long k = strtoll(text + length, &end, 10);
    return *end ? 0 : k;
}

/* In place: no number is written over before it has been read. */
static void split(double *values, int64_t rows, int64_t width, int64_t taken, double *column)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < rows * width; i++)
        if (i % width == taken)
            column[i / width] = values[i];
        else
            values[kept++] = values[i];
}

rill_status cli_column_take(const char *path, int64_t k, cli_array *array, cli_array *column,
                            rill_message *message)
{
    int64_t rows = cli_array_rows(array), width = cli_array_width(array);
    *column = (cli_array){ NULL };
    if (array->shape.rank != 2 || width < 2 || k > width)
        return rill_fail(message, RILL_MISMATCH,
                         "'%.200s' has %lld numbers a row; expected column %lld, and others that "
                         "are the sample",
                         path, (long long)width, (long long)k);
    *column = (cli_array){ .values = malloc((size_t)rows * sizeof(double)),
                           .shape = RILL_SHAPE(rows),
                           .whole = array->whole,
                           .words = array->words };
    array->words = (cli_words){ NULL };
    if (!column->values)
        return rill_fail(message, RILL_NO_MEMORY, "out of memory for %lld labels", (long long)rows);
    split(array->values, rows, width, k - 1, column->values);
    array->shape.dim[1]--;
    array->taken = k;
    return RILL_OK;
}

int64_t cli_column_in_file(int64_t j, int64_t taken)
{
    return j + (taken > 0 && j >= taken - 1);
}
