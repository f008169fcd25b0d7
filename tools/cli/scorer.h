/* scorer.h - log p under a model, in flat space or on a manifold. */
#ifndef RILL_TOOLS_CLI_SCORER_H
#define RILL_TOOLS_CLI_SCORER_H

#include "model.h"
#include "models/flow/scorer.h"

typedef struct cli_scorer cli_scorer;

/* With exact divergence, or by some probes a row.  The model has to outlive it.  RILL_UNSUPPORTED:
 * the model starts from data, so that it has no density that is known, or is on a manifold, where
 * there are no probes. */
rill_status cli_scorer_new(cli_model *model, int64_t probes, rill_probe_law law,
                           cli_scorer **scorer, rill_message *message);
void cli_scorer_free(cli_scorer *scorer);

/* As rill_scorer_run() and rill_manifold_sampler_score(): samples are in the network's units, log p
 * is of the data's; on a manifold there is no standard error, and NaN in its place. */
rill_status cli_scorer_run(cli_scorer *scorer, const rill_sampling *request,
                           const rill_scores *scores, rill_message *message);

#endif
