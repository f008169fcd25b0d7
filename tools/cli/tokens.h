/* tokens.h - models over tokens, which rill train makes of whole numbers with --vocab: what their
 * settings mean. */
#ifndef RILL_TOOLS_CLI_TOKENS_H
#define RILL_TOOLS_CLI_TOKENS_H

#include "model.h"
#include "models/discrete/sampler.h"

/* 1 when the model is over tokens. */
int cli_model_has_tokens(const cli_model *model);

/* The flow by the recorded names; the network's size is the model's. */
rill_discrete cli_model_discrete(cli_model *model);
/* With the averaged weights where there are any. */
rill_jump_sampler *cli_model_jump_sampler(cli_model *model, rill_message *message);

/* Rows as files and batches have them, f32 [B, ...], as tokens i32 [B,N]. */
rill_tensor *cli_tokens_of(rill_tensor *rows);
/* The loss that training minimises, of either kind of model. */
rill_tensor *cli_model_loss(cli_model *model, rill_flow_batch batch);
/* The same with all its stages, of a model over tokens and of any other. */
rill_discrete_parts cli_model_token_parts(cli_model *model, rill_flow_batch batch);
rill_flow_parts cli_model_flow_parts(cli_model *model, rill_flow_batch batch);

/* RILL_MISMATCH, naming the first number of x [rows,width] that is no whole number of low..high;
 * `taken` as in array.h. */
rill_status cli_check_tokens(const char *path, const double *x, int64_t rows, int64_t width,
                             int64_t taken, int64_t low, int64_t high, rill_message *message);

#endif
