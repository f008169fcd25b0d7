/* data.h - the data that a model is judged by: a built-in set or a file, in draws of equal size. */
#ifndef RILL_TOOLS_EVAL_DATA_H
#define RILL_TOOLS_EVAL_DATA_H

#include "tools/cli/source.h"

typedef struct eval_data {
    const char *name;  /* as it was opened by; the caller's */
    cli_source source; /* its table holds the rows judged by; labels and vectors are theirs */
    const rill_data_set *set; /* NULL: a file */
    int held_out;             /* of a built-in set: samples that training never saw */
} eval_data;

/* Samples with their conditions, in the data's units. */
typedef struct eval_rows {
    double *x;       /* [n,width] */
    int32_t *labels; /* [n], or NULL */
    float *vectors;  /* [n,vector], or NULL */
    int64_t n;
} eval_rows;

/* As cli_source_open; `held_out` counts for built-in sets alone. */
rill_status eval_data_open(const char *name, const char *cond, int held_out, eval_data *data,
                           rill_message *message);
void eval_data_free(eval_data *data);

/* Rows first..first+n-1 of a stream that depends on the seed alone: of an endless set its samples,
 * of a table its rows in a random order, each once (then RILL_BAD_ARGUMENT beyond the last). */
rill_status eval_data_draw(const eval_data *data, uint64_t seed, int64_t first, int64_t n,
                           eval_rows *rows, rill_message *message);
void eval_rows_free(eval_rows *rows);

/* The conditions as samplers take them; NULL: there are none. */
const void *eval_rows_conditions(const eval_rows *rows);

#endif
