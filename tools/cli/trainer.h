/* trainer.h - the training step as one compiled program, and the batches it is fed. */
#ifndef RILL_TOOLS_CLI_TRAINER_H
#define RILL_TOOLS_CLI_TRAINER_H

#include "batches.h"
#include "core/program.h"
#include "tools/profile/profile.h"

typedef struct cli_trainer {
    cli_model *model;
    cli_batches *batches;
    int64_t batch;
    rill_tensor *x0, *x1, *cond, *loss; /* x0 and cond: NULL where there is none */
    rill_program *program;
    profile *profile; /* through which the program runs; NULL: it runs alone */
} cli_trainer;

/* The inputs of a batch of a model, in graph g: [batch, sample...] f32, and its conditions. */
rill_tensor *cli_batch_input(rill_graph *g, const char *name, const cli_model *model,
                             int64_t batch);
rill_tensor *cli_condition_input(rill_graph *g, const cli_model *model, int64_t batch);
/* The step down the gradient of `loss` with the optimiser that the model's settings ask for. */
rill_tensor *cli_model_update(const cli_model *model, rill_tensor *loss);

/* `start` is where x0 comes from, NULL: noise; couplings are made by up to `spare` threads beside.
 * Model and sources have to outlive the trainer. */
rill_status cli_trainer_make(cli_trainer *trainer, cli_model *model, const cli_source *data,
                             const cli_source *start, int spare, rill_message *message);
void cli_trainer_free(cli_trainer *trainer);
/* One step; counts model->done.  RILL_NOT_FINITE: nothing has changed, and the message names the
 * step and the op. */
rill_status cli_trainer_step(cli_trainer *trainer, double *loss, rill_message *message);

#endif
