/* place.h - where in a file something stands, as messages say it. */
#ifndef RILL_TOOLS_CLI_PLACE_H
#define RILL_TOOLS_CLI_PLACE_H

#include <stdint.h>

enum { CLI_PLACE_TEXT = 80 };

/* 1 when a file of that name is read as text: .csv, in capitals or not. */
int cli_is_csv(const char *path);

/* "line 3, column 2", both from 1 as editors count, of text, or "row 1, column 1 (counted from 0)"
 * of an array.  `row` and `column` are from 0; -1: the other alone.  Reads the file again.
 * Returns `text`. */
const char *cli_place(const char *path, int64_t row, int64_t column, char text[CLI_PLACE_TEXT]);

#endif
