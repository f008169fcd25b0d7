/* outputs.h - what a command writes replaces nothing that it reads, nor anything else it writes. */
#ifndef RILL_TOOLS_CLI_OUTPUTS_H
#define RILL_TOOLS_CLI_OUTPUTS_H

#include "model.h"

/* By the `file` of its options.  CLI_DONE, or a complaint about the first two that are the same. */
int cli_check_outputs(const cli_args *args);
/* The same of one file that option `output` stands for. */
int cli_check_output(const cli_args *args, int output, const char *path);
/* And of the files that the model was trained on, which it may need again. */
int cli_check_model_outputs(const cli_args *args, const cli_model *model);

#endif
