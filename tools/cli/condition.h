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

/* `text` is NULL, a label, or a file with one label or vector a row.  RILL_BAD_ARGUMENT: the model
 * needs what is not there, or takes none. */
rill_status cli_condition_read(const cli_model *model, const char *text, cli_condition *condition,
                               rill_message *message);
/* Refuses a file without exactly n rows. */
rill_status cli_condition_check(const cli_condition *condition, int64_t n, rill_message *message);
/* The conditions of rows first..first+n-1, into `room` (n labels or vectors) or where they lie;
 * NULL where the model takes none. */
const void *cli_condition_rows(const cli_condition *condition, int64_t first, int64_t n,
                               void *room);
void cli_condition_free(cli_condition *condition);

#endif
