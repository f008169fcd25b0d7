/* batches.h - what a training step is fed: rows of data, where they start from, and which of them
 * make pairs.
 *
 * A batch depends on (seed, step) alone, so that couplings, which can take longer than a step, are
 * made ahead by threads of their own and change nothing. */
#ifndef RILL_TOOLS_CLI_BATCHES_H
#define RILL_TOOLS_CLI_BATCHES_H

#include "model.h"

typedef struct cli_batches cli_batches;

typedef struct cli_batch {
    const float *x0, *x1; /* [batch, width]; x0: NULL where the program draws it */
    const void *cond;     /* labels or vectors, [batch]; NULL: none */
} cli_batch;

/* From the step that the model comes to next; couplings by up to `spare` threads beside the caller.
 * `start` is where x0 comes from, NULL: noise; of a model with --x0 its rows go with those of the
 * data.  Model and sources have to outlive them.  NULL on failure. */
cli_batches *cli_batches_new(cli_model *model, const cli_source *data, const cli_source *start,
                             int spare, rill_message *message);
void cli_batches_free(cli_batches *batches);
/* 1 when x0 is fed. */
int cli_batches_have_x0(const cli_batches *batches);
/* The batch of the next step, until the next call. */
rill_status cli_batches_next(cli_batches *batches, cli_batch *batch, rill_message *message);

#endif
