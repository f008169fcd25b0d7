/* demo_table.h - steps against quality on the 1-D mixture: learned field beside the exact one. */
#ifndef RILL_TOOLS_COMMANDS_DEMO_TABLE_H
#define RILL_TOOLS_COMMANDS_DEMO_TABLE_H

#include "base/status.h"
#include "tools/command.h"

#include <stdint.h>
#include <stdio.h>

/* Prints, for several numbers of Euler steps, W1 to the exact quantiles of the data and the
 * standard deviation, of n samples of the model at `path` (trained on 1d-mixture) and of n
 * quantiles of the noise carried along the exact field. */
rill_status demo_table(const char *path, const rill_extensions *extensions, int64_t n, FILE *out,
                       rill_message *message);

#endif
