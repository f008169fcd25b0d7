/* rows_file.h - rows of numbers as a file written piece by piece, which appears whole or not at
 * all: text where its name ends in .csv, otherwise .npy. */
#ifndef RILL_TOOLS_CLI_ROWS_FILE_H
#define RILL_TOOLS_CLI_ROWS_FILE_H

#include "formats/file.h"
#include "formats/npy.h"

typedef struct cli_rows_file {
    rill_file_writer *file; /* NULL: it is not open */
    rill_npy_type type;
    int64_t width; /* numbers of a row */
    int text;
} cli_rows_file;

/* A file of `shape`, f4 or i4.  RILL_BAD_ARGUMENT for a .csv of more than rows and columns;
 * RILL_IO. */
rill_status cli_rows_file_begin(cli_rows_file *rows, const char *path, rill_npy_type type,
                                const rill_shape *shape, rill_message *message);
/* The next n rows, float or int32_t [n,width].  What fails is told by the commit. */
rill_status cli_rows_file_write(cli_rows_file *rows, const void *values, int64_t n);
/* Both leave it closed. */
rill_status cli_rows_file_commit(cli_rows_file *rows, rill_message *message);
void cli_rows_file_abandon(cli_rows_file *rows);

#endif
