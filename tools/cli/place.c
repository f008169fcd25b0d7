#include "place.h"

#include "formats/file.h"
#include "tools/csv/csv.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

int cli_is_csv(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcasecmp(path + length - 4, ".csv") == 0;
}

/* The line of a row, 1 of no row; 0: it cannot be told. */
static int64_t line_of(const char *path, int64_t row)
{
    void *bytes;
    size_t size;
    rill_message message;
    if (cli_is_csv(path) && row < 0)
        return 1;
    if (!cli_is_csv(path) || rill_file_read(path, &bytes, &size, &message) != RILL_OK)
        return 0;
    int64_t line = rill_csv_line(bytes, size, row);
    rill_file_free(bytes);
    return line;
}

const char *cli_place(const char *path, int64_t row, int64_t column, char text[CLI_PLACE_TEXT])
{
    int64_t line = line_of(path, row);
    int from = line > 0, used = 0;
    if (row >= 0)
        used = snprintf(text, CLI_PLACE_TEXT, "%s %lld", line ? "line" : "row",
                        (long long)(line ? line : row));
    if (column >= 0)
        used += snprintf(text + used, (size_t)(CLI_PLACE_TEXT - used), "%scolumn %lld",
                         used ? ", " : "", (long long)(column + from));
    if (!line)
        snprintf(text + used, (size_t)(CLI_PLACE_TEXT - used), " (counted from 0)");
    return text;
}
