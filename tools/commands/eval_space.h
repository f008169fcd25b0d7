/* eval_space.h - rill eval of models over tokens and on manifolds. */
#ifndef RILL_TOOLS_COMMANDS_EVAL_SPACE_H
#define RILL_TOOLS_COMMANDS_EVAL_SPACE_H

#include "tools/cli/cli.h"
#include "tools/eval/run.h"

/* Prints what the model is judged by, and writes all numbers to `csv`, unless NULL.  Complains and
 * returns the exit status. */
int eval_space(const cli_args *args, cli_model *model, const eval_data *data,
               const eval_settings *settings, const char *csv);

#endif
