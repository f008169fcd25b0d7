/* Tables of numbers, written. */
#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fewest digits that give the same bits back, into text; returns how many characters. */
static size_t write_number(double value, char text[32])
{
    for (int digits = 15;; digits++) {
        int length = snprintf(text, 32, "%.*g", digits, value);
        if (digits == 17 || strtod(text, NULL) == value || isnan(value))
            return (size_t)length;
    }
}

static int header_is_plain(const char *const *header, int64_t columns)
{
    for (int64_t i = 0; header && i < columns; i++)
        if (!header[i] || header[i][strcspn(header[i], "\",;\r\n")])
            return 0;
    return 1;
}

/* Room for the header and for every number at its longest, 24 characters and a separator; 0 when
 * that is more than there can be. */
static size_t room_for(const char *const *header, int64_t rows, int64_t columns)
{
    size_t room = 1, cells;
    for (int64_t i = 0; header && i < columns; i++)
        room += strlen(header[i]) + 1;
    if (__builtin_mul_overflow((size_t)rows, (size_t)columns, &cells) || cells > PTRDIFF_MAX / 32)
        return 0;
    return room + 25 * cells;
}

static char *write_header(const char *const *header, int64_t columns, char *to)
{
    for (int64_t i = 0; i < columns; i++) {
        size_t length = strlen(header[i]);
        memcpy(to, header[i], length);
        to += length;
        *to++ = i + 1 < columns ? ',' : '\n';
    }
    return to;
}

rill_status rill_csv_format(const double *values, int64_t rows, int64_t columns,
                            const char *const *header, char **text, size_t *size,
                            rill_message *message)
{
    if (!text || !size || rows < 0 || columns < 1 || (!values && rows > 0))
        return rill_fail(message, RILL_BAD_ARGUMENT, "no table of shape [%lld,%lld] to write",
                         (long long)rows, (long long)columns);
    if (!header_is_plain(header, columns))
        return rill_fail(message, RILL_BAD_ARGUMENT,
                         "a column's name is missing or holds a separator");
    size_t room = room_for(header, rows, columns);
    char *to = room ? malloc(room) : NULL;
    if (!to)
        return rill_fail(message, RILL_NO_MEMORY, "no memory for the text of [%lld,%lld] numbers",
                         (long long)rows, (long long)columns);
    *text = to;
    if (header)
        to = write_header(header, columns, to);
    for (int64_t i = 0; i < rows * columns; i++) {
        char number[32];
        size_t length = write_number(values[i], number);
        memcpy(to, number, length);
        to += length;
        *to++ = (i + 1) % columns ? ',' : '\n';
    }
    *to = '\0';
    *size = (size_t)(to - *text);
    return RILL_OK;
}
