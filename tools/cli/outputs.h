/* outputs.h - what a command writes replaces nothing that it reads, nor anything else it writes. */
#ifndef RILL_TOOLS_CLI_OUTPUTS_H
#define RILL_TOOLS_CLI_OUTPUTS_H

#include "cli.h"

/* By the `file` of its options.  CLI_DONE, or a complaint about the first two that are the same. */
int cli_check_outputs(const cli_args *args);

#endif
