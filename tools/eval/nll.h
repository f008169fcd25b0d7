/* nll.h - how probable a model finds rows of data. */
#ifndef RILL_TOOLS_EVAL_NLL_H
#define RILL_TOOLS_EVAL_NLL_H

#include "data.h"
#include "tools/cli/model.h"

enum { EVAL_MOST_SCORED = 1000 }; /* rows: each costs a derivative for every number of a sample */

/* -log p of the first n rows in nats and the data's units, into nll [n]: by rk4 in 50 steps, with
 * probes of the seed where points of flat space have more than 8 numbers.  RILL_UNSUPPORTED, and
 * why, for a model without a density. */
rill_status eval_nll_of_rows(cli_model *model, const eval_rows *rows, int64_t n, uint64_t seed,
                             double *nll, rill_message *message);

#endif
