/* source.h - where the rows of training batches come from: a built-in set, or a file in memory.
 *
 * What a batch holds depends on (seed, step, row) alone, so that training can stop and go on
 * anywhere. */
#ifndef RILL_TOOLS_CLI_SOURCE_H
#define RILL_TOOLS_CLI_SOURCE_H

#include "base/status.h"
#include "core/shape.h"
#include "models/data/data.h"
#include "words.h"

typedef struct cli_source {
    const rill_data_set *endless; /* NULL: a table */
    rill_shape sample;            /* of one row: [2] */
    int64_t width;                /* numbers of a row */
    int64_t taken;                /* as in array.h, of the file */
    int64_t rows;                 /* of the table; 0: endless */
    double *table;                /* [rows,width] */
    int32_t *labels;              /* [rows]; NULL: none */
    float *vectors;               /* [rows,vector]; NULL: none */
    int64_t classes, vector;      /* labels are 0..classes-1; numbers of a condition; 0: none */
    cli_words words;              /* of the labels; none: numbers */
    double *mean, *scale;         /* [width] each; NULL: rows are as they are in the file */
    uint64_t checksum;            /* of the table and its conditions */
} cli_source;

/* `data` is a built-in set or a .npy or .csv file; `cond` is NULL, "labels", a file with a label
 * or a vector for each row, or a column of the data (column.h).  RILL_BAD_ARGUMENT: they do not go
 * together.  Zeros on failure. */
rill_status cli_source_open(const char *data, const char *cond, cli_source *source,
                            rill_message *message);
void cli_source_free(cli_source *source);

/* From now on rows are (x - mean) / scale, column by column.  The arrays become the source's. */
void cli_source_normalize(cli_source *source, double *mean, double *scale);
/* Mean and standard deviation (1 where it is zero) of each column, over the table or the first
 * 16,384 samples; both to be freed. */
rill_status cli_source_moments(const cli_source *source, uint64_t seed, double **mean,
                               double **scale, rill_message *message);

/* Rows first..first+n-1 of the batch at `step`: x [n,width], and labels [n] or vectors [n,vector]
 * into `cond` where there are any (NULL: not wanted).  A table gives rows drawn at random with
 * replacement; an endless set its samples in order, n a step. */
rill_status cli_source_draw(const cli_source *source, uint64_t seed, int64_t step, int64_t first,
                            int64_t n, float *x, void *cond, rill_message *message);
/* The seed of rows that samples start from, which is not that of the data. */
uint64_t cli_start_seed(uint64_t seed);

#endif
