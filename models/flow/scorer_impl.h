/* scorer_impl.h (private) - what a scorer is made of. */
#ifndef RILL_MODELS_FLOW_SCORER_IMPL_H
#define RILL_MODELS_FLOW_SCORER_IMPL_H

#include "probed.h"
#include "sampler_impl.h"
#include "scorer.h"

/* Rows have width + integrals numbers (see spreading.h). */
struct rill_scorer {
    rill_source source;
    rill_probed probed; /* without a field: how rows are laid out */
    int64_t width, integrals;
    size_t sample;         /* bytes of a sample */
    rill_sampler *sampler; /* of rows, whose density is the source's at the sample */
    int averages;          /* the field knows mean velocities */
};

#endif
