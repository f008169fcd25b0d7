/* expression.h - a tensor as a formula: mul(gy, cos(a)). */
#ifndef RILL_TOOLS_CLI_EXPRESSION_H
#define RILL_TOOLS_CLI_EXPRESSION_H

#include "core/graph.h"

#include <stdio.h>

/* Prints what x is made of, down to leaves, on one line.  Beyond a number of nodes an ellipsis
 * stands for the rest; `whole` is printed by the name "y" where it is met below x (NULL: nothing
 * is). */
void cli_expression_print(FILE *out, const rill_tensor *x, const rill_tensor *whole);

#endif
