/* start.h - where samples of a model start: noise, or rows of what it was trained with as --source.
 */
#ifndef RILL_TOOLS_CLI_START_H
#define RILL_TOOLS_CLI_START_H

#include "model.h"

typedef struct cli_start {
    const cli_model *model;
    cli_source source;
    int has_source; /* 0: noise */
} cli_start;

/* The model has to outlive it.  Free it in any case. */
rill_status cli_start_open(cli_start *start, const cli_model *model, rill_message *message);
void cli_start_free(cli_start *start);
/* Starts first..first+n-1 of a seed in the network's units, into rows [n,width]; they do not depend
 * on n.  NULL, with rows as they were, for noise, which the sampler draws. */
const float *cli_start_rows(const cli_start *start, uint64_t seed, int64_t first, int64_t n,
                            float *rows);
/* 1 when starts are of the data's kind and have its units, which the model may scale. */
int cli_start_has_units(const cli_model *model);

#endif
