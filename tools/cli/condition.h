/* condition.h - what samples are conditioned on, as given on the command line. */
#ifndef RILL_TOOLS_CLI_CONDITION_H
#define RILL_TOOLS_CLI_CONDITION_H

#include "model.h"

typedef struct cli_condition {
    int64_t rows;    /* 0: one label for all */
    int32_t label;   /* that one */
    int32_t *labels; /* [rows], or NULL */
    float *vectors;  /* [rows,vector], or NULL */
    int64_t vector;
    int none; /* the model takes none */
} cli_condition;

/* `text` is NULL, a label, or a file with one label or vector a row.  Complains and returns the
 * exit status: CLI_USAGE when the model needs what is not there, or takes none.  Free it in any
 * case. */
int cli_condition_open(const cli_args *args, const cli_model *model, const char *text,
                       cli_condition *condition);
/* Refuses a file without exactly n rows, likewise. */
int cli_condition_check(const cli_args *args, const cli_condition *condition, int64_t n);
/* The conditions of rows first..first+n-1, into `room` (n labels or vectors) or where they lie;
 * NULL where the model takes none. */
const void *cli_condition_rows(const cli_condition *condition, int64_t first, int64_t n,
                               void *room);
void cli_condition_free(cli_condition *condition);

#endif
