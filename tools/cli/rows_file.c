#include "rows_file.h"

#include "npy_stream.h"
#include "place.h"

#include <stdio.h>
#include <stdlib.h>

enum { NUMBER = 4 }; /* bytes of one, f4 or i4 */

rill_status cli_rows_file_begin(cli_rows_file *rows, const char *path, rill_npy_type type,
                                const rill_shape *shape, rill_message *message)
{
    char text[RILL_SHAPE_TEXT];
    *rows = (cli_rows_file){ .type = type, .width = 1, .text = cli_is_csv(path) };
    for (int i = 1; i < shape->rank; i++)
        rows->width *= shape->dim[i];
    if (rows->text && shape->rank > 2)
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "'%.200s': a .csv has rows and columns, which are not enough for shape "
                         "%s; expected a name in .npy",
                         path, rill_shape_print(shape, text, sizeof text));
    rows->file =
        rows->text ? rill_file_create(path, message) : cli_npy_begin(path, type, shape, message);
    return rows->file ? RILL_OK : RILL_IO;
}

/* The fewest digits that give the same float back; returns how many characters. */
static int print_float(float value, char *text, size_t size)
{
    int length = 0;
    for (int digits = 6; digits <= 9; digits++) {
        length = snprintf(text, size, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    return length;
}

static int print_number(const cli_rows_file *rows, const void *values, int64_t i, char *text,
                        size_t size)
{
    if (rows->type == RILL_NPY_F4)
        return print_float(((const float *)values)[i], text, size);
    return snprintf(text, size, "%d", ((const int32_t *)values)[i]);
}

static rill_status write_text(const cli_rows_file *rows, const void *values, int64_t n)
{
    char text[4096];
    size_t used = 0;
    rill_status status = RILL_OK;
    for (int64_t i = 0; i < n * rows->width && status == RILL_OK; i++) {
        used += (size_t)print_number(rows, values, i, text + used, sizeof text - used);
        text[used++] = (i + 1) % rows->width ? ',' : '\n';
        if (used < sizeof text - 32 && i + 1 < n * rows->width)
            continue;
        status = rill_file_write(rows->file, text, used);
        used = 0;
    }
    return status;
}

rill_status cli_rows_file_write(cli_rows_file *rows, const void *values, int64_t n)
{
    if (rows->text)
        return write_text(rows, values, n);
    return rill_file_write(rows->file, values, (size_t)(n * rows->width) * NUMBER);
}

rill_status cli_rows_file_commit(cli_rows_file *rows, rill_message *message)
{
    rill_status status = rill_file_commit(rows->file, message);
    rows->file = NULL;
    return status;
}

void cli_rows_file_abandon(cli_rows_file *rows)
{
    rill_file_abandon(rows->file);
    rows->file = NULL;
}
