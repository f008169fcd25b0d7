/* scorer_impl.h (private) - what a scorer is made of. */
#ifndef RILL_MODELS_FLOW_SCORER_IMPL_H
#define RILL_MODELS_FLOW_SCORER_IMPL_H

#include "core/program.h"
#include "probed.h"
#include "scorer.h"

/* Rows have width + integrals numbers (see spreading.h). */
struct rill_scorer {
    rill_sampler_options options; /* the caller's */
    rill_probed probed;           /* without a field: how rows are laid out */
    int64_t batch, width, integrals;
    size_t sample, row;           /* bytes of a sample and of a row */
    rill_sampler *sampler;        /* of rows */
    rill_program *weigh;          /* log p of the source, at a chunk of rows */
    rill_tensor *rows;            /* its input [batch, width + integrals] */
    rill_tensor *log_source;      /* its output [batch] */
    unsigned char *starts, *ends; /* a chunk of rows each */
    unsigned char *conditions;    /* with the probes */
    unsigned char *weights;       /* [batch] of log_source */
    double *deviates;             /* [width] */
    int averages;                 /* the field knows mean velocities */
};

#endif
