/* column.h - a label that stands in the same row as its sample: `column:K` instead of a file. */
#ifndef RILL_TOOLS_CLI_COLUMN_H
#define RILL_TOOLS_CLI_COLUMN_H

#include "array.h"

/* K, counted from 1; 0: the text names no column. */
int64_t cli_column_of(const char *text);
/* Takes column k out of rows of numbers [N,D], which keep the others: *column is [N], and empty on
 * failure.  The message begins with the path. */
rill_status cli_column_take(const char *path, int64_t k, cli_array *array, cli_array *column,
                            rill_message *message);
/* Where column j of rows stands in their file, both from 0, when column `taken`, from 1, is no
 * longer among them; 0: all are. */
int64_t cli_column_in_file(int64_t j, int64_t taken);

#endif
