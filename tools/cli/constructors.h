/* constructors.h - the C functions that make the built-in ops. */
#ifndef RILL_TOOLS_CLI_CONSTRUCTORS_H
#define RILL_TOOLS_CLI_CONSTRUCTORS_H

#include "core/op.h"

/* "rill_tensor *a, ...", the parameters of rill_NAME; NULL for an op that has no such function: one
 * that was added at run time. */
const char *cli_constructor_parameters(const rill_op *op);

#endif
