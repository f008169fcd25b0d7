/* rows.h - samples of a model as rows of a file. */
#ifndef RILL_TOOLS_CLI_ROWS_H
#define RILL_TOOLS_CLI_ROWS_H

#include "array.h"
#include "condition.h"

/* [n, sample...], or with `times` > 0 [times, n, sample...]. */
rill_shape cli_rows_shape(const cli_model *model, int64_t times, int64_t n);

/* The file's rows, each a sample of the model, beside a condition where that is a column of them:
 * finite, and of as many `what`, which are numbers or tokens.  Complains and returns the exit
 * status; *array is empty on failure. */
int cli_rows_load(const cli_args *args, const cli_model *model, cli_condition *condition,
                  const char *path, const char *what, cli_array *array);

#endif
