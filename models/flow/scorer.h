/* scorer.h - log p of any number of samples under a trained network, and samples with their log p.
 *
 * As sampler.h, whose options and requests it takes: threads take chunks of a fixed batch, and row
 * i depends on (seed, first + i) and on its own numbers alone.  What is computed is that of
 * likelihood.h. */
#ifndef RILL_MODELS_FLOW_SCORER_H
#define RILL_MODELS_FLOW_SCORER_H

#include "divergence.h"
#include "sampler.h"
#include "source.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rill_scorer rill_scorer;

typedef struct rill_scorer_options {
    rill_sampler_options sampler;
    const rill_source *source; /* NULL: standard normal */
    int64_t probes;            /* 0: exact divergence; else as many probes a row */
    rill_probe_law law;        /* of the probes */
} rill_scorer_options;

/* The field with the parameters in `store`, as in rill_sampler_new.  NULL on failure, with the
 * reason. */
rill_scorer *rill_scorer_new(rill_store *store, rill_field field,
                             const rill_scorer_options *options, rill_message *message);
void rill_scorer_free(rill_scorer *scorer);

typedef struct rill_scores {
    double *log_p;          /* [n] out, in nats: the mean over the probes */
    double *standard_error; /* [n] out: of that mean, NaN below two probes; NULL: not wanted */
} rill_scores;

/* Where the times of the request descend, its x0 is data and `log_p` that of x0; it may leave out
 * `samples`, the noise that the data comes from.  Where they ascend, it samples as rill_sampler_run
 * does, and `log_p` is that of `samples`.  The probes are of (seed, first + i).
 * RILL_BAD_ARGUMENT: a trajectory is asked for, times descend and there is no x0, or they ascend
 * and the solver of one stage would step by the mean velocities that the field knows. */
rill_status rill_scorer_run(rill_scorer *scorer, const rill_sampling *request,
                            const rill_scores *scores, rill_message *message);

#ifdef __cplusplus
}
#endif
#endif
