/* condition.h - what samples are conditioned on, as given on the command line. */
#ifndef RILL_TOOLS_CLI_CONDITION_H
#define RILL_TOOLS_CLI_CONDITION_H

#include "array.h"
#include "model.h"

typedef struct cli_condition {
    int64_t rows;    /* 0: one label for all */
    int32_t label;   /* that one */
    int32_t *labels; /* [rows], or NULL */
    float *vectors;  /* [rows,vector], or NULL */
    int64_t vector;
    int64_t column; /* labels are that one of the rows, counted from 1; 0: they are not */
    int none;       /* the model takes none */
} cli_condition;

/* `text` is NULL, a label, a file with one label or vector a row, or a column of the rows that
 * come next (column.h).  Complains and returns the exit status: CLI_USAGE when the model needs what
 * is not there, or takes none.  Free it in any case. */
int cli_condition_open(const cli_args *args, const cli_model *model, const char *text,
                       cli_condition *condition);
/* Where a column was asked for, takes it out of the rows of the first file. */
rill_status cli_condition_take(cli_condition *condition, const cli_model *model, const char *path,
                               cli_array *rows, rill_message *message);
/* Refuses a file without exactly n rows, or a column of no rows, likewise. */
int cli_condition_check(const cli_args *args, const cli_condition *condition, int64_t n);
/* The conditions of rows first..first+n-1, into `room` (n labels or vectors) or where they lie;
 * NULL where the model takes none. */
const void *cli_condition_rows(const cli_condition *condition, int64_t first, int64_t n,
                               void *room);
void cli_condition_free(cli_condition *condition);

#endif
