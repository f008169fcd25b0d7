/* array.h - arrays of numbers from .npy and .csv files. */
#ifndef RILL_TOOLS_CLI_ARRAY_H
#define RILL_TOOLS_CLI_ARRAY_H

#include "base/status.h"
#include "core/shape.h"
#include "words.h"

typedef struct cli_array {
    double *values; /* row-major; cli_array_free() it */
    rill_shape shape;
    int whole;       /* the file's type is an integer */
    int64_t taken;   /* the column, from 1, that was taken out of it (column.h); 0: none */
    cli_words words; /* of the labels that are values or a column of them; none: numbers */
} cli_array;

/* By extension: .csv as [rows,columns], anything else as .npy.  The message begins with the path.
 * Needs one number at least.  *array is empty on failure. */
rill_status cli_array_load(const char *path, cli_array *array, rill_message *message);
/* The same, where rows are samples: refuses NaN and infinities (RILL_NOT_FINITE), naming the
 * place as in place.h. */
rill_status cli_array_load_finite(const char *path, cli_array *array, rill_message *message);
/* The same, where column k of text, from 1, may have words for labels; 0: none may. */
rill_status cli_array_load_labelled(const char *path, int64_t k, cli_array *array,
                                    rill_message *message);
/* Where a file of text is refused for words in one column: which, from 1; 0: that is not it. */
int64_t cli_array_label_column(const char *path);
void cli_array_free(cli_array *array);
/* RILL_NOT_FINITE, naming the first of rows [n,width] that holds a NaN or an infinity; `first` is
 * the number of the first row, `what` is what a row is. */
rill_status cli_check_finite(const char *what, const float *rows, int64_t first, int64_t n,
                             int64_t width, rill_message *message);

/* Extent of axis 0, and numbers in what is below it. */
int64_t cli_array_rows(const cli_array *array);
int64_t cli_array_width(const cli_array *array);

/* The values, which free() takes; NULL without memory. */
float *cli_array_floats(const cli_array *array);
/* values [N] as whole numbers of 0..most, which free() takes; NULL with the reason. */
int32_t *cli_array_labels(const char *path, const cli_array *array, int64_t most,
                          rill_message *message);

#endif
