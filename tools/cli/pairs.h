/* pairs.h - where samples of a model start and where it takes them, as files that rill train reads:
 * what reflow learns from. */
#ifndef RILL_TOOLS_CLI_PAIRS_H
#define RILL_TOOLS_CLI_PAIRS_H

#include "model.h"

typedef struct cli_pairs {
    int64_t n;
    const rill_solver *solver;
    int64_t steps; /* of the solver, equal ones from t = 0 to 1 */
    uint64_t seed;
    const char *x0, *x1, *cond; /* the files, f4 [n, ...]; cond: labels i4 [n] or vectors */
} cli_pairs;

/* Conditions are drawn as the model's data has them.  All files are whole or none is there;
 * `cond` is written for a conditional model alone.  RILL_INTERRUPTED when Ctrl-C comes
 * (interrupt.h). */
rill_status cli_pairs_write(cli_model *model, const cli_pairs *pairs, rill_message *message);

#endif
